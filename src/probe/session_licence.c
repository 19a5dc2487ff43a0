/* Licensing as far as an error code needs (MS-RDPELE 1.3.3): a new licence is asked for, the platform challenge is
 * answered; what the server then says is what we came for. A licence that is issued is not kept. */
#include "base/clock.h"
#include "platform/secret.h"
#include "probe/probe_internal.h"
#include "probe/session.h"

enum {
    PLATFORM = 0x04010000, /* Windows NT after 5.2, Microsoft's image (2.2.2.2) */
    RESPONSE_VERSION = 0x0100,
    CLIENT_OTHER = 0xff00,
    DETAIL = 3,
    HARDWARE_SIZE = 20,
    CHALLENGE_MAX = 1024,
    PREMASTER_PADDING = 8,
    REQUESTS_MAX = 4,
};

static bool send_licence(struct attempt *attempt, const struct licence *licence, struct error *error)
{
    uint8_t bytes[4096];
    struct session *session = attempt->session;
    struct writer writer = writer_of(bytes, sizeof(bytes));
    unsigned flags = SEC_LICENSE_PKT;
    if (!licence_write(&writer, licence)) {
        return error_set(error, ERROR_INTERNAL, "a licensing message could not be written");
    }
    return session_send(attempt, session->io_channel, flags, &writer, error);
}

/* The licence request may bring a key of its own. False: the session is over. */
static bool choose_key(struct attempt *attempt, const struct licence *request, struct rdp_rsa *key)
{
    struct session *session = attempt->session;
    struct security_certificate certificate;
    struct fault fault = { 0, "MS-RDPELE 2.2.2.1", "no key came, neither here nor before" };
    *key = session->key;
    if (request->certificate.size == 0) {
        if (key->size != 0) {
            return true;
        }
        session_garbage(attempt, "licence request", &fault);
        return false;
    }
    if (security_certificate_parse(request->certificate, &certificate, &fault) != PARSE_DONE) {
        session_garbage(attempt, "licence request", &fault);
        return false;
    }
    if (certificate.kind == SECURITY_PROPRIETARY) {
        key->size = certificate.modulus.size;
        key->exponent = certificate.exponent;
        memcpy(key->modulus, certificate.modulus.bytes, certificate.modulus.size);
        return true;
    }
    fault = (struct fault){ 0, "MS-RDPELE 2.2.2.1", "the certificate holds no RSA key" };
    if (!rdp_rsa_of_certificate(certificate.last.bytes, certificate.last.size, key)) {
        session_garbage(attempt, "licence request", &fault);
        return false;
    }
    return true;
}

static bool request_got(struct attempt *attempt, const struct licence *request, struct error *error)
{
    struct session *session = attempt->session;
    struct ev_licence *group = &session_group(attempt)->licence;
    uint8_t premaster[RDP_PREMASTER];
    uint8_t encrypted[RDP_MODULUS_MAX + PREMASTER_PADDING] = { 0 };
    struct rdp_rsa key;
    struct licence answer = {
        .type = LICENCE_NEW_REQUEST,
        .flags = LICENCE_VERSION,
        .platform = PLATFORM,
        .user = slice_of("", 1),
        .machine = slice_of("rdpwhy", sizeof("rdpwhy")),
    };
    ev_set_int(&group->requests, SOURCE_PROBE, group->requests.v + 1);
    if (group->requests.v > REQUESTS_MAX) {
        session_over(attempt, SESSION_ENDLESS, SESSION_BY_CLIENT);
        return true;
    }
    if (!choose_key(attempt, request, &key)) {
        return true;
    }
    if (!rdp_random(premaster, sizeof(premaster), error) || !rdp_random(answer.random, sizeof(answer.random), error)) {
        return false;
    }
    if (!rdp_rsa_encrypt(&key, premaster, sizeof(premaster), encrypted)) {
        const struct fault fault = { 0, "MS-RDPELE 5.1.2.1", "the key is none" };
        session_garbage(attempt, "licence request", &fault);
        return true;
    }
    session->licence_keyed = rdp_licence_keys_make(premaster, answer.random, request->random, &session->licence_keys);
    secret_wipe(premaster, sizeof(premaster));
    answer.premaster = slice_of(encrypted, key.size + PREMASTER_PADDING);
    ev_set_bool(&group->answered, SOURCE_PROBE, true);
    return send_licence(attempt, &answer, error);
}

/* RC4 may not be there under TLS, where the library was not needed so far. */
static bool licence_library(struct attempt *attempt, bool *over, struct error *error)
{
    struct session *session = attempt->session;
    *over = false;
    if (session->library == NULL) {
        session->library = rdp_library_new(error);
        if (session->library == NULL) {
            return false;
        }
    }
    const char *lacks = rdp_library_lacks(session->library, RDP_METHOD_128);
    if (lacks != NULL) {
        *over = true;
        if (!ev_set_words(&session_group(attempt)->problem, SOURCE_PROBE, lacks, error)) {
            return false;
        }
        session_over(attempt, SESSION_CIPHER_LACK, SESSION_BY_CLIENT);
    }
    return true;
}

static bool challenge_got(struct attempt *attempt, const struct licence *challenge, struct error *error)
{
    struct session *session = attempt->session;
    uint8_t plain[CHALLENGE_MAX];
    uint8_t response[CHALLENGE_MAX + 8];
    uint8_t both[CHALLENGE_MAX + 8 + HARDWARE_SIZE];
    uint8_t hardware[HARDWARE_SIZE] = { 0, 0, 1, 4, 'r', 'd', 'p', 'w', 'h', 'y' }; /* the platform, then ours */
    bool over;
    if (!session->licence_keyed || challenge->data.size > CHALLENGE_MAX) {
        const struct fault fault = { 0, "MS-RDPELE 2.2.2.4", "a platform challenge too long, or before the request" };
        session_garbage(attempt, "licensing", &fault);
        return true;
    }
    if (!licence_library(attempt, &over, error)) {
        return false;
    }
    if (over) {
        return true;
    }
    ev_set_bool(&session_group(attempt)->licence.challenged, SOURCE_PROBE, true);
    if (challenge->data.size > 0) {
        memcpy(plain, challenge->data.bytes, challenge->data.size);
    }
    struct writer writer = writer_of(response, sizeof(response));
    struct licence answer = { .type = LICENCE_PLATFORM_RESPONSE, .flags = LICENCE_VERSION };
    bool good = rdp_licence_crypt(session->library, &session->licence_keys, plain, challenge->data.size);
    writer_u16le(&writer, RESPONSE_VERSION);
    writer_u16le(&writer, CLIENT_OTHER);
    writer_u16le(&writer, DETAIL);
    writer_u16le(&writer, (uint16_t)challenge->data.size);
    writer_bytes(&writer, plain, challenge->data.size);
    const size_t size = writer_size(&writer);
    memcpy(both, response, size);
    memcpy(both + size, hardware, sizeof(hardware));
    /* the MAC is of both in the clear, then each is encrypted by itself (2.2.2.5) */
    good = good && rdp_licence_mac(&session->licence_keys, both, size + sizeof(hardware), answer.mac) &&
           rdp_licence_crypt(session->library, &session->licence_keys, response, size) &&
           rdp_licence_crypt(session->library, &session->licence_keys, hardware, sizeof(hardware));
    answer.data = slice_of(response, size);
    answer.hardware = slice_of(hardware, sizeof(hardware));
    return good ? send_licence(attempt, &answer, error)
                : error_set(error, ERROR_INTERNAL, "the platform challenge could not be answered");
}

static bool alert_got(struct attempt *attempt, const struct licence *alert, struct error *error)
{
    struct ev_licence *group = &session_group(attempt)->licence;
    (void)error;
    ev_set_int(&group->code, SOURCE_PROBE, alert->error);
    ev_set_int(&group->transition, SOURCE_PROBE, alert->transition);
    if (alert->error == LICENCE_VALID_CLIENT || alert->transition == LICENCE_NO_TRANSITION) {
        session_enter_phase(attempt, SESSION_CAPABILITIES);
    } else {
        session_over(attempt, SESSION_LICENCE, SESSION_BY_SERVER);
    }
    return true;
}

bool session_licence_got(struct attempt *attempt, struct slice message, struct error *error)
{
    struct licence licence;
    struct fault fault = { 0 };
    struct cursor cursor = cursor_of(message.bytes, message.size);
    if (attempt->session->phase != SESSION_LICENSING) {
        fault = (struct fault){ 0, "MS-RDPBCGR 1.3.1.1", "a licensing message at the wrong moment" };
        session_garbage(attempt, "licensing", &fault);
        return true;
    }
    if (licence_parse(&cursor, &licence, &fault) != PARSE_DONE) {
        session_garbage(attempt, "licensing", &fault);
        return true;
    }
    switch (licence.type) {
    case LICENCE_REQUEST:
        return request_got(attempt, &licence, error);
    case LICENCE_PLATFORM_CHALLENGE:
        return challenge_got(attempt, &licence, error);
    case LICENCE_NEW:
    case LICENCE_UPGRADE:
        ev_set_bool(&session_group(attempt)->licence.issued, SOURCE_PROBE, true);
        session_enter_phase(attempt, SESSION_CAPABILITIES);
        return true;
    case LICENCE_ALERT:
        return alert_got(attempt, &licence, error);
    case LICENCE_INFO:
    case LICENCE_NEW_REQUEST:
    case LICENCE_PLATFORM_RESPONSE:
    default:
        fault = (struct fault){ 0, "MS-RDPELE 2.2.2", "a client's message, from the server" };
        session_garbage(attempt, "licensing", &fault);
        return true;
    }
}
