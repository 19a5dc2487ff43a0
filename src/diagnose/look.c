#include "diagnose/look.h"

#include <inttypes.h>
#include <stdio.h>

const struct ev_connection *look_connection(const struct evidence *evidence, const struct ev_int *index)
{
    const struct ev_list *list = &evidence->connections;
    if (!seen(index->source) || index->v < 0 || (uint64_t)index->v >= list->count) {
        return NULL;
    }
    return (const struct ev_connection *)list->items + index->v;
}

static bool made_for(const struct evidence *evidence, const struct ev_int *index, enum purpose purpose)
{
    const struct ev_connection *connection = look_connection(evidence, index);
    return connection != NULL && enum_is(&connection->purpose, purpose);
}

const struct ev_offer *look_offer(const struct evidence *evidence, enum purpose purpose)
{
    ev_each (offer, const struct ev_offer, &evidence->negotiation.offers) {
        if (made_for(evidence, &offer->connection, purpose)) {
            return offer;
        }
    }
    return NULL;
}

const struct ev_offer *look_offered(const struct evidence *evidence, int64_t protocols)
{
    ev_each (offer, const struct ev_offer, &evidence->negotiation.offers) {
        if (int_is(&offer->offer, protocols)) {
            return offer;
        }
    }
    return NULL;
}

const struct ev_hello *look_hello(const struct evidence *evidence, enum purpose purpose)
{
    ev_each (hello, const struct ev_hello, &evidence->tls.hellos) {
        if (made_for(evidence, &hello->connection, purpose)) {
            return hello;
        }
    }
    return NULL;
}

const struct ev_control *look_control(const struct evidence *evidence, enum control_what what)
{
    ev_each (control, const struct ev_control, &evidence->controls) {
        if (enum_is(&control->what, (int)what)) {
            return control;
        }
    }
    return NULL;
}

/* What was read from a file may lack the connections: then the first offer that mstsc makes will do. */
static const struct ev_offer *first_offer(const struct evidence *evidence)
{
    const struct ev_offer *offer = look_offer(evidence, PURPOSE_FIRST);
    if (offer == NULL && evidence->connections.count == 0 && evidence->negotiation.offers.count > 0) {
        offer = evidence->negotiation.offers.items;
    }
    return offer;
}

static const struct ev_hello *first_hello(const struct evidence *evidence)
{
    const struct ev_hello *hello = look_hello(evidence, PURPOSE_FIRST);
    if (hello == NULL && evidence->connections.count == 0 && evidence->tls.hellos.count > 0) {
        hello = evidence->tls.hellos.items;
    }
    return hello;
}

static int64_t first_rtt(const struct evidence *evidence)
{
    ev_each (attempt, const struct ev_attempt, &evidence->tcp.attempts) {
        if (enum_is(&attempt->result, TCP_OPEN) && seen(attempt->rtt_us.source)) {
            return attempt->rtt_us.v;
        }
    }
    ev_each (connection, const struct ev_connection, &evidence->connections) {
        if (seen(connection->rtt_us.source)) {
            return connection->rtt_us.v;
        }
    }
    return -1;
}

static bool went_through(const struct ev_hello *hello)
{
    return bool_is(&hello->finished, true) || enum_is(&hello->result, TLS_TRY_ACCEPTED);
}

static void count_repeats(struct look *look)
{
    ev_each (hello, const struct ev_hello, &look->e->tls.hellos) {
        if (look->hello != NULL && made_for(look->e, &hello->connection, PURPOSE_REPEAT_FIRST) &&
            seen(hello->result.source)) {
            look->repeats++;
            look->repeats_unlike += went_through(hello) != went_through(look->hello);
        }
    }
}

/* The address that was used, or, when none opened, the first one that was tried: its route is the one that is known. */
static bool address_of(const struct evidence *evidence, struct address *address)
{
    if (evidence->target.address.v != NULL) {
        return address_parse(evidence->target.address.v, address);
    }
    ev_each (item, const struct ev_address_item, &evidence->target.addresses) {
        ev_each (attempt, const struct ev_attempt, &evidence->tcp.attempts) {
            if (item->address.v != NULL && ev_text_is(&attempt->address, item->address.v)) {
                return address_parse(item->address.v, address);
            }
        }
    }
    return false;
}

void look_init(struct look *look, const struct evidence *evidence, const struct readings *readings)
{
    *look = (struct look){ .e = evidence, .r = readings };
    look->first = first_offer(evidence);
    look->plain = look_offer(evidence, PURPOSE_PLAIN_REQUEST);
    look->hello = first_hello(evidence);
    look->wide = look_hello(evidence, PURPOSE_WIDE_HELLO);
    look->again = look_hello(evidence, PURPOSE_REPEAT_FIRST);
    look->small = look_hello(evidence, PURPOSE_SMALL_MSS);
    count_repeats(look);
    ev_each (connection, const struct ev_connection, &evidence->connections) {
        if (enum_is(&connection->purpose, PURPOSE_SILENT)) {
            look->silent = connection;
        }
    }
    look->kind = kind_of(evidence);
    look->local = bool_is(&evidence->target.local, true);
    look->has_address = address_of(evidence, &look->address);
    if (look->has_address) {
        look->class = address_class_of(&look->address);
        look->local = look->local || look->class == ADDRESS_CLASS_LOOPBACK;
    }
    look->rtt_us = first_rtt(evidence);
    look->port = seen(evidence->target.port.source) ? evidence->target.port.v : 3389;
}

const char *span(int64_t us, char text[SPAN_SIZE])
{
    if (us < 1000) {
        snprintf(text, SPAN_SIZE, "under 1 ms");
    } else if (us < 1000000) {
        snprintf(text, SPAN_SIZE, "%" PRId64 " ms", us / 1000);
    } else {
        snprintf(text, SPAN_SIZE, "%" PRId64 ".%" PRId64 " s", us / 1000000, us / 100000 % 10);
    }
    return text;
}

const char *days(int64_t count, char text[SPAN_SIZE])
{
    uint64_t plain = count < 0 ? (uint64_t)-count : (uint64_t)count;
    snprintf(text, SPAN_SIZE, "%" PRIu64 " day%s", plain, plain == 1 ? "" : "s");
    return text;
}
