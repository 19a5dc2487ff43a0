/* Shared by opening*.c only: what the two sides have to know of each other. */
#ifndef RDPWHY_READ_OPENING_INTERNAL_H
#define RDPWHY_READ_OPENING_INTERNAL_H

#include "read/opening.h"
#include "wire/pdu.h"

enum { OPENING_JOINS_MAX = 64, OPENING_PACKETS_MAX = 512, OPENING_BYTES_MAX = 512 * 1024 };

struct opening_sides {
    struct opening *opening;
    uint16_t joins[OPENING_JOINS_MAX]; /* channels that the client asked for */
    size_t join_count;
    bool sent_data;      /* the client, on a channel */
    bool sent_licence;   /* the client */
    bool sent_confirm;   /* its Confirm Active */
    bool answered;       /* the server's Connect-Response */
    bool attached;       /* its Attach User Confirm */
    bool drawn;          /* its enciphered fast path */
    uint16_t io_channel; /* 0: not known */
    uint32_t method;
};

void opening_reach(struct opening *opening, enum session_phase phase);
void opening_says(struct opening *opening, enum session_ended ended); /* the server; the first word counts */
void opening_problem(struct opening *opening, const char *what, const struct fault *fault);
/* Is there nothing more to be read of the server? */
bool opening_is_over(const struct opening *opening);

void opening_server_packet(struct opening_sides *sides, const struct pdu *pdu);

#endif
