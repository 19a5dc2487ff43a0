/* Connections that were made anyway are samples of the RDP port itself. */
#include "path/trace.h"

static bool stalled(const struct ev_connection *connection)
{
    const struct ev_end *end = &connection->end;
    return end->how.source == SOURCE_NONE || end->how.v == END_SILENCE || end->how.v == END_OUR_LIMIT;
}

void trace_tcp_sent(const struct evidence *evidence, int64_t *sent, int64_t *again)
{
    *sent = 0;
    *again = 0;
    ev_each (connection, const struct ev_connection, &evidence->connections) {
        const bool counted = connection->segments.source != SOURCE_NONE && connection->again.source != SOURCE_NONE;
        const char *target = evidence->target.address.v;
        if (target != NULL && !ev_text_is(&connection->address, target)) {
            continue; /* of the other family: another way */
        }
        if (counted && connection->rtt_us.source != SOURCE_NONE && !stalled(connection)) {
            *sent += connection->segments.v;
            *again += connection->again.v;
        }
    }
}

bool trace_record_tcp(struct evidence *evidence, struct error *error)
{
    int64_t sent;
    int64_t again;
    trace_tcp_sent(evidence, &sent, &again);
    ev_each (hop, struct ev_hop, &evidence->path.hops) {
        const bool end = hop->end.source != SOURCE_NONE && hop->end.v && hop->leg.v != LEG_UNDERLAY;
        if (sent == 0 || !end || hop->streams.count == PATH_STREAMS_MAX) {
            continue;
        }
        struct ev_stream *row = ev_list_add(&hop->streams, SOURCE_PROBE, &stream_table, PATH_STREAMS_MAX, error);
        if (row == NULL) {
            return false;
        }
        ev_set_enum(&row->kind, SOURCE_PROBE, STREAM_TCP);
        ev_set_enum(&row->reach, SOURCE_PROBE, REACH_WHOLE);
        ev_set_int(&row->sent, SOURCE_PROBE, sent);
        ev_set_int(&row->lost, SOURCE_PROBE, again);
    }
    return true;
}
