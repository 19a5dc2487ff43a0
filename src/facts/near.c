#include "facts/near.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum slip { SLIP_NONE, SLIP_SWAP, SLIP_DIGIT, SLIP_LENGTH, SLIP_COUNT };

static bool is_swap(const char *a, const char *b)
{
    size_t i = 0;
    while (a[i] != '\0' && a[i] == b[i])
        i++;
    if (a[i] == '\0' || a[i + 1] == '\0' || a[i] != b[i + 1] || a[i + 1] != b[i])
        return false;
    return strcmp(a + i + 2, b + i + 2) == 0;
}

static bool is_one_digit_off(const char *a, const char *b)
{
    unsigned wrong = 0;
    for (size_t i = 0; a[i] != '\0'; i++)
        wrong += a[i] != b[i] ? 1 : 0;
    return wrong == 1;
}

/* One digit left out of `longer`. */
static bool is_one_digit_more(const char *longer, const char *shorter)
{
    size_t i = 0;
    while (shorter[i] != '\0' && longer[i] == shorter[i])
        i++;
    return strcmp(longer + i + 1, shorter + i) == 0;
}

static enum slip slip_between(const char *typed, const char *known)
{
    size_t a = strlen(typed);
    size_t b = strlen(known);
    if (a == b && is_swap(typed, known))
        return SLIP_SWAP;
    if (a == b && a > 2 && is_one_digit_off(typed, known))
        return SLIP_DIGIT;
    if (a == b + 1 && b > 2 && is_one_digit_more(typed, known))
        return SLIP_LENGTH;
    if (b == a + 1 && a > 2 && is_one_digit_more(known, typed))
        return SLIP_LENGTH;
    return SLIP_NONE;
}

unsigned near_find(enum code_kind kind, uint32_t value, bool decimal, uint32_t *near, unsigned room)
{
    char typed[16];
    unsigned count = 0;
    snprintf(typed, sizeof typed, decimal ? "%u" : "%X", value);
    if (decimal && kind == CODE_DISCONNECT && room > 0) {
        char hex[20];
        uint64_t read_as_hex = 0;
        snprintf(hex, sizeof hex, "0x%s", typed);
        if (text_number(hex, UINT32_MAX, &read_as_hex) && code_fact(kind, (uint32_t)read_as_hex) != NULL)
            near[count++] = (uint32_t)read_as_hex;
    }
    for (enum slip slip = SLIP_SWAP; slip < SLIP_COUNT; slip++) {
        const struct code_fact *fact;
        for (unsigned i = 0; (fact = code_at(kind, i)) != NULL; i++) {
            char known[16];
            snprintf(known, sizeof known, decimal ? "%u" : "%X", fact->value);
            if (count < room && slip_between(typed, known) == slip)
                near[count++] = fact->value;
        }
    }
    return count;
}
