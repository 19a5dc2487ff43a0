/* What the numbers mean: data/{disconnect,extended,errinfo,negotiation,status,gateway,freerdp,events}.tsv.
 * Texts are constants, never freed; a text is NULL when there is none. */
#ifndef RDPWHY_FACTS_CODES_H
#define RDPWHY_FACTS_CODES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"

/* Which list a number belongs to; the same number means other things in other lists. */
enum code_kind {
    CODE_DISCONNECT,  /* the client's disconnect reason: 0x904 */
    CODE_EXTENDED,    /* its extended code: 0x7 */
    CODE_ERRINFO,     /* MS-RDPBCGR Set Error Info; the extended codes are the same numbers where both exist */
    CODE_NEGOTIATION, /* RDP_NEG_FAILURE */
    CODE_NTSTATUS,    /* 0xC00000xx */
    CODE_HRESULT,     /* 0x8009xxxx (SSPI) and other HRESULTs */
    CODE_GATEWAY,     /* RD Gateway: 0x3000000 and up (client), 0x800759xx (MS-TSGU) */
    CODE_FREERDP,     /* FreeRDP's exit status and its 0x000200xx errors */
    CODE_EVENT,       /* Windows event id */
};

struct code_fact {
    uint32_t value;
    const char *name;       /* the symbol in the documentation, or NULL */
    const char *layer;      /* dns tcp x224 tls credssp licensing session gateway client */
    const char *confidence; /* "documented" or "reported" */
    const char *meaning;    /* a sentence */
    const char *next;       /* what to look at, or NULL */
    const char *beware;     /* what it does not mean, or where sources disagree; or NULL */
    const char *sources;    /* ids of data/sources.tsv */
};

/* NULL when the list does not hold the number. CODE_EVENT is not looked up here. */
const struct code_fact *code_fact(enum code_kind kind, uint32_t value);
/* By symbol ("ERRINFO_LOGOFF_BY_USER", "SSL_CERT_NOT_ON_SERVER"), letters of any case; *kind only when found. */
const struct code_fact *code_by_name(const char *name, enum code_kind *kind);
/* Every number of one list, in its own order: index 0, 1, ... until NULL. */
const struct code_fact *code_at(enum code_kind kind, unsigned index);
/* "disconnect", "extended", "errinfo", "negotiation", "ntstatus", "hresult", "gateway", "freerdp", "event". */
const char *code_kind_name(enum code_kind kind);

/* The symbol, or NULL. */
const char *nego_failure_name(uint32_t value);
const char *ntstatus_name(uint32_t value); /* NTSTATUS, SSPI and other HRESULTs */

struct event_fact {
    unsigned id;
    const char *provider;
    const char *channel;
    const char *side; /* client server both dc gateway */
    const char *meaning;
    const char *fields;
    const char *confidence;
    const char *sources;
};
/* Events of several providers can share an id: start with NULL, go on with the one before; NULL: no more. */
const struct event_fact *event_next(unsigned id, const struct event_fact *before);

struct source_fact {
    const char *id;
    const char *where; /* an address, or words */
    const char *what;
};
/* `id` need not be terminated: its first `length` bytes count. NULL when there is no such source. */
const struct source_fact *source_fact(const char *id, unsigned length);

#endif
