/* The check name: which addresses the system gives for what the user typed. */
#include <string.h>

#include "net/resolve.h"
#include "probe/probe_internal.h"

enum { ADDRESSES_MAX = 64, SYSTEM_US = 10000000 };

static bool add_address(struct run *run, const char *text, struct error *error)
{
    struct ev_address_item *item =
        ev_list_add(&run->evidence->target.addresses, SOURCE_PROBE, &address_item_table, ADDRESSES_MAX, error);
    return item != NULL && ev_set_words(&item->address, SOURCE_PROBE, text, error);
}

static bool add_answer(struct run *run, const struct net_answer *answer, struct error *error)
{
    char text[ADDRESS_TEXT_SIZE];
    struct ev_address *item =
        ev_list_add(&run->evidence->name.answers, SOURCE_PROBE, &address_table, NET_ANSWERS_MAX, error);
    address_format(&answer->address, text);
    return item != NULL && ev_set_words(&item->address, SOURCE_PROBE, text, error) && add_address(run, text, error);
}

static bool record(struct run *run, const struct net_looked_up *looked_up, struct error *error)
{
    static const enum name_error errors[] = {
        [NET_LOOKUP_OK] = NAME_OK,           [NET_LOOKUP_NOT_FOUND] = NAME_NOT_FOUND,
        [NET_LOOKUP_NO_DATA] = NAME_NO_DATA, [NET_LOOKUP_SERVFAIL] = NAME_SERVFAIL,
        [NET_LOOKUP_REFUSED] = NAME_REFUSED, [NET_LOOKUP_SILENT] = NAME_SILENT,
        [NET_LOOKUP_AGAIN] = NAME_OTHER,     [NET_LOOKUP_OTHER] = NAME_OTHER,
    };
    struct ev_name *group = &run->evidence->name;
    ev_set_enum(&group->error, SOURCE_PROBE, errors[looked_up->result]);
    ev_set_int(&group->rtt_us, SOURCE_PROBE, looked_up->took_us);
    for (size_t i = 0; i < looked_up->count; i++) {
        if (!add_answer(run, &looked_up->answers[i], error)) {
            return false;
        }
    }
    return looked_up->canonical[0] == '\0' ||
           ev_set_text(&group->canonical, SOURCE_PROBE, looked_up->canonical, strlen(looked_up->canonical), error);
}

static void looked_up(void *context, const struct net_looked_up *result)
{
    struct run *run = context;
    struct error error = { 0 };
    if (!record(run, result, &error)) {
        run_failed(run, &error);
        return;
    }
    if (result->count == 0) {
        run_blocked(run, CHECK_NAME, "the name gave no address");
    }
    run_end(run, CHECK_NAME, result->result == NET_LOOKUP_SILENT ? RAN_NO_ANSWER : RAN_DONE,
            result->result == NET_LOOKUP_SILENT ? "the system's resolver did not answer" : NULL);
}

static bool name_start(struct run *run, struct error *error)
{
    struct ev_name *group = &run->evidence->name;
    const char *host = run->options->host;
    struct address address;
    char text[ADDRESS_TEXT_SIZE];
    if (!address_parse(host, &address)) {
        ev_set_enum(&group->form, SOURCE_PROBE, strchr(host, '.') != NULL ? NAME_FORM_FQDN : NAME_FORM_SHORT);
        run->probe->lookup = net_lookup_system(run->loop, host, run->options->family, run_limit_us(run, SYSTEM_US),
                                               looked_up, run, error);
        return run->probe->lookup != NULL;
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
    net_lookup_free(run->probe->lookup);
    run->probe->lookup = NULL;
}

const struct check probe_name = {
    .id = CHECK_NAME,
    .start = name_start,
    .cancel = name_cancel,
};
