/* What the server showed in the handshake: the certificate, its chain, and whether this machine would trust it. */
#include "x509/certificate.h"
#include "probe/probe_internal.h"
#include "x509/record.h"

static bool record_verify(struct attempt *attempt, struct ev_certificate *group, struct error *error)
{
    const char *words = NULL;
    const int verify = net_tls_verify(attempt->tls, probe_server_name(attempt->run), &words);
    ev_set_int(&group->verify, SOURCE_PROBE, verify);
    return words == NULL || ev_set_words(&group->verify_text, SOURCE_PROBE, words, error);
}

bool probe_record_chain(struct attempt *attempt, struct error *error)
{
    struct ev_certificate *group = &attempt->run->evidence->certificate;
    const size_t count = net_tls_chain_count(attempt->tls);
    struct buffer der;
    ev_set_int(&group->chain_count, SOURCE_PROBE, (int64_t)count);
    if (count == 0) {
        return true;
    }
    buffer_init(&der, X509_DER_MAX);
    bool good = net_tls_chain_der(attempt->tls, 0, &der);
    if (!good) {
        error_no_memory(error);
    }
    good = good && x509_record(group, SOURCE_PROBE, der.bytes, der.size, error) && record_verify(attempt, group, error);
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
    if (!probe_record_chain(run->probe->first, &error)) {
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
