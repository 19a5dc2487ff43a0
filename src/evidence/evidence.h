/* The evidence document: what was seen, by whom, and nothing else. docs and names: contract "JSON (schema 1)".
 *
 * Probes and readers fill it; diagnose reads it; json saves and loads it. A field that was not seen is unset. */
#ifndef RDPWHY_EVIDENCE_EVIDENCE_H
#define RDPWHY_EVIDENCE_EVIDENCE_H

#include "evidence/certificate.h"
#include "evidence/client.h"
#include "evidence/connection.h"
#include "evidence/field.h"
#include "evidence/gateway.h"
#include "evidence/joined.h"
#include "evidence/line.h"
#include "evidence/logon.h"
#include "evidence/path.h"
#include "evidence/reach.h"
#include "evidence/secure.h"
#include "evidence/server.h"
#include "evidence/session.h"
#include "evidence/told.h"
#include "evidence/udp.h"

enum { EVIDENCE_SCHEMA = 1 };

/* Check ids in the order of the checklist. */
enum check_id {
    CHECK_NAME,
    CHECK_ROUTE,
    CHECK_TCP,
    CHECK_NEGOTIATION,
    CHECK_TLS,
    CHECK_CERTIFICATE,
    CHECK_NLA,
    CHECK_LOGON,
    CHECK_SESSION,
    CHECK_UDP,
    CHECK_GATEWAY,
    CHECK_MTU,
    CHECK_PATH,
    CHECK_BANDWIDTH,
    CHECK_LOAD,
    CHECK_CLIENT,
    CHECK_COUNT,
};
extern const struct field_names check_names[];

/* Did the check run? Recorded by plan; the status shown to the user is a reading. */
enum check_ran {
    RAN_NOT,       /* never started */
    RAN_DONE,      /* ran to its end; the evidence says what it saw */
    RAN_NOT_ASKED, /* --only, --skip, or an option that was not given */
    RAN_POINTLESS, /* something it needs failed before */
    RAN_NO_ANSWER, /* its own time limit ended it */
    RAN_CANCELLED, /* Ctrl-C, or the budget of the whole run */
    RAN_NOT_HERE,  /* this build or this machine cannot: `why` says what is missing */
};

struct ev_check {
    struct ev_enum ran; /* enum check_ran */
    struct ev_int took_us;
    struct ev_text why;
};

/* --- load, client --- */
struct ev_int_item {
    struct ev_int value;
};
struct ev_load {
    struct ev_list confirm_us; /* struct ev_int_item: request to Confirm, one per connection */
};
struct ev_target {
    struct ev_text input;
    struct ev_text host; /* a name, or an address literal without brackets */
    struct ev_int port;
    struct ev_list addresses; /* struct ev_address_item: all that were tried or known */
    struct ev_text address;   /* the one used */
    struct ev_bool local;     /* loopback or an address of this machine */
};
struct ev_address_item {
    struct ev_text address;
};
struct ev_client_said {
    struct ev_int code;
    struct ev_int extended;
    struct ev_text text;
    struct ev_int tried; /* FIELD_TIME: when the client set out, by its own log */
    struct ev_int told;  /* FIELD_TIME: when it was told the code */
};

/* What was seen through the channel of an RD Gateway: the groups of a direct look, kept apart from it. */
struct ev_through {
    struct ev_list connections; /* struct ev_connection: channels, without an address */
    struct ev_tcp tcp;          /* the gateway said that its own connection to the host is open */
    struct ev_negotiation negotiation;
    struct ev_tls tls;
    struct ev_certificate certificate;
    struct ev_nla nla;
    struct ev_logon logon;
    struct ev_session session;
    struct ev_check logon_run;
    struct ev_check session_run;
};

struct evidence {
    struct ev_int schema;
    struct ev_text program;
    struct ev_text version;
    struct ev_text command;
    struct ev_bool redacted;
    struct ev_target target;
    struct ev_int started; /* FIELD_TIME */
    struct ev_int elapsed_us;
    struct ev_list privileges; /* struct ev_text_item */
    struct ev_client_said client_said;
    struct ev_list connections; /* struct ev_connection */
    struct ev_list controls;    /* struct ev_control */
    struct ev_server server;    /* what somebody collected on the server itself */
    struct ev_told told;        /* in the words of a log or a dialog */
    struct ev_joined joined;    /* of several files: what was put together, and why */
    struct ev_through through;  /* the RD Gateway */
    struct ev_check checks[CHECK_COUNT];
    struct ev_name name;
    struct ev_route route;
    struct ev_tcp tcp;
    struct ev_negotiation negotiation;
    struct ev_tls tls;
    struct ev_certificate certificate;
    struct ev_nla nla;
    struct ev_logon logon;
    struct ev_session session;
    struct ev_udp udp;
    struct ev_gateway gateway;
    struct ev_mtu mtu;
    struct ev_path path;
    struct ev_bandwidth bandwidth;
    struct ev_load load;
    struct ev_client client;
};

/* The whole document but checks[] and the per-check groups; json nests those under "checks". */
extern const struct field_table evidence_table;
extern const struct field_table check_table;        /* struct ev_check */
extern const struct field_table address_table;      /* struct ev_address */
extern const struct field_table address_item_table; /* struct ev_address_item */
extern const struct field_table resolver_table;
extern const struct field_table attempt_table;
extern const struct field_table offer_table;
extern const struct field_table hello_table;
extern const struct field_table int_item_table;
extern const struct field_table connection_table;
extern const struct field_table through_table;
extern const struct field_table control_table;

/* Names of enum values, as in JSON; each ends with a NULL name. */
extern const struct field_names ran_names[], name_error_names[], name_form_names[], vpn_names[], vpn_transport_names[],
    tcp_result_names[], nego_ended_names[], speaks_names[], tls_version_names[], tls_try_names[], hello_names[],
    key_names[], package_names[], nla_ended_names[], purpose_names[], end_by_names[], end_how_names[], stage_names[],
    control_names[], control_result_names[];

/* The group of a check's evidence: its table (NULL for checks that record nothing yet) and its place in the document.
 */
const struct field_table *evidence_group(enum check_id id);
void *evidence_group_of(struct evidence *evidence, enum check_id id);
const void *evidence_group_in(const struct evidence *evidence, enum check_id id);

struct evidence *evidence_new(struct error *error) MUST_USE;
void evidence_free(struct evidence *evidence); /* NULL is fine */
struct evidence *evidence_copy(const struct evidence *evidence, struct error *error) MUST_USE;
bool evidence_equal(const struct evidence *a, const struct evidence *b);

#endif
