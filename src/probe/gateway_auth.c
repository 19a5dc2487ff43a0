/* The logon of HTTP at a gateway (RFC 7617; RFC 4559 and NTLM as IIS takes it). */
#include "probe/gateway_tunnel.h"

#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/writer.h"
#include "plan/credentials.h"

enum { PLAIN_MAX = 4096, BASE64_CAP = 8192 };

struct gateway_auth {
    struct gateway_leg *leg;
};

void gateway_auth_free(struct gateway_auth *auth)
{
    alloc_free(auth);
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

bool gateway_auth_start(struct gateway_leg *leg, struct error *error)
{
    if (leg->tunnel->scheme == GATEWAY_SCHEME_BASIC) {
        return start_basic(leg, error);
    }
    gateway_tunnel_problem(leg->tunnel, "this version logs on to a gateway by Basic only");
    return true;
}

bool gateway_auth_step(struct gateway_leg *leg, struct error *error)
{
    (void)leg;
    (void)error;
    return true;
}
