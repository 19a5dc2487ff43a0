#include "read/conversation.h"

#include <string.h>

#include "base/alloc.h"
#include "wire/banner.h"
#include "wire/nego.h"
#include "x509/record.h"

enum { ICMP_PROHIBITED_NET = 9, ICMP_PROHIBITED_HOST = 10, ICMP_PROHIBITED = 13, ICMP6_PROHIBITED = 1 };

void conversation_release(struct conversation *conversation)
{
    for (size_t i = 0; i < conversation->count; i++) {
        story_release(&conversation->stories[i]);
    }
    alloc_free(conversation->stories);
    conversation->stories = NULL;
    conversation->count = 0;
}

/* The other side, or the way, put an end to it. */
static bool was_stopped(const struct story *story)
{
    return story->has_failure || story->not_rdp || (story->has_alert && !story->tls_finished) ||
           (story->ended && story->end.by.v != END_BY_US && story->reach < REACH_SESSION) ||
           (story->opening != NULL && opening_failed(story->opening));
}

size_t conversation_main(const struct conversation *conversation)
{
    const struct story *stories = conversation->stories;
    size_t best = 0;
    for (size_t i = 1; i < conversation->count; i++) {
        if (stories[i].reach > stories[best].reach) {
            best = i;
        }
    }
    for (size_t i = 0; i < conversation->count && stories[best].reach < REACH_GRANTED; i++) {
        /* a refusal of another, smaller offer is no failure of the connection that was wanted */
        if (was_stopped(&stories[i]) && stories[i].protocols == stories[0].protocols) {
            return i;
        }
    }
    return best;
}

static bool set_address(struct ev_text *field, const struct address *address, struct error *error)
{
    char text[ADDRESS_TEXT_SIZE];
    address_format(address, text);
    return ev_set_words(field, SOURCE_FILE, text, error);
}

static bool by_peer(const struct story *story)
{
    return story->ended && story->end.by.v == END_BY_PEER;
}

static bool ended_as(const struct story *story, enum end_how how)
{
    return story->ended && story->end.how.v == (int)how;
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
        result = ended_as(story, END_RST)    ? TCP_REFUSED
                 : ended_as(story, END_ICMP) ? (is_prohibited(story) ? TCP_PROHIBITED : TCP_UNREACHABLE)
                                             : TCP_SILENT;
    }
    ev_set_enum(&attempt->result, SOURCE_FILE, (int)result);
    return !ended_as(story, END_ICMP) || set_address(&attempt->by, &story->icmp_from, error);
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
    } else if (by_peer(story) && !(story->gap && story->received > 0)) {
        ev_set_enum(&offer->ended, SOURCE_FILE,
                    ended_as(story, END_RST)   ? NEGO_RESET
                    : ended_as(story, END_FIN) ? NEGO_CLOSED
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

static enum tls_version version_of(uint16_t wire)
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
    } else if (by_peer(story) && !story->gap) {
        ev_set_enum(&hello->result, SOURCE_FILE,
                    ended_as(story, END_RST)   ? TLS_TRY_RESET
                    : ended_as(story, END_FIN) ? TLS_TRY_CLOSED
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
        ev_set_enum(&hello->version, SOURCE_FILE, (int)version_of(story->version));
        ev_set_int(&hello->suite, SOURCE_FILE, story->suite);
    }
    if (hello->result.source != SOURCE_NONE && !story->tls_finished && story->end.after_us.source != SOURCE_NONE) {
        hello->after_us = story->end.after_us;
    }
    if (story->tls_finished && !e->tls.version.source != SOURCE_NONE) {
        ev_set_enum(&e->tls.version, SOURCE_FILE, (int)version_of(story->version));
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

static bool add_connection(struct evidence *e, const struct story *story, const struct story *first,
                           struct error *error)
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
    if (purpose == PURPOSE_SILENT && by_peer(story) && story->end.after_us.source != SOURCE_NONE) {
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

/* The first CredSSP message went out, and no second one: the server gave no challenge, and ended it. */
static void set_nla(struct evidence *e, const struct story *story)
{
    const bool nla = (story->selected & (PROTOCOL_HYBRID | PROTOCOL_HYBRID_EX)) != 0;
    if (!nla || story->reach != REACH_TLS || story->records_sent == 0 || !by_peer(story) || story->gap) {
        return;
    }
    ev_set_enum(&e->nla.ended, SOURCE_FILE,
                ended_as(story, END_RST)   ? NLA_RESET
                : ended_as(story, END_FIN) ? NLA_CLOSED
                                           : NLA_SILENT);
    e->nla.after_us = story->end.after_us;
}

/* The main connection is the first of the list. */
static bool set_session(struct evidence *e, const struct story *story, struct error *error)
{
    if (story->opening == NULL) {
        return true;
    }
    if (!opening_record(story->opening, &e->session, error)) {
        return false;
    }
    ev_set_int(&e->session.connection, SOURCE_FILE, 0);
    ev_set_enum(&e->checks[CHECK_SESSION].ran, SOURCE_FILE, RAN_DONE);
    return true;
}

static bool add_certificate(struct evidence *e, const struct story *story, struct error *error)
{
    return story->certificate == NULL || e->certificate.sha256.source != SOURCE_NONE ||
           x509_record(&e->certificate, SOURCE_FILE, story->certificate, story->certificate_size, error);
}

static bool set_target(struct evidence *e, const struct story *story, struct error *error)
{
    struct ev_address_item *item = ev_list_add(&e->target.addresses, SOURCE_FILE, &address_item_table, 0, error);
    char text[ADDRESS_TEXT_SIZE];
    address_format(&story->server, text);
    const char *host = story->name[0] != '\0' ? story->name : text;
    struct address literal;
    const bool is_name = !address_parse(host, &literal);
    ev_set_enum(&e->name.form, SOURCE_FILE,
                is_name                              ? (strchr(host, '.') != NULL ? NAME_FORM_FQDN : NAME_FORM_SHORT)
                : story->server.family == ADDRESS_V6 ? NAME_FORM_IPV6
                                                     : NAME_FORM_IPV4);
    ev_set_int(&e->target.port, SOURCE_FILE, story->server_port);
    ev_set_bool(&e->target.local, SOURCE_FILE, false);
    return item != NULL && ev_set_words(&item->address, SOURCE_FILE, text, error) &&
           ev_set_words(&e->target.address, SOURCE_FILE, text, error) &&
           ev_set_text(&e->target.host, SOURCE_FILE, host, strlen(host), error);
}

static void set_udp(struct evidence *e, const struct udp_way *way)
{
    struct ev_udp *udp = &e->udp;
    ev_set_int(&udp->sent, SOURCE_FILE, way->asked);
    ev_set_bool(&udp->answered, SOURCE_FILE, way->answered > 0);
    ev_set_enum(&e->checks[CHECK_UDP].ran, SOURCE_FILE, RAN_DONE);
    if (way->answered > 0) {
        ev_set_int(&udp->version, SOURCE_FILE, way->version);
        ev_set_int(&udp->largest_payload, SOURCE_FILE, way->largest);
        ev_set_int(&udp->rtt_us, SOURCE_FILE, way->answer_us - way->first_us);
    }
}

static bool tell_why(struct evidence *e, enum check_id id, const char *why, struct error *error)
{
    ev_set_enum(&e->checks[id].ran, SOURCE_FILE, RAN_NOT_HERE);
    return ev_set_words(&e->checks[id].why, SOURCE_FILE, why, error);
}

/* Which checks the capture answers, and why the others stay open. */
static bool set_checks(struct evidence *e, const struct story *story, struct error *error)
{
    static const enum check_id elsewhere[] = { CHECK_ROUTE, CHECK_LOAD, CHECK_GATEWAY,
                                               CHECK_MTU,   CHECK_PATH, CHECK_BANDWIDTH };
    static const struct {
        enum check_id id;
        enum recorded_reach from;
    } done[] = { { CHECK_TCP, REACH_NOTHING }, { CHECK_NEGOTIATION, REACH_OPEN }, { CHECK_TLS, REACH_HELLO } };
    for (size_t i = 0; i < COUNT_OF(done); i++) {
        if (story->reach >= done[i].from && (done[i].id != CHECK_TLS || story->client_hello)) {
            ev_set_enum(&e->checks[done[i].id].ran, SOURCE_FILE, RAN_DONE);
        }
    }
    bool good = tell_why(e, CHECK_NAME, "a capture of the RDP port does not hold the name look-up", error);
    for (size_t i = 0; i < COUNT_OF(elsewhere) && good; i++) {
        good = tell_why(e, elsewhere[i], "a capture does not show it", error);
    }
    if (good && story->snapped && !(story->has_request && story->has_answer)) {
        good = ev_set_words(&e->checks[CHECK_NEGOTIATION].why, SOURCE_FILE,
                            story->has_request ? "the snap length cuts the answer short"
                                               : "the snap length cuts the request short",
                            error);
    }
    if (good && story->server_hello && story->certificate == NULL) {
        good = tell_why(e, CHECK_CERTIFICATE,
                        version_of(story->version) == TLS_1_3 ? "TLS 1.3 shows it to nobody but the client"
                                                              : "the capture does not hold it whole",
                        error);
    }
    return good;
}

static bool build(const struct conversation *conversation, struct evidence *e, struct error *error)
{
    const size_t chosen = conversation_main(conversation);
    const struct story *main_story = &conversation->stories[chosen];
    ev_set_int(&e->schema, SOURCE_FILE, EVIDENCE_SCHEMA);
    ev_set_int(&e->started, SOURCE_FILE, main_story->first_us);
    bool good = ev_set_words(&e->program, SOURCE_FILE, "rdpwhy", error) &&
                ev_set_words(&e->version, SOURCE_FILE, RDPWHY_VERSION, error) &&
                ev_set_words(&e->command, SOURCE_FILE, "read", error) && set_target(e, main_story, error) &&
                set_checks(e, main_story, error) && add_connection(e, main_story, main_story, error) &&
                add_certificate(e, main_story, error) && set_session(e, main_story, error);
    set_nla(e, main_story);
    if (conversation->udp != NULL) {
        set_udp(e, conversation->udp);
    }
    for (size_t i = 0; i < conversation->count && good; i++) {
        good = i == chosen || (add_connection(e, &conversation->stories[i], main_story, error) &&
                               add_certificate(e, &conversation->stories[i], error));
    }
    return good;
}

struct evidence *udp_way_evidence(const struct udp_way *way, struct error *error)
{
    static const enum check_id elsewhere[] = { CHECK_ROUTE, CHECK_LOAD,      CHECK_GATEWAY, CHECK_MTU,
                                               CHECK_PATH,  CHECK_BANDWIDTH, CHECK_TCP };
    struct evidence *e = evidence_new(error);
    if (e == NULL) {
        return NULL;
    }
    const struct story about = { .server = way->server, .server_port = way->server_port };
    ev_set_int(&e->schema, SOURCE_FILE, EVIDENCE_SCHEMA);
    ev_set_int(&e->started, SOURCE_FILE, way->first_us);
    bool good = ev_set_words(&e->program, SOURCE_FILE, "rdpwhy", error) &&
                ev_set_words(&e->version, SOURCE_FILE, RDPWHY_VERSION, error) &&
                ev_set_words(&e->command, SOURCE_FILE, "read", error) && set_target(e, &about, error);
    for (size_t i = 0; i < COUNT_OF(elsewhere) && good; i++) {
        good = tell_why(e, elsewhere[i], "the capture does not hold it", error);
    }
    set_udp(e, way);
    if (!good) {
        evidence_free(e);
        return NULL;
    }
    return e;
}

struct evidence *conversation_evidence(const struct conversation *conversation, struct error *error)
{
    struct evidence *evidence = evidence_new(error);
    if (evidence != NULL && !build(conversation, evidence, error)) {
        evidence_free(evidence);
        evidence = NULL;
    }
    return evidence;
}
