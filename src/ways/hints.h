/* Ways that rdpwhy knows of and does not go: for want of a word from the user, for the safety of the account, or
 * because it cannot prove them. They are told, never listed among the proved ones. Pure. */
#ifndef RDPWHY_WAYS_HINTS_H
#define RDPWHY_WAYS_HINTS_H

#include "ways/commands.h"
#include "ways/search.h"

enum way_hint_id {
    HINT_USER_FORM, /* the account by another form: each try is a logon, which may lock it */
    HINT_NO_UDP,    /* a session without UDP: rdpwhy begins none that would use it */
    HINT_LESS,      /* less security, where somebody stands between */
    HINT_GATEWAY,   /* an RD Gateway that the user knows */
    HINT_PORT,      /* a port that the user knows */
    HINT_COUNT,
};
struct way_hint {
    enum way_hint_id id;
    char words[900];
    char command[COMMAND_SIZE]; /* "" when there is none; words in capitals are for the user to fill in */
};

/* `found`: some way is open. Returns how many. */
size_t ways_hints(const struct tried *tried, size_t count, const struct verdict *verdict, bool found,
                  struct way_hint hints[HINT_COUNT]);
/* "user-form", "no-udp", "less-security", "gateway", "port" */
const char *ways_hint_name(enum way_hint_id id);

#endif
