#include "read/tale.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/alloc.h"

void tale_init(struct tale *tale, enum told_by by, const char *program)
{
    *tale = (struct tale){
        .by = by,
        .program = program,
        .client_port = TALE_UNSEEN,
        .port = TALE_UNSEEN,
        .tried_us = TALE_NO_TIME,
        .told_us = TALE_NO_TIME,
        .code = TALE_UNSEEN,
        .extended = TALE_UNSEEN,
        .refusal = TALE_UNSEEN,
        .stopped = TALE_UNSEEN,
        .reason = TALE_UNSEEN,
        .name_error = TALE_UNSEEN,
        .tcp = TALE_UNSEEN,
        .tls_version = TALE_UNSEEN,
        .visitors = TALE_UNSEEN,
        .identity = { .time_us = TALE_NO_TIME },
    };
}

void tale_quote(struct tale *tale, size_t line, int64_t at_us, const char *text, size_t size)
{
    size_t at = tale->quote_count;
    if (at > 0 && tale->quotes[at - 1].line == line) {
        return;
    }
    if (at == TOLD_QUOTES_MAX) {
        at--; /* the beginning and the end say most */
        memmove(&tale->quotes[TOLD_QUOTES_MAX / 2], &tale->quotes[TOLD_QUOTES_MAX / 2 + 1],
                (TOLD_QUOTES_MAX - TOLD_QUOTES_MAX / 2 - 1) * sizeof *tale->quotes);
    } else {
        tale->quote_count++;
    }
    struct tale_quote *quote = &tale->quotes[at];
    *quote = (struct tale_quote){ .line = line, .at_us = at_us };
    size = size < sizeof quote->text - 1 ? size : sizeof quote->text - 1;
    while (size > 0 && ((uint8_t)text[size] & 0xC0) == 0x80) {
        size--; /* not through a character */
    }
    memcpy(quote->text, text, size);
}

void tale_how(struct tale *tale, const char *format, ...)
{
    va_list arguments;
    if (tale->how[0] != '\0') {
        return;
    }
    va_start(arguments, format);
    vsnprintf(tale->how, sizeof tale->how, format, arguments);
    va_end(arguments);
}

void tale_offer(struct tale *tale, int64_t offer, int64_t selected, int64_t failure)
{
    if (tale->offer_count < TALE_OFFERS_MAX) {
        tale->offers[tale->offer_count++] = (struct tale_offer){ offer, selected, failure };
    }
}

static void set(struct ev_int *field, int64_t value)
{
    if (value != TALE_UNSEEN) {
        ev_set_int(field, SOURCE_FILE, value);
    }
}

static void set_time(struct ev_int *field, int64_t us)
{
    if (us != TALE_NO_TIME) {
        ev_set_int(field, SOURCE_FILE, us);
    }
}

static bool set_text(struct ev_text *field, const char *text, struct error *error)
{
    return text[0] == '\0' || ev_set_text(field, SOURCE_FILE, text, strlen(text), error);
}

static bool set_target(struct evidence *e, const struct tale *tale, struct error *error)
{
    struct address literal;
    const char *host = tale->host[0] != '\0' ? tale->host : tale->address;
    if (!set_text(&e->target.host, host, error)) {
        return false;
    }
    set(&e->target.port, tale->port);
    const char *address = tale->address[0] != '\0' ? tale->address : host;
    const bool is_literal = address_parse(address, &literal);
    if (host[0] != '\0') {
        struct address own;
        const bool name = !address_parse(host, &own);
        ev_set_enum(&e->name.form, SOURCE_FILE,
                    name                       ? strchr(host, '.') != NULL ? NAME_FORM_FQDN : NAME_FORM_SHORT
                    : own.family == ADDRESS_V6 ? NAME_FORM_IPV6
                                               : NAME_FORM_IPV4);
    }
    if (!is_literal) {
        return true;
    }
    struct ev_address_item *item = ev_list_add(&e->target.addresses, SOURCE_FILE, &address_item_table, 0, error);
    return item != NULL && set_text(&item->address, address, error) && set_text(&e->target.address, address, error);
}

/* Answers of servers, as far as the text names them. How a server ended without one, no text tells well enough. */
static bool set_offers(struct evidence *e, const struct tale *tale, struct error *error)
{
    for (size_t i = 0; i < tale->offer_count; i++) {
        const struct tale_offer *from = &tale->offers[i];
        struct ev_offer *to = ev_list_add(&e->negotiation.offers, SOURCE_FILE, &offer_table, 0, error);
        if (to == NULL) {
            return false;
        }
        set(&to->offer, from->offer);
        set(&to->selected, from->selected);
        set(&to->failure, from->failure);
        ev_set_enum(&to->ended, SOURCE_FILE, NEGO_ANSWERED);
    }
    return true;
}

static bool set_tls(struct evidence *e, const struct tale *tale, struct error *error)
{
    if (!tale->tls_up) {
        return true;
    }
    struct ev_hello *hello = ev_list_add(&e->tls.hellos, SOURCE_FILE, &hello_table, 0, error);
    if (hello == NULL) {
        return false;
    }
    ev_set_enum(&hello->shape, SOURCE_FILE, HELLO_SCHANNEL); /* the client's own */
    ev_set_enum(&hello->result, SOURCE_FILE, TLS_TRY_ACCEPTED);
    ev_set_bool(&hello->server_hello, SOURCE_FILE, true);
    ev_set_bool(&hello->finished, SOURCE_FILE, true);
    if (tale->tls_version != TALE_UNSEEN) {
        ev_set_enum(&hello->version, SOURCE_FILE, tale->tls_version);
        ev_set_enum(&e->tls.version, SOURCE_FILE, tale->tls_version);
    }
    return set_text(&e->tls.cipher, tale->cipher, error);
}

static bool set_tcp(struct evidence *e, const struct tale *tale, struct error *error)
{
    if (tale->tcp == TALE_UNSEEN) {
        return true;
    }
    struct ev_attempt *attempt = ev_list_add(&e->tcp.attempts, SOURCE_FILE, &attempt_table, 0, error);
    if (attempt == NULL) {
        return false;
    }
    ev_set_enum(&attempt->result, SOURCE_FILE, tale->tcp);
    return e->target.address.v == NULL || set_text(&attempt->address, e->target.address.v, error);
}

static bool set_identity(struct evidence *e, const struct tale_identity *identity, struct error *error)
{
    struct ev_nla *nla = &e->nla;
    if (!identity->seen) {
        return true;
    }
    ev_set_enum(&nla->ended, SOURCE_FILE, NLA_CHALLENGED);
    set_time(&nla->server_time, identity->time_us);
    return set_text(&nla->target.netbios_domain, identity->netbios_domain, error) &&
           set_text(&nla->target.netbios_computer, identity->netbios_computer, error) &&
           set_text(&nla->target.dns_domain, identity->dns_domain, error) &&
           set_text(&nla->target.dns_computer, identity->dns_computer, error) &&
           set_text(&nla->target.dns_forest, identity->dns_forest, error) &&
           set_text(&nla->build, identity->build, error);
}

static bool set_quotes(struct ev_told *told, const struct tale *tale, struct error *error)
{
    for (size_t i = 0; i < tale->quote_count; i++) {
        struct ev_quote *quote = ev_list_add(&told->quotes, SOURCE_FILE, &quote_table, TOLD_QUOTES_MAX, error);
        if (quote == NULL || !set_text(&quote->text, tale->quotes[i].text, error)) {
            return false;
        }
        ev_set_int(&quote->line, SOURCE_FILE, (int64_t)tale->quotes[i].line);
        set_time(&quote->at, tale->quotes[i].at_us);
    }
    return true;
}

static bool set_told(struct evidence *e, const struct tale *tale, struct error *error)
{
    struct ev_told *told = &e->told;
    ev_set_enum(&told->by, SOURCE_FILE, (int)tale->by);
    if (tale->stopped != TALE_UNSEEN) {
        ev_set_enum(&told->stopped, SOURCE_FILE, tale->stopped);
    }
    if (tale->reason != TALE_UNSEEN) {
        ev_set_enum(&told->reason, SOURCE_FILE, tale->reason);
    }
    if (tale->works) {
        ev_set_bool(&told->works, SOURCE_FILE, true);
    }
    if (tale->zoneless) {
        ev_set_bool(&told->local_time, SOURCE_FILE, true);
    }
    set(&told->visitors, tale->visitors);
    return ev_set_words(&told->program, SOURCE_FILE, tale->program, error) && set_text(&told->how, tale->how, error) &&
           set_quotes(told, tale, error);
}

/* A server's log: this connection, as the join of several files looks for it. */
static bool set_visit(struct evidence *e, const struct tale *tale, struct error *error)
{
    if (tale->by != TOLD_BY_SERVER || tale->client[0] == '\0') {
        return true;
    }
    struct ev_visit *visit = ev_list_add(&e->server.visits, SOURCE_FILE, &visit_table, SERVER_VISITS_MAX, error);
    if (visit == NULL) {
        return false;
    }
    set(&visit->client_port, tale->client_port);
    set_time(&visit->arrived, tale->tried_us);
    if (tale->stopped != TALE_UNSEEN) {
        set_time(&visit->ended, tale->told_us);
    }
    return set_text(&visit->client, tale->client, error);
}

static bool set_checks(struct evidence *e, struct error *error)
{
    static const char *const words[] = { "a client's log does not show it", "the server's log does not show it",
                                         "the scan does not show it", "a message does not show it" };
    for (int id = CHECK_NAME; id < CHECK_CLIENT; id++) {
        ev_set_enum(&e->checks[id].ran, SOURCE_FILE, RAN_NOT_HERE);
        if (!ev_set_words(&e->checks[id].why, SOURCE_FILE, words[e->told.by.v], error)) {
            return false;
        }
    }
    return true;
}

static bool build(const struct tale *tale, struct evidence *e, struct error *error)
{
    ev_set_int(&e->schema, SOURCE_FILE, EVIDENCE_SCHEMA);
    set_time(&e->started, tale->tried_us != TALE_NO_TIME ? tale->tried_us : tale->told_us);
    if (tale->by != TOLD_BY_SERVER) {
        set(&e->client_said.code, tale->code);
        set(&e->client_said.extended, tale->extended);
        set_time(&e->client_said.tried, tale->tried_us);
        set_time(&e->client_said.told, tale->told_us);
    }
    if (tale->refusal != TALE_UNSEEN && tale_of_account(tale->refusal)) {
        ev_set_enum(&e->logon.ended, SOURCE_FILE, LOGON_ERROR_CODE);
        ev_set_int(&e->logon.error, SOURCE_FILE, tale->refusal);
    } else if (tale->refusal != TALE_UNSEEN) {
        ev_set_enum(&e->nla.ended, SOURCE_FILE, NLA_ERROR_CODE);
        ev_set_int(&e->nla.error, SOURCE_FILE, tale->refusal);
    }
    if (tale->name_error != TALE_UNSEEN) {
        ev_set_enum(&e->name.error, SOURCE_FILE, tale->name_error);
    }
    return ev_set_words(&e->program, SOURCE_FILE, "rdpwhy", error) &&
           ev_set_words(&e->version, SOURCE_FILE, RDPWHY_VERSION, error) &&
           ev_set_words(&e->command, SOURCE_FILE, "read", error) && set_target(e, tale, error) &&
           set_identity(e, &tale->identity, error) && set_tcp(e, tale, error) && set_offers(e, tale, error) &&
           set_tls(e, tale, error) && set_told(e, tale, error) && set_visit(e, tale, error) && set_checks(e, error);
}

/* Only a look at the account gives these (ntstatus.h); any other may be the answer to the very first message. */
bool tale_of_account(int64_t status)
{
    static const int64_t others[] = { 0xC0000193, 0xC0000224, 0xC0000234, 0xC000015B, 0xC0000133, 0xC0000413 };
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        if (others[i] == status) {
            return true;
        }
    }
    return status >= 0xC0000064 && status <= 0xC0000072;
}

struct evidence *tale_evidence(const struct tale *tale, struct error *error)
{
    struct evidence *e = evidence_new(error);
    if (e != NULL && !build(tale, e, error)) {
        evidence_free(e);
        e = NULL;
    }
    return e;
}

struct tale *tales_add(struct tales *tales, enum told_by by, const char *program, struct error *error)
{
    if (tales->items == NULL) {
        tales->items = alloc_array(TALES_MAX, sizeof *tales->items);
    }
    if (tales->items == NULL) {
        error_no_memory(error);
        return NULL;
    }
    struct tale *tale = &tales->items[tales->count++ % TALES_MAX];
    tale_init(tale, by, program);
    return tale;
}

size_t tales_kept(const struct tales *tales)
{
    return tales->count < TALES_MAX ? tales->count : TALES_MAX;
}

struct tale *tales_at(const struct tales *tales, size_t index)
{
    return &tales->items[(tales->count - tales_kept(tales) + index) % TALES_MAX];
}

void tales_release(struct tales *tales)
{
    alloc_free(tales->items);
    *tales = (struct tales){ 0 };
}

const char *line_behind(const struct text_line *line, const char *mark)
{
    const char *found = strstr(line->text, mark);
    return found != NULL ? found + strlen(mark) : NULL;
}

bool line_has(const struct text_line *line, const char *mark)
{
    return strstr(line->text, mark) != NULL;
}

bool word_copy(const char *from, const char *ends, char *to, size_t room)
{
    size_t length = strcspn(from, ends);
    length = length < room ? length : room - 1;
    memcpy(to, from, length);
    to[length] = '\0';
    return length > 0;
}

int64_t word_number(const char *text, int64_t max)
{
    int64_t value = 0;
    size_t i = 0;
    for (; text[i] >= '0' && text[i] <= '9'; i++) {
        value = value * 10 + (text[i] - '0');
        if (value > max) {
            return TALE_UNSEEN;
        }
    }
    return i > 0 ? value : TALE_UNSEEN;
}

int64_t word_hex(const char *text)
{
    int64_t value = 0;
    size_t i = 0;
    for (; i <= 8; i++) {
        const char c = text[i];
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) {
            break;
        }
        value = value << 4 | digit;
    }
    return i > 0 && i <= 8 ? value : TALE_UNSEEN;
}
