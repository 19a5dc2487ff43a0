/* CRC-32 as of Ethernet, gzip and event logs (polynomial 0xEDB88320, reflected). */
#ifndef RDPWHY_BASE_CRC32_H
#define RDPWHY_BASE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* 8 KiB; the caller's, since the program keeps no mutable globals. */
struct crc32 {
    uint32_t tables[8][256];
};

void crc32_init(struct crc32 *crc);
/* Goes on from `sum`, which begins with 0. */
uint32_t crc32_add(const struct crc32 *crc, uint32_t sum, const uint8_t *bytes, size_t size);

#endif
