#include "fuzz.h"

#include "wire/rdpeudp.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static uint8_t again[65536 + RDPEUDP_MTU_MAX];
    struct rdpeudp datagram;
    struct rdpeudp back;
    struct fault fault = { 0 };
    (void)rdpeudp2_looks_like(slice_of(bytes, size));
    const enum parse parsed = rdpeudp_parse(slice_of(bytes, size), &datagram, &fault);
    FUZZ_PROMISE(parsed != PARSE_MORE);
    if (parsed != PARSE_DONE) {
        FUZZ_PROMISE(fault.why != NULL && fault.offset <= size);
        return 0;
    }
    (void)fuzz_touch(datagram.payload);
    if ((datagram.flags & RDPEUDP_FEC) != 0 || size > 65535) {
        return 0; /* not written */
    }
    struct writer writer = writer_of(again, sizeof again);
    FUZZ_PROMISE(rdpeudp_write(&writer, &datagram));
    FUZZ_PROMISE(rdpeudp_parse(slice_of(again, writer_size(&writer)), &back, &fault) == PARSE_DONE);
    FUZZ_PROMISE(back.acked == datagram.acked && back.flags == datagram.flags && back.initial == datagram.initial &&
                 back.version == datagram.version && back.coded == datagram.coded && back.source == datagram.source &&
                 fuzz_same(back.acks, datagram.acks) && fuzz_same(back.hash, datagram.hash) &&
                 fuzz_same(back.correlation, datagram.correlation));
    return 0;
}
