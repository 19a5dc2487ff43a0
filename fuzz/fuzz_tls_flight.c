#include "fuzz.h"

#include "wire/tls_flight.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct cursor cursor = cursor_of(bytes, size);
    struct tls_flight flight;
    struct fault fault = { 0 };
    enum parse parsed = tls_flight_parse(&cursor, &flight, &fault);
    if (parsed != PARSE_DONE) {
        FUZZ_PROMISE(cursor.at == bytes);
        FUZZ_PROMISE(parsed == PARSE_MORE || (fault.why != NULL && fault.offset <= size));
        return 0;
    }
    FUZZ_PROMISE(cursor.at > bytes);
    /* More bytes never change an answer that was given. */
    struct tls_flight shorter;
    struct cursor part = cursor_of(bytes, cursor_offset(&cursor));
    FUZZ_PROMISE(tls_flight_parse(&part, &shorter, &fault) == PARSE_DONE);
    FUZZ_PROMISE(shorter.kind == flight.kind && shorter.alert == flight.alert && shorter.suite == flight.suite);
    uint8_t again[256];
    struct writer writer = writer_of(again, sizeof again);
    FUZZ_PROMISE(tls_flight_write(&writer, &flight));
    struct tls_flight back;
    part = cursor_of(again, writer_size(&writer));
    if (flight.kind == TLS_FLIGHT_SERVER_HELLO && flight.version >> 8 == 3) {
        FUZZ_PROMISE(tls_flight_parse(&part, &back, &fault) == PARSE_DONE);
        FUZZ_PROMISE(back.version == flight.version && back.suite == flight.suite && back.retry == flight.retry);
    }
    return 0;
}
