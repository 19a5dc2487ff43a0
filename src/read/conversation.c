#include "read/conversation.h"

#include <string.h>

#include "base/alloc.h"
#include "read/connection.h"
#include "wire/nego.h"
#include "x509/record.h"

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

/* The first CredSSP message went out, and no second one: the server gave no challenge, and ended it. */
static void set_nla(struct evidence *e, const struct story *story)
{
    const bool nla = (story->selected & (PROTOCOL_HYBRID | PROTOCOL_HYBRID_EX)) != 0;
    if (!nla || story->reach != REACH_TLS || story->records_sent == 0 || !story_ended_by_peer(story) || story->gap) {
        return;
    }
    ev_set_enum(&e->nla.ended, SOURCE_FILE,
                story_ended_as(story, END_RST)   ? NLA_RESET
                : story_ended_as(story, END_FIN) ? NLA_CLOSED
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
                        connection_tls_version(story->version) == TLS_1_3 ? "TLS 1.3 shows it to nobody but the client"
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
                set_checks(e, main_story, error) && connection_add(e, main_story, main_story, error) &&
                add_certificate(e, main_story, error) && set_session(e, main_story, error);
    set_nla(e, main_story);
    if (conversation->udp != NULL) {
        set_udp(e, conversation->udp);
    }
    for (size_t i = 0; i < conversation->count && good; i++) {
        good = i == chosen || (connection_add(e, &conversation->stories[i], main_story, error) &&
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
