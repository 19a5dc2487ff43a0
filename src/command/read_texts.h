/* Texts of `rdpwhy read`: logs of clients and servers, scans, dialogs; each told by its content. */
#ifndef RDPWHY_COMMAND_READ_TEXTS_H
#define RDPWHY_COMMAND_READ_TEXTS_H

#include <stdio.h>

#include "base/buffer.h"
#include "command/read_files.h"

/* `begin` holds the first bytes of the file, `file` the rest, which is read on line by line; NULL: there is no more.
 * Adds what it holds to `all`, and tells in the row what it is and what was passed over. */
bool read_texts(struct read_all *all, struct read_file *row, const struct buffer *begin, FILE *file,
                struct error *error) MUST_USE;
/* nmap's XML, whole. */
bool read_scan(struct read_all *all, struct read_file *row, const struct buffer *bytes, struct error *error) MUST_USE;
/* A message of a client by itself, with no connection in any file: one document of what it says. */
bool read_texts_alone(struct read_all *all, struct error *error) MUST_USE;
/* Bytes that are no text in any coding: NUL bytes without a byte order mark. */
bool read_is_binary(const struct buffer *bytes);

#endif
