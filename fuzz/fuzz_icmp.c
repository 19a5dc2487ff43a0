#include "fuzz.h"

#include "wire/icmp.h"
#include "wire/tcp_syn.h"
#include "wire/vpn_ping.h"

static void one(const uint8_t *bytes, size_t size, enum address_family family)
{
    struct cursor cursor = cursor_of(bytes, size);
    struct icmp icmp;
    struct fault fault = { 0 };
    if (icmp_parse(&cursor, family, &icmp, &fault) != PARSE_DONE) {
        FUZZ_PROMISE(cursor.at == bytes && fault.why != NULL && fault.offset <= size);
        return;
    }
    FUZZ_PROMISE(cursor.at == cursor.end && icmp.kind == icmp_kind_of(family, icmp.type, icmp.code));
    fuzz_touch(icmp.data);
    if (icmp.quotes) {
        FUZZ_PROMISE(icmp.quote.from.family == family && icmp.quote.to.family == family);
        fuzz_touch(icmp.quote.behind);
        const uint8_t *token = vpn_ping_openvpn_token(icmp.quote.behind);
        FUZZ_PROMISE(token == NULL || fuzz_touch(slice_of(token, VPN_PING_TOKEN_SIZE)) <= 8 * 255);
    }
}

/* The first byte chooses: IPv4, IPv6, an IPv4 packet with its header, a TCP segment, a gateway's datagram. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const struct slice rest = slice_of(bytes + 1, size - 1);
    struct cursor cursor = cursor_of(rest.bytes, rest.size);
    switch (bytes[0] % 5) {
    case 0:
        one(rest.bytes, rest.size, ADDRESS_V4);
        break;
    case 1:
        one(rest.bytes, rest.size, ADDRESS_V6);
        break;
    case 2:
        if (icmp_skip_ipv4(&cursor, NULL) == PARSE_DONE) {
            one(cursor.at, cursor_left(&cursor), ADDRESS_V4);
        }
        break;
    case 4: {
        struct tcp_syn_answer answer;
        const enum parse parsed = tcp_syn_answer_parse(&cursor, &answer, NULL);
        FUZZ_PROMISE(parsed == PARSE_DONE ? cursor.at == cursor.end : cursor.at == rest.bytes);
        break;
    }
    default: {
        const uint8_t *found[] = { vpn_ping_openvpn_answer(rest), vpn_ping_ike_token(rest, true),
                                   vpn_ping_ike_token(rest, false) };
        for (size_t i = 0; i < COUNT_OF(found); i++) {
            FUZZ_PROMISE(found[i] == NULL || fuzz_touch(slice_of(found[i], VPN_PING_TOKEN_SIZE)) <= 8 * 255);
        }
        break;
    }
    }
    return 0;
}
