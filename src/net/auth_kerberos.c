/* Kerberos by libkrb5 itself, before GSSAPI: it keeps the KDC's own code (RFC 4120 7.5.9), text and data, which GSSAPI
 * melts into one, and tells whether a proof of the password has left. */
#include <stdio.h>
#include <string.h>

#include "net/auth_internal.h"

static uint32_t protocol_code(krb5_error_code code)
{
    const long number = (long)code - ERROR_TABLE_BASE_krb5;
    return number > 0 && number < 128 ? (uint32_t)number : 0;
}

static enum net_kerberos result_of(krb5_error_code code, bool initial)
{
    static const struct {
        krb5_error_code code;
        enum net_kerberos result;
    } results[] = {
        { KRB5KDC_ERR_PREAUTH_FAILED, NET_KERBEROS_BAD_PASSWORD },
        { KRB5KRB_AP_ERR_BAD_INTEGRITY, NET_KERBEROS_BAD_PASSWORD }, /* the reply's key is not ours */
        { KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, NET_KERBEROS_NO_SUCH_USER },
        { KRB5KDC_ERR_CLIENT_REVOKED, NET_KERBEROS_REVOKED },
        { KRB5KDC_ERR_NAME_EXP, NET_KERBEROS_ACCOUNT_EXPIRED },
        { KRB5KDC_ERR_KEY_EXP, NET_KERBEROS_PASSWORD_EXPIRED },
        { KRB5KDC_ERR_POLICY, NET_KERBEROS_POLICY },
        { KRB5KRB_AP_ERR_SKEW, NET_KERBEROS_SKEW },
        { KRB5_KDCREP_SKEW, NET_KERBEROS_SKEW }, /* seen by libkrb5 in the reply */
        { KRB5_KDC_UNREACH, NET_KERBEROS_NO_KDC },
        { KRB5_REALM_UNKNOWN, NET_KERBEROS_NO_KDC },
        { KRB5_REALM_CANT_RESOLVE, NET_KERBEROS_NO_KDC },
    };
    if (!initial && (code == KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN || code == KRB5_ERR_HOST_REALM_UNKNOWN)) {
        return NET_KERBEROS_NO_SUCH_SERVICE;
    }
    for (size_t i = 0; i < COUNT_OF(results); i++) {
        if (results[i].code == code) {
            return results[i].result;
        }
    }
    return NET_KERBEROS_OTHER;
}

/* The first request carries no proof; whatever follows an answer does, or may. */
static krb5_error_code sending(krb5_context context, void *data, const krb5_data *realm, const krb5_data *message,
                               krb5_data **new_message, krb5_data **reply)
{
    struct auth_kerberos *kerberos = data;
    (void)context;
    (void)realm;
    (void)message;
    *new_message = NULL;
    *reply = NULL;
    kerberos->asked++;
    if (kerberos->initial && kerberos->heard > 0 && !kerberos->proof) {
        kerberos->proof = true;
        (void)auth_child_tell(kerberos->fd, AUTH_PROOF, NULL, 0);
    }
    return 0;
}

static krb5_error_code heard(krb5_context context, void *data, krb5_error_code code, const krb5_data *realm,
                             const krb5_data *message, const krb5_data *reply, krb5_data **new_reply)
{
    struct auth_kerberos *kerberos = data;
    (void)context;
    (void)realm;
    (void)message;
    (void)reply;
    *new_reply = NULL;
    kerberos->heard += code == 0;
    return code;
}

static void keep_words(struct auth_kerberos *kerberos, krb5_error_code code, const krb5_error *said)
{
    if (said != NULL && said->text.length > 0 && said->text.data != NULL) {
        snprintf(kerberos->words, sizeof(kerberos->words), "%.*s", (int)said->text.length, said->text.data);
        return;
    }
    /* the plain words of the code: the longer ones name the account */
    krb5_clear_error_message(kerberos->context);
    const char *words = krb5_get_error_message(kerberos->context, code);
    snprintf(kerberos->words, sizeof(kerberos->words), "%s", words != NULL ? words : "");
    krb5_free_error_message(kerberos->context, words);
}

static void failed(struct auth_kerberos *kerberos, krb5_error_code code, const krb5_error *said)
{
    kerberos->result = result_of(code, kerberos->initial);
    kerberos->code = protocol_code(code);
    keep_words(kerberos, code, said);
    if (said != NULL && said->e_data.data != NULL && said->e_data.length <= sizeof(kerberos->data)) {
        memcpy(kerberos->data, said->e_data.data, said->e_data.length);
        kerberos->data_size = said->e_data.length;
    }
}

static bool first_ticket(struct auth_kerberos *kerberos, krb5_principal client, const char *password)
{
    krb5_context context = kerberos->context;
    krb5_init_creds_context exchange = NULL;
    krb5_get_init_creds_opt *options = NULL;
    krb5_error *said = NULL;
    krb5_creds tickets;
    memset(&tickets, 0, sizeof(tickets));
    kerberos->initial = true;
    krb5_error_code code = krb5_get_init_creds_opt_alloc(context, &options);
    if (code == 0) {
        krb5_get_init_creds_opt_set_canonicalize(options, 1);
        code = krb5_init_creds_init(context, client, NULL, NULL, 0, options, &exchange);
    }
    code = code != 0 ? code : krb5_init_creds_set_password(context, exchange, password);
    code = code != 0 ? code : krb5_init_creds_get(context, exchange);
    if (code != 0 && exchange != NULL) {
        (void)krb5_init_creds_get_error(context, exchange, &said);
    }
    code = code != 0 ? code : krb5_init_creds_get_creds(context, exchange, &tickets);
    code = code != 0 ? code : krb5_cc_initialize(context, kerberos->cache, tickets.client);
    code = code != 0 ? code : krb5_cc_store_cred(context, kerberos->cache, &tickets);
    if (code != 0) {
        failed(kerberos, code, said);
    }
    krb5_free_error(context, said);
    krb5_free_cred_contents(context, &tickets);
    if (exchange != NULL) {
        krb5_init_creds_free(context, exchange);
    }
    krb5_get_init_creds_opt_free(context, options);
    kerberos->initial = false;
    return code == 0;
}

static bool service_ticket(struct auth_kerberos *kerberos, krb5_principal client, const struct auth_start *start)
{
    krb5_context context = kerberos->context;
    krb5_creds wanted;
    krb5_creds *got = NULL;
    memset(&wanted, 0, sizeof(wanted));
    krb5_error_code code = krb5_build_principal(context, &wanted.server, (unsigned)strlen(start->realm), start->realm,
                                                "TERMSRV", start->host, (char *)NULL);
    wanted.client = client;
    code = code != 0 ? code : krb5_get_credentials(context, KRB5_GC_CANONICALIZE, kerberos->cache, &wanted, &got);
    if (code != 0) {
        failed(kerberos, code, NULL);
    }
    krb5_free_creds(context, got);
    krb5_free_principal(context, wanted.server);
    return code == 0;
}

void auth_kerberos_ask(struct auth_kerberos *kerberos, const struct auth_start *start, const char *password)
{
    krb5_principal client = NULL;
    krb5_error_code code = krb5_init_context(&kerberos->context);
    kerberos->result = NET_KERBEROS_OTHER;
    if (code != 0) {
        kerberos->context = NULL;
        snprintf(kerberos->words, sizeof(kerberos->words), "Kerberos is not set up here (krb5.conf)");
        kerberos->result = NET_KERBEROS_NO_KDC;
        return;
    }
    krb5_set_kdc_send_hook(kerberos->context, sending, kerberos);
    krb5_set_kdc_recv_hook(kerberos->context, heard, kerberos);
    /* of user@realm, only the user: the realm is said apart, in its own spelling */
    char user[NET_AUTH_NAME_SIZE];
    const char *at = strrchr(start->user, '@');
    snprintf(user, sizeof(user), "%.*s", (int)(at != NULL ? at - start->user : NET_AUTH_NAME_SIZE), start->user);
    code = krb5_build_principal(kerberos->context, &client, (unsigned)strlen(start->realm), start->realm, user,
                                (char *)NULL);
    code = code != 0 ? code : krb5_cc_new_unique(kerberos->context, "MEMORY", NULL, &kerberos->cache);
    if (code != 0) {
        failed(kerberos, code, NULL);
    } else if (first_ticket(kerberos, client, password) && service_ticket(kerberos, client, start)) {
        kerberos->result = NET_KERBEROS_GOOD;
        kerberos->code = 0;
        kerberos->words[0] = '\0';
    }
    krb5_free_principal(kerberos->context, client);
}
