/* What the check udp saw, as evidence. */
#include "probe/udp_internal.h"

static bool record_size(struct udp_check *udp, const struct udp_talk *talk, struct error *error)
{
    struct ev_list *sizes = &udp->run->evidence->udp.sizes;
    struct ev_udp_size *size = NULL;
    for (size_t i = 0; i < sizes->count; i++) {
        struct ev_udp_size *one = (struct ev_udp_size *)sizes->items + i;
        size = one->size.v == talk->size ? one : size;
    }
    if (size == NULL) {
        size = ev_list_add(sizes, SOURCE_PROBE, &udp_size_table, UDP_SIZES_MAX, error);
        if (size == NULL) {
            return false;
        }
        ev_set_int(&size->size, SOURCE_PROBE, talk->size);
    }
    ev_set_int(&size->sent, SOURCE_PROBE, size->sent.v + talk->sent);
    ev_set_int(&size->answered, SOURCE_PROBE, size->answered.v + talk->answered);
    return true;
}

/* A SYN is lost when its size was answered at other times; a lossy one may simply not be wanted. */
static int64_t lost_of(const struct udp_check *udp)
{
    int64_t lost = 0;
    for (size_t i = 0; i < udp->count; i++) {
        const struct udp_talk *talk = &udp->talks[i];
        bool others = talk->answered;
        for (size_t k = 0; k < udp->count; k++) {
            others = others || (udp->talks[k].answered && udp->talks[k].size == talk->size);
        }
        lost += !talk->lossy && others ? (int64_t)talk->sent - talk->answered : 0;
    }
    return lost;
}

static void record_answers(struct udp_check *udp)
{
    struct ev_udp *seen = &udp->run->evidence->udp;
    int64_t again = 0;
    int64_t strange = 0;
    int64_t sent = 0;
    for (size_t i = 0; i < udp->count; i++) {
        const struct udp_talk *talk = &udp->talks[i];
        again += talk->again;
        strange += talk->strange;
        sent += talk->sent;
        if (talk->lossy) {
            ev_set_bool(&seen->lossy, SOURCE_PROBE, talk->answered);
        }
        if (!talk->answered) {
            continue;
        }
        ev_set_int(&seen->version, SOURCE_PROBE, talk->version);
        if ((int64_t)talk->largest > seen->largest_payload.v) {
            ev_set_int(&seen->largest_payload, SOURCE_PROBE, (int64_t)talk->largest);
        }
        if (talk->rtt_us >= 0 && (seen->rtt_us.source == SOURCE_NONE || talk->rtt_us < seen->rtt_us.v)) {
            ev_set_int(&seen->rtt_us, SOURCE_PROBE, talk->rtt_us);
        }
    }
    ev_set_int(&seen->sent, SOURCE_PROBE, sent);
    ev_set_int(&seen->again, SOURCE_PROBE, again);
    ev_set_int(&seen->strange, SOURCE_PROBE, strange);
}

bool udp_record(struct udp_check *udp, struct error *error)
{
    struct ev_udp *seen = &udp->run->evidence->udp;
    bool answered = false;
    for (size_t i = 0; i < udp->count; i++) {
        answered = answered || udp->talks[i].answered;
        if (!udp->talks[i].lossy && !record_size(udp, &udp->talks[i], error)) {
            return false;
        }
    }
    record_answers(udp);
    ev_set_bool(&seen->answered, SOURCE_PROBE, answered);
    if (answered && udp->heard < HEARD_MAX) {
        ev_set_int(&seen->lost, SOURCE_PROBE, lost_of(udp));
    }
    if (answered) {
        ev_set_enum(&seen->dtls, SOURCE_PROBE, udp->said);
    }
    if (udp->refused) {
        char text[ADDRESS_TEXT_SIZE];
        ev_set_bool(&seen->refused, SOURCE_PROBE, true);
        if (udp->refused_by.family != ADDRESS_NONE) {
            address_format(&udp->refused_by, text);
            return ev_set_words(&seen->refused_by, SOURCE_PROBE, text, error);
        }
    }
    return true;
}
