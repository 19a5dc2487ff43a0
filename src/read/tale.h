/* One connection as words tell it, while a reader of texts gathers it; then an evidence document of it. */
#ifndef RDPWHY_READ_TALE_H
#define RDPWHY_READ_TALE_H

#include "evidence/evidence.h"
#include "read/lines.h"

enum { TALE_OFFERS_MAX = 4, TALE_HOW_SIZE = 240, TALE_QUOTE_SIZE = 200, TALE_NAME_SIZE = 256, TALES_MAX = 64 };
enum { TALE_UNSEEN = -1 };
static const int64_t TALE_NO_TIME = INT64_MIN;

struct tale_offer {
    int64_t offer; /* TALE_UNSEEN: the text does not say what was asked for */
    int64_t selected;
    int64_t failure;
};
struct tale_quote {
    size_t line;
    int64_t at_us;
    char text[TALE_QUOTE_SIZE];
};
/* What an NTLM challenge told somebody who wrote it down. */
struct tale_identity {
    char netbios_domain[128];
    char netbios_computer[128];
    char dns_domain[TALE_NAME_SIZE];
    char dns_computer[TALE_NAME_SIZE];
    char dns_forest[TALE_NAME_SIZE];
    char build[32]; /* "10.0.20348" */
    int64_t time_us;
    bool seen;
};
struct tale {
    enum told_by by;
    const char *program; /* a constant */
    char host[TALE_NAME_SIZE];
    char address[64];
    char client[64];
    int64_t client_port;
    int64_t port;
    int64_t tried_us;
    int64_t told_us;
    bool zoneless; /* its times carry no zone: taken as UTC */
    int64_t code;  /* that the client was told, or tells */
    int64_t extended;
    int64_t refusal; /* errorCode of the server's TSRequest (MS-CSSP 2.2.1), as the client wrote it down */
    int stopped;     /* enum check_id, or TALE_UNSEEN */
    int reason;      /* enum told_reason */
    bool works;
    char how[TALE_HOW_SIZE];
    int name_error; /* enum name_error */
    int tcp;        /* enum tcp_result */
    struct tale_offer offers[TALE_OFFERS_MAX];
    size_t offer_count;
    bool tls_up;
    int tls_version; /* enum tls_version */
    char cipher[64];
    int64_t visitors;
    struct tale_identity identity;
    struct tale_quote quotes[TOLD_QUOTES_MAX]; /* the first ones, and the last */
    size_t quote_count;
    size_t first_line;
};

void tale_init(struct tale *tale, enum told_by by, const char *program);
/* Keeps a line; of many the first ones and the last. `text` need not be ended. */
void tale_quote(struct tale *tale, size_t line, int64_t at_us, const char *text, size_t size);
/* How it ended, in words of ours; the first word counts. */
void tale_how(struct tale *tale, const char *format, ...) PRINTF_LIKE(2, 3);
void tale_offer(struct tale *tale, int64_t offer, int64_t selected, int64_t failure);
/* Whether this NTSTATUS says that an account was looked at. */
bool tale_of_account(int64_t status);
/* The document; NULL: no memory. */
struct evidence *tale_evidence(const struct tale *tale, struct error *error) MUST_USE;

/* The last TALES_MAX connections of a text. */
struct tales {
    struct tale *items; /* owned */
    size_t count;       /* of all that there were */
};
/* The next one, cleared; NULL: no memory. The one before stays where it is until TALES_MAX others came. */
struct tale *tales_add(struct tales *tales, enum told_by by, const char *program, struct error *error) MUST_USE;
/* Of those that are kept, by age. */
size_t tales_kept(const struct tales *tales);
struct tale *tales_at(const struct tales *tales, size_t index);
void tales_release(struct tales *tales);

/* Small helpers for lines. */
/* What stands behind the first `mark` in the line; NULL: it is not there. */
const char *line_behind(const struct text_line *line, const char *mark);
bool line_has(const struct text_line *line, const char *mark);
/* Copies up to one of the bytes in `ends` (or the end of the text), cut to the room. True when anything was copied. */
bool word_copy(const char *from, const char *ends, char *to, size_t room);
/* A decimal number at the beginning of `text`; TALE_UNSEEN: none, or above `max`. */
int64_t word_number(const char *text, int64_t max);
/* A hexadecimal number without 0x, of at most 8 digits; likewise. */
int64_t word_hex(const char *text);

#endif
