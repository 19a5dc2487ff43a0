/* What the server sends, packet by packet: the same order of looking, and the same words, as the live check has. */
#include "base/attributes.h"
#include "read/opening_internal.h"
#include "wire/gcc.h"
#include "wire/licence.h"
#include "wire/security.h"
#include "wire/share.h"
#include "x509/rsa.h"

static const char ORDER[] = "MS-RDPBCGR 1.3.1.1";

/* Codes of Set Error Info that end a session as its user wanted (2.2.5.1.1). */
enum { DISCONNECT_BY_USER = 0xb, LOGOFF_BY_USER = 0xc };
/* Of a fast-path header, the two bits on top (2.2.9.1.2). */
enum { FAST_ENCRYPTED = 0x80 };

static void wrong(struct opening_sides *sides, const char *what, const char *section, const char *why)
{
    const struct fault fault = { 0, section, why };
    opening_problem(sides->opening, what, &fault);
}

/* --- Connect-Response --- */

static enum session_method method_of(uint32_t method)
{
    static const struct {
        uint32_t wire;
        enum session_method method;
    } methods[] = {
        { GCC_METHOD_NONE, SESSION_METHOD_NONE }, { GCC_METHOD_40, SESSION_METHOD_40 },
        { GCC_METHOD_56, SESSION_METHOD_56 },     { GCC_METHOD_128, SESSION_METHOD_128 },
        { GCC_METHOD_FIPS, SESSION_METHOD_FIPS },
    };
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        if (methods[i].wire == method) {
            return methods[i].method;
        }
    }
    return SESSION_METHOD_OTHER;
}

static void record_server(const struct gcc_server *server, struct ev_session *seen)
{
    if (server->has_core) {
        ev_set_int(&seen->server_version, SOURCE_FILE, server->version);
    }
    if (server->has_requested) {
        ev_set_int(&seen->requested, SOURCE_FILE, server->requested);
    }
    if (server->has_security) {
        ev_set_enum(&seen->encryption.method, SOURCE_FILE, (int)method_of(server->method));
        ev_set_enum(&seen->encryption.level, SOURCE_FILE,
                    server->level <= GCC_LEVEL_FIPS ? (int)server->level : SESSION_LEVEL_OTHER);
    }
    if (server->has_net) {
        ev_set_int(&seen->io_channel, SOURCE_FILE, server->io_channel);
    }
}

/* The server's key. False: there is none in it. */
static bool record_key(struct opening_sides *sides, struct slice bytes)
{
    struct ev_encryption *seen = &sides->opening->seen.encryption;
    struct security_certificate certificate;
    struct fault fault = { 0, "MS-RDPBCGR 2.2.1.4.3", "the certificate holds no RSA key" };
    int bits = 0;
    bool good = security_certificate_parse(bytes, &certificate, &fault) == PARSE_DONE;
    if (good) {
        bits = certificate.kind == SECURITY_X509 ? x509_rsa_bits(certificate.last.bytes, certificate.last.size)
                                                 : (int)certificate.modulus.size * 8;
        good = bits > 0;
    }
    if (!good) {
        opening_problem(sides->opening, "server certificate", &fault);
        return false;
    }
    ev_set_bool(&seen->x509, SOURCE_FILE, certificate.kind == SECURITY_X509);
    ev_set_int(&seen->key_bits, SOURCE_FILE, bits);
    return true;
}

static void read_response(struct opening_sides *sides, const struct mcs *mcs)
{
    struct gcc_server server;
    struct fault fault;
    sides->answered = true;
    if (gcc_server_parse(mcs->data, &server, &fault) != PARSE_DONE) {
        opening_problem(sides->opening, "Connect-Response", &fault);
        return;
    }
    record_server(&server, &sides->opening->seen);
    if (!server.has_net || !server.has_security) {
        wrong(sides, "Connect-Response", "MS-RDPBCGR 2.2.1.4", "the network or security data is missing");
        return;
    }
    if (server.random.bytes != NULL && !record_key(sides, server.certificate)) {
        return;
    }
    sides->method = server.method;
    sides->io_channel = server.io_channel;
    opening_reach(sides->opening, SESSION_CHANNELS);
}

/* --- the channels --- */

static bool was_asked_for(const struct opening_sides *sides, uint16_t channel)
{
    const size_t kept = sides->join_count < OPENING_JOINS_MAX ? sides->join_count : OPENING_JOINS_MAX;
    for (size_t i = 0; i < kept; i++) {
        if (sides->joins[i] == channel) {
            return true;
        }
    }
    return sides->join_count > OPENING_JOINS_MAX;
}

/* Encryption that cannot be begun ends it once the last channel is joined, where the keys would be exchanged. */
static void check_keys(struct opening_sides *sides)
{
    const struct ev_encryption *seen = &sides->opening->seen.encryption;
    const bool known = seen->method.v != SESSION_METHOD_OTHER && seen->key_bits.source != SOURCE_NONE;
    if (sides->method != GCC_METHOD_NONE && !known && !sides->sent_data &&
        (size_t)sides->opening->seen.channels.v == sides->join_count) {
        opening_reach(sides->opening, SESSION_SECURITY);
        wrong(sides, "server security data", "MS-RDPBCGR 5.3.4",
              "an encryption method that is not one, or a key that is none");
    }
}

static void read_join(struct opening_sides *sides, const struct mcs *mcs)
{
    struct ev_int *channels = &sides->opening->seen.channels;
    if (!was_asked_for(sides, mcs->requested)) {
        wrong(sides, "MCS", "MS-RDPBCGR 2.2.1.9", "the confirm is about a channel that was not asked for");
        return;
    }
    ev_set_int(channels, SOURCE_FILE, channels->v + 1);
    check_keys(sides);
}

/* --- licensing --- */

static void read_alert(struct opening *opening, const struct licence *alert)
{
    ev_set_int(&opening->seen.licence.code, SOURCE_FILE, alert->error);
    ev_set_int(&opening->seen.licence.transition, SOURCE_FILE, alert->transition);
    if (alert->error == LICENCE_VALID_CLIENT || alert->transition == LICENCE_NO_TRANSITION) {
        opening_reach(opening, SESSION_CAPABILITIES);
    } else {
        opening_says(opening, SESSION_LICENCE);
    }
}

static void read_licence(struct opening_sides *sides, struct slice bytes)
{
    struct cursor at = cursor_of(bytes.bytes, bytes.size);
    struct licence licence;
    struct fault fault;
    struct ev_licence *seen = &sides->opening->seen.licence;
    if (licence_parse(&at, &licence, &fault) != PARSE_DONE) {
        opening_problem(sides->opening, "licensing", &fault);
        return;
    }
    switch (licence.type) {
    case LICENCE_REQUEST:
        ev_set_int(&seen->requests, SOURCE_FILE, seen->requests.v + 1);
        break;
    case LICENCE_PLATFORM_CHALLENGE:
        ev_set_bool(&seen->challenged, SOURCE_FILE, true);
        break;
    case LICENCE_NEW:
    case LICENCE_UPGRADE:
        ev_set_bool(&seen->issued, SOURCE_FILE, true);
        opening_reach(sides->opening, SESSION_CAPABILITIES);
        break;
    case LICENCE_ALERT:
        read_alert(sides->opening, &licence);
        break;
    case LICENCE_INFO:
    case LICENCE_NEW_REQUEST:
    case LICENCE_PLATFORM_RESPONSE:
    default:
        wrong(sides, "licensing", "MS-RDPELE 2.2.2", "a client's message, from the server");
        break;
    }
}

/* --- share --- */

static void read_share_data(struct opening *opening, const struct share *share)
{
    if (share->compressed) {
        return;
    }
    switch (share->type2) {
    case SHARE_SET_ERROR_INFO:
        if (share->error != 0) {
            ev_set_int(&opening->seen.error, SOURCE_FILE, share->error);
            if (!opening_is_up(opening) || (share->error != DISCONNECT_BY_USER && share->error != LOGOFF_BY_USER)) {
                opening_says(opening, SESSION_ERROR_INFO);
            }
        }
        break;
    case SHARE_STATUS_INFO:
        if (opening->status_count < SESSION_STATUS_MAX) {
            opening->statuses[opening->status_count++] = share->status;
        }
        break;
    case SHARE_SAVE_SESSION_INFO:
        if (opening->logon_count < SESSION_LOGONS_MAX) {
            opening->logons[opening->logon_count++] = (struct opening_logon){
                .info = share->info,
                .has_error = share->has_logon_error,
                .type = share->logon_type,
                .data = share->logon_data,
            };
        }
        break;
    case SHARE_FONT_MAP: /* the last word of the start-up (1.3.1.1) */
        if (opening->seen.demanded.source != SOURCE_NONE) {
            opening_reach(opening, SESSION_ACTIVE);
        }
        break;
    default:
        break;
    }
}

static void read_shares(struct opening_sides *sides, struct slice bytes)
{
    struct cursor at = cursor_of(bytes.bytes, bytes.size);
    struct opening *opening = sides->opening;
    struct share share;
    struct fault fault;
    /* Windows may send several in one packet (2.2.8.1.1.1.1). */
    while (cursor_left(&at) > 0 && !opening_is_over(opening)) {
        if (share_parse(&at, &share, &fault) != PARSE_DONE) {
            opening_problem(opening, "share PDU", &fault);
        } else if (share.type == SHARE_DEMAND_ACTIVE) {
            ev_set_bool(&opening->seen.demanded, SOURCE_FILE, true);
            ev_set_int(&opening->seen.sets, SOURCE_FILE, share.set_count);
            opening_reach(opening, SESSION_CAPABILITIES);
        } else if (share.type == SHARE_DATA) {
            read_share_data(opening, &share);
        } else if (share.type == SHARE_REDIRECTION) {
            opening_says(opening, SESSION_REDIRECTED);
        }
    }
}

/* --- data on a channel --- */

static void read_data(struct opening_sides *sides, struct slice data)
{
    struct opening *opening = sides->opening;
    struct cursor at = cursor_of(data.bytes, data.size);
    struct security_header header;
    struct fault fault;
    if (share_recognise(data)) {
        read_shares(sides, data);
    } else if (security_header_parse(&at, sides->method == GCC_METHOD_FIPS, &header, &fault) != PARSE_DONE) {
        opening_problem(opening, "data", &fault);
    } else if ((header.flags & SEC_REDIRECTION_PKT) != 0) {
        opening_says(opening, SESSION_REDIRECTED);
    } else if ((header.flags & SEC_ENCRYPT) != 0) {
        ev_set_int(&opening->seen.hidden, SOURCE_FILE, opening->seen.hidden.v + 1);
    } else if ((header.flags & SEC_LICENSE_PKT) != 0) {
        read_licence(sides, slice_of(at.at, cursor_left(&at)));
    } else if ((header.flags & (SEC_AUTODETECT_REQ | SEC_HEARTBEAT | SEC_TRANSPORT_REQ)) == 0) {
        read_shares(sides, slice_of(at.at, cursor_left(&at)));
    }
}

static void read_mcs(struct opening_sides *sides, const struct mcs *mcs)
{
    struct ev_session *seen = &sides->opening->seen;
    const bool response = mcs->kind == MCS_CONNECT_RESPONSE && !sides->answered;
    const bool attach = mcs->kind == MCS_ATTACH_USER_CONFIRM && sides->answered && !sides->attached;
    const bool join = mcs->kind == MCS_CHANNEL_JOIN_CONFIRM && sides->attached;
    if (mcs->kind == MCS_DISCONNECT) {
        ev_set_int(&seen->reason, SOURCE_FILE, mcs->reason);
        opening_says(sides->opening, SESSION_ULTIMATUM);
    } else if (mcs->kind == MCS_SEND_DATA_INDICATION) {
        /* clients and servers of today may leave the joins out (2.2.1.4.2, channel join skip) */
        if (seen->channels.source == SOURCE_NONE && !sides->sent_data) {
            wrong(sides, "MCS", ORDER, "data came before a channel was joined");
        } else if (sides->io_channel == 0 || mcs->channel == sides->io_channel) {
            read_data(sides, mcs->data);
        }
    } else if (!response && !attach && !join) {
        wrong(sides, "MCS", ORDER, "an MCS message at the wrong moment");
    } else if (mcs->result != MCS_RESULT_OK) {
        ev_set_int(&seen->mcs_result, SOURCE_FILE, mcs->result);
        if (join) {
            ev_set_int(&seen->refused, SOURCE_FILE, mcs->requested);
        }
        opening_says(sides->opening, SESSION_REFUSED);
    } else if (response) {
        read_response(sides, mcs);
    } else if (attach) {
        sides->attached = true;
    } else {
        read_join(sides, mcs);
    }
}

void opening_server_packet(struct opening_sides *sides, const struct pdu *pdu)
{
    struct ev_session *seen = &sides->opening->seen;
    sides->opening->packets += seen->demanded.source == SOURCE_NONE;
    if (pdu->kind == PDU_FAST) {
        ev_set_bool(&seen->fast_path, SOURCE_FILE, true);
        /* nothing is drawn before the capabilities are exchanged, and that was enciphered like this */
        sides->drawn = sides->drawn || ((pdu->header & FAST_ENCRYPTED) != 0 && seen->hidden.source != SOURCE_NONE);
    } else if (pdu->kind == PDU_DISCONNECT) {
        opening_says(sides->opening, SESSION_CLOSED);
    } else if (pdu->kind == PDU_MCS) {
        read_mcs(sides, &pdu->mcs);
    }
}
