#include "read/connection.h"

#include "read/conversation.h"
#include "wire/banner.h"
#include "wire/nego.h"

enum { ICMP_PROHIBITED_NET = 9, ICMP_PROHIBITED_HOST = 10, ICMP_PROHIBITED = 13, ICMP6_PROHIBITED = 1 };

static bool set_address(struct ev_text *field, const struct address *address, struct error *error)
{
    char text[ADDRESS_TEXT_SIZE];
    address_format(address, text);
    return ev_set_words(field, SOURCE_FILE, text, error);
}

static bool is_prohibited(const struct story *story)
{
    return story->server.family == ADDRESS_V6
               ? story->icmp_code == ICMP6_PROHIBITED
               : story->icmp_code == ICMP_PROHIBITED_NET || story->icmp_code == ICMP_PROHIBITED_HOST ||
                     story->icmp_code == ICMP_PROHIBITED;
}

/* The round trip is left out: it is that of the place of the capture, not the client's. */
static bool add_attempt(struct evidence *e, const struct story *story, struct error *error)
{
    const bool opened = story->reach > REACH_NOTHING;
    if (!story->opening_seen && !opened) {
        return true;
    }
    if (!opened && !story->ended) {
        return true; /* asked, and the capture ended: nobody knows */
    }
    struct ev_attempt *attempt = ev_list_add(&e->tcp.attempts, SOURCE_FILE, &attempt_table, FIELD_LIST_MAX, error);
    if (attempt == NULL || !set_address(&attempt->address, &story->server, error)) {
        return false;
    }
    enum tcp_result result = TCP_OPEN;
    if (!opened) {
        result = story_ended_as(story, END_RST)    ? TCP_REFUSED
                 : story_ended_as(story, END_ICMP) ? (is_prohibited(story) ? TCP_PROHIBITED : TCP_UNREACHABLE)
                                                   : TCP_SILENT;
    }
    ev_set_enum(&attempt->result, SOURCE_FILE, (int)result);
    return !story_ended_as(story, END_ICMP) || set_address(&attempt->by, &story->icmp_from, error);
}

_Static_assert((int)BANNER_RDP == (int)SPEAKS_RDP && (int)BANNER_IMAP == (int)SPEAKS_IMAP, "one list, two names");

static bool set_banner(struct evidence *e, const struct story *story, struct error *error)
{
    if (!story->not_rdp || e->negotiation.banner.source != SOURCE_NONE) {
        return true;
    }
    ev_set_enum(&e->negotiation.speaks, SOURCE_FILE,
                story->garbled ? (int)SPEAKS_RDP : (int)banner_of(story->confirm, story->confirm_size));
    return ev_set_bytes(&e->negotiation.banner, SOURCE_FILE, story->confirm, story->confirm_size, error);
}

static void set_nego_end(struct ev_offer *offer, const struct story *story)
{
    if (story->has_answer) {
        ev_set_enum(&offer->ended, SOURCE_FILE, story->not_rdp ? NEGO_NOT_RDP : NEGO_ANSWERED);
    } else if (story_ended_by_peer(story) && !(story->gap && story->received > 0)) {
        ev_set_enum(&offer->ended, SOURCE_FILE,
                    story_ended_as(story, END_RST)   ? NEGO_RESET
                    : story_ended_as(story, END_FIN) ? NEGO_CLOSED
                                                     : NEGO_SILENT);
    }
}

static bool add_offer(struct evidence *e, const struct story *story, int64_t connection, struct error *error)
{
    if (!story->has_request) {
        return true;
    }
    struct ev_offer *offer =
        ev_list_add(&e->negotiation.offers, SOURCE_FILE, &offer_table, CONVERSATION_CONNECTIONS_MAX, error);
    if (offer == NULL) {
        return false;
    }
    ev_set_int(&offer->offer, SOURCE_FILE, story->protocols);
    ev_set_bool(&offer->cookie, SOURCE_FILE, story->cookie);
    ev_set_int(&offer->connection, SOURCE_FILE, connection);
    ev_set_bool(&offer->asked_nothing, SOURCE_FILE, story->no_block);
    set_nego_end(offer, story);
    if (story->has_answer && !story->not_rdp) {
        if (story->plain_confirm) {
            ev_set_bool(&offer->no_block, SOURCE_FILE, true);
        } else if (story->has_failure) {
            ev_set_int(&offer->failure, SOURCE_FILE, story->failure);
        } else {
            ev_set_int(&offer->selected, SOURCE_FILE, story->selected);
            ev_set_int(&offer->flags, SOURCE_FILE, story->flags);
        }
    }
    if (story->confirm_us >= 0) {
        ev_set_int(&offer->confirm_us, SOURCE_FILE, story->confirm_us);
    }
    return true;
}

enum tls_version connection_tls_version(uint16_t wire)
{
    static const enum tls_version versions[] = { TLS_SSL3, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 };
    return wire >= 0x0300 && wire <= 0x0304 ? versions[wire - 0x0300] : TLS_NONE;
}

static void set_hello_result(struct ev_hello *hello, const struct story *story)
{
    const bool left = story->server_hello && story->ended && story->end.by.v == END_BY_US; /* the client saw enough */
    if (story->tls_finished || left) {
        ev_set_enum(&hello->result, SOURCE_FILE, TLS_TRY_ACCEPTED);
    } else if (story->has_alert) {
        ev_set_enum(&hello->result, SOURCE_FILE, TLS_TRY_ALERT);
        ev_set_int(&hello->alert, SOURCE_FILE, story->alert);
    } else if (story->plain_at_hello) {
        ev_set_enum(&hello->result, SOURCE_FILE, TLS_TRY_PLAIN);
    } else if (story_ended_by_peer(story) && !story->gap) {
        ev_set_enum(&hello->result, SOURCE_FILE,
                    story_ended_as(story, END_RST)   ? TLS_TRY_RESET
                    : story_ended_as(story, END_FIN) ? TLS_TRY_CLOSED
                                                     : TLS_TRY_SILENT);
    }
}

static bool add_hello(struct evidence *e, const struct story *story, enum hello_shape shape, int64_t connection,
                      struct error *error)
{
    if (!story->client_hello) {
        return true;
    }
    struct ev_hello *hello =
        ev_list_add(&e->tls.hellos, SOURCE_FILE, &hello_table, CONVERSATION_CONNECTIONS_MAX, error);
    if (hello == NULL) {
        return false;
    }
    ev_set_enum(&hello->shape, SOURCE_FILE, (int)shape);
    ev_set_int(&hello->connection, SOURCE_FILE, connection);
    ev_set_bool(&hello->server_hello, SOURCE_FILE, story->server_hello);
    ev_set_bool(&hello->finished, SOURCE_FILE, story->tls_finished);
    set_hello_result(hello, story);
    if (story->server_hello) {
        ev_set_enum(&hello->version, SOURCE_FILE, (int)connection_tls_version(story->version));
        ev_set_int(&hello->suite, SOURCE_FILE, story->suite);
    }
    if (hello->result.source != SOURCE_NONE && !story->tls_finished && story->end.after_us.source != SOURCE_NONE) {
        hello->after_us = story->end.after_us;
    }
    if (story->tls_finished && e->tls.version.source == SOURCE_NONE) {
        ev_set_enum(&e->tls.version, SOURCE_FILE, (int)connection_tls_version(story->version));
    }
    return true;
}

static bool set_recorded(struct ev_recorded *recorded, const struct story *story, struct error *error)
{
    static const enum recorded_front fronts[] = { FRONT_NONE, FRONT_SOCKS4, FRONT_SOCKS5, FRONT_HTTP };
    ev_set_int(&recorded->client_port, SOURCE_FILE, story->client_port);
    ev_set_int(&recorded->started, SOURCE_FILE, story->first_us);
    ev_set_int(&recorded->duration_us, SOURCE_FILE, story->last_us - story->first_us);
    ev_set_int(&recorded->syns, SOURCE_FILE, story->syns);
    ev_set_int(&recorded->sent, SOURCE_FILE, (int64_t)story->sent);
    ev_set_int(&recorded->received, SOURCE_FILE, (int64_t)story->received);
    ev_set_int(&recorded->retransmitted, SOURCE_FILE, story->retransmitted);
    ev_set_int(&recorded->duplicated, SOURCE_FILE, story->duplicated);
    ev_set_int(&recorded->contradicted, SOURCE_FILE, story->contradicted);
    ev_set_bool(&recorded->cut, SOURCE_FILE, !story->ended || !story->opening_seen || story->gap);
    if (story->snapped) {
        ev_set_bool(&recorded->snapped, SOURCE_FILE, true);
    }
    ev_set_enum(&recorded->front, SOURCE_FILE, (int)fronts[story->preamble]);
    ev_set_enum(&recorded->reach, SOURCE_FILE, (int)story->reach);
    if (story->tls_finished) {
        ev_set_int(&recorded->records_sent, SOURCE_FILE, story->records_sent);
        ev_set_int(&recorded->records_received, SOURCE_FILE, story->records_received);
    }
    if (story->answer_us >= 0) {
        ev_set_int(&recorded->answer_us, SOURCE_FILE, story->answer_us);
    }
    return set_address(&recorded->client, &story->client, error);
}

/* What a connection was to the others, told by what it offered. The client's own hello counts as the usual one. */
static enum purpose purpose_of(const struct story *story, const struct story *first)
{
    if (story == first) {
        return PURPOSE_FIRST;
    }
    if (!story->has_request && story->sent == 0 && story->reach > REACH_NOTHING) {
        return PURPOSE_SILENT;
    }
    if (story->protocols != first->protocols || story->no_block != first->no_block) {
        return story->protocols == PROTOCOL_TLS   ? PURPOSE_OFFER_TLS
               : story->protocols == PROTOCOL_RDP ? PURPOSE_OFFER_RDP
                                                  : PURPOSE_OFFER_OTHER;
    }
    return story->client_hello && first->client_hello && story->hello_mark != first->hello_mark &&
                   story->hello_suites > first->hello_suites
               ? PURPOSE_WIDE_HELLO
               : PURPOSE_REPEAT_FIRST;
}

bool connection_add(struct evidence *e, const struct story *story, const struct story *first, struct error *error)
{
    const enum purpose purpose = purpose_of(story, first);
    const enum hello_shape shape = purpose == PURPOSE_WIDE_HELLO ? HELLO_WIDE : HELLO_SCHANNEL;
    const int64_t index = (int64_t)e->connections.count;
    struct ev_connection *connection =
        ev_list_add(&e->connections, SOURCE_FILE, &connection_table, CONVERSATION_CONNECTIONS_MAX, error);
    if (connection == NULL) {
        return false;
    }
    ev_set_enum(&connection->purpose, SOURCE_FILE, (int)purpose);
    if (story->has_request) {
        ev_set_int(&connection->offer, SOURCE_FILE, story->protocols);
    }
    ev_set_enum(&connection->hello, SOURCE_FILE, story->client_hello ? (int)shape : HELLO_NONE);
    connection->end = story->end;
    if (purpose == PURPOSE_SILENT && story_ended_by_peer(story) && story->end.after_us.source != SOURCE_NONE) {
        const int64_t opened_us = story->answer_us > 0 ? story->answer_us : 0;
        ev_set_int(&connection->silent_us, SOURCE_FILE, story->end.after_us.v - opened_us);
    }
    return set_address(&connection->address, &story->server, error) &&
           (!story->has_answer ||
            ev_set_bytes(&connection->confirm_hex, SOURCE_FILE, story->confirm, story->confirm_size, error)) &&
           set_recorded(&connection->recorded, story, error) && set_banner(e, story, error) &&
           add_attempt(e, story, error) && add_offer(e, story, index, error) &&
           add_hello(e, story, shape, index, error);
}
