#include "fuzz.h"

#include "wire/licence.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct cursor cursor = cursor_of(bytes, size);
    struct licence licence;
    struct fault fault = { 0 };
    if (licence_parse(&cursor, &licence, &fault) != PARSE_DONE) {
        FUZZ_PROMISE(fault.why != NULL && fault.offset <= size && cursor.at == bytes);
        return 0;
    }
    fuzz_touch(licence.company);
    fuzz_touch(licence.product);
    fuzz_touch(licence.certificate);
    fuzz_touch(licence.scope);
    fuzz_touch(licence.premaster);
    fuzz_touch(licence.user);
    fuzz_touch(licence.machine);
    fuzz_touch(licence.data);
    fuzz_touch(licence.hardware);
    static uint8_t again[LICENCE_SIZE_MAX];
    struct writer writer = writer_of(again, sizeof again);
    if (!licence_write(&writer, &licence)) {
        return 0; /* more than a packet holds: scopes that came were shorter than the first */
    }
    struct licence back;
    cursor = cursor_of(again, writer_size(&writer));
    FUZZ_PROMISE(licence_parse(&cursor, &back, &fault) == PARSE_DONE);
    FUZZ_PROMISE(back.type == licence.type && back.error == licence.error && back.transition == licence.transition &&
                 fuzz_same(back.data, licence.data) && memcmp(back.mac, licence.mac, sizeof back.mac) == 0);
    return 0;
}
