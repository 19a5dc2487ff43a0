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

struct server_words {
    struct said *items; /* owned; by weight, then as found */
    size_t count;
};

bool server_words(const struct ev_server *server, struct server_words *words, struct error *error) MUST_USE;
void server_words_release(struct server_words *words);

#endif
