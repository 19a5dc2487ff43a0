/* A capture among the files of `rdpwhy read`: one document for each pair of machines that spoke RDP. */
#ifndef RDPWHY_COMMAND_READ_CAPTURE_H
#define RDPWHY_COMMAND_READ_CAPTURE_H

#include <stdio.h>

#include "command/read_files.h"

/* By the first 4 bytes of a file. */
bool read_is_capture(const uint8_t *magic);
/* Closes the file, unless it is standard input. False: our own failure. */
bool read_capture(struct read_all *all, struct read_file *row, FILE *file, uint16_t rdp_port,
                  struct error *error) MUST_USE;

#endif
