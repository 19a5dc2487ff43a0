#include "diagnose/build.h"
#include "diagnose/compute.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "diagnose/fit.h"
#include "diagnose/name_match.h"
#include "facts/builds.h"
#include "facts/codes.h"
#include "facts/interceptors.h"
#include "infer/answer.h"
#include "infer/size.h"

static const struct field name_rows[] = {
    { FIELD_ROW(struct reading_name, agrees, BOOL, NONE) },
    { FIELD_ROW(struct reading_name, fake_ip, BOOL, NONE) },
};
static const struct field_table name_table = FIELD_TABLE("name", struct reading_name, name_rows);

static const struct field supported_rows[] = {
    { FIELD_ROW(struct reading_supported, rdp, BOOL, NONE) },
    { FIELD_ROW(struct reading_supported, tls, BOOL, NONE) },
    { FIELD_ROW(struct reading_supported, nla, BOOL, NONE) },
    { FIELD_ROW(struct reading_supported, nla_ext, BOOL, NONE) },
    { FIELD_ROW(struct reading_supported, rdstls, BOOL, NONE) },
    { FIELD_ROW(struct reading_supported, aad, BOOL, NONE) },
    { FIELD_ROW(struct reading_supported, restricted_admin, BOOL, NONE) },
    { FIELD_ROW(struct reading_supported, credential_guard, BOOL, NONE) },
};
static const struct field_table supported_table = FIELD_TABLE("supported", struct reading_supported, supported_rows);

static const struct field negotiation_rows[] = {
    { FIELD_ROW(struct reading_negotiation, supported, GROUP, NONE), .group = &supported_table },
    { FIELD_ROW(struct reading_negotiation, required, TEXT, NONE) },
    { FIELD_ROW(struct reading_negotiation, failure_name, TEXT, NONE) },
};
static const struct field_table negotiation_table =
    FIELD_TABLE("negotiation", struct reading_negotiation, negotiation_rows);

static const struct field certificate_rows[] = {
    { FIELD_ROW(struct reading_certificate, days_left, INT, NONE) },
    { FIELD_ROW(struct reading_certificate, self_signed, BOOL, NONE) },
    { FIELD_ROW(struct reading_certificate, name_matches, BOOL, NONE) },
    { FIELD_ROW(struct reading_certificate, intercepted_by, TEXT, NONE) },
    { FIELD_ROW(struct reading_certificate, trusted, BOOL, NONE) },
};
static const struct field_table certificate_table =
    FIELD_TABLE("reading_certificate", struct reading_certificate, certificate_rows);

static const struct field gateway_rows[] = {
    { FIELD_ROW(struct reading_gateway, certificate, GROUP, NONE), .group = &certificate_table },
    { FIELD_ROW(struct reading_gateway, on_way, BOOL, NONE) },
    { FIELD_ROW(struct reading_gateway, code_name, TEXT, NONE) },
};
static const struct field_table gateway_table = FIELD_TABLE("gateway", struct reading_gateway, gateway_rows);

static const struct field_names session_result_names[] = {
    { SESSION_RESULT_READY, "ready" },
    { SESSION_RESULT_REFUSED, "refused" },
    { SESSION_RESULT_CUT, "cut" },
    { SESSION_RESULT_UNKNOWN, "unknown" },
    { 0, NULL },
};
static const struct field session_rows[] = {
    { FIELD_ROW(struct reading_session, result, ENUM, NONE), .names = session_result_names },
    { FIELD_ROW(struct reading_session, error_name, TEXT, NONE) },
};
static const struct field_table session_table = FIELD_TABLE("session", struct reading_session, session_rows);

static const struct field nla_rows[] = {
    { FIELD_ROW(struct reading_nla, product, TEXT, NONE) },
    { FIELD_ROW(struct reading_nla, clock_skew_s, INT, NONE) },
    { FIELD_ROW(struct reading_nla, error_name, TEXT, NONE) },
};
static const struct field_table nla_table = FIELD_TABLE("nla", struct reading_nla, nla_rows);

static const struct field logon_rows[] = {
    { FIELD_ROW(struct reading_logon, result, TEXT, NONE) },
    { FIELD_ROW(struct reading_logon, error_name, TEXT, NONE) },
};
static const struct field_table logon_table = FIELD_TABLE("logon", struct reading_logon, logon_rows);

static const struct field_names way_names[] = {
    { SIZE_WAY_OUT, "out" },
    { SIZE_WAY_BACK, "back" },
    { 0, NULL },
};

static const struct field mtu_rows[] = {
    { FIELD_ROW(struct reading_mtu, black_hole, BOOL, NONE) },
    { FIELD_ROW(struct reading_mtu, at_segment, ENUM, NONE), .names = segment_names },
    { FIELD_ROW(struct reading_mtu, near, TEXT, ADDRESS) },
    { FIELD_ROW(struct reading_mtu, far, TEXT, ADDRESS) },
    { FIELD_ROW(struct reading_mtu, way, ENUM, NONE), .names = way_names },
    { FIELD_ROW(struct reading_mtu, vanishes, INT, NONE) },
    { FIELD_ROW(struct reading_mtu, passes, INT, NONE) },
    { FIELD_ROW(struct reading_mtu, witnesses, INT, NONE) },
    { FIELD_ROW(struct reading_mtu, harmless, BOOL, NONE) },
    { FIELD_ROW(struct reading_mtu, told, INT, NONE) },
    { FIELD_ROW(struct reading_mtu, told_by, TEXT, ADDRESS) },
};
static const struct field_table mtu_table = FIELD_TABLE("reading_mtu", struct reading_mtu, mtu_rows);

static const struct field_names answer_names[] = {
    { INFER_MUTE, "unmeasured" }, { INFER_OPEN, "open" }, { INFER_CLEAN, "clean" }, { INFER_LOSS, "loss" }, { 0, NULL },
};
static const struct field_names scope_names[] = {
    { INFER_ALL, "everything" },
    { INFER_TUNNEL, "tunnel-port" },
    { INFER_RDP, "rdp-port" },
    { INFER_ECHO, "echo" },
    { 0, NULL },
};
static const struct field segment_rows[] = {
    { FIELD_ROW(struct reading_segment, id, ENUM, NONE), .names = segment_names },
    { FIELD_ROW(struct reading_segment, measured, BOOL, NONE) },
    { FIELD_ROW(struct reading_segment, loss, SHARE, NONE) },
    { FIELD_ROW(struct reading_segment, loss_low, SHARE, NONE) },
    { FIELD_ROW(struct reading_segment, loss_high, SHARE, NONE) },
    { FIELD_ROW(struct reading_segment, blamed, BOOL, NONE) },
};
static const struct field_table reading_segment_table =
    FIELD_TABLE("reading_segment", struct reading_segment, segment_rows);
static const struct field path_rows[] = {
    { FIELD_ROW(struct reading_path, segments, LIST, NONE), .group = &reading_segment_table },
    { FIELD_ROW(struct reading_path, posterior, SHARE, NONE) },
    { FIELD_ROW(struct reading_path, answer, ENUM, NONE), .names = answer_names },
    { FIELD_ROW(struct reading_path, what, ENUM, NONE), .names = scope_names },
    { FIELD_ROW(struct reading_path, loss, SHARE, NONE) },
    { FIELD_ROW(struct reading_path, loss_low, SHARE, NONE) },
    { FIELD_ROW(struct reading_path, loss_high, SHARE, NONE) },
    { FIELD_ROW(struct reading_path, near, TEXT, ADDRESS) },
    { FIELD_ROW(struct reading_path, far, TEXT, ADDRESS) },
    { FIELD_ROW(struct reading_path, at_link, BOOL, NONE) },
    { FIELD_ROW(struct reading_path, in_bursts, BOOL, NONE) },
    { FIELD_ROW(struct reading_path, of_tunnel, BOOL, NONE) },
    { FIELD_ROW(struct reading_path, branches, BOOL, NONE) },
    { FIELD_ROW(struct reading_path, queue_at, ENUM, NONE), .names = segment_names },
    { FIELD_ROW(struct reading_path, queue_near, TEXT, ADDRESS) },
    { FIELD_ROW(struct reading_path, queue_far, TEXT, ADDRESS) },
    { FIELD_ROW(struct reading_path, idle_us, INT, NONE) },
    { FIELD_ROW(struct reading_path, loaded_us, INT, NONE) },
    { FIELD_ROW(struct reading_path, self_made, BOOL, NONE) },
    { FIELD_ROW(struct reading_path, only_pings, BOOL, NONE) },
};
static const struct field_table path_table = FIELD_TABLE("reading_path", struct reading_path, path_rows);

static const struct field bandwidth_rows[] = {
    { FIELD_ROW(struct reading_bandwidth, up_kbps, INT, NONE) },
    { FIELD_ROW(struct reading_bandwidth, up_most_kbps, INT, NONE) },
    { FIELD_ROW(struct reading_bandwidth, down_kbps, INT, NONE) },
    { FIELD_ROW(struct reading_bandwidth, down_most_kbps, INT, NONE) },
    { FIELD_ROW(struct reading_bandwidth, both_kbps, INT, NONE) },
    { FIELD_ROW(struct reading_bandwidth, both_most_kbps, INT, NONE) },
    { FIELD_ROW(struct reading_bandwidth, idle_us, INT, NONE) },
    { FIELD_ROW(struct reading_bandwidth, loaded_us, INT, NONE) },
    { FIELD_ROW(struct reading_bandwidth, low, BOOL, NONE) },
    { FIELD_ROW(struct reading_bandwidth, at_segment, ENUM, NONE), .names = segment_names },
    { FIELD_ROW(struct reading_bandwidth, near, TEXT, ADDRESS) },
    { FIELD_ROW(struct reading_bandwidth, far, TEXT, ADDRESS) },
};
static const struct field_table bandwidth_table =
    FIELD_TABLE("reading_bandwidth", struct reading_bandwidth, bandwidth_rows);

static const struct field load_rows[] = {
    { FIELD_ROW(struct reading_load, ratio_percent, INT, NONE) },
};
static const struct field_table load_table = FIELD_TABLE("load", struct reading_load, load_rows);

static const struct field fit_rows[] = {
    { FIELD_ROW(struct reading_fit, profile, TEXT, NONE) },
    { FIELD_ROW(struct reading_fit, fits, BOOL, NONE) },
    { FIELD_ROW(struct reading_fit, why, TEXT, NONE) },
};
static const struct field_table fit_table = FIELD_TABLE("fit", struct reading_fit, fit_rows);

static const struct field client_rows[] = {
    { FIELD_ROW(struct reading_client, profiles, LIST, NONE), .group = &fit_table },
};
static const struct field_table client_table = FIELD_TABLE("client", struct reading_client, client_rows);

static const struct {
    enum check_id id;
    const struct field_table *table;
    size_t offset;
} groups[] = {
    { CHECK_NAME, &name_table, offsetof(struct readings, name) },
    { CHECK_NEGOTIATION, &negotiation_table, offsetof(struct readings, negotiation) },
    { CHECK_CERTIFICATE, &certificate_table, offsetof(struct readings, certificate) },
    { CHECK_NLA, &nla_table, offsetof(struct readings, nla) },
    { CHECK_LOGON, &logon_table, offsetof(struct readings, logon) },
    { CHECK_SESSION, &session_table, offsetof(struct readings, session) },
    { CHECK_GATEWAY, &gateway_table, offsetof(struct readings, gateway) },
    { CHECK_MTU, &mtu_table, offsetof(struct readings, mtu) },
    { CHECK_PATH, &path_table, offsetof(struct readings, path) },
    { CHECK_BANDWIDTH, &bandwidth_table, offsetof(struct readings, bandwidth) },
    { CHECK_LOAD, &load_table, offsetof(struct readings, load) },
    { CHECK_CLIENT, &client_table, offsetof(struct readings, client) },
};

const struct field_table *reading_group(enum check_id id)
{
    for (size_t i = 0; i < COUNT_OF(groups); i++) {
        if (groups[i].id == id) {
            return groups[i].table;
        }
    }
    return NULL;
}

const void *reading_group_in(const struct readings *readings, enum check_id id)
{
    for (size_t i = 0; i < COUNT_OF(groups); i++) {
        if (groups[i].id == id) {
            return (const char *)readings + groups[i].offset;
        }
    }
    return NULL;
}

void readings_release(struct readings *readings)
{
    for (size_t i = 0; i < COUNT_OF(groups); i++) {
        field_release(groups[i].table, (char *)readings + groups[i].offset);
    }
}

static void compute_certificate_dates(const struct evidence *e, const struct ev_certificate *certificate,
                                      struct reading_certificate *reading)
{
    if (!seen(certificate->not_after.source) || !seen(e->started.source)) {
        return;
    }
    int64_t left = certificate->not_after.v / 1000000 - e->started.v / 1000000;
    /* whole days, towards the past: one second after the end is day -1 */
    ev_set_int(&reading->days_left, SOURCE_COMPUTED, left >= 0 ? left / ONE_DAY_S : -((-left - 1) / ONE_DAY_S) - 1);
}

bool compute_certificate_of(const struct evidence *e, const struct ev_certificate *certificate, const char *host,
                            bool strictly, struct reading_certificate *reading, struct error *error)
{
    compute_certificate_dates(e, certificate, reading);
    if (seen(certificate->signed_by_itself.source)) {
        ev_set_bool(&reading->self_signed, SOURCE_COMPUTED, certificate->signed_by_itself.v);
    } else if (certificate->subject.v != NULL && certificate->issuer.v != NULL) {
        ev_set_bool(&reading->self_signed, SOURCE_COMPUTED,
                    text_equal_nocase(certificate->subject.v, certificate->issuer.v));
    }
    if (host != NULL && (certificate->san.count > 0 || certificate->common_name.v != NULL)) {
        ev_set_bool(&reading->name_matches, SOURCE_COMPUTED, certificate_matches(certificate, host, strictly));
    }
    if (seen(certificate->verify.source)) {
        ev_set_bool(&reading->trusted, SOURCE_COMPUTED, certificate->verify.v == 0);
    }
    /* A product that shows its own, self-signed certificate is the server itself, not something in between. */
    if (certificate->issuer.v != NULL && bool_is(&reading->self_signed, false)) {
        const struct interceptor_fact *fact = interceptor_by_issuer(certificate->issuer.v);
        return fact == NULL || ev_set_words(&reading->intercepted_by, SOURCE_COMPUTED, fact->product, error);
    }
    return true;
}

static bool compute_nla(const struct evidence *e, struct reading_nla *reading, struct error *error)
{
    const struct ev_nla *nla = &e->nla;
    unsigned major;
    unsigned minor;
    unsigned build;
    if (seen(nla->server_time.source) && seen(nla->received.source)) {
        ev_set_int(&reading->clock_skew_s, SOURCE_COMPUTED, (nla->server_time.v - nla->received.v) / 1000000);
    }
    if (nla->build.v != NULL && sscanf(nla->build.v, "%u.%u.%u", &major, &minor, &build) == 3) {
        /* winpr writes Windows 7's number into every challenge: not a product, a habit */
        const char *product = kind_of(e) == SERVER_FREERDP ? NULL : windows_build_name(major, minor, build);
        if (product != NULL && !ev_set_words(&reading->product, SOURCE_COMPUTED, product, error)) {
            return false;
        }
    }
    const char *name = seen(nla->error.source) ? ntstatus_name((uint32_t)nla->error.v) : NULL;
    return name == NULL || ev_set_words(&reading->error_name, SOURCE_COMPUTED, name, error);
}

static const char *logon_result(const struct ev_logon *logon)
{
    if (logon->ended.v != LOGON_GOOD) {
        return logon->ended.v == LOGON_ERROR_CODE || logon->ended.v == LOGON_KDC_REFUSED ? "refused"
               : logon->ended.v == LOGON_BINDING_WRONG                                   ? "intercepted"
               : logon->ended.v == LOGON_WITHHELD                                        ? "withheld"
                                                                                         : "not-decidable";
    }
    return seen(logon->right.source) && logon->right.v == LOGON_RIGHT_DENIED ? "right-missing" : "good";
}

static bool compute_logon(const struct evidence *e, struct reading_logon *reading, struct error *error)
{
    const struct ev_logon *logon = &e->logon;
    const struct ev_int *code = seen(logon->error.source) ? &logon->error : &logon->kerberos.status;
    const char *name = seen(code->source) ? ntstatus_name((uint32_t)code->v) : NULL;
    return (!seen(logon->ended.source) ||
            ev_set_words(&reading->result, SOURCE_COMPUTED, logon_result(logon), error)) &&
           (name == NULL || ev_set_words(&reading->error_name, SOURCE_COMPUTED, name, error));
}

static int by_value(const void *a, const void *b)
{
    int64_t left = ((const struct ev_int_item *)a)->value.v;
    int64_t right = ((const struct ev_int_item *)b)->value.v;
    return (left > right) - (left < right);
}

static void compute_load(const struct evidence *e, struct reading_load *reading)
{
    enum { MOST = FIELD_LIST_MAX, RATIO_MOST = 1000000 };
    struct ev_int_item sorted[MOST];
    size_t count = e->load.confirm_us.count < MOST ? e->load.confirm_us.count : MOST;
    int64_t rtt = 0;
    ev_each (attempt, const struct ev_attempt, &e->tcp.attempts) {
        if (rtt <= 0 && enum_is(&attempt->result, TCP_OPEN) && seen(attempt->rtt_us.source)) {
            rtt = attempt->rtt_us.v;
        }
    }
    if (count == 0 || rtt <= 0) {
        return;
    }
    memcpy(sorted, e->load.confirm_us.items, count * sizeof sorted[0]);
    qsort(sorted, count, sizeof sorted[0], by_value);
    int64_t median = sorted[count / 2].value.v;
    int64_t ratio = median > 0 && median < INT64_MAX / 100 ? median * 100 / rtt : 0;
    ev_set_int(&reading->ratio_percent, SOURCE_COMPUTED, ratio < RATIO_MOST ? ratio : RATIO_MOST);
}

/* `session`: what its signs, computed from the same evidence, make of it. */
static bool compute_session(const struct look *look, struct reading_session *reading, struct error *error)
{
    const struct ev_session *session = &look->e->session;
    const struct code_fact *fact = NULL;
    if (!seen(session->ended.source)) {
        return true;
    }
    ev_set_enum(&reading->result, SOURCE_COMPUTED,
                is_yes(look, SESSION_CUT)     ? SESSION_RESULT_CUT
                : is_yes(look, SESSION_FAILS) ? SESSION_RESULT_REFUSED
                : is_no(look, SESSION_FAILS)  ? SESSION_RESULT_READY
                                              : SESSION_RESULT_UNKNOWN);
    if (seen(session->error.source)) {
        fact = code_fact(CODE_ERRINFO, (uint32_t)session->error.v);
    }
    return fact == NULL || fact->name == NULL || ev_set_words(&reading->error_name, SOURCE_COMPUTED, fact->name, error);
}

bool readings_compute(const struct evidence *evidence, struct readings *readings, struct error *error)
{
    struct look look;
    compute_name(evidence, &readings->name);
    compute_load(evidence, &readings->load);
    if (!compute_negotiation(evidence, &readings->negotiation, error) ||
        !compute_certificate_of(evidence, &evidence->certificate, evidence->target.host.v, false,
                                &readings->certificate, error) ||
        !compute_logon(evidence, &readings->logon, error) || !compute_gateway(evidence, &readings->gateway, error) ||
        !compute_nla(evidence, &readings->nla, error) || !compute_mtu(evidence, &readings->mtu, error) ||
        !compute_path(evidence, &readings->path, error) || !compute_bandwidth(evidence, &readings->bandwidth, error)) {
        return false;
    }
    look_init(&look, evidence, readings);
    if (seen(evidence->gateway.host.source)) {
        ev_set_bool(&readings->gateway.on_way, SOURCE_COMPUTED, is_yes(&look, GATEWAY_ON_WAY));
    }
    return compute_session(&look, &readings->session, error) && fit_fill(&look, &readings->client, error);
}
