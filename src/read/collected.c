#include "read/collected.h"

#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/text.h"

bool collected_text(struct ev_text *field, const char *text, struct error *error)
{
    return text[0] == '\0' || ev_set_words(field, SOURCE_FILE, text, error);
}

void collected_int(struct ev_int *field, const char *text)
{
    static const uint64_t most = UINT64_C(1) << 52;
    bool minus = text[0] == '-';
    uint64_t value;
    if (strspn(text + (minus ? 1 : 0), "0123456789") == strlen(text + (minus ? 1 : 0)) &&
        text_number(text + (minus ? 1 : 0), most, &value)) {
        ev_set_int(field, SOURCE_FILE, minus ? -(int64_t)value : (int64_t)value);
    }
}

void collected_time(struct ev_int *field, const char *text)
{
    int64_t us;
    if (clock_parse(text, &us)) {
        ev_set_int(field, SOURCE_FILE, us);
    }
}

void collected_bool(struct ev_bool *field, const char *text)
{
    if (strcmp(text, "yes") == 0 || strcmp(text, "no") == 0) {
        ev_set_bool(field, SOURCE_FILE, strcmp(text, "yes") == 0);
    }
}

static void ran(struct evidence *evidence, enum check_id id)
{
    ev_set_enum(&evidence->checks[id].ran, SOURCE_FILE, RAN_DONE);
}

static bool is_address(const char *text)
{
    struct address address;
    return address_parse(text, &address);
}

/* An item with one address; a collection with more of them than the list takes keeps the first ones. */
static bool add_address(struct ev_list *list, const char *text, struct error *error)
{
    if (list->count >= FIELD_LIST_MAX) {
        return true;
    }
    struct ev_address *item = ev_list_add(list, SOURCE_FILE, &address_table, 0, error);
    return item != NULL && ev_set_words(&item->address, SOURCE_FILE, text, error);
}

static bool read_name(const struct collect *collect, struct evidence *evidence, struct error *error)
{
    struct ev_name *name = &evidence->name;
    const struct collect_record *one = NULL;
    bool done = true;
    while (done && (one = collect_next(collect, "address", one)) != NULL) {
        done = add_address(&name->answers, collect_field(one, 0), error);
        ev_set_enum(&name->error, SOURCE_FILE, NAME_OK);
        ran(evidence, CHECK_NAME);
    }
    one = collect_next(collect, "noaddress", NULL);
    if (done && one != NULL && name->answers.count == 0) {
        const char *why = collect_field(one, 0);
        ev_set_enum(&name->error, SOURCE_FILE,
                    strcmp(why, "HostNotFound") == 0 ? NAME_NOT_FOUND
                    : strcmp(why, "NoData") == 0     ? NAME_NO_DATA
                    : strcmp(why, "TryAgain") == 0   ? NAME_SERVFAIL
                                                     : NAME_OTHER);
        ran(evidence, CHECK_NAME);
    }
    one = NULL;
    while (done && (one = collect_next(collect, "resolver", one)) != NULL && name->servers.count < FIELD_LIST_MAX) {
        struct ev_resolver *server = ev_list_add(&name->servers, SOURCE_FILE, &resolver_table, 0, error);
        const char *how = collect_field(one, 1);
        done = server != NULL && collected_text(&server->address, collect_field(one, 0), error);
        if (done) {
            ev_set_enum(&server->rcode, SOURCE_FILE,
                        strcmp(how, "ok") == 0                                  ? NAME_OK
                        : strstr(how, "DNS_ERROR_RCODE_NAME_ERROR") != NULL     ? NAME_NOT_FOUND
                        : strstr(how, "DNS_ERROR_RCODE_SERVER_FAILURE") != NULL ? NAME_SERVFAIL
                        : strstr(how, "DNS_ERROR_RCODE_REFUSED") != NULL        ? NAME_REFUSED
                        : strstr(how, "TIMEOUT") != NULL                        ? NAME_SILENT
                                                                                : NAME_OTHER);
            server->answers.source = SOURCE_FILE;
        }
        for (size_t i = 2; done && i < one->field_count; i++) {
            done = add_address(&server->answers, collect_field(one, i), error);
        }
    }
    return done;
}

static bool read_target(const struct collect *collect, struct evidence *evidence, struct error *error)
{
    struct ev_target *target = &evidence->target;
    const struct collect_record *one = collect_next(collect, "target", NULL);
    if (one == NULL) {
        return true;
    }
    const char *host = collect_field(one, 0);
    collected_int(&target->port, collect_field(one, 1));
    if (host[0] != '\0') {
        struct address address;
        bool literal = address_parse(host, &address);
        ev_set_enum(&evidence->name.form, SOURCE_FILE,
                    !literal                       ? strchr(host, '.') != NULL ? NAME_FORM_FQDN : NAME_FORM_SHORT
                    : address.family == ADDRESS_V6 ? NAME_FORM_IPV6
                                                   : NAME_FORM_IPV4);
    }
    return collected_text(&target->host, host, error) && collected_text(&target->input, host, error);
}

/* "connect=ADDRESS|PORT|yes|yes": Test-NetConnection does not tell a refusal from silence, so a failure is no result of
 * ours; that the port is open is one. */
static bool read_connect(const struct collect *collect, struct evidence *evidence, struct error *error)
{
    const struct collect_record *one = collect_next(collect, "connect", NULL);
    if (one == NULL || strcmp(collect_field(one, 2), "yes") != 0) {
        return true;
    }
    struct ev_attempt *attempt = ev_list_add(&evidence->tcp.attempts, SOURCE_FILE, &attempt_table, 0, error);
    if (attempt == NULL) {
        return false;
    }
    ev_set_enum(&attempt->result, SOURCE_FILE, TCP_OPEN);
    ran(evidence, CHECK_TCP);
    return collected_text(&attempt->address, collect_field(one, 0), error) &&
           collected_text(&evidence->target.address, collect_field(one, 0), error);
}

static bool read_route(const struct collect *collect, struct evidence *evidence, struct error *error)
{
    struct ev_route *route = &evidence->route;
    const struct collect_record *one = collect_next(collect, "route", NULL);
    if (one == NULL) {
        return true;
    }
    const char *next = collect_field(one, 2);
    bool on_link = strcmp(next, "0.0.0.0") == 0 || strcmp(next, "::") == 0;
    ev_set_bool(&route->on_link, SOURCE_FILE, on_link);
    ran(evidence, CHECK_ROUTE);
    const struct collect_record *mtu = collect_next(collect, "mtu", NULL);
    if (mtu != NULL) {
        collected_int(&route->mtu, collect_field(mtu, 0));
    }
    return collected_text(&route->source, collect_field(one, 0), error) &&
           collected_text(&route->interface, collect_field(one, 1), error) &&
           (on_link || !is_address(next) || collected_text(&route->gateway, next, error));
}

/* Event 1026 of the client's log has the disconnect reason, in decimal; the newest comes first. */
static void read_code(const struct collect *collect, struct evidence *evidence)
{
    const struct collect_record *one = NULL;
    while ((one = collect_next(collect, "event", one)) != NULL) {
        if (strcmp(collect_field(one, 1), "1026") == 0 && evidence->client_said.code.source == SOURCE_NONE) {
            for (size_t i = 4; i < one->field_count && evidence->client_said.code.source == SOURCE_NONE; i++) {
                collected_int(&evidence->client_said.code, collect_field(one, i));
            }
        }
    }
}

static bool head(const struct collect *collect, struct evidence *evidence, struct error *error)
{
    const struct collect_record *made = collect_next(collect, "made", NULL);
    ev_set_int(&evidence->schema, SOURCE_FILE, EVIDENCE_SCHEMA);
    if (made != NULL) {
        collected_time(&evidence->started, collect_field(made, 0));
    }
    return ev_set_words(&evidence->program, SOURCE_FILE, "rdpwhy", error) &&
           ev_set_words(&evidence->version, SOURCE_FILE, RDPWHY_VERSION, error) &&
           ev_set_words(&evidence->command, SOURCE_FILE, "collect", error);
}

bool collected_evidence(const struct collect *collect, struct evidence *evidence, struct error *error)
{
    if (!head(collect, evidence, error)) {
        return false;
    }
    if (collect->side == COLLECT_SERVER) {
        return collected_server(collect, &evidence->server, error);
    }
    read_code(collect, evidence);
    return read_target(collect, evidence, error) && read_name(collect, evidence, error) &&
           read_route(collect, evidence, error) && read_connect(collect, evidence, error);
}
