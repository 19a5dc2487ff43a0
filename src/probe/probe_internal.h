/* What the checks of src/probe share in one run. */
#ifndef RDPWHY_PROBE_PROBE_INTERNAL_H
#define RDPWHY_PROBE_PROBE_INTERNAL_H

#include "plan/budget.h"
#include "probe/attempt.h"
#include "probe/probe.h"

enum {
    PROBE_CANDIDATES = 8,       /* addresses of the target that are looked at */
    PROBE_CONNECT_US = 6000000, /* limits of the stages, inside the budget of the whole run */
    PROBE_NEGO_US = 5000000,
    PROBE_TLS_US = 10000000,
    PROBE_NLA_US = 10000000,
    PROBE_SILENT_US = 3000000,
    PROBE_LOGON_US = 15000000, /* a server asks its domain controller */
    PROBE_EARLY_US = 5000000,
    PROBE_KDC_US = 8000000,
    PROBE_LIBRARY_US = 5000000,
};

struct probe {
    struct attempt *attempts; /* all of this run, newest first */
    struct attempt *first;    /* connection 1, once it is open */
    unsigned opened;          /* connects that were answered by an open port, or still may be */
    unsigned tried;           /* SYNs in all */
    unsigned allowed;         /* more connects than the budget of a run, by the user's word */
    struct budget_log log;
    uint64_t target;     /* of the host as it was typed */
    bool exempt;         /* loopback: no rolling budget */
    unsigned tests_made; /* bits of enum probe_test */
    /* Waiting for the rolling budget. */
    struct net_timer *wait_timer;
    bool (*wait_then)(struct run *run, struct error *error);
    unsigned wait_connects;
    struct name_check *name; /* of name.c */
    /* route: the VPN gateway's name, while it is looked up and after */
    struct net_lookup *gateway_lookup;
    struct address gateway; /* family NONE: not known */
    bool gateway_asked;
    bool gateway_ambiguous; /* the name has several addresses */
    /* tcp */
    struct address candidates[PROBE_CANDIDATES];
    struct attempt *tried_by[PROBE_CANDIDATES];
    size_t candidate_count;
    struct net_timer *stagger;
    struct net_timer *certificate_timer;
    struct controls *controls;         /* of controls.c */
    struct gateway_look *gateway_look; /* of gateway.c */
    struct gateway_look *door;         /* connects go through its channel; NULL: they are direct */
    struct udp_check *udp;             /* of udp.c; while it runs */
    /* logon */
    char accepted[65];         /* SHA-256 of the certificate that the user said yes to; "": none */
    struct attempt *logged_on; /* the connection that a session may go on with; NULL: none */
    bool logon_spnego;         /* raw NTLM was not taken: inside SPNEGO now */
    bool logon_spent;          /* the one logon of this run was begun */
    /* tests */
    enum probe_test tests[PROBE_TEST_COUNT];
    size_t test_count;
    unsigned deep_next;
    struct way_run *ways;    /* of way.c */
    struct way_names *names; /* of way_names.c */
};

void probe_adopt(struct run *run, struct attempt *attempt);
/* A connect of the budget came to nothing: ban tools do not see it. */
void probe_not_opened(struct run *run);
/* Counts a connect that is about to be made, for this run and the rolling budget. */
void probe_count_connect(struct run *run, const struct address *address);
/* Calls `then` as soon as so many connects are allowed, maybe at once. */
bool probe_when_allowed(struct run *run, unsigned connects, bool (*then)(struct run *run, struct error *error),
                        struct error *error) MUST_USE;
void probe_stop_waiting(struct run *run);

/* The log of connects in the state file. A file that cannot be read or written never stops a diagnosis. */
void probe_log_read(struct budget_log *log);
void probe_log_add(const uint64_t *targets, size_t count);

/* Adds to tcp.attempts[] what came of a connect. */
bool probe_record_attempt(struct attempt *attempt, struct error *error) MUST_USE;
/* TLS pieces that several stages use. */
bool probe_tls_flush(struct attempt *attempt, struct error *error) MUST_USE;
enum tls_version probe_tls_version(uint16_t wire);
/* The Confirm selected one of the offered protocols, and that runs over TLS. */
bool probe_leads_to_tls(const struct attempt *attempt);
const char *probe_server_name(const struct run *run); /* NULL for address literals */
/* The certificate of the attempt's handshake, into its run's evidence. */
bool probe_record_chain(struct attempt *attempt, struct error *error) MUST_USE;
/* The stages of connection 1, told to the checks that began them. */
void probe_negotiation_over(struct attempt *attempt, enum went went);
void probe_tls_over(struct attempt *attempt, enum went went);
void probe_nla_over(struct attempt *attempt);
void probe_logon_over(struct attempt *attempt, enum went went);
/* Notes what became of this run's logon, so that the next one does not lock the account. */
void probe_logon_remember(struct run *run);
/* Raw NTLM was not taken, and nothing of the account has left: one more connection with NTLM inside SPNEGO, when there
 * is one. The run holds until it is over. */
bool probe_logon_by_spnego(struct attempt *attempt, struct error *error) MUST_USE;
/* When this run may log on by this connection, whose TLS is up: makes attempt->logon. What forbids it is recorded. */
bool probe_logon_prepare(struct attempt *attempt, struct error *error) MUST_USE;
void probe_session_over(struct attempt *attempt);
/* --session: connection 1 is kept for it where there is no NLA. */
bool probe_session_follows(const struct run *run);
/* The account was logged on by this connection (NLA). */
bool probe_logged_on(const struct attempt *attempt);

/* PROBE_CONTROLS and PROBE_INTERCEPTOR: does it make sense in this run; start it (run_hold now, run_let_go when over).
 * What is still going on is ended by probe_controls_cancel. */
bool probe_controls_apply(const struct run *run, enum probe_test test);
bool probe_controls_start(struct run *run, enum probe_test test, struct error *error) MUST_USE;
void probe_controls_cancel(struct run *run);

/* Frees the ways that were gone; call it after their attempts are freed. */
void probe_names_release(struct run *run);
void probe_ways_release(struct run *run);
void probe_gateway_release(struct run *run);
/* Ends the connections through the gateway, politely. */
void probe_gateway_settle(struct run *run);
/* The way to the host goes through the gateway, and so does its logon: none is tried directly. */
bool probe_logon_elsewhere(const struct run *run);
bool probe_is_loopback(const char *host);
/* Frees what the check name still holds. */
void probe_name_release(struct run *run);
/* Frees what the check udp still holds. */
void probe_udp_release(struct run *run);
/* Fills the route group (and target.local) for the address that is used. */
bool probe_record_route(struct run *run, const struct address *to, struct error *error) MUST_USE;

extern const struct check probe_tcp, probe_negotiation, probe_tls, probe_certificate, probe_nla, probe_logon,
    probe_session, probe_udp, probe_load, probe_client, probe_gateway;

#endif
