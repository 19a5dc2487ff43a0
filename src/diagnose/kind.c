#include "diagnose/look.h"

#include <string.h>

/* Habits, read from the servers' sources and from captures:
 *   Windows  src-ref 0x1234, response flags with at least 0x07, chooses 8 when offered; NTLM names its build
 *   xrdp     src-ref 0x1234, response flags exactly 0x01, never NLA, failures 1 and 3 only
 *   FreeRDP  src-ref 0x0000, chooses 2 and never 8 (shadow, weston, gnome-remote-desktop); NTLM says build 6.1.7601
 * Each is a habit, so that one alone is believed only where no other server has it. */
enum { FLAGS_XRDP = 0x01, FLAGS_WINDOWS = 0x07, SRC_REF_AT = 8, BLOCK_AT = 11, TYPE_RESPONSE = 2 };

static bool src_ref(const struct evidence *evidence, const struct ev_offer *offer, unsigned *value)
{
    const struct ev_connection *connection = look_connection(evidence, &offer->connection);
    if (connection == NULL || connection->confirm_hex.size < BLOCK_AT || connection->confirm_hex.v[5] != 0xD0) {
        return false;
    }
    *value = (unsigned)connection->confirm_hex.v[SRC_REF_AT] << 8 | connection->confirm_hex.v[SRC_REF_AT + 1];
    return true;
}

static bool tls_is(const struct evidence *evidence, enum tls_version version)
{
    return enum_is(&evidence->tls.version, (int)version);
}

enum server_kind kind_of(const struct evidence *evidence)
{
    const struct ev_nla *nla = &evidence->nla;
    const struct ev_offer *first = look_offer(evidence, PURPOSE_FIRST);
    if (first == NULL && evidence->negotiation.offers.count > 0) {
        first = evidence->negotiation.offers.items;
    }
    /* winpr's own version in every challenge; Windows 7 has neither TLS 1.3 nor a reason to choose 8 */
    bool says_7601 = nla->build.v != NULL && strcmp(nla->build.v, "6.1.7601") == 0;
    if (first == NULL || !enum_is(&first->ended, NEGO_ANSWERED)) {
        return SERVER_UNKNOWN;
    }
    if (int_is(&first->selected, PROTOCOL_NLA_EX)) {
        return SERVER_WINDOWS;
    }
    unsigned reference = 0;
    bool has_reference = src_ref(evidence, first, &reference);
    if (has_reference && reference == 0 && !bool_is(&first->no_block, true)) {
        return SERVER_FREERDP;
    }
    if (says_7601 && tls_is(evidence, TLS_1_3)) {
        return SERVER_FREERDP;
    }
    if (has_reference && reference == 0x1234 && seen(first->flags.source) && seen(first->selected.source)) {
        if ((first->flags.v & FLAGS_WINDOWS) == FLAGS_WINDOWS) {
            return SERVER_WINDOWS;
        }
        if (first->flags.v == FLAGS_XRDP && first->selected.v <= PROTOCOL_TLS) {
            return SERVER_XRDP;
        }
    }
    /* a build that only Windows has: FreeRDP and Samba say 6.1 */
    if (nla->build.v != NULL && strncmp(nla->build.v, "10.0.", 5) == 0 && seen(nla->server_time.source)) {
        return SERVER_WINDOWS;
    }
    return SERVER_UNKNOWN;
}

const char *kind_name(enum server_kind kind)
{
    static const char *const names[] = { NULL, "Windows", "xrdp", "a FreeRDP-based server" };
    return names[kind];
}
