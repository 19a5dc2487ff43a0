/* Readers of single kinds of file, for read_files.c. */
#ifndef RDPWHY_COMMAND_READ_KINDS_H
#define RDPWHY_COMMAND_READ_KINDS_H

#include <stdio.h>

#include "base/buffer.h"
#include "command/read_files.h"

/* Notes what could not be read; always true, so that it can be returned. */
bool read_skip(struct read_file *file, const char *format, ...) PRINTF_LIKE(2, 3);
/* Takes the evidence, also when it fails. */
bool read_add(struct read_all *all, struct evidence *evidence, struct error *error) MUST_USE;
/* The same of an earlier file: its index. */
bool read_add_from(struct read_all *all, size_t file, struct evidence *evidence, struct error *error) MUST_USE;
bool read_events(struct read_all *all, struct read_file *row, FILE *file, struct error *error) MUST_USE;
bool read_collected(struct read_all *all, struct read_file *row, const struct buffer *bytes,
                    struct error *error) MUST_USE;

#endif
