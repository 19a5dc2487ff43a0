#include "base/crc32.h"

void crc32_init(struct crc32 *crc)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t sum = i;
        for (unsigned bit = 0; bit < 8; bit++) {
            sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320U : 0);
        }
        crc->tables[0][i] = sum;
    }
    for (unsigned table = 1; table < 8; table++) {
        for (uint32_t i = 0; i < 256; i++) {
            const uint32_t before = crc->tables[table - 1][i];
            crc->tables[table][i] = before >> 8 ^ crc->tables[0][before & 0xff];
        }
    }
}

/* Eight bytes a step: a byte a step would take as long as all else that is done with a record. */
uint32_t crc32_add(const struct crc32 *crc, uint32_t sum, const uint8_t *bytes, size_t size)
{
    sum = ~sum;
    for (; size >= 8; bytes += 8, size -= 8) {
        sum ^= (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
        sum = crc->tables[7][sum & 0xff] ^ crc->tables[6][sum >> 8 & 0xff] ^ crc->tables[5][sum >> 16 & 0xff] ^
              crc->tables[4][sum >> 24] ^ crc->tables[3][bytes[4]] ^ crc->tables[2][bytes[5]] ^
              crc->tables[1][bytes[6]] ^ crc->tables[0][bytes[7]];
    }
    for (; size > 0; bytes++, size--) {
        sum = sum >> 8 ^ crc->tables[0][(sum ^ *bytes) & 0xff];
    }
    return ~sum;
}
