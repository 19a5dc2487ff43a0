/* Signs of the TCP handshake and of the controls beside it. Silence accuses nobody. */
#include "diagnose/signs.h"

#include <inttypes.h>

static size_t count_of(const struct look *look, enum tcp_result result)
{
    size_t count = 0;
    ev_each (attempt, const struct ev_attempt, &look->e->tcp.attempts) {
        count += enum_is(&attempt->result, (int)result);
    }
    return count;
}

static size_t tried(const struct look *look)
{
    size_t count = 0;
    ev_each (attempt, const struct ev_attempt, &look->e->tcp.attempts) {
        count += seen(attempt->result.source);
    }
    return count;
}

enum truth see_tcp_closed(const struct look *look, struct buffer *words)
{
    if (tried(look) == 0) {
        return UNSEEN;
    }
    return count_of(look, TCP_OPEN) > 0 ? say(words, NO, "port %" PRId64 " opens", look->port)
                                        : say(words, YES, "port %" PRId64 " does not open", look->port);
}

enum truth see_tcp_all_silent(const struct look *look, struct buffer *words)
{
    size_t all = tried(look);
    size_t silent = count_of(look, TCP_SILENT) + count_of(look, TCP_UNREACHABLE) + count_of(look, TCP_PROHIBITED);
    if (all == 0) {
        return UNSEEN;
    }
    if (count_of(look, TCP_OPEN) > 0) {
        return say(words, NO, "port %" PRId64 " opens", look->port);
    }
    if (silent < all) {
        return say(words, NO, "port %" PRId64 " is refused, not silent", look->port);
    }
    return count_of(look, TCP_SILENT) > 0 ? say(words, YES, "nothing answers a SYN to port %" PRId64, look->port)
                                          : say(words, YES, "routers answer that the host cannot be reached");
}

enum truth see_tcp_all_refused(const struct look *look, struct buffer *words)
{
    size_t all = tried(look);
    if (all == 0) {
        return UNSEEN;
    }
    return count_of(look, TCP_REFUSED) == all
               ? say(words, YES, "port %" PRId64 " is refused (RST), by %s", look->port,
                     look->local ? "this machine itself" : "the host or by something in front of it")
               : say(words, NO, "port %" PRId64 " is not refused", look->port);
}

static bool control_is(const struct look *look, enum control_what what, enum control_result result)
{
    const struct ev_control *control = look_control(look->e, what);
    return control != NULL && enum_is(&control->result, (int)result);
}

enum truth see_filter_speaks(const struct look *look, struct buffer *words)
{
    if (tried(look) == 0) {
        return UNSEEN;
    }
    ev_each (attempt, const struct ev_attempt, &look->e->tcp.attempts) {
        if (enum_is(&attempt->result, TCP_PROHIBITED)) {
            return say(words, YES, "%.60s answers that connections are administratively prohibited",
                       attempt->by.v != NULL ? attempt->by.v : "a router");
        }
    }
    return count_of(look, TCP_OPEN) > 0 ? say(words, NO, "the port opens") : UNSEEN;
}

enum truth see_port_alone_silent(const struct look *look, struct buffer *words)
{
    static const struct {
        enum control_what what;
        int port;
    } ports[] = { { CONTROL_TCP_445, 445 }, { CONTROL_TCP_135, 135 }, { CONTROL_TCP_5985, 5985 } };
    if (tried(look) == 0 || count_of(look, TCP_SILENT) < tried(look)) {
        return UNSEEN;
    }
    for (size_t i = 0; i < COUNT_OF(ports); i++) {
        if (control_is(look, ports[i].what, CONTROL_REFUSED)) {
            return say(words, YES,
                       "the host refuses port %d with a RST, but swallows port %" PRId64
                       ": a filter does that, or a listener that takes no more",
                       ports[i].port, look->port);
        }
    }
    return UNSEEN;
}

enum truth see_host_answers(const struct look *look, struct buffer *words)
{
    static const struct {
        enum control_what what;
        const char *name;
    } controls[] = { { CONTROL_ICMP, "ping" },
                     { CONTROL_TCP_445, "port 445" },
                     { CONTROL_TCP_135, "port 135" },
                     { CONTROL_TCP_5985, "port 5985" },
                     { CONTROL_NEIGHBOUR, "its own network" } };
    if (count_of(look, TCP_OPEN) > 0) {
        return say(words, YES, "the host answers on port %" PRId64, look->port);
    }
    if (count_of(look, TCP_REFUSED) > 0 && look->local) {
        return say(words, YES, "the host is this machine");
    }
    for (size_t i = 0; i < COUNT_OF(controls); i++) {
        if (control_is(look, controls[i].what, CONTROL_ANSWERED) ||
            control_is(look, controls[i].what, CONTROL_OPENED) || control_is(look, controls[i].what, CONTROL_REFUSED)) {
            return say(words, YES, "the host is up: it answers %s", controls[i].name);
        }
    }
    return UNSEEN; /* all silent is undecided: firewalls are silent too */
}

enum truth see_host_silent(const struct look *look, struct buffer *words)
{
    if (see_host_answers(look, NULL) == YES) {
        return say(words, NO, "the host answers");
    }
    if (see_tcp_all_silent(look, NULL) == YES) {
        return say(words, YES, "nothing answers a SYN to port %" PRId64, look->port);
    }
    return UNSEEN; /* a RST may come from something in front */
}

enum truth see_neighbour_missing(const struct look *look, struct buffer *words)
{
    const struct ev_control *neighbour = look_control(look->e, CONTROL_NEIGHBOUR);
    if (neighbour == NULL || !seen(neighbour->result.source) || neighbour->result.v == CONTROL_NOT_POSSIBLE ||
        neighbour->result.v == CONTROL_SILENCE) {
        return UNSEEN;
    }
    return neighbour->result.v == CONTROL_FAILED
               ? say(words, YES, "nobody on the local network claims the address")
               : say(words, NO, "the address belongs to a machine on the local network");
}

enum truth see_later_connects_cut(const struct look *look, struct buffer *words)
{
    size_t opened = 0;
    bool later = false;
    if (look->e->connections.count < 2) {
        return UNSEEN;
    }
    ev_each (connection, const struct ev_connection, &look->e->connections) {
        if (enum_is(&connection->purpose, PURPOSE_OTHER_ADDRESS) || enum_is(&connection->purpose, PURPOSE_WAY)) {
            continue;
        }
        bool at_tcp = enum_is(&connection->end.stage, STAGE_TCP) && !enum_is(&connection->purpose, PURPOSE_SILENT);
        bool cut = at_tcp && (enum_is(&connection->end.how, END_RST) || enum_is(&connection->end.how, END_SILENCE) ||
                              enum_is(&connection->end.how, END_ICMP));
        /* a gateway that opened no channel: nobody knocked at the port */
        const bool not_asked =
            at_tcp && enum_is(&connection->end.how, END_FIN) && enum_is(&connection->end.by, END_BY_NETWORK);
        if (not_asked) {
            continue;
        }
        if (!cut) {
            opened++;
        } else if (opened > 0) {
            later = true;
        }
    }
    return later ? say(words, YES, "the port opened %zu time%s, then no longer", opened, opened == 1 ? "" : "s")
                 : say(words, NO, "the port opened at every connect");
}

/* ms-rpc, winrm: ports that only a Windows host opens. */
enum truth see_windows_beside(const struct look *look, struct buffer *words)
{
    if (look->port != 3389) {
        return say(words, NO, "port %" PRId64 " is not the one Windows uses for RDP", look->port);
    }
    if (control_is(look, CONTROL_TCP_135, CONTROL_OPENED) || control_is(look, CONTROL_TCP_5985, CONTROL_OPENED)) {
        return say(words, YES, "the host also answers on ports that Windows opens (135, 5985)");
    }
    if (control_is(look, CONTROL_TCP_135, CONTROL_REFUSED) && control_is(look, CONTROL_TCP_5985, CONTROL_REFUSED)) {
        return say(words, NO, "the ports that Windows opens (135, 5985) are closed on this host");
    }
    return UNSEEN;
}
