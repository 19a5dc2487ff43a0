/* What nmap's text and its XML have in common; for text_nmap*.c only. */
#ifndef RDPWHY_READ_TEXT_NMAP_PORT_H
#define RDPWHY_READ_TEXT_NMAP_PORT_H

#include "read/text_nmap.h"

void nmap_put(char *to, size_t room, const char *from);
/* One field of rdp-ntlm-info. False: not one of its fields. */
bool nmap_info(struct tale_identity *identity, const char *key, const char *value);
/* The port is over: when it is RDP's it becomes a tale. */
bool nmap_port_end(struct nmap_scan *scan, struct error *error) MUST_USE;

#endif
