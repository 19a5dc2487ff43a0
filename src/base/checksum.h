/* The checksum of IP, ICMP, UDP and TCP (RFC 1071). */
#ifndef RDPWHY_BASE_CHECKSUM_H
#define RDPWHY_BASE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Adds bytes to a sum that begins with 0; all pieces but the last have an even number, 64 KiB in all at most. */
uint32_t checksum_add(uint32_t sum, const uint8_t *bytes, size_t size);
/* What goes into the packet. */
uint16_t checksum_end(uint32_t sum);

#endif
