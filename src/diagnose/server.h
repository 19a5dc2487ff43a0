/* What a collection from the server itself says, in words; the gravest first. No verdict on a connection: nobody has
 * tried one here. */
#ifndef RDPWHY_DIAGNOSE_SERVER_H
#define RDPWHY_DIAGNOSE_SERVER_H

#include "diagnose/diagnose.h"

enum weight { WEIGHT_FAULT, WEIGHT_BESIDE, WEIGHT_FACT, WEIGHT_UNREAD };

struct said {
    enum weight weight;
    enum cause cause; /* it speaks for, or CAUSE_NONE */
    char *text;       /* owned: one sentence */
};

struct said_list {
    struct said *items; /* owned; by weight, then as found */
    size_t count;
};

bool server_words(const struct ev_server *server, struct said_list *words, struct error *error) MUST_USE;
/* Adds a sentence behind those of its weight. */
bool said_add(struct said_list *list, enum weight weight, enum cause cause, const char *format, ...)
    PRINTF_LIKE(4, 5) MUST_USE;
void said_release(struct said_list *list);

#endif
