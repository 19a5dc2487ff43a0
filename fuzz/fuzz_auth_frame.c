/* What the process that logs on and its child say to each other: neither believes the other's lengths. */
#include "net/auth_frame.c" /* the loop and GSSAPI need not build for this */

#include "fuzz.h"

const uint8_t *secret_look(const struct secret *secret)
{
    return (const uint8_t *)secret;
}

size_t secret_size(const struct secret *secret)
{
    (void)secret;
    return 0;
}

static void answer(struct cursor body)
{
    static uint8_t again[AUTH_BODY_MAX];
    char words[NET_AUTH_WORDS_SIZE];
    char back_words[NET_AUTH_WORDS_SIZE];
    struct net_auth_answer said;
    struct net_auth_answer back;
    if (auth_answer_parse(&body, &said, words, NULL) != PARSE_DONE) {
        return;
    }
    struct writer writer = writer_of(again, sizeof again);
    FUZZ_PROMISE(auth_answer_write(&writer, &said));
    struct cursor cursor = cursor_of(again, writer_size(&writer));
    FUZZ_PROMISE(auth_answer_parse(&cursor, &back, back_words, NULL) == PARSE_DONE);
    FUZZ_PROMISE(back.result == said.result && back.package == said.package && back.kerberos == said.kerberos &&
                 back.complete == said.complete && back.size == said.size && strcmp(words, back_words) == 0 &&
                 fuzz_same(slice_of(back.kdc_data, back.kdc_data_size), slice_of(said.kdc_data, said.kdc_data_size)));
    (void)fuzz_touch(slice_of(said.bytes, said.size));
}

static void start(struct cursor body)
{
    struct auth_start started;
    if (auth_start_parse(&body, &started, NULL) == PARSE_DONE) {
        FUZZ_PROMISE(strlen(started.user) < NET_AUTH_NAME_SIZE && strlen(started.host) < NET_AUTH_NAME_SIZE &&
                     started.password_size <= NET_AUTH_PASSWORD_MAX);
        (void)fuzz_touch(slice_of(started.password, started.password_size));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct cursor cursor = cursor_of(bytes, size);
    enum auth_kind kind = AUTH_START;
    size_t length = 0;
    struct cursor body;
    while (auth_header_parse(&cursor, &kind, &length, NULL) == PARSE_DONE) {
        FUZZ_PROMISE(length <= AUTH_BODY_MAX);
        if (!cursor_block(&cursor, length, &body)) {
            break;
        }
        if (kind == AUTH_ANSWER) {
            answer(body);
        } else if (kind == AUTH_START) {
            start(body);
        }
    }
    return 0;
}
