/* Connect-Initial and Response, then domain, user and channels (MS-RDPBCGR 1.3.1.1, 2.2.1.3 to 2.2.1.9). */
#include "base/clock.h"
#include "probe/probe_internal.h"
#include "probe/session.h"
#include "wire/gcc.h"

enum { WIDTH = 1024, HEIGHT = 768, KEYBOARD_US = 0x409, BUILD = 19041, CLUSTER_VERSION_4 = 0x0d };

bool session_connect(struct attempt *attempt, struct error *error)
{
    uint8_t bytes[GCC_CLIENT_MAX + 64];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    /* No virtual channels, no message channel, no UDP: nothing that would have to be served. */
    const struct gcc_client client = {
        .has_core = true,
        .version = GCC_VERSION_5_TO_8_1,
        .width = WIDTH,
        .height = HEIGHT,
        .keyboard = KEYBOARD_US,
        .build = BUILD,
        .name = { 'r', 'd', 'p', 'w', 'h', 'y' },
        .has_early = true,
        .early_flags = GCC_EARLY_ERRINFO | GCC_EARLY_STATUSINFO,
        .has_selected = true,
        .selected = attempt->selected,
        .has_cluster = true,
        .cluster_flags = CLUSTER_VERSION_4,
        .has_security = true,
        /* under TLS a client still lists what it could (2.2.1.3.3) */
        .methods = GCC_METHOD_40 | GCC_METHOD_128 | GCC_METHOD_56 | GCC_METHOD_FIPS,
    };
    if (!gcc_client_write(&writer, &client)) {
        return error_set(error, ERROR_INTERNAL, "the Connect-Initial could not be written");
    }
    const struct mcs mcs = { .kind = MCS_CONNECT_INITIAL, .data = slice_of(bytes, writer_size(&writer)) };
    session_enter_phase(attempt, SESSION_MCS);
    return session_send_mcs(attempt, &mcs, error);
}

static enum session_method method_of(uint32_t method)
{
    switch (method) {
    case GCC_METHOD_NONE:
        return SESSION_METHOD_NONE;
    case GCC_METHOD_40:
        return SESSION_METHOD_40;
    case GCC_METHOD_56:
        return SESSION_METHOD_56;
    case GCC_METHOD_128:
        return SESSION_METHOD_128;
    case GCC_METHOD_FIPS:
        return SESSION_METHOD_FIPS;
    default:
        return SESSION_METHOD_OTHER;
    }
}

static void record_server(struct attempt *attempt, const struct gcc_server *server)
{
    struct ev_session *group = session_group(attempt);
    if (server->has_core) {
        ev_set_int(&group->server_version, SOURCE_PROBE, server->version);
    }
    if (server->has_requested) {
        ev_set_int(&group->requested, SOURCE_PROBE, server->requested);
    }
    if (server->has_net) {
        ev_set_int(&group->io_channel, SOURCE_PROBE, server->io_channel);
    }
    if (server->has_security) {
        ev_set_enum(&group->encryption.method, SOURCE_PROBE, (int)method_of(server->method));
        ev_set_enum(&group->encryption.level, SOURCE_PROBE,
                    server->level <= GCC_LEVEL_FIPS ? (int)server->level : SESSION_LEVEL_OTHER);
    }
}

/* The server's key, for standard RDP security and for licensing. False: the session is over. */
static bool take_key(struct attempt *attempt, struct slice bytes)
{
    struct session *session = attempt->session;
    struct ev_encryption *group = &session_group(attempt)->encryption;
    struct security_certificate certificate;
    struct fault fault = { 0, "MS-RDPBCGR 2.2.1.4.3", "the certificate holds no RSA key" };
    if (security_certificate_parse(bytes, &certificate, &fault) != PARSE_DONE) {
        session_garbage(attempt, "server certificate", &fault);
        return false;
    }
    const bool x509 = certificate.kind == SECURITY_X509;
    if (x509) {
        if (!rdp_rsa_of_certificate(certificate.last.bytes, certificate.last.size, &session->key)) {
            session_garbage(attempt, "server certificate", &fault);
            return false;
        }
    } else {
        session->key.size = certificate.modulus.size;
        session->key.exponent = certificate.exponent;
        memcpy(session->key.modulus, certificate.modulus.bytes, certificate.modulus.size);
    }
    ev_set_bool(&group->x509, SOURCE_PROBE, x509);
    ev_set_int(&group->key_bits, SOURCE_PROBE, (int64_t)session->key.size * 8);
    return true;
}

static bool response_got(struct attempt *attempt, const struct mcs *mcs, struct error *error)
{
    static const struct mcs erect = { .kind = MCS_ERECT_DOMAIN };
    static const struct mcs attach = { .kind = MCS_ATTACH_USER };
    struct session *session = attempt->session;
    struct gcc_server server;
    struct fault fault = { 0 };
    if (gcc_server_parse(mcs->data, &server, &fault) != PARSE_DONE) {
        session_garbage(attempt, "Connect-Response", &fault);
        return true;
    }
    record_server(attempt, &server);
    if (!server.has_net || !server.has_security) {
        const struct fault missing = { 0, "MS-RDPBCGR 2.2.1.4", "the network or security data is missing" };
        session_garbage(attempt, "Connect-Response", &missing);
        return true;
    }
    if (server.random.bytes != NULL) {
        memcpy(session->server_random, server.random.bytes, RDP_RANDOM);
        if (!take_key(attempt, server.certificate)) {
            return true;
        }
    }
    session->method = session->standard ? server.method : 0;
    session->io_channel = server.io_channel;
    session_enter_phase(attempt, SESSION_CHANNELS);
    if (attempt->options.door) {
        session_ready(attempt);
        return true;
    }
    return session_send_mcs(attempt, &erect, error) && session_send_mcs(attempt, &attach, error);
}

static bool refused(struct attempt *attempt, const struct mcs *mcs)
{
    if (mcs->result == MCS_RESULT_OK) {
        return false;
    }
    ev_set_int(&session_group(attempt)->mcs_result, SOURCE_PROBE, mcs->result);
    if (mcs->kind == MCS_CHANNEL_JOIN_CONFIRM) {
        ev_set_int(&session_group(attempt)->refused, SOURCE_PROBE, mcs->requested);
    }
    session_over(attempt, SESSION_REFUSED, SESSION_BY_SERVER);
    return true;
}

static bool join_next(struct attempt *attempt, struct error *error)
{
    struct session *session = attempt->session;
    if (session->joined == session->join_count) {
        return session_secure(attempt, error);
    }
    const struct mcs join = {
        .kind = MCS_CHANNEL_JOIN,
        .user = session->user,
        .channel = session->joins[session->joined],
    };
    return session_send_mcs(attempt, &join, error);
}

static bool attached(struct attempt *attempt, const struct mcs *mcs, struct error *error)
{
    struct session *session = attempt->session;
    session->user = mcs->user;
    session->joins[0] = mcs->user;
    session->joins[1] = session->io_channel;
    session->join_count = 2;
    return join_next(attempt, error);
}

static bool joined(struct attempt *attempt, const struct mcs *mcs, struct error *error)
{
    struct session *session = attempt->session;
    if (mcs->requested != session->joins[session->joined]) {
        const struct fault fault = { 0, "MS-RDPBCGR 2.2.1.9", "the confirm is about a channel that was not asked for" };
        session_garbage(attempt, "MCS", &fault);
        return true;
    }
    session->joined++;
    ev_set_int(&session_group(attempt)->channels, SOURCE_PROBE, (int64_t)session->joined);
    return join_next(attempt, error);
}

bool session_mcs_got(struct attempt *attempt, const struct mcs *mcs, struct error *error)
{
    const struct session *session = attempt->session;
    const bool channels = session->phase == SESSION_CHANNELS;
    if (mcs->kind == MCS_CONNECT_RESPONSE && session->phase == SESSION_MCS) {
        return refused(attempt, mcs) || response_got(attempt, mcs, error);
    }
    if (mcs->kind == MCS_ATTACH_USER_CONFIRM && channels && session->join_count == 0) {
        return refused(attempt, mcs) || attached(attempt, mcs, error);
    }
    if (mcs->kind == MCS_CHANNEL_JOIN_CONFIRM && channels && session->join_count > 0) {
        return refused(attempt, mcs) || joined(attempt, mcs, error);
    }
    const struct fault fault = { 0, "MS-RDPBCGR 1.3.1.1", "an MCS message at the wrong moment" };
    session_garbage(attempt, "MCS", &fault);
    return true;
}
