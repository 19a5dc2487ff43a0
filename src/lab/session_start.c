/* The start of a session as a server plays it: MCS, channels, keys; what follows is in session_start_data.c. */
#include "lab/session_start.h"

#include <stdio.h>

#include "base/alloc.h"

enum { DATA_MAX = 8192 };

void session_start_free(struct lab_start_state *state)
{
    if (state == NULL) {
        return;
    }
    rdp_cipher_free(state->cipher);
    rdp_rsa_private_free(state->own);
    rdp_library_free(state->library);
    alloc_free(state);
}

bool session_begin_start(struct lab_session *session)
{
    struct lab_start_state *state = alloc_new(sizeof(*state));
    struct error error;
    if (state == NULL) {
        session_no_memory(session);
        return false;
    }
    session->start = state;
    session->stage = STAGE_START;
    state->is = &session->options.behaviour->start;
    state->standard = session->tls == NULL;
    state->library = rdp_library_new(&error);
    state->own = state->library != NULL ? rdp_rsa_private_new(&state->key, &error) : NULL;
    if (state->own == NULL || !rdp_random(state->random, sizeof(state->random), &error)) {
        session_tell(session, error.text);
        session_reset(session);
        return false;
    }
    return true;
}

/* --- out --- */

bool start_say(struct lab_session *session, const struct mcs *mcs)
{
    uint8_t bytes[DATA_MAX + 64];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    if (session->gone || !mcs_packet_write(&writer, mcs)) {
        session_reset(session);
        return false;
    }
    if (session->start->standard) {
        session_say(session, bytes, writer_size(&writer));
        return !session->gone;
    }
    if (!net_tls_write(session->tls, bytes, writer_size(&writer), NULL)) {
        session_reset(session);
        return false;
    }
    return session_send_tls(session);
}

bool start_send(struct lab_session *session, unsigned flags, const struct writer *data)
{
    struct lab_start_state *state = session->start;
    uint8_t sealed[DATA_MAX];
    uint8_t bytes[DATA_MAX + 32];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    struct security_header header = { .flags = (uint16_t)flags, .fips = state->is->method == RDP_METHOD_FIPS };
    const size_t size = writer_size(data);
    size_t padding = 0;
    if (size + RDP_BLOCK > sizeof(sealed)) {
        session_reset(session);
        return false;
    }
    memcpy(sealed, data->start, size);
    if (state->cipher != NULL && (flags & SEC_LICENSE_PKT) == 0) {
        header.flags |= SEC_ENCRYPT;
        padding = rdp_cipher_padding(state->cipher, size);
        header.padding = (uint8_t)padding;
        if (!rdp_cipher_seal(state->cipher, sealed, size, false, header.mac)) {
            session_reset(session);
            return false;
        }
        header.mac[0] ^= state->is->lie == LAB_BAD_CHECKSUM ? 1 : 0;
    }
    if (header.flags != 0) {
        security_header_write(&writer, &header);
    }
    writer_bytes(&writer, sealed, size + padding);
    const struct mcs mcs = {
        .kind = MCS_SEND_DATA_INDICATION,
        .user = MCS_USER_BASE + 1,
        .channel = START_IO,
        .data = slice_of(bytes, writer_size(&writer)),
    };
    return start_say(session, &mcs);
}

bool start_share(struct lab_session *session, uint8_t type2, const void *body, size_t size)
{
    uint8_t bytes[256];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    const struct share share = {
        .type = SHARE_DATA,
        .source = MCS_USER_BASE + 1,
        .id = START_SHARE,
        .type2 = type2,
        .data = slice_of(body, size),
    };
    return share_data_write(&writer, &share) && start_send(session, 0, &writer);
}

static bool ultimatum(struct lab_session *session)
{
    const struct mcs mcs = { .kind = MCS_DISCONNECT, .reason = MCS_PROVIDER_INITIATED };
    return start_say(session, &mcs) && session_act(session, LAB_FIN);
}

static bool alert(struct lab_session *session, uint32_t code, uint32_t transition)
{
    uint8_t bytes[64];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    const struct licence licence = {
        .type = LICENCE_ALERT, .flags = LICENCE_VERSION, .error = code, .transition = transition
    };
    return licence_write(&writer, &licence) && start_send(session, SEC_LICENSE_PKT, &writer);
}

bool start_passes(struct lab_session *session, enum lab_point point)
{
    const struct lab_start *is = session->start->is;
    const uint8_t code[] = { (uint8_t)is->error, (uint8_t)(is->error >> 8), (uint8_t)(is->error >> 16),
                             (uint8_t)(is->error >> 24) };
    char words[SESSION_WORDS];
    if (is->at != point) {
        return true;
    }
    if (is->error != 0) {
        snprintf(words, sizeof(words), "sends error info 0x%X", is->error);
        session_tell(session, words);
        return start_share(session, SHARE_SET_ERROR_INFO, code, sizeof(code)) && ultimatum(session);
    }
    if (is->alert != 0) {
        session_tell(session, "sends a licensing alert");
        return alert(session, is->alert, LICENCE_ABORT) && session_act(session, LAB_FIN);
    }
    if (is->ultimatum) {
        session_tell(session, "sends an ultimatum");
        return ultimatum(session);
    }
    return is->result != 0 || session_act(session, is->act);
}

/* --- in --- */

static bool attach(struct lab_session *session)
{
    const struct lab_start *is = session->start->is;
    const bool refuse = is->at == LAB_AT_ATTACH && is->result != 0;
    const struct mcs mcs = {
        .kind = MCS_ATTACH_USER_CONFIRM,
        .result = refuse ? is->result : 0,
        .has_user = !refuse,
        .user = START_USER,
    };
    return start_passes(session, LAB_AT_ATTACH) && start_say(session, &mcs);
}

static bool join(struct lab_session *session, const struct mcs *request)
{
    const struct lab_start *is = session->start->is;
    const bool second = ++session->start->joins == 2;
    const bool refuse = second && is->at == LAB_AT_JOIN && is->result != 0;
    const struct mcs mcs = {
        .kind = MCS_CHANNEL_JOIN_CONFIRM,
        .result = refuse ? is->result : 0,
        .has_channel = !refuse,
        .user = request->user,
        .requested = (uint16_t)(request->channel + (is->lie == LAB_JOIN_OTHER ? 1 : 0)),
        .channel = request->channel,
    };
    return (!second || start_passes(session, LAB_AT_JOIN)) && start_say(session, &mcs);
}

static bool exchange(struct lab_session *session, struct cursor *cursor)
{
    struct lab_start_state *state = session->start;
    struct slice encrypted;
    uint8_t random[RDP_MODULUS_MAX];
    struct error error;
    if (security_exchange_parse(cursor, &encrypted, NULL) != PARSE_DONE ||
        !rdp_rsa_decrypt(state->own, encrypted.bytes, encrypted.size, random)) {
        session_tell(session, "got a key it cannot read");
        return session_act(session, LAB_FIN);
    }
    state->cipher =
        rdp_cipher_new(state->library, (enum rdp_method)state->is->method, random, state->random, true, &error);
    return state->cipher != NULL || session_act(session, LAB_FIN);
}

/* Decrypts in place: the bytes are the session's own. */
static bool unseal(struct lab_session *session, const struct security_header *header, struct cursor *cursor,
                   struct slice *data)
{
    struct rdp_cipher *cipher = session->start->cipher;
    struct buffer *from = session->start->standard ? &session->inbox : &session->plain;
    uint8_t *bytes = from->bytes + (cursor->at - from->bytes);
    bool good = true;
    *data = slice_of(bytes, cursor_left(cursor));
    if ((header->flags & SEC_ENCRYPT) == 0 || cipher == NULL) {
        return true;
    }
    if (!rdp_cipher_open(cipher, bytes, data->size, header->padding, (header->flags & SEC_SECURE_CHECKSUM) != 0,
                         header->mac, &good) ||
        !good) {
        session_tell(session, "got data with a wrong checksum");
        return session_act(session, LAB_FIN);
    }
    data->size -= header->padding;
    return true;
}

static bool shares(struct lab_session *session, struct slice data)
{
    struct cursor cursor = cursor_of(data.bytes, data.size);
    struct share share;
    if (share_parse(&cursor, &share, NULL) != PARSE_DONE) {
        session_tell(session, "got a share PDU it cannot read");
        return session_act(session, LAB_FIN);
    }
    if (share.type == SHARE_CONFIRM_ACTIVE) {
        return start_demand(session);
    }
    return true;
}

static bool data_came(struct lab_session *session, const struct mcs *mcs)
{
    const struct lab_start *is = session->start->is;
    struct cursor cursor = cursor_of(mcs->data.bytes, mcs->data.size);
    struct security_header header;
    struct slice data;
    if (share_recognise(mcs->data)) {
        return shares(session, mcs->data);
    }
    if (security_header_parse(&cursor, is->method == RDP_METHOD_FIPS, &header, NULL) != PARSE_DONE) {
        return session_act(session, LAB_FIN);
    }
    if ((header.flags & SEC_EXCHANGE_PKT) != 0) {
        return exchange(session, &cursor);
    }
    if (!unseal(session, &header, &cursor, &data)) {
        return false;
    }
    if ((header.flags & SEC_INFO_PKT) != 0) {
        return start_informed(session);
    }
    return (header.flags & SEC_LICENSE_PKT) != 0 ? start_licence(session, data) : shares(session, data);
}

static bool take(struct lab_session *session, const struct mcs *mcs)
{
    switch (mcs->kind) {
    case MCS_CONNECT_INITIAL:
        return start_connected(session, mcs);
    case MCS_ERECT_DOMAIN:
        return true;
    case MCS_ATTACH_USER:
        return attach(session);
    case MCS_CHANNEL_JOIN:
        return join(session, mcs);
    case MCS_SEND_DATA:
        return data_came(session, mcs);
    case MCS_DISCONNECT:
        session_tell(session, "the client says good-bye");
        return session_act(session, LAB_FIN);
    case MCS_CONNECT_RESPONSE:
    case MCS_ATTACH_USER_CONFIRM:
    case MCS_CHANNEL_JOIN_CONFIRM:
    case MCS_SEND_DATA_INDICATION:
    default:
        return session_act(session, LAB_FIN);
    }
}

bool session_step_start(struct lab_session *session)
{
    struct buffer *from = session->start->standard ? &session->inbox : &session->plain;
    struct pdu pdu;
    bool closed = false;
    /* Also without a new byte: the first packet may have come together with the end of the handshake. */
    if (!session->start->standard) {
        (void)net_tls_step(session->tls, session->inbox.bytes, session->inbox.size);
        buffer_clear(&session->inbox);
        if (!net_tls_read(session->tls, &session->plain, &closed) || closed) {
            return session_act(session, LAB_FIN);
        }
    }
    struct cursor cursor = cursor_of(from->bytes, from->size);
    if (from->size == 0) {
        return false;
    }
    switch (pdu_parse(&cursor, &pdu, NULL)) {
    case PARSE_MORE:
        return false;
    case PARSE_DONE:
        break;
    case PARSE_BAD:
    default:
        session_tell(session, "got a packet it cannot read");
        return session_act(session, LAB_FIN);
    }
    const bool on = pdu.kind != PDU_MCS || take(session, &pdu.mcs);
    if (on && !session->gone) {
        buffer_consume(from, pdu.size);
    }
    return on;
}
