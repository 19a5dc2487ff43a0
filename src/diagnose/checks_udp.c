/* Status and summary of the check udp: by this run's own requests, or by those that a capture holds. */
#include <inttypes.h>
#include <string.h>

#include "diagnose/build.h"

static int64_t largest_answered(const struct ev_udp *udp)
{
    int64_t largest = 0;
    ev_each (size, struct ev_udp_size, &udp->sizes) {
        largest = size->answered.v > 0 && size->size.v > largest ? size->size.v : largest;
    }
    return largest;
}

static bool some_size_is_missing(const struct ev_udp *udp)
{
    const int64_t largest = largest_answered(udp);
    bool missing = false;
    ev_each (size, struct ev_udp_size, &udp->sizes) {
        missing = missing || size->size.v > largest;
    }
    return missing && largest > 0;
}

static const char *dtls_words(const struct ev_udp *udp)
{
    if (enum_is(&udp->dtls, UDP_DTLS_SPEAKS)) {
        return "; DTLS answers";
    }
    if (enum_is(&udp->dtls, UDP_DTLS_SILENT)) {
        return "; DTLS got no answer";
    }
    return enum_is(&udp->dtls, UDP_DTLS_ELSE) ? "; what answered was not DTLS" : "";
}

static void answered(struct build *build, const struct ev_udp *udp)
{
    const int64_t version = udp->version.v == 0x101 ? 3 : udp->version.v;
    char *words;
    const bool big_lost = is_yes(build->look, UDP_BIG_LOST);
    if (some_size_is_missing(udp)) {
        words = build_text(build, "RDP over UDP answers, version %" PRId64 ", but nothing above %" PRId64 " bytes%s",
                           version, largest_answered(udp), big_lost ? "" : "; too few were asked to judge that");
    } else if (seen(udp->lost.source) && udp->lost.v > 0) {
        words = build_text(build,
                           "RDP over UDP answers, version %" PRId64 ", up to %" PRId64 " bytes; %" PRId64 " of %" PRId64
                           " requests got no answer",
                           version, udp->largest_payload.v, udp->lost.v, udp->sent.v);
    } else {
        words = build_text(build, "RDP over UDP answers, version %" PRId64 ", up to %" PRId64 " bytes%s", version,
                           udp->largest_payload.v, dtls_words(udp));
    }
    check_set(build, CHECK_UDP, big_lost ? STATUS_WARN : STATUS_PASS, words, NULL);
}

/* Our own requests have sizes, those of a capture have none. A client that asks has been told by the server over TCP
 * that it may: its silence means more than ours. */
static void silent(struct build *build, const struct ev_udp *udp)
{
    if (udp->sizes.count == 0) {
        check_set(
            build, CHECK_UDP, STATUS_WARN,
            build_text(build, "%" PRId64 " requests for RDP over UDP, no answer: sessions stay on TCP", udp->sent.v),
            NULL);
    } else if (seen(udp->strange.source) && udp->strange.v > 0) {
        check_set(build, CHECK_UDP, STATUS_UNKNOWN, NULL,
                  build_text(build, "what answers on this UDP port is not RDP; sessions stay on TCP"));
    } else {
        check_set(build, CHECK_UDP, STATUS_UNKNOWN, NULL,
                  build_text(build, "%" PRId64 " requests, no answer: without UDP, sessions stay on TCP", udp->sent.v));
    }
}

bool check_udp(struct build *build)
{
    const struct ev_udp *udp = &build->look->e->udp;
    if (!seen(udp->answered.source)) {
        return false;
    }
    if (udp->answered.v) {
        answered(build, udp);
    } else if (bool_is(&udp->refused, true)) {
        const bool itself = udp->refused_by.v != NULL && build->look->e->target.address.v != NULL &&
                            strcmp(udp->refused_by.v, build->look->e->target.address.v) == 0;
        check_set(
            build, CHECK_UDP, STATUS_PASS,
            build_text(build, "%s RDP over UDP: sessions stay on TCP",
                       itself || udp->refused_by.v == NULL ? "nothing there takes" : "a filter on the way refuses"),
            NULL);
    } else {
        silent(build, udp);
    }
    return true;
}
