/* What the words before a number say about it. Only src/facts includes this. */
#ifndef RDPWHY_FACTS_LABELS_H
#define RDPWHY_FACTS_LABELS_H

#include <stdbool.h>
#include <stddef.h>

struct label {
    bool code;              /* a word for "code" stands in the field's name */
    bool code_right_before; /* and nothing but a colon or a small word stands between it and the number */
    bool extended;          /* a word for "extended" */
    bool foreign_field;     /* "....: " in letters that are not ASCII: a field's name in some language */
    bool event;             /* an event id */
    bool exit;              /* an exit status */
    bool negotiation;       /* an RDP_NEG_FAILURE */
    bool errinfo;           /* a Set Error Info value */
    bool stop;              /* an address, a port, a process id: whatever it is, no code */
};

struct label label_read(const char *bytes, size_t size);

#endif
