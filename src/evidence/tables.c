#include "evidence/tables.h"
#include "evidence/evidence.h"

/* One table per struct, inner before outer. The order of rows is the order in JSON. */

static const struct field check_rows[] = {
    { FIELD_ROW(struct ev_check, ran, ENUM, NONE), .names = ran_names },
    { FIELD_ROW(struct ev_check, took_us, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    /* Not "why": in JSON that is the line shown to the user, which may be computed, and computed parts are not read
       back. */
    { .name = "ran_why", .kind = FIELD_TEXT, .offset = offsetof(struct ev_check, why), .privacy = PRIVACY_WORDS },
};
const struct field_table check_table = FIELD_TABLE("check", struct ev_check, check_rows);

static const struct field address_rows[] = {
    { FIELD_ROW(struct ev_address, address, TEXT, ADDRESS), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_address, ttl_s, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
};
const struct field_table address_table = FIELD_TABLE("address", struct ev_address, address_rows);

static const struct field address_item_rows[] = {
    { .name = "",
      .kind = FIELD_TEXT,
      .offset = offsetof(struct ev_address_item, address),
      .privacy = PRIVACY_ADDRESS,
      .diff = DIFF_KEY },
};
const struct field_table address_item_table = FIELD_TABLE("address_item", struct ev_address_item, address_item_rows);

static const struct field name_item_rows[] = {
    { .name = "",
      .kind = FIELD_TEXT,
      .offset = offsetof(struct ev_name_item, name),
      .privacy = PRIVACY_NAME,
      .diff = DIFF_KEY },
};
const struct field_table name_item_table = FIELD_TABLE("name_item", struct ev_name_item, name_item_rows);

static const struct field text_item_rows[] = {
    { .name = "",
      .kind = FIELD_TEXT,
      .offset = offsetof(struct ev_text_item, text),
      .privacy = PRIVACY_NONE,
      .diff = DIFF_KEY },
};
const struct field_table text_item_table = FIELD_TABLE("text_item", struct ev_text_item, text_item_rows);

static const struct field int_item_rows[] = {
    { .name = "",
      .kind = FIELD_INT,
      .offset = offsetof(struct ev_int_item, value),
      .privacy = PRIVACY_NONE,
      .diff = DIFF_KEY,
      .range = RANGE_COUNT },
};
const struct field_table int_item_table = FIELD_TABLE("int_item", struct ev_int_item, int_item_rows);

static const struct field resolver_rows[] = {
    { FIELD_ROW(struct ev_resolver, address, TEXT, ADDRESS), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_resolver, answers, LIST, NONE), .group = &address_table },
    { FIELD_ROW(struct ev_resolver, rcode, ENUM, NONE), .names = name_error_names },
    { FIELD_ROW(struct ev_resolver, rtt_us, INT, NONE), .range = RANGE_COUNT },
};
const struct field_table resolver_table = FIELD_TABLE("resolver", struct ev_resolver, resolver_rows);

static const struct field name_rows[] = {
    { FIELD_ROW(struct ev_name, form, ENUM, NONE), .names = name_form_names },
    { FIELD_ROW(struct ev_name, answers, LIST, NONE), .group = &address_table },
    { FIELD_ROW(struct ev_name, error, ENUM, NONE), .names = name_error_names },
    { FIELD_ROW(struct ev_name, rtt_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_name, canonical, TEXT, NAME) },
    { FIELD_ROW(struct ev_name, servers, LIST, NONE), .group = &resolver_table, .diff = DIFF_SAMPLES },
};
const struct field_table name_table = FIELD_TABLE("name", struct ev_name, name_rows);

static const struct field vpn_rows[] = {
    { FIELD_ROW(struct ev_vpn, kind, ENUM, NONE), .names = vpn_names },
    { FIELD_ROW(struct ev_vpn, interface, TEXT, WORDS) },
    { FIELD_ROW(struct ev_vpn, outer_endpoint, TEXT, ADDRESS) },
    { FIELD_ROW(struct ev_vpn, outer_port, INT, NONE), .range = RANGE_PORT },
    { FIELD_ROW(struct ev_vpn, outer_transport, ENUM, NONE), .names = vpn_transport_names },
    { FIELD_ROW(struct ev_vpn, outer_interface, TEXT, WORDS) },
    { FIELD_ROW(struct ev_vpn, learnt, TEXT, NONE) },
    { FIELD_ROW(struct ev_vpn, why, TEXT, NONE) },
};
static const struct field_table vpn_table = FIELD_TABLE("vpn", struct ev_vpn, vpn_rows);

static const struct field way_rows[] = {
    { FIELD_ROW(struct ev_way, network, TEXT, ADDRESS) },
    { FIELD_ROW(struct ev_way, bits, INT, NONE), .range = RANGE_PREFIX },
    { FIELD_ROW(struct ev_way, metric, INT, NONE) },
    { FIELD_ROW(struct ev_way, interface, TEXT, WORDS) },
    { FIELD_ROW(struct ev_way, kind, ENUM, NONE), .names = vpn_names },
};
const struct field_table way_table = FIELD_TABLE("way", struct ev_way, way_rows);

static const struct field tunnel_rows[] = {
    { FIELD_ROW(struct ev_tunnel, interface, TEXT, WORDS) },
    { FIELD_ROW(struct ev_tunnel, kind, ENUM, NONE), .names = vpn_names },
};
const struct field_table tunnel_table = FIELD_TABLE("tunnel", struct ev_tunnel, tunnel_rows);

static const struct field other_way_rows[] = {
    { FIELD_ROW(struct ev_other_way, address, TEXT, ADDRESS) },
    { FIELD_ROW(struct ev_other_way, interface, TEXT, WORDS) },
    { FIELD_ROW(struct ev_other_way, kind, ENUM, NONE), .names = vpn_names },
};
const struct field_table other_way_table = FIELD_TABLE("other_way", struct ev_other_way, other_way_rows);

static const struct field route_rows[] = {
    { FIELD_ROW(struct ev_route, interface, TEXT, WORDS) },
    { FIELD_ROW(struct ev_route, source, TEXT, ADDRESS) },
    { FIELD_ROW(struct ev_route, gateway, TEXT, ADDRESS) },
    { FIELD_ROW(struct ev_route, on_link, BOOL, NONE) },
    { FIELD_ROW(struct ev_route, unreachable, BOOL, NONE) },
    { FIELD_ROW(struct ev_route, mtu, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_route, vpn, GROUP, NONE), .group = &vpn_table },
    { FIELD_ROW(struct ev_route, ways, LIST, NONE), .group = &way_table },
    { FIELD_ROW(struct ev_route, tunnels, LIST, NONE), .group = &tunnel_table },
    { FIELD_ROW(struct ev_route, others, LIST, NONE), .group = &other_way_table },
};
const struct field_table route_table = FIELD_TABLE("route", struct ev_route, route_rows);

static const struct field attempt_rows[] = {
    { FIELD_ROW(struct ev_attempt, address, TEXT, ADDRESS), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_attempt, result, ENUM, NONE), .names = tcp_result_names },
    { FIELD_ROW(struct ev_attempt, rtt_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_attempt, by, TEXT, ADDRESS) },
};
const struct field_table attempt_table = FIELD_TABLE("attempt", struct ev_attempt, attempt_rows);

static const struct field tcp_rows[] = {
    { FIELD_ROW(struct ev_tcp, attempts, LIST, NONE), .group = &attempt_table, .diff = DIFF_SAMPLES },
};
const struct field_table tcp_table = FIELD_TABLE("tcp", struct ev_tcp, tcp_rows);

static const struct field offer_rows[] = {
    { FIELD_ROW(struct ev_offer, offer, INT, NONE), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_offer, selected, INT, NONE) },
    { FIELD_ROW(struct ev_offer, no_block, BOOL, NONE) },
    { FIELD_ROW(struct ev_offer, flags, INT, NONE) },
    { FIELD_ROW(struct ev_offer, failure, INT, NONE) },
    { FIELD_ROW(struct ev_offer, ended, ENUM, NONE), .names = nego_ended_names },
    { FIELD_ROW(struct ev_offer, confirm_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_offer, connection, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_offer, cookie, BOOL, NONE), .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_offer, asked_nothing, BOOL, NONE) },
    { FIELD_ROW(struct ev_offer, segments, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
};
const struct field_table offer_table = FIELD_TABLE("offer", struct ev_offer, offer_rows);

static const struct field negotiation_rows[] = {
    { FIELD_ROW(struct ev_negotiation, offers, LIST, NONE), .group = &offer_table, .diff = DIFF_SAMPLES },
    { FIELD_ROW(struct ev_negotiation, banner, BYTES, RAW), .max = 256, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_negotiation, speaks, ENUM, NONE), .names = speaks_names },
};
const struct field_table negotiation_table = FIELD_TABLE("negotiation", struct ev_negotiation, negotiation_rows);

static const struct field tls_versions_rows[] = {
    { FIELD_ROW(struct ev_tls_versions, ssl3, ENUM, NONE), .names = tls_try_names },
    { FIELD_ROW(struct ev_tls_versions, tls10, ENUM, NONE), .names = tls_try_names },
    { FIELD_ROW(struct ev_tls_versions, tls11, ENUM, NONE), .names = tls_try_names },
    { FIELD_ROW(struct ev_tls_versions, tls12, ENUM, NONE), .names = tls_try_names },
    { FIELD_ROW(struct ev_tls_versions, tls13, ENUM, NONE), .names = tls_try_names },
};
static const struct field_table tls_versions_table =
    FIELD_TABLE("tls_versions", struct ev_tls_versions, tls_versions_rows);

static const struct field hello_rows[] = {
    { FIELD_ROW(struct ev_hello, shape, ENUM, NONE), .names = hello_names, .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_hello, result, ENUM, NONE), .names = tls_try_names },
    { FIELD_ROW(struct ev_hello, version, ENUM, NONE), .names = tls_version_names },
    { FIELD_ROW(struct ev_hello, alert, INT, NONE), .range = RANGE_BYTE },
    { FIELD_ROW(struct ev_hello, server_hello, BOOL, NONE) },
    { FIELD_ROW(struct ev_hello, suite, INT, NONE) },
    { FIELD_ROW(struct ev_hello, finished, BOOL, NONE) },
    { FIELD_ROW(struct ev_hello, after_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_hello, connection, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_hello, mss, INT, NONE), .range = RANGE_COUNT, .diff = DIFF_KEY },
};
const struct field_table hello_table = FIELD_TABLE("hello", struct ev_hello, hello_rows);

static const struct field tls_rows[] = {
    { FIELD_ROW(struct ev_tls, version, ENUM, NONE), .names = tls_version_names },
    { FIELD_ROW(struct ev_tls, cipher, TEXT, NONE) },
    { FIELD_ROW(struct ev_tls, alert, INT, NONE), .range = RANGE_BYTE },
    { FIELD_ROW(struct ev_tls, hellos, LIST, NONE), .group = &hello_table, .diff = DIFF_SAMPLES },
    { FIELD_ROW(struct ev_tls, versions, GROUP, NONE), .group = &tls_versions_table },
};
const struct field_table tls_table = FIELD_TABLE("tls", struct ev_tls, tls_rows);

static const struct field key_rows[] = {
    { FIELD_ROW(struct ev_key, type, ENUM, NONE), .names = key_names },
    { FIELD_ROW(struct ev_key, bits, INT, NONE), .range = RANGE_COUNT },
};
static const struct field_table key_table = FIELD_TABLE("key", struct ev_key, key_rows);

static const struct field certificate_rows[] = {
    { FIELD_ROW(struct ev_certificate, der, BYTES, RAW), .max = 1 << 20, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_certificate, subject, TEXT, NAME) },
    { FIELD_ROW(struct ev_certificate, issuer, TEXT, NAME) },
    { FIELD_ROW(struct ev_certificate, common_name, TEXT, NAME) },
    { FIELD_ROW(struct ev_certificate, san, LIST, NONE), .group = &name_item_table, .max = 100 },
    { FIELD_ROW(struct ev_certificate, san_count, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_certificate, not_before, TIME, NONE) },
    { FIELD_ROW(struct ev_certificate, not_after, TIME, NONE) },
    { FIELD_ROW(struct ev_certificate, key, GROUP, NONE), .group = &key_table },
    { FIELD_ROW(struct ev_certificate, signature, TEXT, NONE) },
    { FIELD_ROW(struct ev_certificate, sha256, TEXT, HASH) },
    { FIELD_ROW(struct ev_certificate, serial, TEXT, HASH) },
    { FIELD_ROW(struct ev_certificate, eku, LIST, NONE), .group = &text_item_table, .max = 20 },
    { FIELD_ROW(struct ev_certificate, signed_by_itself, BOOL, NONE) },
    { FIELD_ROW(struct ev_certificate, chain_count, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_certificate, verify, INT, NONE) },
    { FIELD_ROW(struct ev_certificate, verify_text, TEXT, WORDS), .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_certificate, problem, TEXT, WORDS) },
};
const struct field_table certificate_table = FIELD_TABLE("certificate", struct ev_certificate, certificate_rows);

static const struct field nla_target_rows[] = {
    { FIELD_ROW(struct ev_nla_target, netbios_domain, TEXT, NAME) },
    { FIELD_ROW(struct ev_nla_target, netbios_computer, TEXT, NAME) },
    { FIELD_ROW(struct ev_nla_target, dns_domain, TEXT, NAME) },
    { FIELD_ROW(struct ev_nla_target, dns_computer, TEXT, NAME) },
    { FIELD_ROW(struct ev_nla_target, dns_forest, TEXT, NAME) },
};
static const struct field_table nla_target_table = FIELD_TABLE("nla_target", struct ev_nla_target, nla_target_rows);

static const struct field nla_rows[] = {
    { FIELD_ROW(struct ev_nla, package, ENUM, NONE), .names = package_names },
    { FIELD_ROW(struct ev_nla, credssp_version, INT, NONE) },
    { FIELD_ROW(struct ev_nla, target, GROUP, NONE), .group = &nla_target_table },
    { FIELD_ROW(struct ev_nla, build, TEXT, NONE) },
    { FIELD_ROW(struct ev_nla, server_time, TIME, NONE), .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_nla, received, TIME, NONE), .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_nla, error, INT, NONE) },
    { FIELD_ROW(struct ev_nla, flags, INT, NONE) },
    { FIELD_ROW(struct ev_nla, ended, ENUM, NONE), .names = nla_ended_names },
    { FIELD_ROW(struct ev_nla, alert, INT, NONE), .range = RANGE_BYTE },
    { FIELD_ROW(struct ev_nla, after_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_nla, problem, TEXT, WORDS) },
};
const struct field_table nla_table = FIELD_TABLE("nla", struct ev_nla, nla_rows);

static const struct field load_rows[] = {
    { FIELD_ROW(struct ev_load, confirm_us, LIST, NONE), .group = &int_item_table, .diff = DIFF_VARIES },
};
const struct field_table load_table = FIELD_TABLE("load", struct ev_load, load_rows);

static const struct field end_rows[] = {
    { FIELD_ROW(struct ev_end, by, ENUM, NONE), .names = end_by_names },
    { FIELD_ROW(struct ev_end, how, ENUM, NONE), .names = end_how_names },
    { FIELD_ROW(struct ev_end, stage, ENUM, NONE), .names = stage_names },
    { FIELD_ROW(struct ev_end, after_bytes, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_end, after_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_end, ttl, INT, NONE), .range = RANGE_BYTE },
};
static const struct field_table end_table = FIELD_TABLE("end", struct ev_end, end_rows);

static const struct field connection_rows[] = {
    { FIELD_ROW(struct ev_connection, purpose, ENUM, NONE), .names = purpose_names },
    { FIELD_ROW(struct ev_connection, address, TEXT, ADDRESS) },
    { FIELD_ROW(struct ev_connection, offer, INT, NONE) },
    { FIELD_ROW(struct ev_connection, confirm_hex, BYTES, NONE), .max = 64 },
    { FIELD_ROW(struct ev_connection, hello, ENUM, NONE), .names = hello_names },
    { FIELD_ROW(struct ev_connection, rtt_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_connection, silent_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_connection, segments, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_connection, again, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_connection, end, GROUP, NONE), .group = &end_table },
    { FIELD_ROW(struct ev_connection, recorded, GROUP, NONE), .group = &recorded_table },
};
const struct field_table connection_table = FIELD_TABLE("connection", struct ev_connection, connection_rows);

static const struct field control_rows[] = {
    { FIELD_ROW(struct ev_control, what, ENUM, NONE), .names = control_names, .diff = DIFF_KEY },
    { FIELD_ROW(struct ev_control, result, ENUM, NONE), .names = control_result_names },
    { FIELD_ROW(struct ev_control, rtt_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_control, address, TEXT, ADDRESS), .diff = DIFF_KEY },
};
const struct field_table control_table = FIELD_TABLE("control", struct ev_control, control_rows);

static const struct field target_rows[] = {
    { FIELD_ROW(struct ev_target, input, TEXT, NAME), .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_target, host, TEXT, NAME) },
    { FIELD_ROW(struct ev_target, port, INT, NONE), .range = RANGE_PORT },
    { FIELD_ROW(struct ev_target, addresses, LIST, NONE), .group = &address_item_table },
    { FIELD_ROW(struct ev_target, address, TEXT, ADDRESS) },
    { FIELD_ROW(struct ev_target, local, BOOL, NONE) },
};
static const struct field_table target_table = FIELD_TABLE("target", struct ev_target, target_rows);

static const struct field client_said_rows[] = {
    { FIELD_ROW(struct ev_client_said, code, INT, NONE) },
    { FIELD_ROW(struct ev_client_said, extended, INT, NONE) },
    { FIELD_ROW(struct ev_client_said, text, TEXT, RAW) },
    { FIELD_ROW(struct ev_client_said, tried, TIME, NONE), .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_client_said, told, TIME, NONE), .diff = DIFF_VARIES },
};
const struct field_table client_said_table = FIELD_TABLE("client_said", struct ev_client_said, client_said_rows);

static const struct field through_rows[] = {
    { FIELD_ROW(struct ev_through, connections, LIST, NONE), .group = &connection_table, .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_through, tcp, GROUP, NONE), .group = &tcp_table },
    { FIELD_ROW(struct ev_through, negotiation, GROUP, NONE), .group = &negotiation_table },
    { FIELD_ROW(struct ev_through, tls, GROUP, NONE), .group = &tls_table },
    { FIELD_ROW(struct ev_through, certificate, GROUP, NONE), .group = &certificate_table },
    { FIELD_ROW(struct ev_through, nla, GROUP, NONE), .group = &nla_table },
    { FIELD_ROW(struct ev_through, logon, GROUP, NONE), .group = &logon_table },
    { FIELD_ROW(struct ev_through, session, GROUP, NONE), .group = &session_table },
    { FIELD_ROW(struct ev_through, logon_run, GROUP, NONE), .group = &check_table },
    { FIELD_ROW(struct ev_through, session_run, GROUP, NONE), .group = &check_table },
};
const struct field_table through_table = FIELD_TABLE("through", struct ev_through, through_rows);

static const struct field evidence_rows[] = {
    { FIELD_ROW(struct evidence, schema, INT, NONE), .diff = DIFF_VARIES },
    { FIELD_ROW(struct evidence, program, TEXT, NONE) },
    { FIELD_ROW(struct evidence, version, TEXT, NONE), .diff = DIFF_VARIES },
    { FIELD_ROW(struct evidence, command, TEXT, NONE), .diff = DIFF_VARIES },
    { FIELD_ROW(struct evidence, redacted, BOOL, NONE), .diff = DIFF_VARIES },
    { FIELD_ROW(struct evidence, target, GROUP, NONE), .group = &target_table },
    { FIELD_ROW(struct evidence, started, TIME, NONE), .range = RANGE_COUNT, .diff = DIFF_VARIES },
    { FIELD_ROW(struct evidence, elapsed_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct evidence, privileges, LIST, NONE), .group = &text_item_table, .diff = DIFF_VARIES },
    { FIELD_ROW(struct evidence, client_said, GROUP, NONE), .group = &client_said_table },
    { FIELD_ROW(struct evidence, connections, LIST, NONE), .group = &connection_table, .diff = DIFF_VARIES },
    { FIELD_ROW(struct evidence, controls, LIST, NONE), .group = &control_table, .diff = DIFF_SAMPLES },
    { FIELD_ROW(struct evidence, server, GROUP, NONE), .group = &server_table },
    { FIELD_ROW(struct evidence, told, GROUP, NONE), .group = &told_table },
    { FIELD_ROW(struct evidence, joined, GROUP, NONE), .group = &joined_table, .diff = DIFF_VARIES },
    { FIELD_ROW(struct evidence, through, GROUP, NONE), .group = &through_table },
};
const struct field_table evidence_table = FIELD_TABLE("evidence", struct evidence, evidence_rows);
