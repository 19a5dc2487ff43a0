#include "lab/server.h"

#include "base/alloc.h"
#include "lab/acceptor.h"
#include "lab/session.h"
#include "lab/udp.h"

enum { SESSIONS_MAX = 256 };

struct lab_server {
    struct net_loop *loop;
    struct lab_server_options options;
    struct address address;
    struct net_listener *listener;
    struct net_timer *stays; /* keeps the loop going once the port is closed */
    uint16_t port;
    struct lab_pem pem;
    struct lab_pem behind; /* the server behind a proxy */
    char fingerprint[LAB_FINGERPRINT_SIZE];
    struct lab_accounts accounts;
    struct lab_udp_speaker *udp;
    struct lab_hub hub;
    struct lab_session *sessions[SESSIONS_MAX];
    unsigned accepted;
    unsigned ended;
};

static void count_end(struct lab_server *server)
{
    server->ended++;
    if (server->options.once != 0 && server->ended >= server->options.once) {
        net_loop_stop(server->loop);
    }
}

static void on_over(void *context, struct lab_session *session)
{
    struct lab_server *server = context;
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        if (server->sessions[i] == session) {
            server->sessions[i] = NULL;
        }
    }
    lab_session_free(session);
    count_end(server);
}

static const struct lab_behaviour *behaviour_of(const struct lab_server *server, unsigned number)
{
    static const struct lab_behaviour healthy = { LAB_WINDOWS };
    const struct lab_behaviour *behaviour = &server->options.scenario->behaviour;
    return behaviour->turns && number % 2 == 0 ? &healthy : behaviour;
}

static const int64_t hour_us = 3600 * INT64_C(1000000);

static void on_hour(void *context)
{
    struct lab_server *server = context;
    net_timer_again(server->stays, hour_us);
}

/* The port goes, the program does not: it ends when it is told to. */
static void leave(struct lab_server *server)
{
    struct error error;
    server->stays = net_timer_start(server->loop, hour_us, on_hour, server, &error);
    net_listener_free(server->listener);
    server->listener = NULL;
}

static void on_accepted(void *context, struct net_stream *stream)
{
    struct lab_server *server = context;
    size_t slot = 0;
    while (slot < SESSIONS_MAX && server->sessions[slot] != NULL) {
        slot++;
    }
    if (slot == SESSIONS_MAX && stream != NULL) {
        net_stream_reset(stream);
        return;
    }
    const unsigned number = ++server->accepted;
    const struct lab_session_options options = {
        .hub = &server->hub,
        .loop = server->loop,
        .behaviour = behaviour_of(server, number),
        .pem = &server->pem,
        .behind = server->behind.key != NULL ? &server->behind : NULL,
        .number = number,
        .tell = server->options.tell,
        .tell_context = server->options.context,
        .over = on_over,
        .over_context = server,
    };
    struct lab_session *session = stream != NULL ? lab_session_new(&options, stream, NULL) : NULL;
    if (session != NULL) {
        server->sessions[slot] = session;
    } else {
        if (options.tell != NULL) {
            options.tell(options.tell_context, number, "out of memory");
        }
        count_end(server);
    }
    if (server->accepted == server->options.scenario->behaviour.opening.leaves) {
        leave(server);
    }
}

static bool needs_certificate(const struct lab_behaviour *behaviour)
{
    return behaviour->gateway.is || behaviour->negotiation.protocols != 0 || behaviour->negotiation.forced;
}

/* Certificates and accounts. */
static bool prepare(struct lab_server *server, struct error *error)
{
    const struct lab_behaviour *behaviour = &server->options.scenario->behaviour;
    const struct lab_logon *logon = &behaviour->nla.logon;
    const bool proxied = logon->proof == LAB_PROOF_OTHER_KEY || logon->proof == LAB_PROOF_WRONG;
    if (needs_certificate(behaviour) && (!lab_certificate_make(&behaviour->tls.certificate, &server->pem, error) ||
                                         !lab_fingerprint(&server->pem, server->fingerprint))) {
        return false;
    }
    return (!proxied || lab_certificate_make(&behaviour->tls.certificate, &server->behind, error)) &&
           (logon->user == NULL || lab_accounts_open(logon, server->options.keytab, &server->accounts, error));
}

static bool start_udp(struct lab_server *server, struct error *error)
{
    const struct lab_udp_options options = {
        .behaviour = &server->options.scenario->behaviour.udp,
        .address = server->address,
        .port = server->port,
        .tell = server->options.tell,
        .tell_context = server->options.context,
    };
    server->udp = lab_udp_start(server->loop, &options, error);
    return server->udp != NULL;
}

struct lab_server *lab_server_start(struct net_loop *loop, const struct lab_server_options *options,
                                    struct error *error)
{
    struct lab_server *server = alloc_new(sizeof(*server));
    if (server == NULL) {
        error_no_memory(error);
        return NULL;
    }
    server->loop = loop;
    server->options = *options;
    const struct lab_scenario *scenario = options->scenario;
    if (!address_parse(scenario->ipv6 ? "::1" : "127.0.0.1", &server->address) || !prepare(server, error)) {
        lab_server_free(server);
        return NULL;
    }
    server->listener = net_listener_new(loop, &server->address, options->port, on_accepted, server, error);
    if (server->listener == NULL) {
        lab_server_free(server);
        return NULL;
    }
    server->port = net_listener_port(server->listener);
    if (scenario->behaviour.udp.listens && !start_udp(server, error)) {
        lab_server_free(server);
        return NULL;
    }
    return server;
}

void lab_server_address(const struct lab_server *server, struct address *address)
{
    *address = server->address;
}

uint16_t lab_server_port(const struct lab_server *server)
{
    return server->port;
}

const char *lab_server_fingerprint(const struct lab_server *server)
{
    return server->fingerprint;
}

void lab_server_free(struct lab_server *server)
{
    if (server == NULL) {
        return;
    }
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        lab_session_free(server->sessions[i]);
    }
    net_listener_free(server->listener);
    net_timer_free(server->stays);
    lab_udp_free(server->udp);
    lab_pem_release(&server->pem);
    lab_pem_release(&server->behind);
    lab_accounts_release(&server->accounts);
    alloc_free(server);
}
