#include "diagnose/server.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"
#include "facts/codes.h"

enum { DAY_TEXT = 10 };

struct saying {
    const struct ev_server *server;
    struct said_list *words;
    bool failed;
};

static bool add(struct said_list *list, enum weight weight, enum cause cause, char *text)
{
    struct said *items = text != NULL ? alloc_resize(list->items, list->count + 1, sizeof *items) : NULL;
    if (items == NULL) {
        alloc_free(text);
        return false;
    }
    list->items = items;
    size_t at = list->count++;
    for (; at > 0 && items[at - 1].weight > weight; at--) {
        items[at] = items[at - 1];
    }
    items[at] = (struct said){ .weight = weight, .cause = cause, .text = text };
    return true;
}

enum { SENTENCE_SIZE = 640 };

bool said_add(struct said_list *list, enum weight weight, enum cause cause, const char *format, ...)
{
    char text[SENTENCE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return add(list, weight, cause, alloc_text(text));
}

PRINTF_LIKE(4, 5)
static void say_that(struct saying *saying, enum weight weight, enum cause cause, const char *format, ...)
{
    char text[SENTENCE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    saying->failed |= !add(saying->words, weight, cause, alloc_text(text));
}

static const struct ev_int *setting(const struct ev_server *server, const char *name)
{
    static const struct ev_int none = { 0 };
    ev_each (one, const struct ev_setting, &server->settings) {
        if (ev_text_is(&one->name, name)) {
            return &one->value;
        }
    }
    return &none;
}

static bool setting_is(const struct ev_server *server, const char *name, int64_t value)
{
    const struct ev_int *one = setting(server, name);
    return one->source != SOURCE_NONE && one->v == value;
}

/* A value of the policy wins over the listener's own. */
static bool in_force(const struct ev_server *server, const char *policy, const char *own, int64_t value,
                     bool *by_policy)
{
    *by_policy = setting(server, policy)->source != SOURCE_NONE;
    return *by_policy ? setting_is(server, policy, value) : setting_is(server, own, value);
}

static void say_switches(struct saying *saying)
{
    const struct ev_server *server = saying->server;
    bool policy;
    if (in_force(server, "policy.fDenyTSConnections", "ts.fDenyTSConnections", 1, &policy)) {
        say_that(saying, WEIGHT_FAULT, CAUSE_RDP_DISABLED, "Remote Desktop is switched off%s (fDenyTSConnections = 1)",
                 policy ? " by a policy, which will switch it off again" : "");
    }
    if (setting_is(server, "listener.fEnableWinStation", 0)) {
        say_that(saying, WEIGHT_FAULT, CAUSE_RDP_DISABLED, "the listener is switched off (fEnableWinStation = 0)");
    }
    if (setting_is(server, "listener.fLogonDisabled", 1)) {
        say_that(saying, WEIGHT_FAULT, CAUSE_RDP_DISABLED, "logons are switched off (fLogonDisabled = 1)");
    }
    const struct ev_int *drain = setting(server, "ts.TSServerDrainMode");
    if (drain->source != SOURCE_NONE && drain->v != 0) {
        say_that(saying, WEIGHT_FAULT, CAUSE_RDP_DISABLED,
                 "the session host is being drained: it takes no new sessions "
                 "(TSServerDrainMode = %" PRId64 ")",
                 drain->v);
    }
    if (in_force(server, "policy.SecurityLayer", "listener.SecurityLayer", 0, &policy)) {
        say_that(saying, WEIGHT_FAULT, CAUSE_SECURITY_LAYER_MISMATCH,
                 "standard RDP security only%s (SecurityLayer = 0): clients that want TLS or NLA are turned away",
                 policy ? ", by a policy" : "");
    }
    if (in_force(server, "policy.UserAuthentication", "listener.UserAuthentication", 0, &policy)) {
        say_that(saying, WEIGHT_BESIDE, CAUSE_NONE,
                 "NLA is not required%s (UserAuthentication = 0): anybody who "
                 "reaches the port gets a logon screen",
                 policy ? ", by a policy" : "");
    }
    if (setting_is(server, "schannel.TLS 1.2.Enabled", 0) ||
        setting_is(server, "schannel.TLS 1.2.DisabledByDefault", 1)) {
        say_that(saying, WEIGHT_FAULT, CAUSE_TLS_NO_COMMON,
                 "TLS 1.2 is switched off for servers (SCHANNEL, Protocols)");
    }
}

static void say_service(struct saying *saying)
{
    ev_each (service, const struct ev_service, &saying->server->services) {
        bool main_one = ev_text_is(&service->name, "TermService");
        bool needed = main_one || ev_text_is(&service->name, "KeyIso") || ev_text_is(&service->name, "CryptSvc") ||
                      ev_text_is(&service->name, "SessionEnv");
        bool disabled = ev_text_is(&service->start, "Disabled");
        if (service->state.source == SOURCE_NONE || ev_text_is(&service->state, "Running") || !needed) {
            continue;
        }
        /* KeyIso and its kin start on demand: stopped is their rest, disabled is not. */
        if (main_one || disabled) {
            say_that(saying, main_one ? WEIGHT_FAULT : WEIGHT_BESIDE, main_one ? CAUSE_TERMSERVICE_STOPPED : CAUSE_NONE,
                     "the service %s is %s%s", service->name.v, service->state.v, disabled ? ", and disabled" : "");
        }
    }
}

static void say_port(struct saying *saying)
{
    const struct ev_server *server = saying->server;
    if (server->port.source == SOURCE_NONE) {
        return;
    }
    if (server->listening.source != SOURCE_NONE && server->listening.v == 0) {
        say_that(saying, WEIGHT_FAULT, CAUSE_LISTENER_MISSING, "nobody listens on port %" PRId64, server->port.v);
    }
    if (server->holder.source != SOURCE_NONE && !text_equal_nocase(server->holder.v, "svchost")) {
        say_that(saying, WEIGHT_FAULT, CAUSE_PORT_TAKEN, "port %" PRId64 " is held by %s, not by the service",
                 server->port.v, server->holder.v);
    }
    if (server->port.v != 3389) {
        say_that(saying, WEIGHT_BESIDE, CAUSE_PORT_MOVED, "the listener's port is %" PRId64 ", not 3389",
                 server->port.v);
    }
}

static void day(const struct ev_int *time, char text[CLOCK_TEXT_SIZE])
{
    clock_format(time->v, text);
    text[DAY_TEXT] = '\0';
}

static void say_certificates(struct saying *saying)
{
    const struct ev_server *server = saying->server;
    char date[CLOCK_TEXT_SIZE];
    bool unbound = server->bound.source == SOURCE_NONE || strspn(server->bound.v, "0") == strlen(server->bound.v);
    bool found = false;
    size_t own = 0;
    ev_each (one, const struct ev_server_certificate, &server->certificates) {
        bool is_bound = !unbound && one->sha1.source != SOURCE_NONE && text_equal_nocase(one->sha1.v, server->bound.v);
        bool ours = ev_text_is(&one->store, "Remote Desktop");
        found |= is_bound;
        own += ours ? 1 : 0;
        if (!is_bound && !(ours && unbound)) {
            continue;
        }
        if (one->has_key.source != SOURCE_NONE && !one->has_key.v) {
            say_that(saying, WEIGHT_FAULT, is_bound ? CAUSE_CERT_BINDING_WRONG : CAUSE_RDP_KEY_UNREADABLE,
                     "the %scertificate in %s has no private key", is_bound ? "bound " : "", one->store.v);
        }
        if (one->not_after.source != SOURCE_NONE) {
            bool dated = server->collected.source != SOURCE_NONE;
            bool expired = dated && one->not_after.v < server->collected.v;
            day(&one->not_after, date);
            say_that(saying, expired ? WEIGHT_FAULT : WEIGHT_FACT, expired ? CAUSE_CERT_EXPIRED : CAUSE_NONE,
                     "the certificate in %s %s on %s", one->store.v != NULL ? one->store.v : "the store",
                     expired ? "ended"
                     : dated ? "is valid and ends"
                             : "ends",
                     date);
        }
    }
    if (!unbound && !found && server->certificates.source != SOURCE_NONE) {
        say_that(saying, WEIGHT_FAULT, CAUSE_CERT_BINDING_WRONG,
                 "the listener names a certificate (%.60s) that is in neither store", server->bound.v);
    }
    if (unbound && own == 0 && server->certificates.source != SOURCE_NONE) {
        say_that(saying, WEIGHT_FAULT, CAUSE_CERT_MISSING, "there is no certificate in the store Remote Desktop");
    }
}

static bool grants(const struct ev_key_file *key, const char *sid)
{
    ev_each (right, const struct ev_text_item, &key->rights) {
        if (right->text.source != SOURCE_NONE && strncmp(right->text.v, sid, strlen(sid)) == 0 &&
            strncmp(right->text.v + strlen(sid), ":Allow", strlen(":Allow")) == 0) {
            return true;
        }
    }
    return false;
}

static void say_keys(struct saying *saying)
{
    ev_each (key, const struct ev_key_file, &saying->server->keys) {
        bool system = grants(key, "S-1-5-18");
        bool network = grants(key, "S-1-5-20");
        if (!system || !network) {
            say_that(saying, WEIGHT_FAULT, CAUSE_RDP_KEY_UNREADABLE,
                     "the key file of the RDP certificate gives no right to %s%s%s", system ? "" : "SYSTEM",
                     !system && !network ? " nor to " : "", network ? "" : "NETWORK SERVICE");
        }
    }
}

/* What an event speaks for; the others are only counted. */
static enum cause cause_of(int64_t id)
{
    static const struct {
        int64_t id;
        enum cause cause;
    } causes[] = {
        { 1057, CAUSE_RDP_KEY_UNREADABLE }, { 1058, CAUSE_CERT_RENEW_FAILED },  { 36870, CAUSE_RDP_KEY_UNREADABLE },
        { 36871, CAUSE_TLS_NO_COMMON },     { 36874, CAUSE_TLS_NO_COMMON },     { 1006, CAUSE_LISTENER_OVERLOAD },
        { 1051, CAUSE_CERT_BINDING_WRONG }, { 1064, CAUSE_CERT_BINDING_WRONG }, { 5719, CAUSE_NLA_NO_DC },
        { 3210, CAUSE_NLA_NO_DC },          { 7022, CAUSE_TERMSERVICE_HUNG },   { 258, CAUSE_NONE },
    };
    for (size_t i = 0; i < COUNT_OF(causes); i++) {
        if (causes[i].id == id) {
            return causes[i].cause;
        }
    }
    return CAUSE_NONE;
}

static const struct event_fact *fact_of(const struct ev_event *event)
{
    const struct event_fact *fact = NULL;
    if (event->id.v < 0 || event->id.v > UINT16_MAX || event->log.source == SOURCE_NONE) {
        return NULL;
    }
    while ((fact = event_next((unsigned)event->id.v, fact)) != NULL) {
        if (strstr(fact->channel, event->log.v) != NULL) {
            return fact;
        }
    }
    return NULL;
}

static void say_events(struct saying *saying)
{
    ev_each (event, const struct ev_event, &saying->server->events) {
        if (event->id.source == SOURCE_NONE || event->count.source == SOURCE_NONE) {
            continue;
        }
        const struct event_fact *fact = fact_of(event);
        enum cause cause = cause_of(event->id.v);
        char last[CLOCK_TEXT_SIZE] = "";
        if (event->last.source != SOURCE_NONE) {
            clock_format(event->last.v, last);
        }
        const struct code_fact *status =
            event->code.source != SOURCE_NONE && event->code.v > 0 && event->code.v <= UINT32_MAX
                ? code_fact(CODE_NTSTATUS, (uint32_t)event->code.v)
                : NULL;
        char code[32] = "";
        if (event->code.source != SOURCE_NONE) {
            snprintf(code, sizeof code, event->code.v > 0xffff ? " 0x%08" PRIx64 : " %" PRId64,
                     (uint64_t)event->code.v);
        }
        say_that(saying, cause != CAUSE_NONE ? WEIGHT_FAULT : WEIGHT_BESIDE, cause,
                 "event %" PRId64 "%s (%s), %" PRId64 " time%s%s%s: %s%s%s", event->id.v, code,
                 event->log.v != NULL ? event->log.v : "?", event->count.v, event->count.v == 1 ? "" : "s",
                 last[0] != '\0' ? ", last " : "", last, fact != NULL ? fact->meaning : "not in our table",
                 status != NULL ? " " : "", status != NULL ? status->meaning : "");
    }
}

static void say_rules(struct saying *saying)
{
    size_t enabled = 0;
    size_t blocking = 0;
    ev_each (rule, const struct ev_rule, &saying->server->rules) {
        bool on = rule->enabled.source != SOURCE_NONE && rule->enabled.v;
        enabled += on ? 1 : 0;
        blocking += on && ev_text_is(&rule->action, "Block") ? 1 : 0;
    }
    if (saying->server->rules.count > 0 && enabled == 0) {
        say_that(saying, WEIGHT_FAULT, CAUSE_FIREWALL_BLOCKS,
                 "Windows Firewall: no rule of the group Remote Desktop is enabled (other rules may still let it in)");
    } else if (blocking > 0) {
        say_that(saying, WEIGHT_FAULT, CAUSE_FIREWALL_BLOCKS,
                 "Windows Firewall: %zu enabled rule%s of the group Remote Desktop block%s", blocking,
                 blocking == 1 ? "" : "s", blocking == 1 ? "s" : "");
    }
}

static void say_facts(struct saying *saying)
{
    const struct ev_server *server = saying->server;
    enum { LEAST_FREE = 200 << 20 };
    char date[CLOCK_TEXT_SIZE];
    if (server->disk_free.source != SOURCE_NONE && server->disk_free.v < LEAST_FREE) {
        say_that(saying, WEIGHT_FAULT, CAUSE_NONE, "the system's disk is full: %" PRId64 " MB free",
                 server->disk_free.v / 1000000);
    }
    if (server->build.source != SOURCE_NONE) {
        say_that(saying, WEIGHT_FACT, CAUSE_NONE, "%s, build %s",
                 server->product.source != SOURCE_NONE ? server->product.v : "Windows", server->build.v);
    }
    if (server->booted.source != SOURCE_NONE) {
        clock_format(server->booted.v, date);
        say_that(saying, WEIGHT_FACT, CAUSE_NONE, "started %s", date);
    }
    const struct ev_int *most = setting(server, "ts.MaxOutstandingConnections");
    if (most->source != SOURCE_NONE) {
        say_that(saying, WEIGHT_FACT, CAUSE_NONE, "MaxOutstandingConnections is set to %" PRId64, most->v);
    }
    ev_each (one, const struct ev_text_item, &server->unread) {
        say_that(saying, WEIGHT_UNREAD, CAUSE_NONE, "%s", one->text.v != NULL ? one->text.v : "?");
    }
    if (server->admin.source != SOURCE_NONE && !server->admin.v) {
        say_that(saying, WEIGHT_UNREAD, CAUSE_NONE,
                 "it was not run as administrator: keys, the Security log and parts "
                 "of the settings stay closed");
    }
}

bool server_words(const struct ev_server *server, struct said_list *words, struct error *error)
{
    *words = (struct said_list){ 0 };
    struct saying saying = { .server = server, .words = words };
    say_switches(&saying);
    say_service(&saying);
    say_port(&saying);
    say_certificates(&saying);
    say_keys(&saying);
    say_rules(&saying);
    say_events(&saying);
    say_facts(&saying);
    if (saying.failed) {
        said_release(words);
        return error_no_memory(error);
    }
    return true;
}

void said_release(struct said_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        alloc_free(list->items[i].text);
    }
    alloc_free(list->items);
    *list = (struct said_list){ 0 };
}
