#include "lab/acceptor.h"

#include <gssapi/gssapi_ext.h>
#include <string.h>

#include "base/alloc.h"
#include "base/attributes.h"
#include "base/foreign.h"
#include "base/text.h"
#include "platform/secret.h"

enum { WORDS_CAP = 160 };

struct lab_acceptor {
    gss_ctx_id_t context;
    gss_cred_id_t credentials;
    bool chosen;
    char *words; /* escaped; NULL: none, or no memory for them */
};

/* Contents of the OIDs 1.3.6.1.4.1.311.2.2.10, 1.3.6.1.5.5.2 and 1.2.840.113554.1.2.2. */
static const uint8_t ntlm_oid[] = { 0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 2, 10 };
static const uint8_t spnego_oid[] = { 0x2b, 6, 1, 5, 5, 2 };
static const uint8_t kerberos_oid[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2 };

/* GSSAPI takes its inputs through pointers that are not const, and writes to none of them. */
static gss_OID_desc oid_of(const uint8_t *bytes, size_t size)
{
    return (gss_OID_desc){ (OM_uint32)size, (void *)(uintptr_t)bytes };
}

static gss_buffer_desc lend(struct slice slice)
{
    return (gss_buffer_desc){ slice.size, (void *)(uintptr_t)slice.bytes };
}

struct lab_acceptor *lab_acceptor_new(void)
{
    return alloc_new(sizeof(struct lab_acceptor));
}

void lab_acceptor_free(struct lab_acceptor *acceptor)
{
    OM_uint32 minor;
    if (acceptor == NULL) {
        return;
    }
    gss_delete_sec_context(&minor, &acceptor->context, GSS_C_NO_BUFFER);
    gss_release_cred(&minor, &acceptor->credentials);
    alloc_free(acceptor->words);
    alloc_free(acceptor);
}

const char *lab_acceptor_words(const struct lab_acceptor *acceptor)
{
    return acceptor->words != NULL ? acceptor->words : "no reason given";
}

static void keep_words(struct lab_acceptor *acceptor, const gss_buffer_desc *from)
{
    const char *bytes = from->value;
    const size_t ended = from->length > 0 && bytes[from->length - 1] == '\0' ? 1 : 0; /* NTLM counts the NUL */
    alloc_free(acceptor->words);
    acceptor->words = text_escape(bytes, from->length - ended, WORDS_CAP);
}

static void keep_reason(struct lab_acceptor *acceptor, OM_uint32 major, OM_uint32 minor)
{
    const bool detail = minor != 0;
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    OM_uint32 ignored;
    OM_uint32 more = 0;
    if (gss_display_status(&ignored, detail ? minor : major, detail ? GSS_C_MECH_CODE : GSS_C_GSS_CODE, GSS_C_NO_OID,
                           &more, &text) == GSS_S_COMPLETE) {
        keep_words(acceptor, &text);
    }
    gss_release_buffer(&ignored, &text);
}

/* --- who we are --- */

static bool acquire(struct lab_acceptor *acceptor, gss_OID_desc mechanism)
{
    gss_OID_set_desc set = { 1, &mechanism };
    OM_uint32 minor;
    foreign_begin(); /* gss-ntlmssp 1.2 forgets the name it makes for itself */
    const OM_uint32 major = gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &set, GSS_C_ACCEPT,
                                             &acceptor->credentials, NULL, NULL);
    foreign_end();
    if (GSS_ERROR(major)) {
        keep_reason(acceptor, major, minor);
    }
    return !GSS_ERROR(major);
}

/* The mechanisms inside SPNEGO: without this it would offer whatever this machine has. */
static bool limit(struct lab_acceptor *acceptor)
{
    gss_OID_desc both[] = { oid_of(kerberos_oid, sizeof(kerberos_oid)), oid_of(ntlm_oid, sizeof(ntlm_oid)) };
    gss_OID_set_desc set = { COUNT_OF(both), both };
    OM_uint32 minor;
    return gss_set_neg_mechs(&minor, acceptor->credentials, &set) == GSS_S_COMPLETE;
}

static bool choose(struct lab_acceptor *acceptor, struct slice token)
{
    static const char signature[] = "NTLMSSP"; /* with its NUL: MS-NLMP 2.2.1 */
    const bool raw = token.size >= sizeof(signature) && memcmp(token.bytes, signature, sizeof(signature)) == 0;
    acceptor->chosen = true;
    /* Under any name: gss-ntlmssp takes its own from the environment, Kerberos what the keytab holds. */
    if (raw) {
        return acquire(acceptor, oid_of(ntlm_oid, sizeof(ntlm_oid)));
    }
    return acquire(acceptor, oid_of(spnego_oid, sizeof(spnego_oid))) && limit(acceptor);
}

/* --- the exchange --- */

static void keep_client(struct lab_acceptor *acceptor, gss_name_t client, gss_OID mechanism)
{
    gss_buffer_desc name = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;
    const bool kerberos = mechanism != GSS_C_NO_OID && mechanism->length == sizeof(kerberos_oid) &&
                          memcmp(mechanism->elements, kerberos_oid, sizeof(kerberos_oid)) == 0;
    if (client == GSS_C_NO_NAME || gss_display_name(&minor, client, &name, NULL) != GSS_S_COMPLETE) {
        return;
    }
    keep_words(acceptor, &name);
    gss_release_buffer(&minor, &name);
    if (acceptor->words != NULL) {
        char *whole = alloc_format("%s by %s", acceptor->words, kerberos ? "Kerberos" : "NTLM");
        alloc_free(acceptor->words);
        acceptor->words = whole;
    }
}

enum lab_accepted lab_acceptor_step(struct lab_acceptor *acceptor, struct slice token, struct buffer *answer)
{
    gss_buffer_desc in = lend(token);
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    gss_name_t client = GSS_C_NO_NAME;
    gss_OID mechanism = GSS_C_NO_OID;
    OM_uint32 minor;
    OM_uint32 ignored;
    if (!acceptor->chosen && !choose(acceptor, token)) {
        return LAB_ACCEPT_FAILED;
    }
    foreign_begin(); /* gss-ntlmssp 1.2 keeps an OpenSSL context for each RC4 key */
    const OM_uint32 major =
        gss_accept_sec_context(&minor, &acceptor->context, acceptor->credentials, &in, GSS_C_NO_CHANNEL_BINDINGS,
                               &client, &mechanism, &out, NULL, NULL, NULL);
    foreign_end();
    enum lab_accepted accepted = (major & GSS_S_CONTINUE_NEEDED) != 0 ? LAB_ACCEPT_MORE : LAB_ACCEPT_DONE;
    if (GSS_ERROR(major)) {
        keep_reason(acceptor, major, minor);
        accepted = LAB_ACCEPT_FAILED;
    } else if (!buffer_add(answer, out.value, out.length)) {
        accepted = LAB_ACCEPT_FAILED;
    } else if (accepted == LAB_ACCEPT_DONE) {
        keep_client(acceptor, client, mechanism);
    }
    gss_release_name(&ignored, &client);
    gss_release_buffer(&ignored, &out);
    return accepted;
}

bool lab_acceptor_seal(struct lab_acceptor *acceptor, struct slice plain, struct buffer *sealed)
{
    gss_buffer_desc in = lend(plain);
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;
    foreign_begin();
    const OM_uint32 major = gss_wrap(&minor, acceptor->context, 1, GSS_C_QOP_DEFAULT, &in, NULL, &out);
    foreign_end();
    const bool done = major == GSS_S_COMPLETE && buffer_add(sealed, out.value, out.length);
    gss_release_buffer(&minor, &out);
    return done;
}

bool lab_acceptor_open(struct lab_acceptor *acceptor, struct slice sealed, struct buffer *plain)
{
    gss_buffer_desc in = lend(sealed);
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;
    foreign_begin();
    const OM_uint32 major = gss_unwrap(&minor, acceptor->context, &in, &out, NULL, NULL);
    foreign_end();
    const bool done = major == GSS_S_COMPLETE && buffer_add(plain, out.value, out.length);
    if (major != GSS_S_COMPLETE) {
        keep_reason(acceptor, major, minor);
    }
    if (out.value != NULL) {
        secret_wipe(out.value, out.length); /* a password, at the last step */
    }
    gss_release_buffer(&minor, &out);
    return done;
}
