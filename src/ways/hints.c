#include "ways/hints.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "diagnose/look.h"

const char *ways_hint_name(enum way_hint_id id)
{
    static const char *const names[] = { [HINT_USER_FORM] = "user-form",
                                         [HINT_NO_UDP] = "no-udp",
                                         [HINT_LESS] = "less-security",
                                         [HINT_GATEWAY] = "gateway",
                                         [HINT_PORT] = "port" };
    return names[id];
}

/* What needs no quoting but a pair of ''. */
static bool is_plain(const char *text)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:";
    return text != NULL && text[0] != '\0' && text[0] != '-' && text[strspn(text, good)] == '\0' && strlen(text) < 256;
}

/* "rdpwhy fallback HOST:PORT", and what comes behind. */
static void command(struct way_hint *hint, const char *host, uint16_t port, const char *format, ...) PRINTF_LIKE(4, 5);
static void command(struct way_hint *hint, const char *host, uint16_t port, const char *format, ...)
{
    va_list arguments;
    if (!is_plain(host)) {
        return;
    }
    const bool v6 = strchr(host, ':') != NULL;
    const size_t used = (size_t)snprintf(hint->command, sizeof hint->command, "rdpwhy fallback %s%s%s:%u ",
                                         v6 ? "[" : "", host, v6 ? "]" : "", port);
    va_start(arguments, format);
    vsnprintf(hint->command + used, sizeof hint->command - used, format, arguments);
    va_end(arguments);
}

/* --- the form of the account --- */

enum form_fault { FORM_FINE, FORM_MAYBE, FORM_NTLM_FORBIDDEN };

/* Whether what became of the logon can come from the form that was given (MS-ERREF 2.3.1; RFC 4120 7.5.9). */
static enum form_fault fault_of(const struct ev_logon *logon)
{
    static const struct {
        uint32_t code;
        enum form_fault fault;
    } codes[] = {
        { 0xC000006D, FORM_MAYBE },          { 0xC0000064, FORM_MAYBE },
        { 0x8009030C, FORM_MAYBE },          { 0xC000005E, FORM_MAYBE }, /* no logon server for that domain */
        { 0x80090311, FORM_MAYBE },          { 0xC0000418, FORM_NTLM_FORBIDDEN },
        { 0xC00000BB, FORM_NTLM_FORBIDDEN }, { 0x80090302, FORM_NTLM_FORBIDDEN },
    };
    if (enum_is(&logon->ended, LOGON_KDC_REFUSED)) {
        return enum_is(&logon->kerberos.result, KERBEROS_NO_SUCH_USER) ? FORM_MAYBE : FORM_FINE;
    }
    if (!enum_is(&logon->ended, LOGON_ERROR_CODE)) {
        const bool failed =
            seen(logon->ended.source) && logon->ended.v != LOGON_GOOD && logon->ended.v != LOGON_WITHHELD;
        return failed && enum_is(&logon->kerberos.result, KERBEROS_NO_KDC) ? FORM_MAYBE : FORM_FINE;
    }
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        if (int_is(&logon->error, codes[i].code)) {
            return codes[i].fault;
        }
    }
    return FORM_FINE;
}

/* "USER@domain" or "domain\USER", behind what is there. */
static void add_form(char *list, size_t size, bool realm, const char *domain)
{
    const size_t used = strlen(list);
    snprintf(list + used, size - used, realm ? "%sUSER@%.255s" : "%s%.255s\\USER", used > 0 ? ", " : "", domain);
}

static bool hint_form(const struct evidence *evidence, struct way_hint *hint)
{
    const struct ev_logon *logon = &evidence->logon;
    const struct ev_nla_target *target = &evidence->nla.target;
    const enum form_fault fault = fault_of(logon);
    const bool known = is_plain(target->netbios_domain.v) && is_plain(target->netbios_computer.v);
    const bool alone = known && text_equal_nocase(target->netbios_domain.v, target->netbios_computer.v);
    const int form = seen(logon->form.source) ? logon->form.v : LOGON_PLAIN;
    char forms[600] = "";
    if (fault == FORM_FINE || form == LOGON_ENTRA) {
        return false;
    }
    if (!alone && form != LOGON_UPN && is_plain(target->dns_domain.v)) {
        add_form(forms, sizeof forms, true, target->dns_domain.v);
    }
    if (!alone && known && form != LOGON_DOMAIN && fault != FORM_NTLM_FORBIDDEN) {
        add_form(forms, sizeof forms, false, target->netbios_domain.v);
    }
    /* an account of the server itself knows no Kerberos */
    if (form != LOGON_LOCAL && fault != FORM_NTLM_FORBIDDEN) {
        add_form(forms, sizeof forms, false, ".");
    }
    if (forms[0] == '\0') {
        return false;
    }
    const bool by_name = fault == FORM_NTLM_FORBIDDEN && is_plain(target->dns_computer.v);
    snprintf(hint->words, sizeof hint->words,
             "when the password is right: the account in another form, %s%s. None was tried: each is a logon, and too "
             "many lock the account",
             forms,
             alone                          ? " (the server is in no domain)"
             : fault == FORM_NTLM_FORBIDDEN ? ", for Kerberos, which needs the server's name, too"
                                            : "");
    forms[strcspn(forms, ",")] = '\0';
    command(hint, by_name ? target->dns_computer.v : evidence->target.host.v, (uint16_t)evidence->target.port.v,
            "--user '%s'", forms);
    return true;
}

/* --- the others --- */

static bool is_about_udp(const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const enum cause cause = verdict->findings[i].cause;
        if ((cause == CAUSE_UDP_TRANSPORT_BROKEN || cause == CAUSE_UDP_65S) &&
            verdict->findings[i].certainty >= CERTAINTY_LIKELY) {
            return true;
        }
    }
    return false;
}

static bool hint_udp(const struct verdict *verdict, struct way_hint *hint)
{
    if (!is_about_udp(verdict)) {
        return false;
    }
    snprintf(hint->words, sizeof hint->words,
             "a session without UDP: nothing in an .rdp file switches it off, for mstsc a policy of this client does; "
             "FreeRDP uses none. Not proved: rdpwhy ends before a session would use UDP");
    snprintf(hint->command, sizeof hint->command, "rdpwhy fix udp-transport-broken");
    return true;
}

static bool was_a_port_tried(const struct tried *tried, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (tried[i].recipe.from == RECIPE_PORT) {
            return true;
        }
    }
    return false;
}

size_t ways_hints(const struct tried *tried, size_t count, const struct verdict *verdict, bool found,
                  struct way_hint hints[HINT_COUNT])
{
    const struct evidence *evidence = tried[0].evidence;
    const bool unreached = !found && verdict->stopped && verdict->stopped_at <= CHECK_TCP;
    size_t made = 0;
    memset(hints, 0, HINT_COUNT * sizeof *hints);
    hints[made].id = HINT_USER_FORM;
    made += hint_form(evidence, &hints[made]) ? 1 : 0;
    hints[made].id = HINT_NO_UDP;
    made += hint_udp(verdict, &hints[made]) ? 1 : 0;
    if (!found && verdict->cause == CAUSE_TLS_INTERCEPTION) {
        hints[made].id = HINT_LESS;
        snprintf(
            hints[made].words, sizeof hints[made].words,
            "TLS without NLA, and standard RDP security: whoever opens the TLS connection on the way would get the "
            "password that is typed there");
        made++;
    }
    if (unreached && evidence->gateway.host.v == NULL) {
        hints[made].id = HINT_GATEWAY;
        snprintf(hints[made].words, sizeof hints[made].words,
                 "an RD Gateway, when there is one: it is reached by HTTPS where this port is not");
        command(&hints[made], evidence->target.host.v, (uint16_t)evidence->target.port.v,
                "--gateway GATEWAY --user 'DOMAIN\\USER'");
        made++;
    }
    if (unreached && verdict->stopped_at == CHECK_TCP && !was_a_port_tried(tried, count)) {
        hints[made].id = HINT_PORT;
        snprintf(hints[made].words, sizeof hints[made].words,
                 "another port, when somebody there says that the service was moved");
        command(&hints[made], evidence->target.host.v, (uint16_t)evidence->target.port.v, "--ports PORT");
        made++;
    }
    return made;
}
