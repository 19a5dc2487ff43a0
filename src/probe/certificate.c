/* What the server showed in the handshake: the certificate, its chain, and whether this machine would trust it. */
#include "x509/certificate.h"
#include "probe/probe_internal.h"

static bool set_x509_text(struct ev_text *field, const struct x509_text *text, struct error *error)
{
    return text->bytes == NULL || ev_set_text(field, SOURCE_PROBE, text->bytes, text->size, error);
}

static bool set_words(struct ev_text *field, const char *words, struct error *error)
{
    return words == NULL || words[0] == '\0' || ev_set_words(field, SOURCE_PROBE, words, error);
}

static bool read_lists(struct ev_certificate *group, const struct x509_certificate *certificate, struct error *error)
{
    ev_set_int(&group->san_count, SOURCE_PROBE, (int64_t)certificate->san_count);
    for (size_t i = 0; i < certificate->san_kept; i++) {
        struct ev_name_item *item = ev_list_add(&group->san, SOURCE_PROBE, &name_item_table, X509_SAN_KEPT, error);
        if (item == NULL || !set_x509_text(&item->name, &certificate->san[i], error)) {
            return false;
        }
    }
    for (size_t i = 0; i < certificate->eku_count; i++) {
        struct ev_text_item *item = ev_list_add(&group->eku, SOURCE_PROBE, &text_item_table, X509_EKU_KEPT, error);
        if (item == NULL || !set_words(&item->text, certificate->eku[i], error)) {
            return false;
        }
    }
    return true;
}

static void read_numbers(struct ev_certificate *group, const struct x509_certificate *certificate)
{
    static const enum key_type keys[] = {
        [X509_KEY_OTHER] = KEY_OTHER,     [X509_KEY_RSA] = KEY_RSA, [X509_KEY_EC] = KEY_EC,
        [X509_KEY_ED25519] = KEY_ED25519, [X509_KEY_DSA] = KEY_DSA,
    };
    if (certificate->has_not_before) {
        ev_set_int(&group->not_before, SOURCE_PROBE, certificate->not_before_us);
    }
    if (certificate->has_not_after) {
        ev_set_int(&group->not_after, SOURCE_PROBE, certificate->not_after_us);
    }
    if (certificate->has_key) {
        ev_set_enum(&group->key.type, SOURCE_PROBE, keys[certificate->key]);
        ev_set_int(&group->key.bits, SOURCE_PROBE, certificate->key_bits);
    }
    if (certificate->signature_checked) {
        ev_set_bool(&group->signed_by_itself, SOURCE_PROBE, certificate->signed_by_itself);
    }
}

bool probe_read_certificate(struct ev_certificate *group, const void *der, size_t size, struct error *error)
{
    struct x509_certificate *certificate = x509_certificate_new(der, size, error);
    if (certificate == NULL) {
        return false;
    }
    read_numbers(group, certificate);
    const bool good = set_x509_text(&group->subject, &certificate->subject, error) &&
                      set_x509_text(&group->issuer, &certificate->issuer, error) &&
                      set_x509_text(&group->common_name, &certificate->common_name, error) &&
                      set_words(&group->signature, certificate->signature, error) &&
                      set_words(&group->sha256, certificate->sha256, error) &&
                      set_words(&group->serial, certificate->serial, error) &&
                      set_words(&group->problem, certificate->problem, error) &&
                      read_lists(group, certificate, error) &&
                      ev_set_bytes(&group->der, SOURCE_PROBE, der, size, error);
    x509_certificate_free(certificate);
    return good;
}

static bool record_verify(struct attempt *attempt, struct ev_certificate *group, struct error *error)
{
    const char *words = NULL;
    const int verify = net_tls_verify(attempt->tls, probe_server_name(attempt->run), &words);
    ev_set_int(&group->verify, SOURCE_PROBE, verify);
    return words == NULL || ev_set_words(&group->verify_text, SOURCE_PROBE, words, error);
}

static bool read_chain(struct run *run, struct error *error)
{
    struct attempt *first = run->probe->first;
    struct ev_certificate *group = &run->evidence->certificate;
    const size_t count = net_tls_chain_count(first->tls);
    struct buffer der;
    ev_set_int(&group->chain_count, SOURCE_PROBE, (int64_t)count);
    if (count == 0) {
        return true;
    }
    buffer_init(&der, X509_DER_MAX);
    bool good = net_tls_chain_der(first->tls, 0, &der);
    if (!good) {
        error_no_memory(error);
    }
    good = good && probe_read_certificate(group, der.bytes, der.size, error) && record_verify(first, group, error);
    buffer_release(&der);
    return good;
}

static void certificate_cancel(struct run *run)
{
    net_timer_free(run->probe->certificate_timer);
    run->probe->certificate_timer = NULL;
}

static void certificate_read(void *context)
{
    struct run *run = context;
    struct error error = { 0 };
    certificate_cancel(run);
    if (!read_chain(run, &error)) {
        run_failed(run, &error);
        return;
    }
    run_end(run, CHECK_CERTIFICATE, RAN_DONE, NULL);
}

/* Reading it and asking the system's store takes longer than a packet: the next message goes out first. */
static bool certificate_start(struct run *run, struct error *error)
{
    run->probe->certificate_timer = net_timer_start(run->loop, 0, certificate_read, run, error);
    return run->probe->certificate_timer != NULL;
}

const struct check probe_certificate = {
    .id = CHECK_CERTIFICATE,
    .needs = NEEDS(CHECK_TLS),
    .start = certificate_start,
    .cancel = certificate_cancel,
};
