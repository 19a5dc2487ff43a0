/* Which deciding tests the program itself should run next, in the order of the connection budget. */
#include "diagnose/build.h"

enum { CONNECTIONS_MOST = 3 };

static void want(struct build *build, enum test test)
{
    struct verdict *verdict = build->verdict;
    const struct test_fact *fact = test_fact(test);
    size_t used = build->look->e->connections.count;
    for (size_t i = 0; i < verdict->wanted_count; i++) {
        if (verdict->wanted[i] == test) {
            return;
        }
        used += test_fact(verdict->wanted[i])->connections;
    }
    if (fact->by != BY_PROGRAM || used + fact->connections > CONNECTIONS_MOST) {
        return;
    }
    enum test *wanted = build_grow(build, verdict->wanted, verdict->wanted_count, sizeof *wanted);
    if (wanted != NULL) {
        verdict->wanted = wanted;
        wanted[verdict->wanted_count++] = test;
    }
}

/* The documentation address is asked only when something may be answering for others: on this machine, which shows by
 * its haste unless the machine is busy, or where a tunnel ends. */
static bool interceptor_suspected(const struct look *look)
{
    const bool near = is_yes(look, INSTANT_ANSWER) || is_yes(look, ROUTE_IN_TUNNEL);
    return is_yes(look, FAKE_ADDRESS) || (near && is_yes(look, CLOSED_BEFORE_CONFIRM));
}

static void want_offers(struct build *build)
{
    const struct look *look = build->look;
    const struct ev_offer *first = look->first;
    if (first == NULL || !seen(first->selected.source) || first->selected.v == PROTOCOL_RDP) {
        return; /* it has nothing but standard RDP security: there is nothing more to learn */
    }
    if (first->selected.v != PROTOCOL_TLS && look_offered(look->e, PROTOCOL_TLS) == NULL) {
        want(build, TEST_OFFER_TLS);
    }
    if (look_offered(look->e, PROTOCOL_RDP) == NULL) {
        want(build, TEST_OFFER_RDP);
    }
}

static void want_negotiation(struct build *build)
{
    const struct look *look = build->look;
    if (is_yes(look, NOT_RDP) || is_yes(look, ANSWER_GARBLED)) {
        if (look->port == 3389 && look->e->controls.count == 0) {
            want(build, TEST_CONTROLS);
        }
        return;
    }
    if (is_yes(look, REFUSED_2)) {
        if (look_offered(look->e, PROTOCOL_RDP) == NULL) {
            want(build, TEST_OFFER_RDP);
        }
        if (look_offered(look->e, PROTOCOL_TLS) == NULL) {
            want(build, TEST_OFFER_TLS);
        }
        return;
    }
    bool closed = is_yes(look, CLOSED_BEFORE_CONFIRM);
    if (closed && look->silent == NULL) {
        want(build, TEST_SILENT_CONNECT);
    }
    if ((closed || is_yes(look, SILENT_BEFORE_CONFIRM)) && look->plain == NULL) {
        want(build, TEST_PLAIN_REQUEST);
    }
}

static void want_tls(struct build *build)
{
    const struct look *look = build->look;
    if (is_yes(look, STALLED_IN_TLS)) {
        if (look->small == NULL) {
            want(build, TEST_SMALL_MSS);
        }
        if (look->e->mtu.probes.count == 0 && !seen(look->e->checks[CHECK_MTU].ran.source)) {
            want(build, TEST_SIZE_SWEEP);
        }
    } else if (is_yes(look, CUT_AT_HELLO) && look->wide == NULL) {
        want(build, TEST_WIDE_HELLO);
    }
    if (look->again == NULL) {
        want(build, TEST_REPEAT_FIRST);
    }
}

void build_wanted(struct build *build)
{
    const struct look *look = build->look;
    const struct verdict *verdict = build->verdict;
    if (interceptor_suspected(look) && look_control(look->e, CONTROL_INTERCEPTOR) == NULL) {
        want(build, TEST_INTERCEPTOR);
    }
    if (!verdict->stopped || verdict->stopped_at == CHECK_NLA || verdict->stopped_at == CHECK_CLIENT) {
        want_offers(build);
        return;
    }
    switch ((int)verdict->stopped_at) {
    case CHECK_TCP:
        if (look->e->controls.count == 0 && !look->local) {
            want(build, TEST_CONTROLS);
        }
        break;
    case CHECK_NEGOTIATION:
        want_negotiation(build);
        break;
    case CHECK_TLS:
        want_tls(build);
        break;
    default:
        break;
    }
}
