/* Codes in what a user types or pastes. Numbers are read from their field, never as bare numbers in running text: a
 * port, a time or a process id would fit most lists. The words of a dialog may be in any language. */
#ifndef RDPWHY_FACTS_FIND_H
#define RDPWHY_FACTS_FIND_H

#include <stddef.h>

#include "base/error.h"
#include "facts/codes.h"
#include "facts/phrases.h"

enum { FIND_MAX = 8, FIND_PHRASES = 4, FIND_TEXT_MAX = 65536 };

struct found_code {
    enum code_kind kind;
    uint32_t value;
    bool decimal; /* it was written in decimal */
};
struct found {
    struct found_code codes[FIND_MAX];
    unsigned count;
    const struct phrase_fact *phrases[FIND_PHRASES]; /* sentences that say more than the codes */
    unsigned phrase_count;
};

/* The list a number belongs to by its size, when nothing else says so: CODE_DISCONNECT for small ones. */
enum code_kind find_kind_of(uint32_t value);

/* "0x904", "0x904/0x7", "0x904 0x7", "2308", "-2146893052": the code, and behind it the extended code. False: not that,
 * with the offending word in the error (ERROR_USAGE). */
bool find_in_words(const char *words, struct found *found, struct error *error) MUST_USE;
/* True when `words` holds nothing but numbers and what separates them, so that find_in_words should read it. */
bool find_are_words(const char *words) MUST_USE;
/* A dialog, a log line, a mail. Finding nothing is no error: both counts are 0 then. */
void find_in_text(const char *text, size_t size, struct found *found);

#endif
