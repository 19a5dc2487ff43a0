#include "fuzz.h"

#include "wire/credssp.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static uint8_t again[CREDSSP_SIZE_MAX];
    struct cursor cursor = cursor_of(bytes, size);
    struct credssp request;
    struct fault fault = { 0 };
    enum parse parsed = credssp_parse(&cursor, &request, &fault);
    if (parsed != PARSE_DONE) {
        FUZZ_PROMISE(cursor.at == bytes);
        FUZZ_PROMISE(parsed == PARSE_MORE || (fault.why != NULL && fault.offset <= size));
        FUZZ_PROMISE(parsed == PARSE_BAD || size < CREDSSP_SIZE_MAX);
        return 0;
    }
    FUZZ_PROMISE(request.size == cursor_offset(&cursor));
    struct writer writer = writer_of(again, sizeof again);
    FUZZ_PROMISE(credssp_write(&writer, &request));
    struct credssp back;
    cursor = cursor_of(again, writer_size(&writer));
    FUZZ_PROMISE(credssp_parse(&cursor, &back, &fault) == PARSE_DONE);
    FUZZ_PROMISE(back.version == request.version && back.has_error == request.has_error &&
                 back.error == request.error && fuzz_same(back.token, request.token) &&
                 fuzz_same(back.auth_info, request.auth_info) && fuzz_same(back.pub_key_auth, request.pub_key_auth) &&
                 fuzz_same(back.client_nonce, request.client_nonce));
    return 0;
}
