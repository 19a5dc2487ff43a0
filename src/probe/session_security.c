/* The exchange of keys under standard RDP security (MS-RDPBCGR 5.3.4), and the Client Info (2.2.1.11). */
#include <string.h>

#include "base/clock.h"
#include "plan/credentials.h"
#include "platform/secret.h"
#include "probe/logon.h"
#include "probe/probe_internal.h"
#include "probe/session.h"
#include "wire/client_info.h"

enum { FAMILY_INET = 2, PERFORMANCE_PLAIN = 0x2f, TEXT_MAX = CLIENT_INFO_TEXT_MAX };

/* --- keys --- */

/* False: the session is over. */
static bool can_speak(struct attempt *attempt, struct error *error, bool *good)
{
    struct session *session = attempt->session;
    *good = true;
    session->library = rdp_library_new(error);
    if (session->library == NULL) {
        *good = false;
        return false;
    }
    const char *lacks = rdp_library_lacks(session->library, (enum rdp_method)session->method);
    if (lacks == NULL) {
        return true;
    }
    *good = ev_set_words(&session_group(attempt)->problem, SOURCE_PROBE, lacks, error);
    if (*good) {
        session_over(attempt, SESSION_CIPHER_LACK, SESSION_BY_CLIENT);
    }
    return false;
}

static bool known_method(uint32_t method)
{
    return method == RDP_METHOD_40 || method == RDP_METHOD_56 || method == RDP_METHOD_128 || method == RDP_METHOD_FIPS;
}

static bool exchange_keys(struct attempt *attempt, struct error *error)
{
    struct session *session = attempt->session;
    uint8_t random[RDP_RANDOM];
    uint8_t encrypted[RDP_MODULUS_MAX];
    uint8_t bytes[RDP_MODULUS_MAX + 16];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    const struct fault fault = { 0, "MS-RDPBCGR 5.3.4", "an encryption method that is not one, or a key that is none" };
    bool good;
    session_enter_phase(attempt, SESSION_SECURITY);
    if (!known_method(session->method) || session->key.size == 0) {
        session_garbage(attempt, "server security data", &fault);
        return true;
    }
    if (!can_speak(attempt, error, &good)) {
        return good;
    }
    if (!rdp_random(random, sizeof(random), error)) {
        return false;
    }
    if (!rdp_rsa_encrypt(&session->key, random, sizeof(random), encrypted)) {
        session_garbage(attempt, "server security data", &fault);
        return true;
    }
    security_exchange_write(&writer, slice_of(encrypted, session->key.size));
    good = session_send(attempt, session->io_channel, SEC_EXCHANGE_PKT, &writer, error);
    session->cipher = good ? rdp_cipher_new(session->library, (enum rdp_method)session->method, random,
                                            session->server_random, false, error)
                           : NULL;
    secret_wipe(random, sizeof(random));
    return session->cipher != NULL;
}

/* --- Client Info --- */

/* UTF-8, as it was typed, to UTF-16LE. False: it is no UTF-8, or too long. */
static bool widen(const uint8_t *bytes, size_t size, struct writer *writer)
{
    static const uint32_t lowest[] = { 0, 0x80, 0x800, 0x10000 };
    for (size_t i = 0; i < size;) {
        const uint8_t first = bytes[i++];
        const size_t more = first < 0x80   ? 0
                            : first < 0xc0 ? 4
                            : first < 0xe0 ? 1
                            : first < 0xf0 ? 2
                            : first < 0xf8 ? 3
                                           : 4;
        if (more == 4 || more > size - i) {
            return false;
        }
        uint32_t code = more == 0 ? first : first & (0x3fU >> more);
        for (size_t k = 0; k < more; k++) {
            if ((bytes[i] & 0xc0) != 0x80) {
                return false;
            }
            code = code << 6 | (bytes[i++] & 0x3fU);
        }
        if (code < lowest[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
            return false;
        }
        if (code >= 0x10000) {
            writer_u16le(writer, (uint16_t)(0xd800 + ((code - 0x10000) >> 10)));
            code = 0xdc00 + ((code - 0x10000) & 0x3ff);
        }
        writer_u16le(writer, (uint16_t)code);
    }
    return writer_ok(writer);
}

/* A password is shown to a certificate that verifies for the very name or address that was typed, or that the user
 * named; standard RDP security has none that proves anything. */
static bool whom(struct attempt *attempt, enum session_user *user, struct error *error)
{
    enum logon_trust trust = LOGON_NOT_TRUSTED;
    *user = SESSION_NOBODY;
    if (attempt->run->options->credentials == NULL) {
        return true;
    }
    if (probe_logged_on(attempt)) {
        *user = SESSION_LOGGED_ON;
        return true;
    }
    if (!attempt->session->standard && !logon_trusts(attempt, &trust, error)) {
        return false;
    }
    *user = trust != LOGON_NOT_TRUSTED ? SESSION_CREDENTIALS : SESSION_WITHHELD;
    return true;
}

struct account {
    uint8_t domain[TEXT_MAX];
    uint8_t user[TEXT_MAX];
    uint8_t password[TEXT_MAX];
};

static bool widen_text(const void *bytes, size_t size, uint8_t room[TEXT_MAX], struct slice *text, struct error *error)
{
    struct writer writer = writer_of(room, TEXT_MAX);
    if (!widen(bytes, size, &writer)) {
        return error_set(error, ERROR_USAGE,
                         "the user, the domain or the password is no UTF-8, or longer than 256 "
                         "characters");
    }
    *text = slice_of(room, writer_size(&writer));
    return true;
}

/* "DOMAIN\user", or the user with --domain. After NLA the server has the password already. */
static bool name_user(const struct attempt *attempt, struct account *account, struct client_info *info,
                      struct error *error)
{
    const struct credentials *credentials = attempt->run->options->credentials;
    const char *slash = strchr(credentials->user, '\\');
    const char *user = slash != NULL ? slash + 1 : credentials->user;
    const char *domain = slash != NULL ? credentials->user : credentials->domain != NULL ? credentials->domain : "";
    const size_t domain_size = slash != NULL ? (size_t)(slash - credentials->user) : strlen(domain);
    info->flags |= INFO_AUTOLOGON;
    if (!widen_text(domain, domain_size, account->domain, &info->domain, error) ||
        !widen_text(user, strlen(user), account->user, &info->user, error)) {
        return false;
    }
    const struct secret *password = credentials->password;
    return attempt->session->user_told != SESSION_CREDENTIALS || password == NULL ||
           widen_text(secret_look(password), secret_size(password), account->password, &info->password, error);
}

static bool send_info(struct attempt *attempt, struct error *error)
{
    struct session *session = attempt->session;
    struct ev_session *group = session_group(attempt);
    struct account account;
    uint8_t bytes[3 * TEXT_MAX + 512];
    struct writer writer = writer_of(bytes, sizeof(bytes));
    struct client_info info = {
        .code_page = 0x409,
        .flags = INFO_MOUSE | INFO_DISABLECTRLALTDEL | INFO_UNICODE | INFO_MAXIMIZESHELL | INFO_LOGONNOTIFY |
                 INFO_LOGONERRORS | INFO_ENABLEWINDOWSKEY | INFO_NOAUDIOPLAYBACK,
        .has_extra = true,
        .family = FAMILY_INET,
        .performance = PERFORMANCE_PLAIN,
    };
    if (!whom(attempt, &session->user_told, error)) {
        return false;
    }
    const bool named = session->user_told == SESSION_CREDENTIALS || session->user_told == SESSION_LOGGED_ON;
    bool good = !named || name_user(attempt, &account, &info, error);
    ev_set_enum(&group->user, SOURCE_PROBE, (int)session->user_told);
    ev_set_bool(&group->touched, SOURCE_PROBE, named);
    if (good) {
        client_info_write(&writer, &info);
        session_enter_phase(attempt, SESSION_LICENSING);
        good = session_send(attempt, session->io_channel, SEC_INFO_PKT, &writer, error);
    }
    secret_wipe(bytes, sizeof(bytes));
    secret_wipe(&account, sizeof(account));
    return good;
}

bool session_secure(struct attempt *attempt, struct error *error)
{
    struct session *session = attempt->session;
    if (session->standard && session->method != 0 && !exchange_keys(attempt, error)) {
        return false;
    }
    /* it may be over by now */
    return attempt->stream == NULL || send_info(attempt, error);
}
