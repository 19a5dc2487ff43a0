/* The check name: which addresses the system gives for what the user typed, and, beside it, what each resolver that the
 * system would ask says by itself. The other checks start on the system's answer. */
#include <string.h>

#include "base/alloc.h"
#include "net/resolve.h"
#include "platform/resolvers.h"
#include "probe/probe_internal.h"

enum {
    ADDRESSES_MAX = 64,
    SYSTEM_US = 10000000,
    RESOLVER_US = 2000000, /* a dead resolver holds up the run's end so long, once */
    CANDIDATES_MAX = PLATFORM_SEARCH_MAX + 1,
    DNS_PORT = 53,
};

struct asked {
    struct name_check *name;
    struct net_lookup *lookup;
    struct net_resolver resolver;
    size_t candidate;
    bool over;
    struct net_looked_up answer;
};

struct name_check {
    struct run *run;
    struct net_lookup *system;
    bool system_over;
    enum net_lookup_result system_result;
    size_t address_count;
    bool in_hosts; /* the system's own file answers, so the resolvers need not know the name */
    struct asked asked[PLATFORM_RESOLVERS_MAX];
    size_t asked_count;
    char *candidates[CANDIDATES_MAX]; /* the name as the search list completes it, in the order of trying */
    size_t candidate_count;
};

static const enum name_error name_errors[] = {
    [NET_LOOKUP_OK] = NAME_OK,           [NET_LOOKUP_NOT_FOUND] = NAME_NOT_FOUND,
    [NET_LOOKUP_NO_DATA] = NAME_NO_DATA, [NET_LOOKUP_SERVFAIL] = NAME_SERVFAIL,
    [NET_LOOKUP_REFUSED] = NAME_REFUSED, [NET_LOOKUP_SILENT] = NAME_SILENT,
    [NET_LOOKUP_AGAIN] = NAME_OTHER,     [NET_LOOKUP_OTHER] = NAME_OTHER,
};

void probe_name_release(struct run *run)
{
    struct name_check *name = run->probe->name;
    if (name == NULL) {
        return;
    }
    net_lookup_free(name->system);
    for (size_t i = 0; i < name->asked_count; i++) {
        net_lookup_free(name->asked[i].lookup);
    }
    for (size_t i = 0; i < name->candidate_count; i++) {
        alloc_free(name->candidates[i]);
    }
    alloc_free(name);
    run->probe->name = NULL;
}

static bool add_address(struct run *run, const char *text, struct error *error)
{
    struct ev_address_item *item =
        ev_list_add(&run->evidence->target.addresses, SOURCE_PROBE, &address_item_table, ADDRESSES_MAX, error);
    return item != NULL && ev_set_words(&item->address, SOURCE_PROBE, text, error);
}

static bool add_answer(struct ev_list *list, const struct net_answer *answer, struct error *error)
{
    char text[ADDRESS_TEXT_SIZE];
    struct ev_address *item = ev_list_add(list, SOURCE_PROBE, &address_table, NET_ANSWERS_MAX, error);
    address_format(&answer->address, text);
    if (item != NULL && answer->ttl_s >= 0) {
        ev_set_int(&item->ttl_s, SOURCE_PROBE, answer->ttl_s);
    }
    return item != NULL && ev_set_words(&item->address, SOURCE_PROBE, text, error);
}

static bool record_system(struct run *run, const struct net_looked_up *looked_up, struct error *error)
{
    struct ev_name *group = &run->evidence->name;
    ev_set_enum(&group->error, SOURCE_PROBE, (int)name_errors[looked_up->result]);
    ev_set_int(&group->rtt_us, SOURCE_PROBE, looked_up->took_us);
    for (size_t i = 0; i < looked_up->count; i++) {
        char text[ADDRESS_TEXT_SIZE];
        address_format(&looked_up->answers[i].address, text);
        if (!add_answer(&group->answers, &looked_up->answers[i], error) || !add_address(run, text, error)) {
            return false;
        }
    }
    return looked_up->canonical[0] == '\0' ||
           ev_set_text(&group->canonical, SOURCE_PROBE, looked_up->canonical, strlen(looked_up->canonical), error);
}

static bool record_asked(struct run *run, const struct asked *asked, struct error *error)
{
    char text[ADDRESS_TEXT_SIZE];
    struct ev_resolver *item =
        ev_list_add(&run->evidence->name.servers, SOURCE_PROBE, &resolver_table, PLATFORM_RESOLVERS_MAX, error);
    address_format(&asked->resolver.address, text);
    if (item == NULL || !ev_set_words(&item->address, SOURCE_PROBE, text, error)) {
        return false;
    }
    ev_set_enum(&item->rcode, SOURCE_PROBE, (int)name_errors[asked->answer.result]);
    ev_set_int(&item->rtt_us, SOURCE_PROBE, asked->answer.took_us);
    for (size_t i = 0; i < asked->answer.count; i++) {
        if (!add_answer(&item->answers, &asked->answer.answers[i], error)) {
            return false;
        }
    }
    return true;
}

/* Those that answered so far. A name from the hosts file is no fault of a resolver that does not know it. */
static bool record_servers(struct name_check *name, struct error *error)
{
    for (size_t i = 0; i < name->asked_count; i++) {
        const struct asked *asked = &name->asked[i];
        if (asked->over && (!name->in_hosts || asked->answer.count > 0) && !record_asked(name->run, asked, error)) {
            return false;
        }
    }
    return true;
}

/* The system's "temporary failure" hides three answers; where its resolvers all give the same one, that is it. */
static void refine(const struct name_check *name)
{
    if (name->system_result != NET_LOOKUP_AGAIN || name->asked_count == 0) {
        return;
    }
    enum net_lookup_result result = name->asked[0].answer.result;
    for (size_t i = 1; i < name->asked_count; i++) {
        if (name->asked[i].answer.result != result) {
            return;
        }
    }
    if (result == NET_LOOKUP_SERVFAIL || result == NET_LOOKUP_REFUSED || result == NET_LOOKUP_SILENT) {
        ev_set_enum(&name->run->evidence->name.error, SOURCE_PROBE, (int)name_errors[result]);
    }
}

static void end_when_over(struct name_check *name)
{
    struct run *run = name->run;
    struct error error = { 0 };
    bool over = name->system_over;
    for (size_t i = 0; i < name->asked_count; i++) {
        over = over && name->asked[i].over;
    }
    if (!over) {
        return;
    }
    bool silent = name->system_result == NET_LOOKUP_SILENT;
    bool found = name->address_count > 0;
    refine(name);
    bool recorded = record_servers(name, &error);
    probe_name_release(run);
    if (!recorded) {
        run_failed(run, &error);
        return;
    }
    if (!found) {
        run_blocked(run, CHECK_NAME, "the name gave no address");
    }
    run_end(run, CHECK_NAME, silent ? RAN_NO_ANSWER : RAN_DONE, silent ? "the system's resolver did not answer" : NULL);
}

static void system_answered(void *context, const struct net_looked_up *looked_up)
{
    struct name_check *name = context;
    struct error error = { 0 };
    if (!record_system(name->run, looked_up, &error)) {
        run_failed(name->run, &error);
        return;
    }
    name->system_over = true;
    name->system_result = looked_up->result;
    name->address_count = looked_up->count;
    bool resolvers_left = false;
    for (size_t i = 0; i < name->asked_count; i++) {
        resolvers_left = resolvers_left || !name->asked[i].over;
    }
    if (looked_up->count > 0 && resolvers_left) {
        run_ready(name->run, CHECK_NAME); /* last: the run may go on and end inside */
        return;
    }
    end_when_over(name);
}

static bool ask_next(struct asked *asked, struct error *error);

static void resolver_answered(void *context, const struct net_looked_up *looked_up)
{
    struct asked *asked = context;
    struct error error = { 0 };
    bool no = looked_up->result == NET_LOOKUP_NOT_FOUND || looked_up->result == NET_LOOKUP_NO_DATA;
    /* Of all the names tried, "exists, without an address" says more than "does not exist". */
    if (asked->candidate == 1 || looked_up->result != NET_LOOKUP_NOT_FOUND) {
        asked->answer = *looked_up;
    }
    net_lookup_free(asked->lookup);
    asked->lookup = NULL;
    if (no && asked->candidate < asked->name->candidate_count) {
        if (!ask_next(asked, &error)) {
            run_failed(asked->name->run, &error);
        }
        return;
    }
    asked->over = true;
    end_when_over(asked->name);
}

static bool ask_next(struct asked *asked, struct error *error)
{
    struct run *run = asked->name->run;
    asked->lookup =
        net_lookup_ask(run->loop, &asked->resolver, asked->name->candidates[asked->candidate++], run->options->family,
                       run_limit_us(run, RESOLVER_US), resolver_answered, asked, error);
    return asked->lookup != NULL;
}

static bool add_candidate(struct name_check *name, const char *host, const char *domain, struct error *error)
{
    char *text = domain != NULL ? alloc_format("%s.%s", host, domain) : alloc_text(host);
    if (text == NULL) {
        return error_no_memory(error);
    }
    name->candidates[name->candidate_count++] = text;
    return true;
}

/* resolv.conf(5): with enough dots the name itself comes first, else last; a dot at the end rules the list out. */
static bool complete(struct name_check *name, const struct platform_resolvers *resolvers, struct error *error)
{
    const char *host = name->run->options->host;
    unsigned dots = 0;
    for (const char *at = host; *at != '\0'; at++) {
        dots += *at == '.';
    }
    size_t length = strlen(host);
    bool closed = length > 0 && host[length - 1] == '.';
    bool itself_first = closed || dots >= resolvers->ndots;
    if (itself_first && !add_candidate(name, host, NULL, error)) {
        return false;
    }
    for (size_t i = 0; i < resolvers->search_count && !closed; i++) {
        if (!add_candidate(name, host, resolvers->search[i], error)) {
            return false;
        }
    }
    return itself_first || add_candidate(name, host, NULL, error);
}

static bool ask_resolvers(struct name_check *name, struct error *error)
{
    struct platform_resolvers resolvers;
    if (!platform_resolvers_read(&resolvers, NULL)) {
        return true; /* then there are only the system's words */
    }
    if (!complete(name, &resolvers, error)) {
        return false;
    }
    name->in_hosts = platform_hosts_has(name->run->options->host);
    for (size_t i = 0; i < resolvers.count; i++) {
        struct asked *asked = &name->asked[name->asked_count++];
        asked->name = name;
        asked->resolver = (struct net_resolver){ .address = resolvers.servers[i], .port = DNS_PORT };
        if (!ask_next(asked, error)) {
            return false;
        }
    }
    return true;
}

static bool start_name(struct run *run, struct error *error)
{
    struct name_check *name = alloc_new(sizeof(*name));
    if (name == NULL) {
        return error_no_memory(error);
    }
    name->run = run;
    run->probe->name = name;
    name->system = net_lookup_system(run->loop, run->options->host, run->options->family, run_limit_us(run, SYSTEM_US),
                                     system_answered, name, error);
    return name->system != NULL && ask_resolvers(name, error);
}

static bool name_start(struct run *run, struct error *error)
{
    struct ev_name *group = &run->evidence->name;
    const char *host = run->options->host;
    struct address address;
    char text[ADDRESS_TEXT_SIZE];
    if (!address_parse(host, &address)) {
        ev_set_enum(&group->form, SOURCE_PROBE, strchr(host, '.') != NULL ? NAME_FORM_FQDN : NAME_FORM_SHORT);
        return start_name(run, error);
    }
    ev_set_enum(&group->form, SOURCE_PROBE, address.family == ADDRESS_V4 ? NAME_FORM_IPV4 : NAME_FORM_IPV6);
    address_format(&address, text);
    if (!add_address(run, text, error)) {
        return false;
    }
    run_end(run, CHECK_NAME, RAN_DONE, NULL);
    return true;
}

static void name_cancel(struct run *run)
{
    struct error error;
    if (run->probe->name != NULL && !record_servers(run->probe->name, &error)) {
        run_failed(run, &error);
    }
    probe_name_release(run);
}

const struct check probe_name = {
    .id = CHECK_NAME,
    .start = name_start,
    .cancel = name_cancel,
};
