/* Packets out: MCS around the data, a security header where one is due, TLS or standard RDP security around it all. */
#include "base/clock.h"
#include "platform/secret.h"
#include "probe/probe_internal.h"
#include "probe/session.h"

static bool send_bytes(struct attempt *attempt, const uint8_t *bytes, size_t size, struct error *error)
{
    if (attempt->stream == NULL) {
        return true;
    }
    if (attempt->session->standard) {
        return attempt_send(attempt, bytes, size, error);
    }
    return net_tls_write(attempt->tls, bytes, size, error) && probe_tls_flush(attempt, error);
}

bool session_send_mcs(struct attempt *attempt, const struct mcs *mcs, struct error *error)
{
    uint8_t bytes[SESSION_DATA_MAX + 64];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    if (!mcs_packet_write(&writer, mcs)) {
        return error_set(error, ERROR_INTERNAL, "an MCS message could not be written");
    }
    const bool good = send_bytes(attempt, bytes, writer_size(&writer), error);
    secret_wipe(bytes, sizeof(bytes));
    return good;
}

/* Header, then the data, encrypted when the keys are there. */
static bool wrap(struct session *session, unsigned flags, const struct writer *data, struct writer *out,
                 struct error *error)
{
    struct security_header header = { .flags = (uint16_t)flags, .fips = session->method == RDP_METHOD_FIPS };
    uint8_t sealed[SESSION_DATA_MAX + RDP_BLOCK];
    const size_t size = writer_size(data);
    size_t padding = 0;
    if (size > SESSION_DATA_MAX) {
        return error_set(error, ERROR_INTERNAL, "a message of the session is too long");
    }
    if (size > 0) {
        memcpy(sealed, data->start, size);
    }
    const bool plain = session->cipher == NULL || (flags & SEC_EXCHANGE_PKT) != 0 ||
                       ((flags & SEC_LICENSE_PKT) != 0 && !session->licence_encrypts);
    if (!plain) {
        header.flags |= SEC_ENCRYPT;
        padding = rdp_cipher_padding(session->cipher, size);
        header.padding = (uint8_t)padding;
        if (!rdp_cipher_seal(session->cipher, sealed, size, false, header.mac)) {
            secret_wipe(sealed, sizeof(sealed));
            return error_set(error, ERROR_INTERNAL, "a message of the session could not be encrypted");
        }
    }
    if (session->standard ? session->method != 0 || flags != 0 : flags != 0) {
        security_header_write(out, &header);
    }
    writer_bytes(out, sealed, size + padding);
    secret_wipe(sealed, sizeof(sealed));
    return writer_ok(out) || error_set(error, ERROR_INTERNAL, "a message of the session is too long");
}

bool session_send(struct attempt *attempt, uint16_t channel, unsigned flags, const struct writer *data,
                  struct error *error)
{
    struct session *session = attempt->session;
    uint8_t bytes[SESSION_DATA_MAX + 32];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    bool good = writer_ok(data) || error_set(error, ERROR_INTERNAL, "a message of the session could not be written");
    good = good && wrap(session, flags, data, &writer, error);
    const struct mcs mcs = {
        .kind = MCS_SEND_DATA,
        .user = session->user,
        .channel = channel,
        .data = slice_of(bytes, writer_size(&writer)),
    };
    good = good && session_send_mcs(attempt, &mcs, error);
    secret_wipe(bytes, sizeof(bytes));
    return good;
}

bool session_send_share(struct attempt *attempt, uint8_t type2, const void *body, size_t size, struct error *error)
{
    uint8_t bytes[256];
    struct session *session = attempt->session;
    struct writer writer = writer_of(bytes, sizeof(bytes));
    const struct share share = {
        .type = SHARE_DATA,
        .source = session->user,
        .id = session->share,
        .type2 = type2,
        .data = slice_of(body, size),
    };
    if (!share_data_write(&writer, &share)) {
        return error_set(error, ERROR_INTERNAL, "a share PDU could not be written");
    }
    return session_send(attempt, session->io_channel, 0, &writer, error);
}
