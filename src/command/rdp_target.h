/* An .rdp file in the place of a host: which host and port it means, and its settings as evidence. */
#ifndef RDPWHY_COMMAND_RDP_TARGET_H
#define RDPWHY_COMMAND_RDP_TARGET_H

#include "evidence/evidence.h"
#include "wire/rdp_file.h"

/* "my.rdp", in any case of letters. */
bool rdp_target_is(const char *input);
/* Reads the file; `host` (owned by the caller) and `port` (0: none) are what it connects to. ERROR_NO_INPUT,
 * ERROR_DATA: the text names file, line and reason. The caller frees with rdp_file_free. */
struct rdp_file *rdp_target_read(const char *path, char **host, uint16_t *port, struct error *error) MUST_USE;
/* The gateway that the file leads through, if it does, into options->gateway and options->run; a name that cannot be
 * one is passed over: the check client says so. False: no memory. */
struct check_options;
bool rdp_target_gateway(struct check_options *options, struct error *error) MUST_USE;
bool rdp_target_record(const struct rdp_file *file, struct ev_rdp_file *evidence, struct error *error) MUST_USE;

#endif
