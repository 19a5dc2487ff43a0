/* Differences in words: what a field is called by those who look after such machines, and what its values mean. */
#include "diagnose/compare.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "facts/codes.h"

enum form { FORM_PLAIN, FORM_DAY, FORM_HEX, FORM_PROTOCOL, FORM_REFUSAL, FORM_STATUS, FORM_BUILD, FORM_SHORT };

struct label {
    enum check_id check; /* CHECK_COUNT: the head of the document */
    const char *place;   /* as in struct change, with "[]" for any item */
    const char *what;    /* '*' becomes the item's key */
    enum form form;
    bool lone; /* worth a line also when only one side saw it */
};

static const struct label labels[] = {
    { CHECK_COUNT, "target.host", "host", FORM_PLAIN, true },
    { CHECK_COUNT, "target.port", "port", FORM_PLAIN, true },
    { CHECK_COUNT, "target.address", "address used", FORM_PLAIN, false },
    { CHECK_COUNT, "target.addresses[]", "address tried", FORM_PLAIN, false },
    { CHECK_COUNT, "target.local", "is this machine", FORM_PLAIN, false },
    { CHECK_COUNT, "client_said.code", "code the client showed", FORM_HEX, false },
    { CHECK_COUNT, "client_said.extended", "extended code", FORM_HEX, false },
    { CHECK_COUNT, "controls[].result", "control *", FORM_PLAIN, false },
    { CHECK_COUNT, "server.settings[].value", "*", FORM_PLAIN, false },
    { CHECK_COUNT, "server.settings[]", "setting", FORM_PLAIN, true },
    { CHECK_COUNT, "server.services[].state", "service *", FORM_PLAIN, false },
    { CHECK_COUNT, "server.services[].start", "start of the service *", FORM_PLAIN, false },
    { CHECK_COUNT, "server.certificates[]", "certificate on the server", FORM_PLAIN, true },
    { CHECK_COUNT, "server.events[]", "event", FORM_PLAIN, true },
    { CHECK_COUNT, "server.rules[].enabled", "firewall rule *", FORM_PLAIN, false },
    { CHECK_COUNT, "server.build", "Windows build by its own word", FORM_PLAIN, false },
    { CHECK_COUNT, "server.booted", "started", FORM_PLAIN, false },
    { CHECK_COUNT, "server.port", "the listener's port", FORM_PLAIN, false },
    { CHECK_COUNT, "server.listening", "sockets that listen", FORM_PLAIN, false },
    { CHECK_COUNT, "server.holder", "process that holds the port", FORM_PLAIN, false },
    { CHECK_COUNT, "server.bound", "bound certificate", FORM_SHORT, false },
    { CHECK_NAME, "answers[]", "address of the name", FORM_PLAIN, true },
    { CHECK_NAME, "error", "the system's answer", FORM_PLAIN, false },
    { CHECK_NAME, "canonical", "canonical name", FORM_PLAIN, true },
    { CHECK_NAME, "servers[]", "name server", FORM_PLAIN, false },
    { CHECK_NAME, "servers[].rcode", "name server * says", FORM_PLAIN, false },
    { CHECK_NAME, "servers[].answers[]", "address from a name server", FORM_PLAIN, true },
    { CHECK_ROUTE, "interface", "interface", FORM_PLAIN, false },
    { CHECK_ROUTE, "source", "this machine's address", FORM_PLAIN, false },
    { CHECK_ROUTE, "gateway", "gateway", FORM_PLAIN, true },
    { CHECK_ROUTE, "on_link", "on the same link", FORM_PLAIN, false },
    { CHECK_ROUTE, "unreachable", "no route", FORM_PLAIN, false },
    { CHECK_ROUTE, "mtu", "MTU", FORM_PLAIN, false },
    { CHECK_ROUTE, "vpn.kind", "VPN", FORM_PLAIN, true },
    { CHECK_ROUTE, "vpn", "VPN", FORM_PLAIN, true },
    { CHECK_ROUTE, "vpn.interface", "VPN interface", FORM_PLAIN, false },
    { CHECK_ROUTE, "vpn.outer_endpoint", "VPN endpoint", FORM_PLAIN, true },
    { CHECK_TCP, "attempts[].result", "the port at *", FORM_PLAIN, false },
    { CHECK_TCP, "attempts[].by", "who says so of *", FORM_PLAIN, false },
    { CHECK_NEGOTIATION, "offers[].selected", "chosen protocol", FORM_PROTOCOL, false },
    { CHECK_NEGOTIATION, "offers[].failure", "refusal", FORM_REFUSAL, true },
    { CHECK_NEGOTIATION, "offers[].flags", "the server's flags", FORM_HEX, false },
    { CHECK_NEGOTIATION, "offers[].ended", "end of the negotiation", FORM_PLAIN, false },
    { CHECK_NEGOTIATION, "offers[].no_block", "Confirm without negotiation", FORM_PLAIN, false },
    { CHECK_NEGOTIATION, "speaks", "what speaks on the port", FORM_PLAIN, true },
    { CHECK_TLS, "version", "TLS version", FORM_PLAIN, false },
    { CHECK_TLS, "cipher", "cipher suite", FORM_PLAIN, false },
    { CHECK_TLS, "alert", "TLS alert", FORM_PLAIN, true },
    { CHECK_TLS, "hellos[].result", "answer to the ClientHello (*)", FORM_PLAIN, false },
    { CHECK_TLS, "hellos[].alert", "alert to the ClientHello (*)", FORM_PLAIN, false },
    { CHECK_TLS, "versions.ssl3", "SSL 3", FORM_PLAIN, false },
    { CHECK_TLS, "versions.tls10", "TLS 1.0", FORM_PLAIN, false },
    { CHECK_TLS, "versions.tls11", "TLS 1.1", FORM_PLAIN, false },
    { CHECK_TLS, "versions.tls12", "TLS 1.2", FORM_PLAIN, false },
    { CHECK_TLS, "versions.tls13", "TLS 1.3", FORM_PLAIN, false },
    { CHECK_CERTIFICATE, "subject", "subject", FORM_PLAIN, false },
    { CHECK_CERTIFICATE, "issuer", "issuer", FORM_PLAIN, false },
    { CHECK_CERTIFICATE, "san[]", "name in the certificate", FORM_PLAIN, true },
    { CHECK_CERTIFICATE, "not_before", "valid from", FORM_DAY, false },
    { CHECK_CERTIFICATE, "not_after", "valid until", FORM_DAY, false },
    { CHECK_CERTIFICATE, "key.type", "key type", FORM_PLAIN, false },
    { CHECK_CERTIFICATE, "key.bits", "key length in bits", FORM_PLAIN, false },
    { CHECK_CERTIFICATE, "signature", "signature", FORM_PLAIN, false },
    { CHECK_CERTIFICATE, "sha256", "fingerprint", FORM_SHORT, false },
    { CHECK_CERTIFICATE, "signed_by_itself", "signed by itself", FORM_PLAIN, false },
    { CHECK_CERTIFICATE, "chain_count", "certificates sent", FORM_PLAIN, false },
    { CHECK_MTU, "path_mtu", "biggest packet", FORM_PLAIN, false },
    { CHECK_MTU, "outer_path_mtu", "biggest packet outside the tunnel", FORM_PLAIN, false },
    { CHECK_PATH, "outer", "tunnel's outer endpoint", FORM_PLAIN, true },
    { CHECK_PATH, "hops[].segment", "segment of hop *", FORM_PLAIN, false },
    { CHECK_NLA, "credssp_version", "CredSSP version", FORM_PLAIN, false },
    { CHECK_NLA, "target.netbios_domain", "NetBIOS domain", FORM_PLAIN, false },
    { CHECK_NLA, "target.netbios_computer", "NetBIOS computer", FORM_PLAIN, false },
    { CHECK_NLA, "target.dns_domain", "domain", FORM_PLAIN, false },
    { CHECK_NLA, "target.dns_computer", "computer", FORM_PLAIN, false },
    { CHECK_NLA, "target.dns_forest", "forest", FORM_PLAIN, false },
    { CHECK_NLA, "build", "Windows build", FORM_BUILD, false },
    { CHECK_NLA, "error", "error code", FORM_STATUS, true },
    { CHECK_NLA, "ended", "end of NLA", FORM_PLAIN, false },
    { CHECK_NLA, "package", "package", FORM_PLAIN, false },
    { CHECK_NLA, "flags", "NTLM flags", FORM_HEX, false },
};

/* Fields that another line says better: a new certificate has a new serial number. */
static const char *const silent[] = { "serial", "common_name",  "san_count", "verify",
                                      "suite",  "server_hello", "finished",  "profile" };

static bool place_is(const char *place, const char *pattern)
{
    while (*pattern != '\0') {
        if (*place != *pattern) {
            return false;
        }
        if (*place == '[') {
            /* A key may hold brackets of its own: it ends where the pattern goes on. */
            const char *rest = pattern + 2;
            const char *end = rest[0] != '\0' ? strstr(place, "].") : place + strlen(place) - 1;
            if (end == NULL || *end != ']') {
                return false;
            }
            place = end + 1;
            pattern = rest;
        } else {
            place++;
            pattern++;
        }
    }
    return *place == '\0';
}

static const struct label *label_of(const struct change *change)
{
    for (size_t i = 0; i < COUNT_OF(labels); i++) {
        if (labels[i].check == change->check && place_is(change->place, labels[i].place)) {
            return &labels[i];
        }
    }
    return NULL;
}

static char *what_of(const struct label *label, const struct change *change)
{
    if (label == NULL) {
        return alloc_text(change->place);
    }
    const char *star = strchr(label->what, '*');
    if (star == NULL) {
        return alloc_text(label->what);
    }
    return alloc_format("%.*s%s%s", (int)(star - label->what), label->what, change->item != NULL ? change->item : "",
                        star + 1);
}

static const char *protocol_name(int64_t value)
{
    static const struct field_names names[] = {
        { 0, "standard RDP security" }, { 1, "TLS" }, { 2, "NLA" }, { 4, "RDSTLS" }, { 8, "NLA, early result" },
        { 16, "Entra ID sign-in" },     { 0, NULL },
    };
    return value >= 0 && value <= 16 ? field_name_of(names, (int)value) : NULL;
}

/* The product as diagnose reads it: FreeRDP servers send a Windows build that means nothing. */
static char *build_words_of(const char *text, const struct side *side)
{
    const struct ev_text *product = &side->verdict->readings.nla.product;
    return product->source != SOURCE_NONE ? alloc_format("%s (%s)", text, product->v) : alloc_text(text);
}

static char *with_name(int64_t value, const char *name)
{
    return name != NULL ? alloc_format("0x%" PRIX64 " %s", (uint64_t)value, name)
                        : alloc_format("0x%" PRIX64, (uint64_t)value);
}

static char *value_words(enum form form, const char *text, int64_t value, const struct side *side)
{
    enum { DAY = 10, FINGERPRINT = 16 };
    const char *name;
    switch (form) {
    case FORM_DAY:
        return alloc_text_n(text, strlen(text) > DAY ? DAY : strlen(text));
    case FORM_HEX:
        return with_name(value, NULL);
    case FORM_PROTOCOL:
        name = protocol_name(value);
        return name != NULL ? alloc_text(name) : with_name(value, NULL);
    case FORM_REFUSAL:
        return with_name(value, value >= 0 && value <= UINT32_MAX ? nego_failure_name((uint32_t)value) : NULL);
    case FORM_STATUS:
        return with_name(value, value >= 0 && value <= UINT32_MAX ? ntstatus_name((uint32_t)value) : NULL);
    case FORM_BUILD:
        return build_words_of(text, side);
    case FORM_SHORT:
        return strlen(text) > FINGERPRINT ? alloc_format("%.*s...", FINGERPRINT, text) : alloc_text(text);
    case FORM_PLAIN:
        break;
    }
    return alloc_text(text);
}

static bool is_silent(const struct change *change)
{
    for (size_t i = 0; i < COUNT_OF(silent); i++) {
        if (strcmp(change->field->name, silent[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool ran(const struct side *side, enum check_id id)
{
    const struct ev_enum *how = &side->evidence->checks[id].ran;
    return how->source != SOURCE_NONE && how->v == RAN_DONE;
}

/* What only one side saw is told by the check's own line, unless both looked and came to the same status. */
static bool is_shown(const struct comparison *comparison, const struct change *change, const struct label *label)
{
    if (change->varies || is_silent(change)) {
        return false;
    }
    if (change->kind == CHANGE_OTHER) {
        return true;
    }
    if (change->check == CHECK_COUNT) {
        return label != NULL && label->lone && change->field->kind == FIELD_LIST;
    }
    if (label != NULL && !label->lone) {
        return false;
    }
    bool both = ran(&comparison->before, change->check) && ran(&comparison->after, change->check);
    bool list = change->field->kind == FIELD_LIST; /* an item of a list that both have */
    bool same = comparison->before.verdict->checks[change->check].status ==
                comparison->after.verdict->checks[change->check].status;
    return list ? both : both && same;
}

bool compare_words(const struct comparison *comparison, const struct change *change, struct compared_change *words)
{
    const struct label *label = label_of(change);
    enum form form = label != NULL ? label->form : FORM_PLAIN;
    words->what = what_of(label, change);
    words->before =
        change->before != NULL ? value_words(form, change->before, change->before_value, &comparison->before) : NULL;
    words->after =
        change->after != NULL ? value_words(form, change->after, change->after_value, &comparison->after) : NULL;
    words->shown = is_shown(comparison, change, label);
    return words->what != NULL && (change->before == NULL) == (words->before == NULL) &&
           (change->after == NULL) == (words->after == NULL);
}
