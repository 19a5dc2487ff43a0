/* A session that begins in the clear, read from both sides' bytes: how far, by whom it ended, what is enciphered; and
 * what hostile ones can do: cuts everywhere, lies, floods. */
#include "unit/cmocka_all.h"

#include "base/alloc.h"
#include "read/opening.h"
#include "unit/guard_page.h"
#include "wire/client_info.h"
#include "wire/gcc.h"
#include "wire/licence.h"
#include "wire/pdu.h"
#include "wire/security.h"
#include "wire/share.h"

enum { ROOM = 1 << 17, USER = 1004, IO = 1003 };

struct talk {
    uint8_t *bytes[2];
    struct writer side[2];
};
enum { CLIENT, SERVER };

static void talk_begin(struct talk *talk)
{
    for (int i = 0; i < 2; i++) {
        talk->bytes[i] = alloc_array(ROOM, 1);
        assert_non_null(talk->bytes[i]);
        talk->side[i] = writer_of(talk->bytes[i], ROOM);
    }
}

static void talk_release(struct talk *talk)
{
    alloc_free(talk->bytes[CLIENT]);
    alloc_free(talk->bytes[SERVER]);
}

static struct slice said(const struct talk *talk, int side)
{
    return slice_of(talk->bytes[side], writer_size(&talk->side[side]));
}

static void say(struct talk *talk, int side, struct mcs mcs)
{
    assert_true(mcs_packet_write(&talk->side[side], &mcs));
}

static void say_data(struct talk *talk, int side, const struct writer *data, const uint8_t *bytes)
{
    say(talk, side,
        (struct mcs){ .kind = side == CLIENT ? MCS_SEND_DATA : MCS_SEND_DATA_INDICATION,
                      .user = USER,
                      .channel = IO,
                      .data = slice_of(bytes, writer_size(data)) });
}

/* Whatever lies behind a security header; an enciphered one gets some bytes for its MAC. */
static void say_secured(struct talk *talk, int side, uint16_t flags, struct slice body)
{
    uint8_t bytes[8192];
    struct writer writer = writer_of(bytes, sizeof bytes);
    const struct security_header header = { .flags = flags };
    security_header_write(&writer, &header);
    writer_bytes(&writer, body.bytes, body.size);
    say_data(talk, side, &writer, bytes);
}

static void say_licence(struct talk *talk, const struct licence *licence)
{
    uint8_t bytes[4096];
    struct writer writer = writer_of(bytes, sizeof bytes);
    assert_true(licence_write(&writer, licence));
    say_secured(talk, SERVER, SEC_LICENSE_PKT, slice_of(bytes, writer_size(&writer)));
}

static void say_valid(struct talk *talk)
{
    const struct licence alert = { .type = LICENCE_ALERT,
                                   .flags = LICENCE_VERSION,
                                   .error = LICENCE_VALID_CLIENT,
                                   .transition = LICENCE_NO_TRANSITION };
    say_licence(talk, &alert);
}

static void say_active(struct talk *talk, int side)
{
    uint8_t bytes[2048];
    struct writer writer = writer_of(bytes, sizeof bytes);
    const struct share share = { .type = side == SERVER ? SHARE_DEMAND_ACTIVE : SHARE_CONFIRM_ACTIVE,
                                 .source = USER,
                                 .id = 1,
                                 .descriptor = slice_of("RDP", 4) };
    assert_true(share_active_write(&writer, &share));
    say_data(talk, side, &writer, bytes);
}

static void say_number(struct talk *talk, uint8_t type2, uint32_t number)
{
    uint8_t bytes[64];
    uint8_t body[4] = { (uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16), (uint8_t)(number >> 24) };
    struct writer writer = writer_of(bytes, sizeof bytes);
    const struct share share = {
        .type = SHARE_DATA, .source = USER, .id = 1, .type2 = type2, .data = slice_of(body, 4)
    };
    assert_true(share_data_write(&writer, &share));
    say_data(talk, SERVER, &writer, bytes);
}

static void connect_initial(struct talk *talk)
{
    uint8_t bytes[GCC_CLIENT_MAX];
    struct writer writer = writer_of(bytes, sizeof bytes);
    const struct gcc_client client = { .has_core = true,
                                       .version = GCC_VERSION_5_TO_8_1,
                                       .build = 9600,
                                       .has_security = true,
                                       .methods = GCC_METHOD_40 | GCC_METHOD_128 };
    assert_true(gcc_client_write(&writer, &client));
    say(talk, CLIENT, (struct mcs){ .kind = MCS_CONNECT_INITIAL, .data = slice_of(bytes, writer_size(&writer)) });
}

/* With a method there is a key of 512 bits. */
static void connect_response(struct talk *talk, uint32_t method, uint32_t level)
{
    uint8_t bytes[2048];
    uint8_t key[512];
    uint8_t modulus[64] = { 1 };
    struct writer writer = writer_of(bytes, sizeof bytes);
    struct writer certificate = writer_of(key, sizeof key);
    struct gcc_server server = { .has_core = true,
                                 .version = GCC_VERSION_5_TO_8_1,
                                 .has_security = true,
                                 .method = method,
                                 .level = level,
                                 .has_net = true,
                                 .io_channel = IO };
    modulus[63] = 0x80;
    security_certificate_write(&certificate, 65537, slice_of(modulus, 64), slice_of(modulus, 64));
    if (method != GCC_METHOD_NONE) {
        server.random = slice_of(modulus, SECURITY_RANDOM_SIZE);
        server.certificate = slice_of(key, writer_size(&certificate));
    }
    assert_true(gcc_server_write(&writer, &server));
    say(talk, SERVER,
        (struct mcs){ .kind = MCS_CONNECT_RESPONSE, .has_data = true, .data = slice_of(bytes, writer_size(&writer)) });
}

static void join(struct talk *talk, uint16_t channel)
{
    say(talk, CLIENT, (struct mcs){ .kind = MCS_CHANNEL_JOIN, .user = USER, .channel = channel });
    say(talk, SERVER,
        (struct mcs){ .kind = MCS_CHANNEL_JOIN_CONFIRM,
                      .user = USER,
                      .requested = channel,
                      .has_channel = true,
                      .channel = channel });
}

static void info(struct talk *talk, uint16_t flags)
{
    uint8_t bytes[512];
    struct writer writer = writer_of(bytes, sizeof bytes);
    const struct client_info about = { .flags = INFO_UNICODE, .has_extra = true };
    client_info_write(&writer, &about);
    say_secured(talk, CLIENT, flags, slice_of(bytes, writer_size(&writer)));
}

/* Up to the Client Info. */
static void begin(struct talk *talk, uint32_t method, uint32_t level)
{
    talk_begin(talk);
    connect_initial(talk);
    connect_response(talk, method, level);
    say(talk, CLIENT, (struct mcs){ .kind = MCS_ERECT_DOMAIN });
    say(talk, CLIENT, (struct mcs){ .kind = MCS_ATTACH_USER });
    say(talk, SERVER, (struct mcs){ .kind = MCS_ATTACH_USER_CONFIRM, .has_user = true, .user = USER });
    join(talk, USER);
    join(talk, IO);
    if (method != GCC_METHOD_NONE) {
        say_secured(talk, CLIENT, SEC_EXCHANGE_PKT, slice_of("\x08\0\0\0........", 12));
    }
    info(talk, method == GCC_METHOD_NONE ? SEC_INFO_PKT : SEC_INFO_PKT | SEC_ENCRYPT);
}

static const struct opening_end client_left = { .ended = true, .how = END_FIN, .by = END_BY_US, .whole = true };
static const struct opening_end server_left = { .ended = true, .how = END_FIN, .by = END_BY_PEER, .whole = true };
static const struct opening_end cut = { .whole = true };

static struct ev_session read_all(const struct talk *talk, const struct opening_end *how, struct opening *opening)
{
    assert_true(opening_read(said(talk, CLIENT), said(talk, SERVER), opening));
    opening_close(opening, how);
    return opening->seen;
}

static void ends(const struct ev_session *session, int phase, int ended, int by)
{
    assert_int_equal(session->phase.v, phase);
    assert_int_equal(session->ended.source, ended < 0 ? SOURCE_NONE : SOURCE_FILE);
    if (ended >= 0) {
        assert_int_equal(session->ended.v, ended);
        assert_int_equal(session->ended_by.v, by);
    }
}

static void a_session_in_the_clear_comes_up(void **state)
{
    (void)state;
    struct talk talk;
    struct opening opening;
    begin(&talk, GCC_METHOD_NONE, GCC_LEVEL_NONE);
    say_valid(&talk);
    say_number(&talk, SHARE_STATUS_INFO, 0x401);
    say_active(&talk, SERVER);
    say_active(&talk, CLIENT);
    say_number(&talk, SHARE_FONT_MAP, 0);
    struct ev_session seen = read_all(&talk, &client_left, &opening);
    ends(&seen, SESSION_ACTIVE, SESSION_READY, SESSION_BY_CLIENT);
    assert_int_equal(seen.channels.v, 2);
    assert_int_equal(seen.client.build.v, 9600);
    assert_int_equal(seen.licence.code.v, LICENCE_VALID_CLIENT);
    assert_int_equal(seen.user.v, SESSION_NOBODY);
    assert_true(seen.user.source == SOURCE_FILE && seen.demanded.v && opening.status_count == 1);
    /* somebody logs off: no failure; another code is one */
    say_number(&talk, SHARE_SET_ERROR_INFO, 0xc);
    seen = read_all(&talk, &server_left, &opening);
    ends(&seen, SESSION_ACTIVE, SESSION_CLOSED, SESSION_BY_SERVER);
    assert_int_equal(seen.error.v, 0xc);
    say_number(&talk, SHARE_SET_ERROR_INFO, 5);
    seen = read_all(&talk, &server_left, &opening);
    ends(&seen, SESSION_ACTIVE, SESSION_ERROR_INFO, SESSION_BY_SERVER);
    assert_int_equal(seen.error.v, 5);
    talk_release(&talk);
}

static void what_is_enciphered_tells_nothing(void **state)
{
    (void)state;
    struct talk talk;
    struct opening opening;
    begin(&talk, GCC_METHOD_128, GCC_LEVEL_HIGH);
    say_secured(&talk, SERVER, SEC_ENCRYPT, slice_of("sixteen bytes...", 16));
    struct ev_session seen = read_all(&talk, &server_left, &opening);
    ends(&seen, SESSION_LICENSING, SESSION_CLOSED, SESSION_BY_SERVER);
    assert_int_equal(seen.hidden.v, 1);
    assert_int_equal(seen.encryption.key_bits.v, 512);
    assert_int_equal(seen.user.source, SOURCE_NONE);
    assert_false(opening_is_up(&opening) || opening_failed(&opening));
    /* pictures come only when it is up; in the clear they are nobody's */
    writer_bytes(&talk.side[SERVER], "\x00\x04..", 4);
    seen = read_all(&talk, &server_left, &opening);
    ends(&seen, SESSION_LICENSING, SESSION_CLOSED, SESSION_BY_SERVER);
    writer_bytes(&talk.side[SERVER], "\x80\x0c..........", 12);
    seen = read_all(&talk, &server_left, &opening);
    ends(&seen, SESSION_ACTIVE, SESSION_CLOSED, SESSION_BY_SERVER);
    assert_true(opening_is_up(&opening));
    talk_release(&talk);
}

/* Level low: only the client's words are enciphered (5.3.1). */
static void a_low_level_leaves_the_server_in_the_clear(void **state)
{
    (void)state;
    struct talk talk;
    struct opening opening;
    uint8_t bytes[64];
    struct writer writer = writer_of(bytes, sizeof bytes);
    const struct share share = {
        .type = SHARE_DATA, .source = USER, .id = 1, .type2 = SHARE_SET_ERROR_INFO, .data = slice_of("\x09\0\0", 4)
    };
    assert_true(share_data_write(&writer, &share));
    begin(&talk, GCC_METHOD_40, GCC_LEVEL_LOW);
    say_secured(&talk, SERVER, 0, slice_of(bytes, writer_size(&writer)));
    const struct ev_session seen = read_all(&talk, &server_left, &opening);
    ends(&seen, SESSION_LICENSING, SESSION_ERROR_INFO, SESSION_BY_SERVER);
    assert_int_equal(seen.error.v, 9);
    assert_int_equal(seen.hidden.source, SOURCE_NONE);
    talk_release(&talk);
}

static void whoever_said_it_first_ended_it(void **state)
{
    (void)state;
    struct talk talk;
    struct opening opening;
    struct opening_end how = client_left;
    begin(&talk, GCC_METHOD_NONE, GCC_LEVEL_NONE);
    say(&talk, SERVER, (struct mcs){ .kind = MCS_DISCONNECT, .reason = MCS_PROVIDER_INITIATED });
    struct ev_session seen = read_all(&talk, &how, &opening);
    ends(&seen, SESSION_LICENSING, SESSION_ULTIMATUM, SESSION_BY_SERVER);
    say(&talk, CLIENT, (struct mcs){ .kind = MCS_DISCONNECT, .reason = MCS_USER_REQUESTED });
    seen = read_all(&talk, &how, &opening);
    ends(&seen, SESSION_LICENSING, SESSION_ULTIMATUM, SESSION_BY_SERVER);
    how.client_first = true;
    seen = read_all(&talk, &how, &opening);
    ends(&seen, SESSION_LICENSING, SESSION_CLOSED, SESSION_BY_CLIENT);
    assert_int_equal(seen.reason.source, SOURCE_NONE);
    talk_release(&talk);
}

static void a_second_response_is_no_answer(void **state)
{
    (void)state;
    struct talk talk;
    struct opening opening;
    begin(&talk, GCC_METHOD_NONE, GCC_LEVEL_NONE);
    connect_response(&talk, GCC_METHOD_FIPS, GCC_LEVEL_FIPS);
    struct ev_session seen = read_all(&talk, &client_left, &opening);
    ends(&seen, SESSION_LICENSING, SESSION_GARBAGE, SESSION_BY_SERVER);
    assert_string_equal(opening.problem, "MCS: byte 0: an MCS message at the wrong moment (MS-RDPBCGR 1.3.1.1)");
    assert_int_equal(seen.encryption.method.v, SESSION_METHOD_NONE);
    /* nobody knows what came of it when the capture is not whole, or not over */
    struct opening_end part = client_left;
    part.whole = false;
    part.lost = true;
    seen = read_all(&talk, &part, &opening);
    ends(&seen, SESSION_LICENSING, -1, -1);
    part.lost = false;
    seen = read_all(&talk, &part, &opening);
    ends(&seen, SESSION_LICENSING, SESSION_CLOSED, SESSION_BY_CLIENT);
    seen = read_all(&talk, &cut, &opening);
    ends(&seen, SESSION_LICENSING, -1, -1);
    assert_string_equal(opening.problem, "");
    talk_release(&talk);
}

static void a_flood_of_joins_is_counted(void **state)
{
    (void)state;
    enum { JOINS = 4000 };
    struct talk talk;
    struct opening opening;
    talk_begin(&talk);
    connect_initial(&talk);
    connect_response(&talk, GCC_METHOD_NONE, GCC_LEVEL_NONE);
    say(&talk, SERVER, (struct mcs){ .kind = MCS_ATTACH_USER_CONFIRM, .has_user = true, .user = USER });
    for (uint16_t i = 0; i < JOINS; i++) {
        join(&talk, (uint16_t)(IO + i));
    }
    struct ev_session seen = read_all(&talk, &cut, &opening);
    ends(&seen, SESSION_CHANNELS, -1, -1);
    assert_int_equal(seen.channels.v, JOINS);
    seen = read_all(&talk, &client_left, &opening);
    ends(&seen, SESSION_CHANNELS, SESSION_ENDLESS, SESSION_BY_CLIENT);
    talk_release(&talk);
}

static void a_licence_of_a_gigabyte_is_refused_by_its_header(void **state)
{
    (void)state;
    static const uint8_t request[] = { LICENCE_PLATFORM_CHALLENGE, 3, 14, 0, 0, 0, 0, 0, 9, 0, 0xff, 0xff, 0xff, 0x3f };
    struct talk talk;
    struct opening opening;
    begin(&talk, GCC_METHOD_NONE, GCC_LEVEL_NONE);
    say_secured(&talk, SERVER, SEC_LICENSE_PKT, slice_of(request, sizeof request));
    const struct ev_session seen = read_all(&talk, &client_left, &opening);
    ends(&seen, SESSION_LICENSING, SESSION_GARBAGE, SESSION_BY_SERVER);
    assert_true(strncmp(opening.problem, "licensing: byte ", 16) == 0);
    assert_int_equal(seen.licence.challenged.source, SOURCE_NONE);
    talk_release(&talk);
}

static void alerts_end_it_or_let_it_go_on(void **state)
{
    (void)state;
    struct talk talk;
    struct opening opening;
    struct licence alert = {
        .type = LICENCE_ALERT, .flags = LICENCE_VERSION, .error = LICENCE_NO_SERVER, .transition = LICENCE_ABORT
    };
    begin(&talk, GCC_METHOD_128, GCC_LEVEL_HIGH);
    say_licence(&talk, &alert);
    const struct ev_session seen = read_all(&talk, &server_left, &opening);
    ends(&seen, SESSION_LICENSING, SESSION_LICENCE, SESSION_BY_SERVER);
    assert_int_equal(seen.licence.code.v, LICENCE_NO_SERVER);
    assert_true(opening_failed(&opening));
    talk_release(&talk);
    begin(&talk, GCC_METHOD_NONE, GCC_LEVEL_NONE);
    say_valid(&talk);
    assert_true(opening_read(said(&talk, CLIENT), said(&talk, SERVER), &opening));
    assert_true(opening.awaited); /* the server owes its Demand Active */
    talk_release(&talk);
}

/* Every cut of either side, at the edge of a page that must not be touched, and a wrong byte everywhere. */
static void cuts_and_lies_are_survived(void **state)
{
    (void)state;
    struct talk talk;
    struct opening opening;
    struct guard_page guard = guard_page_new(ROOM);
    begin(&talk, GCC_METHOD_128, GCC_LEVEL_CLIENT_COMPATIBLE);
    say_valid(&talk);
    say_active(&talk, SERVER);
    const struct slice client = said(&talk, CLIENT);
    const struct slice server = said(&talk, SERVER);
    int phase = SESSION_MCS;
    for (size_t i = 0; i <= server.size; i++) {
        const uint8_t *bytes = guard_page_place(&guard, server.bytes, i);
        assert_true(opening_read(client, slice_of(bytes, i), &opening));
        opening_close(&opening, &cut);
        assert_true(opening.seen.phase.v >= phase);
        assert_int_equal(opening.seen.ended.source, i < server.size ? SOURCE_NONE : SOURCE_FILE);
        assert_string_equal(opening.problem, "");
        phase = (int)opening.seen.phase.v;
    }
    assert_int_equal(phase, SESSION_CAPABILITIES);
    for (size_t i = 0; i <= client.size; i++) {
        const uint8_t *bytes = guard_page_place(&guard, client.bytes, i);
        if (opening_read(slice_of(bytes, i), slice_of(NULL, 0), &opening)) {
            assert_true(opening.seen.phase.v <= SESSION_LICENSING);
        }
    }
    for (size_t i = 0; i < server.size; i++) {
        uint8_t *bytes = guard_page_place(&guard, server.bytes, server.size);
        bytes[i] ^= 0x81;
        assert_true(opening_read(client, slice_of(bytes, server.size), &opening));
        opening_close(&opening, &client_left);
    }
    guard_page_free(&guard);
    talk_release(&talk);
}

static void what_does_not_begin_as_mcs_is_no_session(void **state)
{
    (void)state;
    struct talk talk;
    struct opening opening;
    talk_begin(&talk);
    say(&talk, CLIENT, (struct mcs){ .kind = MCS_ERECT_DOMAIN });
    connect_initial(&talk);
    assert_false(opening_read(said(&talk, CLIENT), slice_of(NULL, 0), &opening));
    assert_false(opening_read(slice_of("GET / HTTP/1.1\r\n", 16), slice_of(NULL, 0), &opening));
    assert_false(opening_read(slice_of(NULL, 0), slice_of(NULL, 0), &opening));
    talk_release(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_in_the_clear_comes_up),
        cmocka_unit_test(what_is_enciphered_tells_nothing),
        cmocka_unit_test(a_low_level_leaves_the_server_in_the_clear),
        cmocka_unit_test(whoever_said_it_first_ended_it),
        cmocka_unit_test(a_second_response_is_no_answer),
        cmocka_unit_test(a_flood_of_joins_is_counted),
        cmocka_unit_test(a_licence_of_a_gigabyte_is_refused_by_its_header),
        cmocka_unit_test(alerts_end_it_or_let_it_go_on),
        cmocka_unit_test(cuts_and_lies_are_survived),
        cmocka_unit_test(what_does_not_begin_as_mcs_is_no_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
