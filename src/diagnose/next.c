/* What to do: the repair when a cause is at least likely, then the tests that decide, each with its place and risk. */
#include "diagnose/build.h"

#include <string.h>

#include "base/alloc.h"
#include "facts/remedies.h"

enum { STEPS_MOST = 5 };

static void step_within(struct build *build, size_t most, char *what, char *command, enum place where, enum risk risk)
{
    struct verdict *verdict = build->verdict;
    bool full = what == NULL || verdict->next_count >= most;
    for (size_t i = 0; !full && i < verdict->next_count; i++) {
        full = strcmp(verdict->next[i].what, what) == 0;
    }
    struct next_step *steps = full ? NULL : build_grow(build, verdict->next, verdict->next_count, sizeof *steps);
    if (steps == NULL) {
        alloc_free(what);
        alloc_free(command);
        return;
    }
    verdict->next = steps;
    steps[verdict->next_count++] = (struct next_step){ what, command, where, risk };
}

static void step(struct build *build, char *what, char *command, enum place where, enum risk risk)
{
    step_within(build, STEPS_MOST, what, command, where, risk);
}

static void step_test(struct build *build, enum test test)
{
    const struct test_fact *fact = test_fact(test);
    step(build, build_text(build, "%s", fact->words), build_test_command(build, test), fact->place, fact->risk);
}

/* "rdpwhy fix CAUSE", when there is a repair for this kind of server. */
static char *fix_command(struct build *build, enum cause cause)
{
    static const char *const systems[] = { "windows", "windows", "xrdp", "freerdp" };
    const struct cause_fact *fact = cause_fact(cause);
    const char *system = systems[build->look->kind];
    const struct remedy_fact *remedy;
    for (unsigned i = 0; (remedy = remedy_for(cause, i)) != NULL; i++) {
        if (strcmp(remedy->system, system) == 0 && strcmp(system, "windows") != 0) {
            return build_text(build, "rdpwhy fix %s --system %s", fact->slug, system);
        }
    }
    bool posix = strcmp(system, "windows") != 0 && fact->place == PLACE_SERVER;
    return remedy_for(cause, 0) == NULL || posix ? NULL : build_text(build, "rdpwhy fix %s", fact->slug);
}

static void step_action(struct build *build, enum cause cause)
{
    const struct cause_fact *fact = cause_fact(cause);
    step(build, build_action(build, cause), fix_command(build, cause), fact->place, fact->risk);
}

static void step_deciders(struct build *build, const struct finding *finding, size_t most)
{
    for (size_t i = 0; i < finding->decider_count && most > 0; i++) {
        if (test_fact(finding->deciders[i].test)->by == BY_PERSON) {
            step_test(build, finding->deciders[i].test);
            most--;
        }
    }
}

/* The failing client's own look, at what it connects to. */
static void step_client_look(struct build *build)
{
    if (is_yes(build->look, GATEWAY_ON_WAY)) {
        step(build, build_text(build, "see from the failing client whether the gateway's port opens"),
             build_gateway_command(build, "Test-NetConnection {host} -Port {port}"), PLACE_CLIENT, RISK_NONE);
    } else {
        step_test(build, TEST_CLIENT_TEST_NETCONNECTION);
    }
}

/* What does not answer as a gateway is as often something on the way as the gateway itself. */
static void step_another_place(struct build *build)
{
    if (build->verdict->stopped_at == CHECK_GATEWAY) {
        step(build,
             build_text(build, "look from another network, such as a phone's hotspot: when the gateway answers there, "
                               "something on this network stands before it"),
             NULL, PLACE_CLIENT, RISK_NONE);
    } else {
        step_test(build, TEST_SECOND_VANTAGE);
    }
}

/* --- another way in --- */

/* Another address of the name that was not found dead, or another answer of a DNS server: as texts, so that a redacted
 * document says the same. */
static bool untried_address(const struct look *look)
{
    const struct evidence *e = look->e;
    bool any = false;
    ev_each (item, const struct ev_address_item, &e->target.addresses) {
        bool tried = item->address.v == NULL;
        ev_each (attempt, const struct ev_attempt, &e->tcp.attempts) {
            tried = tried || (attempt->address.v != NULL && strcmp(attempt->address.v, item->address.v) == 0);
        }
        any = any || !tried;
    }
    ev_each (server, const struct ev_resolver, &e->name.servers) {
        ev_each (answer, const struct ev_address, &server->answers) {
            bool known = answer->address.v == NULL;
            ev_each (item, const struct ev_address_item, &e->target.addresses) {
                known = known || (item->address.v != NULL && strcmp(answer->address.v, item->address.v) == 0);
            }
            any = any || !known;
        }
    }
    return any;
}

static bool insists_on_nla(const struct look *look)
{
    const struct ev_offer *tls = look_offered(look->e, PROTOCOL_TLS);
    const struct ev_offer *rdp = look_offered(look->e, PROTOCOL_RDP);
    return (tls != NULL && int_is(&tls->failure, FAILURE_HYBRID_REQUIRED)) ||
           (rdp != NULL && int_is(&rdp->failure, FAILURE_HYBRID_REQUIRED));
}

/* May `rdpwhy fallback` find one? Only where this program itself looked, and not where every connection makes a ban
 * longer. */
static bool another_way_possible(const struct look *look, const struct verdict *verdict)
{
    const bool looked = look->e->command.v != NULL && strcmp(look->e->command.v, "check") == 0;
    if (!looked || verdict->status != VERDICT_BLOCKED || !verdict->stopped || verdict->stopped_at > CHECK_NLA ||
        verdict->cause == CAUSE_SELF_CONNECT || verdict->cause == CAUSE_BAN_TOOL_BLOCKS_CLIENT) {
        return false;
    }
    const bool no_rdp = look->first != NULL && enum_is(&look->first->ended, NEGO_NOT_RDP);
    if (verdict->stopped_at < CHECK_NEGOTIATION || insists_on_nla(look) || no_rdp ||
        verdict->cause == CAUSE_SMARTCARD_TLS_REQUIRED || verdict->cause == CAUSE_TLS_INTERCEPTION) {
        return untried_address(look);
    }
    return true;
}

static void step_another_way(struct build *build)
{
    if (another_way_possible(build->look, build->verdict)) {
        step_within(build, STEPS_MOST + 1, build_text(build, "to get in meanwhile: look for a way that is open"),
                    build_command(build, "rdpwhy fallback {host}:{port}"), PLACE_CLIENT, RISK_NONE);
    }
}

/* One 401 stands for them all; the gateway's own log tells them apart, and a right that is missing is no password's
 * fault. */
static void step_gateway_log(struct build *build)
{
    const struct verdict *verdict = build->verdict;
    if (verdict->stopped && verdict->stopped_at == CHECK_GATEWAY && is_yes(build->look, GATEWAY_LOGON_REFUSED)) {
        step(
            build,
            build_text(build,
                       "read the status in event 4625 of the gateway's Security log: 0xC000015B is the right to log "
                       "on there over the network, which no password gives; 0xC0000234 a locked account; 0xC0000064 "
                       "and 0xC000006A a wrong user or password"),
            build_text(build, "Get-WinEvent -FilterHashtable @{LogName='Security';Id=4625} -MaxEvents 5 | Format-List"),
            PLACE_SERVER, RISK_NONE);
    }
}

void build_next(struct build *build)
{
    const struct verdict *verdict = build->verdict;
    const struct look *look = build->look;
    step_gateway_log(build);
    if (verdict->stopped && verdict->stopped_at == CHECK_TCP && is_yes(look, TCP_ALL_SILENT)) {
        /* such hosts are silent by design: that comes before any advice about firewalls */
        step(build,
             build_text(build,
                        "ask whether the host is reached through an RD Gateway, Azure Virtual Desktop or Windows 365: "
                        "then this silence is meant, and the .rdp file says the way"),
             NULL, PLACE_CLIENT, RISK_NONE);
    }
    for (int id = CHECK_NAME; id <= CHECK_NLA && verdict->status == VERDICT_UNKNOWN; id++) {
        if (enum_is(&look->e->checks[id].ran, RAN_CANCELLED)) {
            step(build, build_text(build, "let it run to its end"),
                 build_command(build, "rdpwhy {host}:{port} --timeout 60"), PLACE_CLIENT, RISK_NONE);
            break;
        }
    }
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        bool leads = finding->cause == verdict->cause;
        /* nothing is changed on a mere suspicion */
        if (leads ||
            (!finding->blocks && finding->certainty >= CERTAINTY_LIKELY && verdict->status == VERDICT_DEGRADED)) {
            step_action(build, finding->cause);
        }
        if (finding->certainty < CERTAINTY_PROVED || finding->blocks) {
            step_deciders(build, finding, leads ? 2 : 1);
        }
    }
    bool doubt = verdict->stopped && verdict->stopped_at <= CHECK_TLS && verdict->certainty != CERTAINTY_PROVED;
    if (verdict->status == VERDICT_UNKNOWN || doubt) {
        struct verdict *own = build->verdict;
        if (own->next_count == STEPS_MOST) { /* the failing client's own look is never crowded out */
            own->next_count--;
            alloc_free(own->next[own->next_count].what);
            alloc_free(own->next[own->next_count].command);
        }
        step_client_look(build);
    }
    /* nobody is left without a step */
    const bool doubtful = verdict->stopped && verdict->stopped_at == CHECK_GATEWAY && verdict->cause == CAUSE_NONE &&
                          !is_yes(look, GATEWAY_SPEAKS);
    if (verdict->status == VERDICT_BLOCKED && (verdict->next_count == 0 || doubtful)) {
        step_another_place(build);
    }
    step_another_way(build);
}
