/* The answers of a session's start: GCC, licensing, Demand Active and what follows it. */
#include "lab/session_start.h"

#include "base/alloc.h"
#include "wire/gcc.h"

enum { COMPANY_SIZE_AT = 4 + LICENCE_RANDOM + 4, PREMASTER_PADDING = 8 };

static bool bare(struct lab_session *session, uint8_t result)
{
    const struct mcs mcs = { .kind = MCS_CONNECT_RESPONSE, .result = result };
    session_tell(session, "refuses the Connect-Initial");
    return start_say(session, &mcs);
}

/* A Connect-Response that says it has a gigabyte. */
static bool gigabyte(struct lab_session *session)
{
    static const uint8_t packet[] = { 3, 0, 0, 14, 2, 0xf0, 0x80, 0x7f, 0x66, 0x84, 0x40, 0, 0, 0 };
    session_tell(session, "claims a Connect-Response of a gigabyte");
    if (session->start->standard) {
        session_say(session, packet, sizeof(packet));
        return !session->gone;
    }
    return net_tls_write(session->tls, packet, sizeof(packet), NULL) && session_send_tls(session);
}

static bool early_data(struct lab_session *session)
{
    const uint8_t status[] = { 1, 4, 0, 0 };
    session_tell(session, "sends data before any channel is joined");
    return start_share(session, SHARE_STATUS_INFO, status, sizeof(status));
}

static void describe(struct lab_session *session, struct gcc_server *server, uint8_t *certificate, size_t room)
{
    static const uint8_t signature[64] = { 1 };
    struct lab_start_state *state = session->start;
    const struct lab_start *is = state->is;
    struct writer writer = writer_of(certificate, room);
    *server = (struct gcc_server){
        .has_core = true,
        .version = GCC_VERSION_5_TO_8_1,
        .has_requested = true,
        .requested = is->requested != 0 ? is->requested : session->request.protocols,
        .has_net = true,
        .io_channel = START_IO,
        .has_security = true,
        .method = is->method,
        .level = is->level,
    };
    if (is->method != 0 && !is->old_random) {
        security_certificate_write(&writer, state->key.exponent, slice_of(state->key.modulus, state->key.size),
                                   slice_of(signature, sizeof(signature)));
        server->random = slice_of(state->random, RDP_RANDOM);
        server->certificate = slice_of(certificate, writer_size(&writer));
    }
}

bool start_connected(struct lab_session *session, const struct mcs *mcs)
{
    const struct lab_start *is = session->start->is;
    uint8_t certificate[1024];
    uint8_t bytes[4096];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    struct gcc_client client;
    struct gcc_server server;
    if (gcc_client_parse(mcs->data, &client, NULL) != PARSE_DONE) {
        return bare(session, MCS_RESULT_USER_REJECTED);
    }
    session_tell(session, "got a Connect-Initial");
    if (!start_passes(session, LAB_AT_CONNECT)) {
        return false;
    }
    if (is->lie == LAB_BARE_RESULT || (is->at == LAB_AT_CONNECT && is->result != 0)) {
        return bare(session, is->result != 0 ? is->result : MCS_RESULT_USER_REJECTED);
    }
    if (is->lie == LAB_BER_GIGABYTE) {
        return gigabyte(session);
    }
    if (is->lie == LAB_DATA_EARLY) {
        return early_data(session);
    }
    describe(session, &server, certificate, sizeof(certificate));
    if (!gcc_server_write(&writer, &server)) {
        session_reset(session);
        return false;
    }
    const size_t size = writer_size(&writer);
    if (is->lie == LAB_GCC_LONG) {
        const size_t security = 12 + (is->method != 0 ? 8 + RDP_RANDOM + server.certificate.size : 0);
        bytes[size - security + 3] = 0x40; /* of the last block: 16 kB */
    }
    const struct mcs response = { .kind = MCS_CONNECT_RESPONSE, .has_data = true, .data = slice_of(bytes, size) };
    return start_say(session, &response);
}

/* --- licensing --- */

static bool say_licence(struct lab_session *session, const struct licence *licence)
{
    uint8_t bytes[2048];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    if (!licence_write(&writer, licence)) {
        session_reset(session);
        return false;
    }
    if (licence->type == LICENCE_REQUEST && session->start->is->lie == LAB_LICENCE_GIGABYTE) {
        bytes[COMPANY_SIZE_AT + 3] = 0x40;
    }
    return start_send(session, SEC_LICENSE_PKT, &writer);
}

static bool ask_licence(struct lab_session *session)
{
    struct lab_start_state *state = session->start;
    uint8_t certificate[1024];
    static const uint8_t signature[64] = { 1 };
    struct writer writer = writer_of(certificate, sizeof(certificate));
    security_certificate_write(&writer, state->key.exponent, slice_of(state->key.modulus, state->key.size),
                               slice_of(signature, sizeof(signature)));
    struct licence licence = {
        .type = LICENCE_REQUEST,
        .flags = LICENCE_VERSION,
        .product_version = 0x60000,
        .company = slice_of("L\0a\0b\0\0", 8),
        .product = slice_of("A\0000\0002\0\0", 8),
        .certificate = slice_of(certificate, writer_size(&writer)),
        .scope_count = 1,
        .scope = slice_of("lab", 4),
    };
    memcpy(licence.random, state->random, sizeof(licence.random));
    session_tell(session, "asks for a licence");
    return say_licence(session, &licence);
}

static bool challenge(struct lab_session *session, const struct licence *request)
{
    struct lab_start_state *state = session->start;
    uint8_t premaster[RDP_MODULUS_MAX];
    uint8_t sealed[START_CHALLENGE];
    if (request->premaster.size != state->key.size + PREMASTER_PADDING ||
        !rdp_rsa_decrypt(state->own, request->premaster.bytes, state->key.size, premaster) ||
        !rdp_licence_keys_make(premaster, request->random, state->random, &state->licence_keys)) {
        session_tell(session, "got a premaster secret it cannot read");
        return session_act(session, LAB_FIN);
    }
    memcpy(state->challenge, "challenge", START_CHALLENGE);
    memcpy(sealed, state->challenge, sizeof(sealed));
    struct licence licence = { .type = LICENCE_PLATFORM_CHALLENGE, .flags = LICENCE_VERSION };
    if (!rdp_licence_mac(&state->licence_keys, sealed, sizeof(sealed), licence.mac) ||
        !rdp_licence_crypt(state->library, &state->licence_keys, sealed, sizeof(sealed))) {
        session_reset(session);
        return false;
    }
    licence.data = slice_of(sealed, sizeof(sealed));
    session_tell(session, "challenges the platform");
    return say_licence(session, &licence);
}

/* The response holds the challenge, and its MAC is of everything in the clear. */
static bool response_is_right(struct lab_start_state *state, const struct licence *response)
{
    enum { HEAD = 8, HARDWARE = 20 };
    uint8_t both[HEAD + START_CHALLENGE + HARDWARE];
    uint8_t mac[RDP_LICENCE_MAC];
    const size_t size = HEAD + START_CHALLENGE;
    if (response->data.size != size || response->hardware.size != HARDWARE) {
        return false;
    }
    memcpy(both, response->data.bytes, size);
    memcpy(both + size, response->hardware.bytes, HARDWARE);
    return rdp_licence_crypt(state->library, &state->licence_keys, both, size) &&
           rdp_licence_crypt(state->library, &state->licence_keys, both + size, HARDWARE) &&
           memcmp(both + HEAD, state->challenge, START_CHALLENGE) == 0 &&
           rdp_licence_mac(&state->licence_keys, both, sizeof(both), mac) &&
           memcmp(mac, response->mac, sizeof(mac)) == 0;
}

bool start_licence(struct lab_session *session, struct slice message)
{
    struct cursor cursor = cursor_of(message.bytes, message.size);
    struct licence licence;
    if (licence_parse(&cursor, &licence, NULL) != PARSE_DONE) {
        session_tell(session, "got a licensing message it cannot read");
        return session_act(session, LAB_FIN);
    }
    if (licence.type == LICENCE_NEW_REQUEST) {
        return start_passes(session, LAB_AT_LICENCE) && challenge(session, &licence);
    }
    if (licence.type != LICENCE_PLATFORM_RESPONSE || !response_is_right(session->start, &licence)) {
        session_tell(session, "got a wrong answer to its challenge");
        return session_act(session, LAB_FIN);
    }
    const struct licence issued = { .type = LICENCE_NEW, .flags = LICENCE_VERSION, .data = slice_of("a licence", 9) };
    session_tell(session, "hands out a licence");
    return start_passes(session, LAB_AT_CHALLENGE) && say_licence(session, &issued) && start_demand(session);
}

/* --- Client Info, Demand Active --- */

static bool endless(void *context, struct buffer *queue)
{
    struct lab_session *session = context;
    static const uint8_t status[] = { 1, 4, 0, 0 };
    (void)queue;
    (void)start_share(session, SHARE_STATUS_INFO, status, sizeof(status));
    return true;
}

bool start_informed(struct lab_session *session)
{
    const struct lab_start *is = session->start->is;
    const uint8_t status[] = { (uint8_t)is->status, (uint8_t)(is->status >> 8), 0, 0 };
    const struct licence valid = {
        .type = LICENCE_ALERT,
        .flags = LICENCE_VERSION,
        .error = LICENCE_VALID_CLIENT,
        .transition = LICENCE_NO_TRANSITION,
    };
    session_tell(session, "got the Client Info");
    if (is->status != 0 && !start_share(session, SHARE_STATUS_INFO, status, sizeof(status))) {
        return false;
    }
    if (!start_passes(session, LAB_AT_INFO)) {
        return false;
    }
    if (is->lie == LAB_ENDLESS_STATUS) {
        session_tell(session, "sends Status Info without end");
        for (int i = 0; i < 2000 && !session->gone; i++) {
            (void)endless(session, NULL);
        }
        return false;
    }
    return is->licence ? ask_licence(session) : say_licence(session, &valid) && start_demand(session);
}

static bool logon_words(struct lab_session *session)
{
    const uint32_t type = session->start->is->logon;
    uint8_t body[4 + 6 + 12 + 570] = { SHARE_LOGON_EXTENDED, 0, 0, 0, 18, 0, 2, 0, 0, 0, 8, 0, 0, 0 };
    for (int i = 0; i < 4; i++) {
        body[14 + i] = (uint8_t)(type >> 8 * i);
    }
    session_tell(session, "tells how the logon went");
    if (type == 0) {
        memset(body, 0, sizeof(body));
        body[0] = SHARE_LOGON_PLAIN;
        return start_share(session, SHARE_SAVE_SESSION_INFO, body, 20);
    }
    return start_share(session, SHARE_SAVE_SESSION_INFO, body, 22);
}

/* Called when it is due, and again when it was confirmed. */
bool start_demand(struct lab_session *session)
{
    const struct lab_start *is = session->start->is;
    uint8_t bytes[1024];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    const struct share share = {
        .type = SHARE_DEMAND_ACTIVE,
        .source = MCS_USER_BASE + 1,
        .id = START_SHARE,
        .descriptor = slice_of("RDP", 4),
    };
    if (session->start->joins > 2) { /* sent before: this is its confirm */
        return (is->logon == 0 && !is->logs_on) || logon_words(session);
    }
    session->start->joins = 3;
    if (!start_passes(session, LAB_AT_DEMAND)) {
        return false;
    }
    session_tell(session, "sends Demand Active");
    return share_active_write(&writer, &share) && start_send(session, 0, &writer);
}
