#include "wire/endpoint.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"

bool endpoint_parse(const char *text, struct address *address, uint16_t *port)
{
    char host[ADDRESS_TEXT_SIZE];
    struct address parsed;
    uint64_t number = 0;
    const char *colon = strrchr(text, ':');
    const bool brackets = text[0] == '[';
    if (colon == NULL || !text_number(colon + 1, UINT16_MAX, &number) || number == 0) {
        return false;
    }
    size_t length = (size_t)(colon - text);
    if (brackets) {
        if (length < 2 || text[length - 1] != ']') {
            return false;
        }
        text++;
        length -= 2;
    }
    if (length == 0 || length >= sizeof(host)) {
        return false;
    }
    memcpy(host, text, length);
    host[length] = '\0';
    if (!address_parse(host, &parsed) || (parsed.family == ADDRESS_V6) != brackets) {
        return false;
    }
    *address = parsed;
    *port = (uint16_t)number;
    return true;
}
