/* One direction of a connection, from segments in any order: what is kept must be what a receiver would have.
 *
 * The input is a list of segments: offset (2 bytes), length (1 byte), flags and identification (1 byte). The byte at
 * each place of the connection follows from its place, so the kept bytes can be checked. */
#include "fuzz.h"

#include "read/half.h"

enum { START = 0xfffff000U, PLACES = 65536 };

static uint8_t byte_at(size_t place)
{
    return (uint8_t)(place * 31 + (place >> 8));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static uint8_t whole[PLACES + 256];
    struct half half = { 0 };
    bool fresh;
    for (size_t i = 0; i < sizeof whole; i++) {
        whole[i] = byte_at(i);
    }
    struct packet syn = { .flags = TCP_SYN, .sequence = START - 1, .id = 1, .time_us = 1 };
    syn.from.family = ADDRESS_V4;
    FUZZ_PROMISE(half_add(&half, &syn, &fresh));
    for (size_t i = 0; i + 4 <= size; i += 4) {
        const size_t place = (size_t)bytes[i] << 8 | bytes[i + 1];
        struct packet packet = syn;
        packet.flags = TCP_ACK;
        packet.sequence = START + (uint32_t)place;
        packet.length = bytes[i + 2];
        packet.id = (uint16_t)(bytes[i + 3] + 2);
        packet.time_us = (int64_t)i * 10000 + 2;
        packet.payload = slice_of(whole + place, packet.length);
        FUZZ_PROMISE(half_add(&half, &packet, &fresh));
    }
    FUZZ_PROMISE(half.bytes.size <= HALF_KEPT && half.contradicted == 0);
    FUZZ_PROMISE(half.early_count <= HALF_EARLY_SEGMENTS && half.early_size <= HALF_EARLY);
    for (size_t i = 0; i < half.bytes.size; i++) {
        FUZZ_PROMISE(half.bytes.bytes[i] == byte_at(i));
    }
    half_release(&half);
    return 0;
}
