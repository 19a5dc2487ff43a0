/* A packet of a running connection and whatever is inside it: MCS, GCC, certificates. */
#include "fuzz.h"

#include "wire/client_info.h"
#include "wire/gcc.h"
#include "wire/pdu.h"
#include "wire/security.h"

static void look_inside(struct slice data)
{
    struct gcc_client client;
    struct gcc_server server;
    struct security_certificate certificate;
    struct security_header header;
    struct client_info info;
    struct slice encrypted;
    struct cursor cursor = cursor_of(data.bytes, data.size);
    if (gcc_client_parse(data, &client, NULL) == PARSE_DONE) {
        FUZZ_PROMISE(client.channel_count <= GCC_CHANNELS_MAX);
    }
    if (gcc_server_parse(data, &server, NULL) == PARSE_DONE) {
        fuzz_touch(server.random);
        if (security_certificate_parse(server.certificate, &certificate, NULL) == PARSE_DONE) {
            fuzz_touch(certificate.modulus);
            fuzz_touch(certificate.signature);
            fuzz_touch(certificate.last);
        }
    }
    if (security_header_parse(&cursor, data.size % 2 != 0, &header, NULL) == PARSE_DONE) {
        struct cursor again = cursor;
        if (security_exchange_parse(&again, &encrypted, NULL) == PARSE_DONE) {
            fuzz_touch(encrypted);
        }
        if (client_info_parse(&cursor, &info, NULL) == PARSE_DONE) {
            fuzz_touch(info.password);
            fuzz_touch(info.client_directory);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct cursor cursor = cursor_of(bytes, size);
    struct pdu pdu;
    struct fault fault = { 0 };
    const enum parse parsed = pdu_parse(&cursor, &pdu, &fault);
    if (parsed != PARSE_DONE) {
        FUZZ_PROMISE(cursor.at == bytes);
        FUZZ_PROMISE(parsed == PARSE_MORE || (fault.why != NULL && fault.offset <= size));
        return 0;
    }
    FUZZ_PROMISE(pdu.size == cursor_offset(&cursor) && pdu.size <= PDU_SIZE_MAX);
    fuzz_touch(pdu.data);
    if (pdu.kind != PDU_MCS) {
        return 0;
    }
    fuzz_touch(pdu.mcs.data);
    look_inside(pdu.mcs.data);
    static uint8_t again[PDU_SIZE_MAX];
    struct writer writer = writer_of(again, sizeof again);
    if (!mcs_packet_write(&writer, &pdu.mcs)) {
        return 0; /* a Connect-Initial with short domain parameters may grow past the limit */
    }
    struct pdu back;
    cursor = cursor_of(again, writer_size(&writer));
    FUZZ_PROMISE(pdu_parse(&cursor, &back, &fault) == PARSE_DONE);
    FUZZ_PROMISE(back.mcs.kind == pdu.mcs.kind && back.mcs.result == pdu.mcs.result &&
                 back.mcs.reason == pdu.mcs.reason && back.mcs.user == pdu.mcs.user &&
                 back.mcs.channel == pdu.mcs.channel && back.mcs.requested == pdu.mcs.requested &&
                 back.mcs.data.size == pdu.mcs.data.size);
    return 0;
}
