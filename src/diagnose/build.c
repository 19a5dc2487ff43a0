#include "diagnose/build.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

char *build_text(struct build *build, const char *format, ...)
{
    char text[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char *copy = alloc_text(text);
    build->failed = build->failed || copy == NULL;
    return copy;
}

char *build_sign(struct build *build, enum sign sign, enum cause cause)
{
    struct buffer words;
    buffer_init(&words, 4096);
    sign_see(sign, build->look, cause, &words);
    char *text = NULL;
    if (words.failed) {
        build->failed = true;
    } else if (words.size > 0) {
        text = buffer_steal_text(&words);
        build->failed = build->failed || text == NULL;
    }
    buffer_release(&words);
    return text;
}

void *build_grow(struct build *build, void *items, size_t count, size_t size)
{
    void *grown = alloc_resize(items, count + 1, size);
    if (grown == NULL) {
        build->failed = true;
        return NULL;
    }
    memset((char *)grown + count * size, 0, size);
    return grown;
}

void build_words(struct build *build, struct words *words, char *text)
{
    if (text == NULL) {
        return;
    }
    char **items = build_grow(build, words->items, words->count, sizeof *items);
    if (items == NULL) {
        alloc_free(text);
        return;
    }
    words->items = items;
    words->items[words->count++] = text;
}

/* Only what needs no quoting in a shell goes into a command that the user is to paste. */
static bool is_plain(const char *host)
{
    return *host != '\0' && host[0] != '-' &&
           strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:") == strlen(host);
}

static char *fill_command(struct build *build, const char *command, const char *host, int64_t port)
{
    if (command == NULL || (strstr(command, "{host}") != NULL && (host == NULL || !is_plain(host)))) {
        return NULL;
    }
    struct buffer filled;
    buffer_init(&filled, 4096);
    while (*command != '\0') {
        if (strncmp(command, "{host}", 6) == 0) {
            command += 6;
            bool brackets = strchr(host, ':') != NULL && strncmp(command, ":{port}", 7) == 0;
            buffer_format(&filled, brackets ? "[%s]" : "%s", host);
        } else if (strncmp(command, "{port}", 6) == 0) {
            buffer_format(&filled, "%" PRId64, port);
            command += 6;
        } else {
            buffer_add(&filled, command++, 1);
        }
    }
    char *text = buffer_steal_text(&filled);
    build->failed = build->failed || text == NULL;
    buffer_release(&filled);
    return text;
}

char *build_command(struct build *build, const char *command)
{
    return fill_command(build, command, build->look->e->target.host.v, build->look->port);
}

char *build_gateway_command(struct build *build, const char *command)
{
    const struct ev_gateway *gateway = &build->look->e->gateway;
    return fill_command(build, command, gateway->host.v, gateway->port.v);
}

/* A loopback address means another machine wherever else it is typed. */
char *build_test_command(struct build *build, enum test test)
{
    const bool here = test == TEST_REPEAT_MORE;
    const char *host = build->look->e->target.host.v;
    return fill_command(build, test_fact(test)->command,
                        build->look->class == ADDRESS_CLASS_LOOPBACK && !here ? "SERVER" : host, build->look->port);
}

char *build_action(struct build *build, enum cause cause)
{
    const struct cause_fact *fact = cause_fact(cause);
    if (fact->action_other == NULL || build->look->kind == SERVER_WINDOWS) {
        return build_text(build, "%s", fact->action);
    }
    if (build->look->kind != SERVER_UNKNOWN) {
        return build_text(build, "%s", fact->action_other);
    }
    return build_text(build, "on Windows: %s; on other servers: %s", fact->action, fact->action_other);
}

bool is_yes(const struct look *look, enum sign sign)
{
    return sign_see(sign, look, CAUSE_NONE, NULL) == YES;
}

bool is_no(const struct look *look, enum sign sign)
{
    return sign_see(sign, look, CAUSE_NONE, NULL) == NO;
}
