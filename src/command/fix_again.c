/* How to see from outside what a repair changed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command/fix.h"

/* The evidence is a stranger's: what is no host name by its letters is left out. */
static const char *host_of(const struct repair *repair, const struct evidence *evidence)
{
    const struct value *computer = values_find(&repair->values, "computer");
    bool seen = evidence != NULL && evidence->target.host.source != SOURCE_NONE &&
                !(evidence->redacted.source != SOURCE_NONE && evidence->redacted.v) &&
                value_check(ASK_HOST, "host", evidence->target.host.v, NULL);
    return seen ? evidence->target.host.v : computer != NULL ? computer->text : "HOST";
}

/* "srv-01", "srv-01:3390", "[2001:db8::1]:3390" */
static void target_of(const struct repair *repair, const struct evidence *evidence, char *text, size_t size)
{
    const struct value *port = values_find(&repair->values, "port");
    const char *host = host_of(repair, evidence);
    bool v6 = strchr(host, ':') != NULL;
    char number[VALUE_SIZE] = "3389";
    if (port != NULL) {
        snprintf(number, sizeof number, "%s", port->text);
    } else if (evidence != NULL && evidence->target.port.source != SOURCE_NONE) {
        snprintf(number, sizeof number, "%" PRId64, evidence->target.port.v);
    }
    if (strcmp(number, "3389") == 0) {
        snprintf(text, size, "%s", host);
    } else {
        snprintf(text, size, v6 ? "[%s]:%s" : "%s:%s", host, number);
    }
}

/* A name that no shell takes for anything else. */
static bool is_plain(const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./";
    return path[0] != '\0' && path[strspn(path, plain)] == '\0' && strlen(path) < 100;
}

void fix_look_again(const struct repair *repair, const struct fix_view *view, struct fix_again *again)
{
    char target[2 * VALUE_SIZE];
    bool saved = view->saved != NULL && is_plain(view->saved);
    target_of(repair, view->evidence, target, sizeof target);
    again->before[0] = '\0';
    if (!saved) {
        snprintf(again->before, sizeof again->before, "rdpwhy %s --save before.json", target);
    }
    snprintf(again->after, sizeof again->after, "rdpwhy %s --after %s", target, saved ? view->saved : "before.json");
}
