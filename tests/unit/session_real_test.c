/* The opening of real sessions, from the captures that RDPWHY_REALDATA names (pcap/RDP-003, rdp3, rdp-x509): standard
 * RDP security, so MCS, GCC and the beginning of licensing are in the clear. Skipped elsewhere. */
#include "unit/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "wire/gcc.h"
#include "wire/licence.h"
#include "wire/pdu.h"
#include "wire/security.h"

enum { BYTES_MAX = 1 << 20, ETHERNET = 14, RDP_PORT = 3389 };

/* What a side sent, in order; a segment that begins elsewhere than expected is dropped (a repeat), a gap ends it. */
struct side {
    struct buffer bytes;
    uint32_t next;
    bool begun;
    bool gap;
};

static uint32_t u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void add_segment(struct side *side, uint32_t sequence, bool syn, const uint8_t *bytes, size_t size)
{
    if (syn) {
        side->next = sequence + 1;
        side->begun = true;
    } else if (side->begun && size > 0 && sequence == side->next && !side->gap) {
        side->next += (uint32_t)size;
        assert_true(buffer_add(&side->bytes, bytes, size));
    } else if (side->begun && size > 0 && (int32_t)(sequence - side->next) > 0) {
        side->gap = true;
    }
}

static bool read_capture(const char *name, struct side sides[2])
{
    char path[512];
    uint8_t header[24];
    uint8_t record[16];
    uint8_t frame[65536];
    const char *folder = getenv("RDPWHY_REALDATA");
    if (folder == NULL) {
        return false;
    }
    snprintf(path, sizeof(path), "%s/pcap/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    for (int i = 0; i < 2; i++) {
        sides[i] = (struct side){ .begun = false };
        buffer_init(&sides[i].bytes, BYTES_MAX);
    }
    assert_int_equal(fread(header, 1, sizeof(header), file), sizeof(header));
    while (fread(record, 1, sizeof(record), file) == sizeof(record)) {
        const size_t size = record[8] | (size_t)record[9] << 8;
        assert_int_equal(fread(frame, 1, size, file), size);
        const uint8_t *ip = frame + ETHERNET;
        if (size < ETHERNET + 40 || frame[12] != 8 || frame[13] != 0 || ip[9] != 6) {
            continue;
        }
        const uint8_t *tcp = ip + (ip[0] & 15) * 4;
        const size_t head = (size_t)(tcp[12] >> 4) * 4;
        const size_t total = (size_t)ip[2] << 8 | ip[3];
        const bool server = (tcp[0] << 8 | tcp[1]) == RDP_PORT;
        add_segment(&sides[server], u32(tcp + 4), (tcp[13] & 2) != 0, tcp + head, total - (size_t)(tcp - ip) - head);
    }
    fclose(file);
    return true;
}

struct seen {
    unsigned joins;
    unsigned packets;
    struct gcc_client client;
    struct gcc_server server;
    struct security_certificate certificate;
    size_t exchange;
    bool licence;
    struct licence first;
};

static void look_at_data(const struct mcs *mcs, struct seen *seen)
{
    struct fault fault;
    struct cursor cursor = cursor_of(mcs->data.bytes, mcs->data.size);
    struct security_header header;
    struct slice encrypted;
    assert_int_equal(security_header_parse(&cursor, false, &header, &fault), PARSE_DONE);
    if ((header.flags & SEC_EXCHANGE_PKT) != 0 && mcs->kind == MCS_SEND_DATA) {
        assert_int_equal(security_exchange_parse(&cursor, &encrypted, &fault), PARSE_DONE);
        seen->exchange = encrypted.size;
    } else if ((header.flags & (SEC_LICENSE_PKT | SEC_ENCRYPT)) == SEC_LICENSE_PKT && !seen->licence &&
               mcs->kind == MCS_SEND_DATA_INDICATION) {
        assert_int_equal(licence_parse(&cursor, &seen->first, &fault), PARSE_DONE);
        seen->licence = true;
    }
}

/* Every packet of both sides must be read; the first of each is the request and the Confirm. */
static void look(struct side sides[2], struct seen *seen)
{
    struct fault fault = { 0 };
    memset(seen, 0, sizeof(*seen));
    for (int i = 0; i < 2; i++) {
        struct cursor cursor = cursor_of(sides[i].bytes.bytes, sides[i].bytes.size);
        struct pdu pdu;
        enum parse parsed = PARSE_DONE;
        while (cursor_left(&cursor) > 0 && (parsed = pdu_parse(&cursor, &pdu, &fault)) == PARSE_DONE) {
            seen->packets++;
            if (pdu.kind != PDU_MCS) {
                continue;
            }
            if (pdu.mcs.kind == MCS_CONNECT_INITIAL) {
                assert_int_equal(gcc_client_parse(pdu.mcs.data, &seen->client, &fault), PARSE_DONE);
            } else if (pdu.mcs.kind == MCS_CONNECT_RESPONSE) {
                assert_int_equal(gcc_server_parse(pdu.mcs.data, &seen->server, &fault), PARSE_DONE);
                assert_int_equal(security_certificate_parse(seen->server.certificate, &seen->certificate, &fault),
                                 PARSE_DONE);
            } else if (pdu.mcs.kind == MCS_CHANNEL_JOIN_CONFIRM) {
                seen->joins += pdu.mcs.result == 0;
            } else if (pdu.mcs.kind == MCS_SEND_DATA || pdu.mcs.kind == MCS_SEND_DATA_INDICATION) {
                look_at_data(&pdu.mcs, seen);
            }
        }
        if (parsed == PARSE_BAD) {
            print_message("side %d: byte %zu: %s\n", i, fault.offset, fault.why);
        }
        assert_int_not_equal(parsed, PARSE_BAD);
    }
}

static void seen_in(const char *name, struct seen *seen, struct side sides[2])
{
    if (!read_capture(name, sides)) {
        print_message("skipped: RDPWHY_REALDATA does not name a folder with pcap/%s\n", name);
        skip();
    }
    look(sides, seen);
}

static void release(struct side sides[2])
{
    buffer_release(&sides[0].bytes);
    buffer_release(&sides[1].bytes);
}

static void rdp_003(void **state)
{
    (void)state;
    struct seen seen;
    struct side sides[2];
    seen_in("RDP-003.pcap", &seen, sides);
    assert_int_equal(seen.server.method, GCC_METHOD_56);
    assert_int_equal(seen.server.level, GCC_LEVEL_CLIENT_COMPATIBLE);
    assert_int_equal(seen.certificate.kind, SECURITY_PROPRIETARY);
    assert_int_equal(seen.certificate.modulus.size, 64);
    assert_int_equal(seen.exchange, 64);
    assert_int_equal(seen.joins, 5);
    assert_int_equal(seen.client.channel_count, 3);
    assert_int_equal(seen.server.io_channel, 1003);
    release(sides);
}

static void rdp3(void **state)
{
    (void)state;
    struct seen seen;
    struct side sides[2];
    seen_in("rdp3.pcap", &seen, sides);
    assert_int_equal(seen.server.method, GCC_METHOD_128);
    assert_int_equal(seen.server.level, GCC_LEVEL_CLIENT_COMPATIBLE);
    assert_int_equal(seen.joins, 5);
    assert_int_equal(seen.exchange, 64);
    release(sides);
}

static void x509(void **state)
{
    (void)state;
    struct seen seen;
    struct side sides[2];
    seen_in("rdp-x509.pcap", &seen, sides);
    assert_int_equal(seen.server.method, GCC_METHOD_128);
    assert_int_equal(seen.certificate.kind, SECURITY_X509);
    assert_true(seen.certificate.chain_count >= 1);
    assert_true(seen.certificate.last.size > 100);
    assert_int_equal(seen.certificate.last.bytes[0], 0x30);
    release(sides);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(rdp_003), cmocka_unit_test(rdp3), cmocka_unit_test(x509) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
