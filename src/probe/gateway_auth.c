/* The logon of HTTP at a gateway (RFC 7617; RFC 4559 and NTLM as IIS takes it). */
#include "probe/gateway_tunnel.h"

#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/writer.h"
#include "net/auth.h"
#include "net/digest.h"
#include "plan/credentials.h"
#include "probe/logon_name.h"

enum { PLAIN_MAX = 4096, BASE64_CAP = 8192, LIBRARY_US = 15000000, UNAUTHORIZED = 401 };

struct gateway_auth {
    struct gateway_leg *leg;
    struct net_auth *session;
    unsigned tokens; /* of ours */
};

void gateway_auth_free(struct gateway_auth *auth)
{
    if (auth != NULL) {
        net_auth_free(auth->session);
        alloc_free(auth);
    }
}

/* "Authorization: SCHEME BASE64". */
static bool set_line(struct gateway_leg *leg, const void *bytes, size_t size, struct error *error)
{
    struct buffer text;
    buffer_init(&text, BASE64_CAP);
    const bool good = buffer_format(&text, "Authorization: %s ", gateway_scheme_name(leg->tunnel->scheme)) &&
                      base64_add(&text, bytes, size) && text.size < secret_room(leg->line);
    if (good) {
        memcpy(secret_bytes(leg->line), text.bytes, text.size + 1);
        secret_set_size(leg->line, text.size + 1);
    }
    if (text.bytes != NULL) {
        secret_wipe(text.bytes, text.size);
    }
    buffer_release(&text);
    return good || error_no_memory(error);
}

static bool start_basic(struct gateway_leg *leg, struct error *error)
{
    const struct credentials *credentials = leg->tunnel->look->run->options->credentials;
    struct secret *plain = secret_new(PLAIN_MAX, error);
    if (plain == NULL) {
        return false;
    }
    struct writer writer = writer_of(secret_bytes(plain), secret_room(plain));
    if (credentials->domain != NULL) {
        writer_bytes(&writer, credentials->domain, strlen(credentials->domain));
        writer_u8(&writer, '\\');
    }
    writer_bytes(&writer, credentials->user, strlen(credentials->user));
    writer_u8(&writer, ':');
    if (credentials->password != NULL) {
        writer_bytes(&writer, secret_look(credentials->password), secret_size(credentials->password));
    }
    leg->last = true;
    const bool good = writer_ok(&writer)
                          ? set_line(leg, secret_look(plain), writer_size(&writer), error) && gateway_leg_go(leg, error)
                          : error_set(error, ERROR_USAGE, "the user's name and password are too long for a gateway");
    secret_free(plain);
    return good;
}

static void token_is_there(void *context, const struct net_auth_answer *answer)
{
    struct gateway_auth *auth = context;
    struct gateway_leg *leg = auth->leg;
    struct error error = { 0 };
    if (leg->tunnel->over) {
        return;
    }
    if (answer->result == NET_AUTH_NO_MEMORY) {
        error_no_memory(&error);
        gateway_tunnel_failed(leg->tunnel, &error);
        return;
    }
    if (answer->result == NET_AUTH_FAILED && answer->major == NET_AUTH_BAD_MECH && auth->tokens > 0) {
        gateway_tunnel_refused(leg->tunnel, UNAUTHORIZED); /* SPNEGO's "reject": it takes nothing of what we offered */
        return;
    }
    if (answer->result != NET_AUTH_OK) {
        const char *words = answer->result == NET_AUTH_TIMED_OUT ? "the library took too long"
                            : answer->words[0] != '\0'           ? answer->words
                                                                 : "the library failed";
        /* only what the library cannot read came from the gateway */
        const bool theirs = answer->result == NET_AUTH_FAILED && answer->major == NET_AUTH_DEFECTIVE_TOKEN;
        (theirs ? gateway_tunnel_problem : gateway_tunnel_failed_here)(leg->tunnel, words);
        return;
    }
    /* one to say hello, one to prove it; SPNEGO's last word comes with the gateway's own answer */
    leg->last = answer->complete || ++auth->tokens > 1;
    if (!set_line(leg, answer->bytes, answer->size, &error) || !gateway_leg_go(leg, &error)) {
        gateway_tunnel_failed(leg->tunnel, &error);
    }
}

/* RFC 5929 4. Windows demands it of whoever comes over TLS. */
static bool bind(const struct ev_certificate *certificate, struct net_auth_bindings *bindings)
{
    static const char prefix[] = "tls-server-end-point:";
    uint8_t digest[NET_END_POINT_MAX];
    size_t size;
    if (!net_end_point(certificate->der.v, certificate->der.size, digest, &size)) {
        return false;
    }
    bindings->size = sizeof prefix - 1 + size;
    memcpy(bindings->bytes, prefix, sizeof prefix - 1);
    memcpy(bindings->bytes + sizeof prefix - 1, digest, size);
    return true;
}

static bool start_session(struct gateway_leg *leg, struct error *error)
{
    const struct run *run = leg->tunnel->look->run;
    const struct credentials *credentials = run->options->credentials;
    struct logon_name name;
    if (!logon_name_read(credentials->user, credentials->domain, run->options->gateway_host, &name, error)) {
        return false;
    }
    struct net_auth_options options = {
        .user = name.user,
        .domain = name.domain,
        .service = "HTTP",
        .host = run->options->gateway_host,
        .password = credentials->password,
        .spnego = leg->tunnel->scheme == GATEWAY_SCHEME_NEGOTIATE,
        .limit_us = LIBRARY_US,
    };
    if (!bind(&run->evidence->gateway.certificate, &options.bindings)) {
        gateway_tunnel_failed_here(leg->tunnel, "the library cannot bind a logon to the gateway's certificate");
        return true;
    }
    leg->auth = alloc_new(sizeof *leg->auth);
    if (leg->auth == NULL) {
        return error_no_memory(error);
    }
    leg->auth->leg = leg;
    leg->auth->session = net_auth_start(run->loop, &options, token_is_there, leg->auth, error);
    return leg->auth->session != NULL;
}

bool gateway_auth_start(struct gateway_leg *leg, struct error *error)
{
    return leg->tunnel->scheme == GATEWAY_SCHEME_BASIC ? start_basic(leg, error) : start_session(leg, error);
}

bool gateway_auth_step(struct gateway_leg *leg, struct error *error)
{
    struct buffer token;
    buffer_init(&token, BASE64_CAP);
    const bool read = base64_decode(&token, (const char *)leg->token.bytes, leg->token.size);
    const bool short_of_memory = token.failed && token.size < token.cap;
    if (!read && !short_of_memory) {
        gateway_tunnel_problem(leg->tunnel, "its token is no base64");
    }
    const bool good = short_of_memory ? error_no_memory(error)
                                      : !read || net_auth_step(leg->auth->session, token.bytes, token.size, error);
    buffer_release(&token);
    buffer_clear(&leg->token);
    return good;
}
