/* The child of a logon: the only place where GSSAPI is called. It keeps nothing that it does not need: freed memory is
 * overwritten, and the password's own pages go as soon as the context stands. */
#include <errno.h>
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "net/auth_internal.h"

enum {
    /* What Windows asks for, without OEM names: a server that echoes both kinds confuses gss-ntlmssp. */
    NTLM_FLAGS = 0xe2088235,
    WIPED = 0x5a,
};

/* Never changed; GSSAPI knows no const. */
#define OID(size, bytes)                                                                                               \
    {                                                                                                                  \
        (size), (void *)(uintptr_t)(bytes)                                                                             \
    }
/* 1.3.6.1.4.1.311.2.2.10, 1.3.6.1.5.5.2, 1.2.840.113554.1.2.2, and gss-ntlmssp's option for its flags */
static gss_OID_desc mech_ntlm = OID(10, "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a");
static gss_OID_desc mech_spnego = OID(6, "\x2b\x06\x01\x05\x05\x02");
static gss_OID_desc mech_krb5 = OID(9, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02");
static gss_OID_desc option_ntlm_flags = OID(11, "\x2b\x06\x01\x04\x01\xb7\x7d\x85\x0f\x01\x05");

struct child {
    int fd;
    struct auth_start start;
    struct secret *password; /* ends with a zero */
    struct auth_kerberos kerberos;
    enum net_auth_package package;
    gss_OID mech;
    gss_cred_id_t credential;
    gss_name_t target;
    gss_ctx_id_t context;
    bool complete;
};

/* --- the descriptor --- */

static bool read_all(int fd, uint8_t *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t got = read(fd, bytes, size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        bytes += got;
        size -= (size_t)got;
    }
    return true;
}

static bool write_all(int fd, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t put = write(fd, bytes, size);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return false;
        }
        bytes += put;
        size -= (size_t)put;
    }
    return true;
}

bool auth_child_tell(int fd, enum auth_kind kind, const void *body, size_t size)
{
    uint8_t header[AUTH_HEADER];
    struct writer writer = writer_of(header, sizeof(header));
    auth_header_write(&writer, kind, size);
    return write_all(fd, header, sizeof(header)) && write_all(fd, body, size);
}

/* The last word of a child that cannot go on; what it takes is on the stack. */
static void tell_no_memory(int fd)
{
    uint8_t body[64];
    struct writer writer = writer_of(body, sizeof(body));
    if (auth_answer_write(&writer, &(struct net_auth_answer){ .result = NET_AUTH_NO_MEMORY })) {
        (void)!auth_child_tell(fd, AUTH_ANSWER, body, writer_size(&writer));
    }
}

/* A frame's body in pages of its own: any of them may hold a secret. NULL: the parent is gone, or there is no memory,
 * and the parent knows. */
static struct secret *hear(int fd, enum auth_kind *kind)
{
    uint8_t header[AUTH_HEADER];
    size_t size = 0;
    if (!read_all(fd, header, sizeof(header))) {
        return NULL;
    }
    struct cursor cursor = cursor_of(header, sizeof(header));
    if (auth_header_parse(&cursor, kind, &size, NULL) != PARSE_DONE) {
        return NULL;
    }
    struct secret *body = secret_new(size + 1, NULL);
    if (body == NULL) {
        tell_no_memory(fd);
        return NULL;
    }
    if (!read_all(fd, secret_bytes(body), size)) {
        secret_free(body);
        return NULL;
    }
    secret_set_size(body, size);
    return body;
}

/* --- answers --- */

static void words_of(OM_uint32 code, int type, gss_OID mech, char *words, size_t room)
{
    OM_uint32 minor;
    OM_uint32 more = 0;
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    if (GSS_ERROR(gss_display_status(&minor, code, type, mech, &more, &text))) {
        return;
    }
    const size_t used = strlen(words);
    snprintf(words + used, room - used, "%s%.*s", used > 0 ? ": " : "", (int)text.length, (const char *)text.value);
    gss_release_buffer(&minor, &text);
}

static bool answer(struct child *child, enum net_auth_result result, OM_uint32 major, OM_uint32 minor,
                   const gss_buffer_desc *bytes)
{
    uint8_t body[AUTH_BODY_MAX];
    char words[NET_AUTH_WORDS_SIZE] = "";
    struct writer writer = writer_of(body, sizeof(body));
    if (result == NET_AUTH_FAILED) {
        words_of(major, GSS_C_GSS_CODE, GSS_C_NO_OID, words, sizeof(words));
        words_of(minor, GSS_C_MECH_CODE, child->mech, words, sizeof(words));
    }
    const struct net_auth_answer said = {
        .result = result,
        .package = child->package,
        .complete = child->complete,
        .kerberos = child->kerberos.result,
        .kerberos_code = child->kerberos.code,
        .kerberos_proof = child->kerberos.proof,
        .kdc_asked = child->kerberos.asked,
        .major = major,
        .minor = minor,
        .words = words[0] != '\0' ? words : child->kerberos.words,
        .kdc_data = child->kerberos.data,
        .kdc_data_size = child->kerberos.data_size,
        .bytes = bytes != NULL ? bytes->value : NULL,
        .size = bytes != NULL ? bytes->length : 0,
    };
    return auth_answer_write(&writer, &said) && auth_child_tell(child->fd, AUTH_ANSWER, body, writer_size(&writer));
}

/* --- credentials --- */

static OM_uint32 target_name(struct child *child, OM_uint32 *minor)
{
    char text[4 * NET_AUTH_NAME_SIZE];
    const bool kerberos = child->package == NET_AUTH_KERBEROS;
    if (kerberos) {
        snprintf(text, sizeof(text), "%s/%s@%s", child->start.service, child->start.host, child->start.realm);
    } else {
        snprintf(text, sizeof(text), "%s@%s", child->start.service, child->start.host);
    }
    gss_buffer_desc name = { strlen(text), text };
    /* As it was typed: a name that Kerberos looks up anew may become another one. */
    return gss_import_name(minor, &name, kerberos ? (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME : GSS_C_NT_HOSTBASED_SERVICE,
                           &child->target);
}

static OM_uint32 by_ticket(struct child *child, OM_uint32 *minor)
{
    char cache[NET_AUTH_NAME_SIZE];
    gss_key_value_element_desc element = { "ccache", cache };
    gss_key_value_set_desc store = { 1, &element };
    gss_OID_set_desc outer = { 1, &mech_spnego };
    gss_OID_set_desc inner = { 1, &mech_krb5 };
    snprintf(cache, sizeof(cache), "MEMORY:%s", krb5_cc_get_name(child->kerberos.context, child->kerberos.cache));
    child->mech = &mech_spnego;
    OM_uint32 major = gss_acquire_cred_from(minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &outer, GSS_C_INITIATE, &store,
                                            &child->credential, NULL, NULL);
    return GSS_ERROR(major) ? major : gss_set_neg_mechs(minor, child->credential, &inner);
}

/* "DOMAIN\user"; without a domain an @ belongs to the name, which gss-ntlmssp wants to be told. */
static void ntlm_name(const struct auth_start *start, char *text, size_t room)
{
    const char *at = strchr(start->user, '@');
    if (start->domain[0] != '\0') {
        snprintf(text, room, "%s\\%s", start->domain, start->user);
    } else if (at != NULL) {
        snprintf(text, room, "%.*s\\%s", (int)(at - start->user), start->user, at);
    } else {
        snprintf(text, room, "%s", start->user);
    }
}

/* MIT's SPNEGO takes a password for every mechanism it has, and shows it to the KDC of this machine's own realm before
 * it hears which of them are wanted: to somebody nobody named, who counts it as a try. Without a realm it cannot.
 * False: it cannot be kept from it (a program with privileges of its own does not heed the variable). */
static bool keep_from_kdcs(void)
{
    return getauxval(AT_SECURE) == 0 && setenv("KRB5_CONFIG", "/dev/null", 1) == 0;
}

static OM_uint32 by_ntlm(struct child *child, OM_uint32 *minor)
{
    const bool spnego = child->package == NET_AUTH_NTLM_SPNEGO;
    char text[3 * NET_AUTH_NAME_SIZE];
    uint32_t flags = NTLM_FLAGS;
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 ignored;
    child->mech = spnego ? &mech_spnego : &mech_ntlm;
    if (spnego && !keep_from_kdcs()) {
        return GSS_S_UNAVAILABLE;
    }
    gss_OID_set_desc outer = { 1, child->mech };
    gss_OID_set_desc inner = { 1, &mech_ntlm };
    ntlm_name(&child->start, text, sizeof(text));
    gss_buffer_desc named = { strlen(text), text };
    gss_buffer_desc password = { secret_size(child->password) - 1, secret_bytes(child->password) };
    gss_buffer_desc set = { sizeof(flags), &flags };
    OM_uint32 major = gss_import_name(minor, &named, GSS_C_NT_USER_NAME, &name);
    if (!GSS_ERROR(major)) {
        major = gss_acquire_cred_with_password(minor, name, &password, GSS_C_INDEFINITE, &outer, GSS_C_INITIATE,
                                               &child->credential, NULL, NULL);
    }
    if (!GSS_ERROR(major)) {
        major = spnego ? gss_set_neg_mechs(minor, child->credential, &inner)
                       : gss_set_cred_option(minor, &child->credential, &option_ntlm_flags, &set);
    }
    gss_release_name(&ignored, &name);
    return major;
}

/* What is needed no more once the context stands, or never will. */
static void forget(struct child *child)
{
    OM_uint32 minor;
    gss_release_cred(&minor, &child->credential);
    secret_free(child->password);
    child->password = NULL;
    if (child->kerberos.cache != NULL) {
        (void)krb5_cc_destroy(child->kerberos.context, child->kerberos.cache);
        child->kerberos.cache = NULL;
    }
}

/* --- what is asked for --- */

static bool step(struct child *child, const void *token, size_t size)
{
    const OM_uint32 wanted =
        GSS_C_MUTUAL_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG;
    struct net_auth_bindings *bound = &child->start.bindings;
    struct gss_channel_bindings_struct bindings = { .application_data = { bound->size, bound->bytes } };
    gss_buffer_desc in = { size, (void *)(uintptr_t)token };
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 granted = 0;
    OM_uint32 minor = 0;
    OM_uint32 ignored;
    const OM_uint32 major = gss_init_sec_context(&minor, child->credential, &child->context, child->target, child->mech,
                                                 wanted, 0, bound->size > 0 ? &bindings : GSS_C_NO_CHANNEL_BINDINGS,
                                                 size > 0 ? &in : GSS_C_NO_BUFFER, NULL, &out, &granted, NULL);
    child->complete = major == GSS_S_COMPLETE && (granted & GSS_C_CONF_FLAG) != 0;
    if (child->complete || GSS_ERROR(major)) {
        forget(child);
    }
    const bool good = child->complete || major == GSS_S_CONTINUE_NEEDED;
    const bool told = answer(child, good ? NET_AUTH_OK : NET_AUTH_FAILED, major, minor, good ? &out : NULL);
    gss_release_buffer(&ignored, &out);
    return told;
}

/* The account was judged, or the password was tried: nothing else is tried with it. */
static bool kerberos_forbids(const struct auth_kerberos *kerberos)
{
    const enum net_kerberos result = kerberos->result;
    if (result == NET_KERBEROS_GOOD || result == NET_KERBEROS_NO_SUCH_SERVICE) {
        return false;
    }
    return kerberos->proof || result == NET_KERBEROS_REVOKED || result == NET_KERBEROS_ACCOUNT_EXPIRED ||
           result == NET_KERBEROS_PASSWORD_EXPIRED || result == NET_KERBEROS_POLICY;
}

static bool take_start(struct child *child, struct secret *body)
{
    struct cursor cursor = cursor_of(secret_look(body), secret_size(body));
    if (child->password != NULL || auth_start_parse(&cursor, &child->start, NULL) != PARSE_DONE) {
        return false;
    }
    child->password = secret_new(child->start.password_size + 1, NULL);
    if (child->password == NULL) {
        tell_no_memory(child->fd);
        return false;
    }
    secret_set_size(child->password, child->start.password_size + 1);
    if (child->start.password_size > 0) {
        memcpy(secret_bytes(child->password), child->start.password, child->start.password_size);
    }
    return true;
}

static bool start(struct child *child)
{
    struct auth_kerberos *kerberos = &child->kerberos;
    OM_uint32 minor = 0;
    kerberos->fd = child->fd;
    if ((child->start.flags & AUTH_START_KERBEROS) != 0) {
        auth_kerberos_ask(kerberos, &child->start, (const char *)secret_look(child->password));
    }
    if (kerberos_forbids(kerberos)) {
        child->package = NET_AUTH_KERBEROS;
        forget(child);
        return answer(child, NET_AUTH_REFUSED, 0, 0, NULL);
    }
    child->package = kerberos->result == NET_KERBEROS_GOOD           ? NET_AUTH_KERBEROS
                     : (child->start.flags & AUTH_START_SPNEGO) != 0 ? NET_AUTH_NTLM_SPNEGO
                                                                     : NET_AUTH_NTLM_RAW;
    OM_uint32 major = child->package == NET_AUTH_KERBEROS ? by_ticket(child, &minor) : by_ntlm(child, &minor);
    if (!GSS_ERROR(major)) {
        major = target_name(child, &minor);
    }
    if (GSS_ERROR(major)) {
        forget(child);
        return answer(child, NET_AUTH_FAILED, major, minor, NULL);
    }
    return step(child, NULL, 0);
}

static bool wrap(struct child *child, struct secret *body, bool un)
{
    gss_buffer_desc in = { secret_size(body), secret_bytes(body) };
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0;
    OM_uint32 ignored;
    int confidential = 0;
    const OM_uint32 major = un ? gss_unwrap(&minor, child->context, &in, &out, &confidential, NULL)
                               : gss_wrap(&minor, child->context, 1, GSS_C_QOP_DEFAULT, &in, &confidential, &out);
    const bool good = major == GSS_S_COMPLETE && confidential != 0;
    const bool told = answer(child, good ? NET_AUTH_OK : NET_AUTH_FAILED, major, minor, good ? &out : NULL);
    gss_release_buffer(&ignored, &out);
    return told;
}

static bool serve(struct child *child, enum auth_kind kind, struct secret *body)
{
    const bool started = child->mech != NULL;
    if (kind == AUTH_START && !started) {
        const bool good = take_start(child, body);
        secret_wipe(secret_bytes(body), secret_size(body));
        return good && start(child);
    }
    if (kind == AUTH_STEP && started && !child->complete) {
        return step(child, secret_look(body), secret_size(body));
    }
    return (kind == AUTH_WRAP || kind == AUTH_UNWRAP) && child->complete && wrap(child, body, kind == AUTH_UNWRAP);
}

void auth_child_main(int fd)
{
    struct child child = { .fd = fd };
    struct secret *body;
    enum auth_kind kind;
    bool good = true;
#ifdef __GLIBC__
    (void)mallopt(M_PERTURB,
                  WIPED); /* what the libraries free is overwritten: they leave passwords and hashes behind */
#endif
    secret_close_process();
    while (good && (body = hear(fd, &kind)) != NULL) {
        good = serve(&child, kind, body);
        secret_free(body);
    }
    forget(&child);
    _exit(good ? 0 : 1);
}
