#include "read/collected.h"

#include <string.h>

#include "base/alloc.h"

/* A new item, or NULL with *full: there is no room, which is no error. */
static void *add(struct ev_list *list, const struct field_table *table, size_t max, bool *full, struct error *error)
{
    *full = list->count >= max;
    return *full ? NULL : ev_list_add(list, SOURCE_FILE, table, max, error);
}

static bool add_setting(struct ev_server *server, const char *name, const char *value, struct error *error)
{
    bool full;
    struct ev_int number = { 0 };
    collected_int(&number, value);
    if (number.source == SOURCE_NONE) {
        return true;
    }
    struct ev_setting *setting = add(&server->settings, &setting_table, SERVER_SETTINGS_MAX, &full, error);
    if (setting == NULL) {
        return full;
    }
    setting->value = number;
    return collected_text(&setting->name, name, error);
}

/* "@listener.PortNumber=3389" and its kin, and "@schannel=TLS 1.2|1|0". */
static bool read_settings(const struct collect *collect, struct ev_server *server, struct error *error)
{
    static const char *const prefixes[] = { "ts.", "listener.", "policy." };
    for (size_t i = 0; i < collect->count; i++) {
        const struct collect_record *one = &collect->records[i];
        bool wanted = false;
        for (size_t k = 0; k < COUNT_OF(prefixes); k++) {
            wanted |= strncmp(one->key, prefixes[k], strlen(prefixes[k])) == 0;
        }
        if (wanted && !add_setting(server, one->key, collect_field(one, 0), error)) {
            return false;
        }
        if (strcmp(one->key, "schannel") == 0) {
            char *enabled = alloc_format("schannel.%.20s.Enabled", collect_field(one, 0));
            char *off = alloc_format("schannel.%.20s.DisabledByDefault", collect_field(one, 0));
            bool done = enabled != NULL && off != NULL ? add_setting(server, enabled, collect_field(one, 1), error) &&
                                                             add_setting(server, off, collect_field(one, 2), error)
                                                       : error_no_memory(error);
            alloc_free(enabled);
            alloc_free(off);
            if (!done) {
                return false;
            }
        }
    }
    return true;
}

static bool read_services(const struct collect *collect, struct ev_server *server, struct error *error)
{
    const struct collect_record *one = NULL;
    while ((one = collect_next(collect, "service", one)) != NULL) {
        bool full;
        struct ev_service *service = add(&server->services, &service_table, SERVER_SERVICES_MAX, &full, error);
        if (service == NULL) {
            return full;
        }
        if (!collected_text(&service->name, collect_field(one, 0), error) ||
            !collected_text(&service->state, collect_field(one, 1), error) ||
            !collected_text(&service->start, collect_field(one, 2), error)) {
            return false;
        }
    }
    return true;
}

static bool read_certificates(const struct collect *collect, struct ev_server *server, struct error *error)
{
    const struct collect_record *one = collect_next(collect, "bound", NULL);
    if (one != NULL && !collected_text(&server->bound, collect_field(one, 0), error)) {
        return false;
    }
    /* That there is none is seen when the stores were read: the record "bound" stands before them. */
    server->certificates.source = one != NULL ? SOURCE_FILE : SOURCE_NONE;
    one = NULL;
    while ((one = collect_next(collect, "certificate", one)) != NULL) {
        bool full;
        struct ev_server_certificate *certificate =
            add(&server->certificates, &server_certificate_table, SERVER_CERTIFICATES_MAX, &full, error);
        if (certificate == NULL) {
            return full;
        }
        collected_time(&certificate->not_before, collect_field(one, 3));
        collected_time(&certificate->not_after, collect_field(one, 4));
        collected_bool(&certificate->has_key, collect_field(one, 5));
        if (!collected_text(&certificate->store, collect_field(one, 0), error) ||
            !collected_text(&certificate->sha1, collect_field(one, 1), error) ||
            !collected_text(&certificate->subject, collect_field(one, 2), error)) {
            return false;
        }
    }
    return true;
}

static bool read_keys(const struct collect *collect, struct ev_server *server, struct error *error)
{
    const struct collect_record *one = NULL;
    while ((one = collect_next(collect, "key", one)) != NULL) {
        bool full;
        struct ev_key_file *key = add(&server->keys, &key_file_table, SERVER_CERTIFICATES_MAX, &full, error);
        if (key == NULL) {
            return full;
        }
        collected_time(&key->changed, collect_field(one, 0));
        key->rights.source = SOURCE_FILE;
        for (size_t i = 2; i < one->field_count; i++) {
            struct ev_text_item *right = ev_list_add(&key->rights, SOURCE_FILE, &text_item_table, 0, error);
            if (right == NULL || !ev_set_words(&right->text, SOURCE_FILE, collect_field(one, i), error)) {
                return false;
            }
        }
    }
    return true;
}

static bool read_events(const struct collect *collect, struct ev_server *server, struct error *error)
{
    const struct collect_record *one = NULL;
    while ((one = collect_next(collect, "event", one)) != NULL) {
        bool full;
        struct ev_event *event = add(&server->events, &event_table, SERVER_EVENTS_MAX, &full, error);
        if (event == NULL) {
            return full;
        }
        collected_int(&event->id, collect_field(one, 1));
        collected_int(&event->count, collect_field(one, 2));
        collected_time(&event->last, collect_field(one, 3));
        if (!collected_text(&event->log, collect_field(one, 0), error)) {
            return false;
        }
        for (size_t i = 4; i < one->field_count; i++) {
            struct ev_detail *detail = ev_list_add(&event->details, SOURCE_FILE, &detail_table, 0, error);
            if (detail == NULL || !ev_set_words(&detail->text, SOURCE_FILE, collect_field(one, i), error)) {
                return false;
            }
        }
    }
    return true;
}

static bool read_rules(const struct collect *collect, struct ev_server *server, struct error *error)
{
    const struct collect_record *one = NULL;
    while ((one = collect_next(collect, "firewall", one)) != NULL) {
        bool full;
        struct ev_rule *rule = add(&server->rules, &rule_table, SERVER_RULES_MAX, &full, error);
        if (rule == NULL) {
            return full;
        }
        collected_bool(&rule->enabled, collect_field(one, 1));
        if (!collected_text(&rule->name, collect_field(one, 0), error) ||
            !collected_text(&rule->profiles, collect_field(one, 2), error) ||
            !collected_text(&rule->action, collect_field(one, 3), error)) {
            return false;
        }
    }
    return true;
}

static bool read_unread(const struct collect *collect, struct ev_server *server, struct error *error)
{
    const struct collect_record *one = NULL;
    while ((one = collect_next(collect, "unread", one)) != NULL) {
        bool full;
        struct ev_text_item *item = add(&server->unread, &text_item_table, FIELD_LIST_MAX, &full, error);
        if (item == NULL) {
            return full;
        }
        char *text = alloc_format("%s (%s)", collect_field(one, 0), collect_field(one, 1));
        bool done = text != NULL ? ev_set_words(&item->text, SOURCE_FILE, text, error) : error_no_memory(error);
        alloc_free(text);
        if (!done) {
            return false;
        }
    }
    return true;
}

/* "@build=10.0.20348|2849|Microsoft Windows Server 2022 Standard" */
static bool read_build(const struct collect *collect, struct ev_server *server, struct error *error)
{
    const struct collect_record *one = collect_next(collect, "build", NULL);
    if (one == NULL) {
        return true;
    }
    bool more = collect_field(one, 1)[0] != '\0';
    char *build = alloc_format("%s%s%s", collect_field(one, 0), more ? "." : "", collect_field(one, 1));
    bool done = build != NULL ? collected_text(&server->build, build, error) : error_no_memory(error);
    alloc_free(build);
    return done && collected_text(&server->product, collect_field(one, 2), error);
}

bool collected_server(const struct collect *collect, struct ev_server *server, struct error *error)
{
    static const struct {
        const char *key;
        size_t field;
        size_t place;
        enum field_kind kind;
    } singles[] = {
        { "made", 0, offsetof(struct ev_server, collected), FIELD_TIME },
        { "boot", 0, offsetof(struct ev_server, booted), FIELD_TIME },
        { "admin", 0, offsetof(struct ev_server, admin), FIELD_BOOL },
        { "host", 0, offsetof(struct ev_server, host), FIELD_TEXT },
        { "port", 0, offsetof(struct ev_server, port), FIELD_INT },
        { "port", 1, offsetof(struct ev_server, listening), FIELD_INT },
        { "port", 2, offsetof(struct ev_server, connections), FIELD_INT },
        { "holder", 1, offsetof(struct ev_server, holder), FIELD_TEXT },
        { "disk", 0, offsetof(struct ev_server, disk_free), FIELD_INT },
    };
    for (size_t i = 0; i < COUNT_OF(singles); i++) {
        const struct collect_record *one = collect_next(collect, singles[i].key, NULL);
        void *place = (char *)server + singles[i].place;
        const char *text = one != NULL ? collect_field(one, singles[i].field) : "";
        if (singles[i].kind == FIELD_TIME) {
            collected_time(place, text);
        } else if (singles[i].kind == FIELD_BOOL) {
            collected_bool(place, text);
        } else if (singles[i].kind == FIELD_INT) {
            collected_int(place, text);
        } else if (!collected_text(place, text, error)) {
            return false;
        }
    }
    ev_set_bool(&server->whole, SOURCE_FILE, collect->whole);
    return read_build(collect, server, error) && read_settings(collect, server, error) &&
           read_services(collect, server, error) && read_certificates(collect, server, error) &&
           read_keys(collect, server, error) && read_events(collect, server, error) &&
           read_rules(collect, server, error) && read_unread(collect, server, error);
}
