/* The head of a document that a look begins with. */
#ifndef RDPWHY_COMMAND_BEGIN_H
#define RDPWHY_COMMAND_BEGIN_H

#include "command/options.h"

/* Who looks, when, by which command, at what, and what the user said about it. */
bool begin_document(struct evidence *evidence, const struct check_options *options, const char *command,
                    struct error *error) MUST_USE;

#endif
