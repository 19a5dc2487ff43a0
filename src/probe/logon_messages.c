/* The messages of a logon, and the trust it needs (MS-CSSP 2.2.1, 3.1.5). */
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "plan/credentials.h"
#include "probe/logon.h"
#include "probe/probe_internal.h"
#include "x509/certificate.h"

static bool fingerprint(struct attempt *attempt, char hex[2 * NET_SHA256_SIZE + 1], struct error *error)
{
    uint8_t digest[NET_SHA256_SIZE];
    struct buffer der;
    buffer_init(&der, X509_DER_MAX);
    bool good = net_tls_chain_der(attempt->tls, 0, &der);
    if (!good) {
        error_no_memory(error); /* it was read once already, so it fits */
    }
    good = good && net_sha256(der.bytes, der.size, digest, error);
    buffer_release(&der);
    char *text = good ? text_hex(digest, sizeof(digest)) : NULL;
    if (good && text == NULL) {
        good = error_no_memory(error);
    }
    if (good) {
        memcpy(hex, text, 2 * NET_SHA256_SIZE + 1);
    }
    alloc_free(text);
    return good;
}

bool logon_trusts(struct attempt *attempt, enum logon_trust *trust, struct error *error)
{
    const struct run_options *options = attempt->run->options;
    char hex[2 * NET_SHA256_SIZE + 1];
    const char *words;
    *trust = LOGON_NOT_TRUSTED;
    if (net_tls_chain_count(attempt->tls) == 0) {
        return true;
    }
    if (!fingerprint(attempt, hex, error)) {
        return false;
    }
    for (size_t i = 0; i < options->trusted_count; i++) {
        if (text_equal_nocase(options->trusted[i], hex)) {
            *trust = LOGON_FINGERPRINT;
            return true;
        }
    }
    if (strcmp(attempt->run->probe->accepted, hex) == 0) {
        *trust = LOGON_ASKED;
    } else if (net_tls_verify(attempt->tls, options->host, &words) == 0) {
        /* by its name, or its address: unlike the check certificate, which does without for addresses */
        *trust = LOGON_VERIFIED;
    }
    return true;
}

bool logon_send(struct attempt *attempt, const struct credssp *request, struct error *error)
{
    struct ev_logon *group = &attempt->run->evidence->logon;
    uint8_t *bytes = alloc_new(CREDSSP_SIZE_MAX);
    if (bytes == NULL) {
        return error_no_memory(error);
    }
    struct writer writer = writer_of(bytes, CREDSSP_SIZE_MAX);
    bool good = credssp_write(&writer, request);
    if (!good) {
        error_set(error, ERROR_INTERNAL, "the TSRequest could not be written");
    }
    good = good && net_tls_write(attempt->tls, bytes, writer_size(&writer), error) && probe_tls_flush(attempt, error);
    alloc_free(bytes);
    ev_set_int(&group->messages, SOURCE_PROBE, group->messages.v + 1);
    return good;
}

bool logon_binding(const struct logon *logon, bool server, struct buffer *out, struct error *error)
{
    const char *magic = server ? CREDSSP_SERVER_MAGIC : CREDSSP_CLIENT_MAGIC;
    if (logon->version < CREDSSP_VERSION_HASH) {
        if (!buffer_add(out, logon->key.bytes, logon->key.size) || out->size == 0) {
            return error_no_memory(error);
        }
        out->bytes[0] = (uint8_t)(out->bytes[0] + (server ? 1 : 0));
        return true;
    }
    uint8_t digest[NET_SHA256_SIZE];
    struct buffer text;
    buffer_init(&text, logon->key.size + 1024);
    bool good = buffer_add(&text, magic, strlen(magic) + 1) && buffer_add(&text, logon->nonce, sizeof(logon->nonce)) &&
                buffer_add(&text, logon->key.bytes, logon->key.size);
    good = good ? net_sha256(text.bytes, text.size, digest, error) : error_no_memory(error);
    good = good && (buffer_add(out, digest, sizeof(digest)) || error_no_memory(error));
    buffer_release(&text);
    return good;
}

struct secret *logon_credentials(const struct logon *logon, struct error *error)
{
    const struct credentials *credentials = logon->attempt->run->options->credentials;
    const struct secret *password = credentials->password;
    struct secret *sealed = secret_new(CREDSSP_CREDENTIALS_MAX, error);
    if (sealed == NULL) {
        return NULL;
    }
    struct writer writer = writer_of(secret_bytes(sealed), secret_room(sealed));
    const struct slice typed =
        password != NULL ? slice_of(secret_look(password), secret_size(password)) : slice_of("", 0);
    if (!credssp_password_write(&writer, slice_of_text(logon->name.domain), slice_of_text(logon->name.user), typed)) {
        error_set(error, ERROR_USAGE, "the user, the domain or the password is not UTF-8, or too long");
        secret_free(sealed);
        return NULL;
    }
    secret_set_size(sealed, writer_size(&writer));
    return sealed;
}
