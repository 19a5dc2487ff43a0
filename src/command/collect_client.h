/* What a client's collection says beside the evidence that diagnose reads. */
#ifndef RDPWHY_COMMAND_COLLECT_CLIENT_H
#define RDPWHY_COMMAND_COLLECT_CLIENT_H

#include "diagnose/server.h"
#include "read/collect.h"

/* `redact`: without names and addresses. */
bool collect_client_words(const struct collect *collect, bool redact, struct said_list *list,
                          struct error *error) MUST_USE;
/* What was lost on the way, for both sides: weight "not read". */
bool collect_loss_words(const struct collect *collect, struct said_list *list, struct error *error) MUST_USE;

#endif
