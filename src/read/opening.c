#include "read/opening.h"

#include <stdio.h>

#include "read/opening_internal.h"
#include "wire/client_info.h"
#include "wire/gcc.h"
#include "wire/licence.h"
#include "wire/security.h"
#include "wire/share.h"

void opening_reach(struct opening *opening, enum session_phase phase)
{
    struct ev_enum *field = &opening->seen.phase;
    if (field->source == SOURCE_NONE || field->v < (int)phase) {
        ev_set_enum(field, SOURCE_FILE, (int)phase);
    }
}

static void end(struct opening *opening, enum session_ended how, enum session_by by)
{
    if (opening->seen.ended.source == SOURCE_NONE) {
        ev_set_enum(&opening->seen.ended, SOURCE_FILE, (int)how);
        ev_set_enum(&opening->seen.ended_by, SOURCE_FILE, (int)by);
    }
}

void opening_says(struct opening *opening, enum session_ended ended)
{
    end(opening, ended, SESSION_BY_SERVER);
}

void opening_problem(struct opening *opening, const char *what, const struct fault *fault)
{
    if (opening->problem[0] == '\0') {
        snprintf(opening->problem, sizeof(opening->problem), "%s: byte %zu: %s (%s)", what, fault->offset, fault->why,
                 fault->section);
    }
}

bool opening_is_over(const struct opening *opening)
{
    return opening->seen.ended.source != SOURCE_NONE || opening->problem[0] != '\0';
}

/* --- the client --- */

static void read_initial(struct slice data, struct opening *opening)
{
    struct ev_session_client *seen = &opening->seen.client;
    struct gcc_client client;
    struct fault fault;
    opening_reach(opening, SESSION_MCS);
    if (gcc_client_parse(data, &client, &fault) != PARSE_DONE) {
        return;
    }
    if (client.has_core) {
        ev_set_int(&seen->version, SOURCE_FILE, client.version);
        ev_set_int(&seen->build, SOURCE_FILE, client.build);
    }
    if (client.has_security) {
        ev_set_int(&seen->methods, SOURCE_FILE, client.methods != 0 ? client.methods : client.extended_methods);
    }
}

/* Whom it names, where that is in the clear; the name itself is not kept. */
static void read_info(struct cursor *at, struct opening *opening)
{
    struct client_info info;
    struct fault fault;
    if (client_info_parse(at, &info, &fault) == PARSE_DONE) {
        if (info.user.size == 0) {
            ev_set_enum(&opening->seen.user, SOURCE_FILE, SESSION_NOBODY);
        } else if (info.password.size > 0) {
            ev_set_enum(&opening->seen.user, SOURCE_FILE, SESSION_CREDENTIALS);
        }
    }
}

static void read_client_data(struct slice data, struct opening_sides *sides)
{
    struct cursor at = cursor_of(data.bytes, data.size);
    struct opening *opening = sides->opening;
    struct security_header header;
    struct share share;
    struct fault fault;
    sides->sent_data = true;
    if (share_recognise(data)) {
        sides->sent_confirm = sides->sent_confirm ||
                              (share_parse(&at, &share, &fault) == PARSE_DONE && share.type == SHARE_CONFIRM_ACTIVE);
    } else if (security_header_parse(&at, false, &header, &fault) != PARSE_DONE) {
        return;
    } else if ((header.flags & SEC_EXCHANGE_PKT) != 0) {
        opening_reach(opening, SESSION_SECURITY);
    } else if ((header.flags & SEC_INFO_PKT) != 0) {
        opening_reach(opening, SESSION_LICENSING);
        if ((header.flags & SEC_ENCRYPT) == 0) {
            read_info(&at, opening);
        }
    } else if ((header.flags & SEC_LICENSE_PKT) != 0) {
        sides->sent_licence = true;
    }
}

static void read_client(struct slice bytes, struct opening_sides *sides)
{
    struct cursor at = cursor_of(bytes.bytes, bytes.size);
    struct opening *opening = sides->opening;
    struct pdu pdu;
    struct fault fault;
    while (!opening->left && pdu_parse(&at, &pdu, &fault) == PARSE_DONE) {
        if (pdu.kind == PDU_DISCONNECT) {
            opening->left = true;
        }
        if (pdu.kind != PDU_MCS) {
            continue;
        }
        if (pdu.mcs.kind == MCS_CONNECT_INITIAL) {
            read_initial(pdu.mcs.data, opening);
        } else if (opening->seen.phase.source == SOURCE_NONE) {
            return; /* not how RDP begins */
        } else if (pdu.mcs.kind == MCS_CHANNEL_JOIN) {
            if (sides->join_count < OPENING_JOINS_MAX) {
                sides->joins[sides->join_count] = pdu.mcs.channel;
            }
            sides->join_count++;
        } else if (pdu.mcs.kind == MCS_SEND_DATA) {
            read_client_data(pdu.mcs.data, sides);
        } else if (pdu.mcs.kind == MCS_DISCONNECT) {
            opening->left = true;
        }
    }
}

/* --- both --- */

static void read_server(struct slice bytes, struct opening_sides *sides)
{
    struct cursor at = cursor_of(bytes.bytes, bytes.size);
    struct pdu pdu;
    struct fault fault = { 0 };
    enum parse parsed = PARSE_DONE;
    while (!opening_is_over(sides->opening) && cursor_left(&at) > 0 && parsed == PARSE_DONE) {
        parsed = pdu_parse(&at, &pdu, &fault);
        if (parsed == PARSE_DONE) {
            opening_server_packet(sides, &pdu);
        } else if (parsed == PARSE_BAD) {
            opening_problem(sides->opening, "packet", &fault);
        }
    }
}

bool opening_read(struct slice client, struct slice server, struct opening *opening)
{
    struct opening_sides sides = { .opening = opening };
    struct ev_session *seen = &opening->seen;
    *opening = (struct opening){ .left = false };
    read_client(client, &sides);
    if (seen->phase.source == SOURCE_NONE) {
        return false;
    }
    ev_set_enum(&seen->security, SOURCE_FILE, SESSION_OVER_RDP);
    read_server(server, &sides);
    const bool demanded = seen->demanded.source != SOURCE_NONE;
    if ((demanded && sides.sent_confirm) || sides.drawn) {
        opening_reach(opening, SESSION_ACTIVE);
    }
    if (seen->licence.requests.source != SOURCE_NONE && sides.sent_licence) {
        ev_set_bool(&seen->licence.answered, SOURCE_FILE, true);
    }
    opening->awaited = seen->phase.v == SESSION_CAPABILITIES && !demanded && seen->hidden.source == SOURCE_NONE;
    return true;
}

bool opening_is_up(const struct opening *opening)
{
    return opening->seen.demanded.source != SOURCE_NONE || opening->seen.phase.v == SESSION_ACTIVE;
}

bool opening_failed(const struct opening *opening)
{
    const struct ev_session *seen = &opening->seen;
    if (seen->ended.source == SOURCE_NONE) {
        return false;
    }
    switch (seen->ended.v) {
    case SESSION_ERROR_INFO:
    case SESSION_REFUSED:
    case SESSION_LICENCE:
    case SESSION_GARBAGE:
    case SESSION_ENDLESS:
        return true;
    default:
        return false;
    }
}

/* --- the end --- */

static bool too_much(const struct opening *opening, const struct opening_end *how)
{
    return how->by == END_BY_US && (opening->packets > OPENING_PACKETS_MAX || how->received > OPENING_BYTES_MAX);
}

/* It was never up, as far as anybody can read. */
static void close_before(struct opening *opening, const struct opening_end *how)
{
    const bool read = opening->seen.hidden.source == SOURCE_NONE && !opening_is_up(opening);
    if (how->lost) {
        return;
    }
    if (opening->problem[0] != '\0' && read && how->whole) {
        end(opening, SESSION_GARBAGE, SESSION_BY_SERVER);
    } else if (read && too_much(opening, how)) {
        end(opening, SESSION_ENDLESS, SESSION_BY_CLIENT);
    } else if (how->by == END_BY_NETWORK) {
        end(opening, SESSION_SILENT, SESSION_BY_NETWORK);
    } else if (how->how == END_SILENCE && !opening->left) {
        end(opening, SESSION_SILENT, SESSION_BY_CLIENT);
    } else {
        end(opening, how->how == END_RST ? SESSION_RESET : SESSION_CLOSED,
            opening->left || how->by == END_BY_US ? SESSION_BY_CLIENT : SESSION_BY_SERVER);
    }
}

void opening_close(struct opening *opening, const struct opening_end *how)
{
    struct ev_session *seen = &opening->seen;
    const bool peer = how->ended && how->by == END_BY_PEER && how->how != END_SILENCE && !opening->left;
    if (opening->left && how->client_first && seen->ended.source != SOURCE_NONE && seen->ended.v == SESSION_ULTIMATUM) {
        /* the server only answered in kind */
        seen->ended.source = seen->ended_by.source = seen->reason.source = SOURCE_NONE;
    }
    if (seen->demanded.source != SOURCE_NONE && !peer) {
        end(opening, SESSION_READY, SESSION_BY_CLIENT);
    } else if (how->ended) {
        close_before(opening, how);
    }
    if (seen->ended.source == SOURCE_NONE || seen->ended.v != SESSION_GARBAGE) {
        opening->problem[0] = '\0';
    }
}

/* --- into the evidence --- */

bool opening_record(const struct opening *opening, struct ev_session *session, struct error *error)
{
    *session = opening->seen;
    for (size_t i = 0; i < opening->status_count; i++) {
        struct ev_status_item *item =
            ev_list_add(&session->statuses, SOURCE_FILE, &status_item_table, SESSION_STATUS_MAX, error);
        if (item == NULL) {
            return false;
        }
        ev_set_int(&item->value, SOURCE_FILE, opening->statuses[i]);
    }
    for (size_t i = 0; i < opening->logon_count; i++) {
        const struct opening_logon *logon = &opening->logons[i];
        struct ev_session_logon *item =
            ev_list_add(&session->logons, SOURCE_FILE, &session_logon_table, SESSION_LOGONS_MAX, error);
        if (item == NULL) {
            return false;
        }
        ev_set_int(&item->info, SOURCE_FILE, logon->info);
        if (logon->has_error) {
            ev_set_int(&item->type, SOURCE_FILE, logon->type);
            ev_set_int(&item->data, SOURCE_FILE, logon->data);
        }
    }
    return opening->problem[0] == '\0' || ev_set_words(&session->problem, SOURCE_FILE, opening->problem, error);
}
