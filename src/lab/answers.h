/* The packets a lab server answers with. Pure: behaviour and request to bytes. */
#ifndef RDPWHY_LAB_ANSWERS_H
#define RDPWHY_LAB_ANSWERS_H

#include "base/writer.h"
#include "lab/behaviour.h"
#include "wire/nego.h"

/* What the server answers to this request, before any lie. */
void lab_choose(const struct lab_negotiation *behaviour, const struct nego_request *request,
                struct nego_answer *answer);
bool lab_confirm_write(struct writer *writer, const struct lab_negotiation *behaviour,
                       const struct nego_answer *answer) MUST_USE;

enum { LAB_TSREQUEST_MAX = 65536 };
/* The whole TSRequest that answers the first token; `now_us` is this machine's wall clock. */
bool lab_tsrequest_write(struct writer *writer, const struct lab_nla *behaviour, int64_t now_us) MUST_USE;

#endif
