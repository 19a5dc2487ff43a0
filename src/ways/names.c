#include "ways/names.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "diagnose/name_match.h"

/* RFC 1123 2.1, and the underscore that Windows lets pass. No wildcard, no address. */
static bool is_host_name(const char *text)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    struct address address;
    const size_t length = text != NULL ? strlen(text) : 0;
    return length > 0 && length < RECIPE_HOST_SIZE && text[strspn(text, good)] == '\0' && text[0] != '-' &&
           text[0] != '.' && text[strspn(text, "0123456789.")] != '\0' && !address_parse(text, &address);
}

struct list {
    struct ways_name *names;
    size_t count;
    const char *typed;
};

static void add(struct list *list, const char *text, size_t length, enum recipe_named named)
{
    char name[RECIPE_HOST_SIZE];
    if (length > 0 && text[length - 1] == '.') {
        length--;
    }
    if (length == 0 || length >= sizeof name || list->count == WAYS_NAMES_MAX) {
        return;
    }
    memcpy(name, text, length);
    name[length] = '\0';
    bool known = !is_host_name(name) || text_equal_nocase(name, list->typed);
    for (size_t i = 0; i < list->count && !known; i++) {
        known = text_equal_nocase(list->names[i].name, name);
    }
    if (!known) {
        struct ways_name *item = &list->names[list->count++];
        *item = (struct ways_name){ .named = named };
        memcpy(item->name, name, length + 1);
    }
}

static void add_text(struct list *list, const struct ev_text *text, enum recipe_named named)
{
    if (text->v != NULL) {
        add(list, text->v, strlen(text->v), named);
    }
}

size_t ways_names_of(const struct evidence *evidence, struct ways_name names[WAYS_NAMES_MAX])
{
    struct address address;
    const char *typed = evidence->target.host.v != NULL ? evidence->target.host.v : "";
    struct list list = { names, 0, typed };
    add_text(&list, &evidence->nla.target.dns_computer, NAMED_BY_CHALLENGE);
    ev_each (item, const struct ev_name_item, &evidence->certificate.san) {
        add_text(&list, &item->name, NAMED_BY_CERTIFICATE);
    }
    add_text(&list, &evidence->certificate.common_name, NAMED_BY_CERTIFICATE);
    add_text(&list, &evidence->name.canonical, NAMED_BY_DNS);
    const char *dot = strchr(typed, '.');
    if (dot != NULL && !address_parse(typed, &address)) {
        add(&list, typed, (size_t)(dot - typed), NAMED_SHORT);
    }
    add_text(&list, &evidence->nla.target.netbios_computer, NAMED_BY_CHALLENGE);
    return list.count;
}

/* --- the same machine? --- */

/* The check's one certificate belongs to the address that opened, not to a dead first one. */
static const struct ev_certificate *certificate_of(const struct tried *tried)
{
    const bool none = tried->depth < DEPTH_CONFIRM && tried->by_check;
    return none || tried->evidence->certificate.sha256.v == NULL ? NULL : &tried->evidence->certificate;
}

const char *ways_certificate(const struct tried *tried)
{
    const struct ev_certificate *certificate = certificate_of(tried);
    return certificate != NULL ? certificate->sha256.v : NULL;
}

enum machine ways_machine(const struct tried *way, const struct tried *plain)
{
    const struct ev_certificate *own = certificate_of(way);
    const struct ev_certificate *its = certificate_of(plain);
    const bool gateway = way->recipe.transport == RECIPE_GATEWAY; /* which asks its own DNS for the name */
    if (gateway
            ? !ways_is_through(way, plain)
            : way->recipe.port == plain->recipe.port && address_equal(&way->recipe.address, &plain->recipe.address)) {
        return MACHINE_PLACE;
    }
    if (own != NULL && its != NULL) {
        return strcmp(own->sha256.v, its->sha256.v) == 0 ? MACHINE_SAME : MACHINE_OTHER;
    }
    return own != NULL && certificate_matches(own, plain->recipe.host, false) ? MACHINE_NAMED : MACHINE_UNTOLD;
}

const char *ways_machine_name(enum machine machine)
{
    static const char *const names[] = { [MACHINE_PLACE] = "same-place",
                                         [MACHINE_SAME] = "same-certificate",
                                         [MACHINE_NAMED] = "name-in-certificate",
                                         [MACHINE_UNTOLD] = "not-known",
                                         [MACHINE_OTHER] = "other-certificate" };
    return names[machine];
}

bool ways_is_doubtful(const struct tried *way, const struct tried *plain)
{
    const enum machine machine = ways_machine(way, plain);
    return way->recipe.from == RECIPE_NAME && (machine == MACHINE_OTHER || machine == MACHINE_UNTOLD);
}
