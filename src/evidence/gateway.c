#include "evidence/gateway.h"

#include "evidence/evidence.h"
#include "evidence/tables.h"

const struct field_names gateway_error_names[] = {
    { GATEWAY_REFUSED, "refused" },
    { GATEWAY_SILENT, "silent" },
    { GATEWAY_UNREACHABLE, "unreachable" },
    { GATEWAY_PROXY_SAYS_NO, "proxy-says-no" },
    { GATEWAY_PROXY_CLOSED, "proxy-closed" },
    { GATEWAY_TLS_ALERT, "tls-alert" },
    { GATEWAY_TLS_CLOSED, "tls-closed" },
    { GATEWAY_TLS_SILENT, "tls-silent" },
    { GATEWAY_TLS_OTHER, "not-tls" },
    { GATEWAY_CLOSED, "closed" },
    { GATEWAY_RESET, "reset" },
    { GATEWAY_NO_ANSWER, "no-answer" },
    { GATEWAY_NOT_HTTP, "not-http" },
    { GATEWAY_TOO_MUCH, "too-much" },
    { GATEWAY_BROKEN_OFF, "broken-off" },
    { GATEWAY_DISTRUSTED, "distrusted" },
    { 0, NULL },
};
const struct field_names gateway_use_names[] = {
    { GATEWAY_USE_ASKED, "asked" },
    { GATEWAY_USE_ALWAYS, "always" },
    { GATEWAY_USE_WHEN_NEEDED, "when-needed" },
    { 0, NULL },
};
const struct field_names gateway_phase_names[] = {
    { GATEWAY_PHASE_WITHHELD, "withheld" },
    { GATEWAY_PHASE_CERTIFICATE, "certificate" },
    { GATEWAY_PHASE_FAILED_HERE, "failed-here" },
    { GATEWAY_PHASE_LOGON, "logon" },
    { GATEWAY_PHASE_HANDSHAKE, "handshake" },
    { GATEWAY_PHASE_TUNNEL, "tunnel" },
    { GATEWAY_PHASE_AUTHORIZE, "authorize" },
    { GATEWAY_PHASE_CHANNEL, "channel" },
    { GATEWAY_PHASE_OPEN, "open" },
    { 0, NULL },
};
const struct field_names gateway_by_names[] = {
    { GATEWAY_BY_WEBSOCKET, "websocket" },
    { GATEWAY_BY_HTTP, "http" },
    { 0, NULL },
};

const struct field_names gateway_behind_names[] = {
    { GATEWAY_BEHIND_RDP, "rdp" },       { GATEWAY_BEHIND_REFUSES, "refuses" }, { GATEWAY_BEHIND_OTHER, "not-rdp" },
    { GATEWAY_BEHIND_CLOSED, "closed" }, { GATEWAY_BEHIND_SILENT, "silent" },   { 0, NULL },
};

enum { SCHEMES_MAX = 8 };

static const struct field transport_rows[] = {
    { FIELD_ROW(struct ev_gateway_transport, status, INT, NONE) },
    { FIELD_ROW(struct ev_gateway_transport, schemes, LIST, NONE), .group = &text_item_table, .max = SCHEMES_MAX },
    { FIELD_ROW(struct ev_gateway_transport, error, ENUM, NONE), .names = gateway_error_names },
    { FIELD_ROW(struct ev_gateway_transport, location, TEXT, RAW) },
    { FIELD_ROW(struct ev_gateway_transport, server, TEXT, RAW) },
    { FIELD_ROW(struct ev_gateway_transport, page, BOOL, NONE) },
    { FIELD_ROW(struct ev_gateway_transport, answer_us, INT, NONE), .range = RANGE_COUNT },
};
static const struct field_table transport_table =
    FIELD_TABLE("gateway_transport", struct ev_gateway_transport, transport_rows);

static const struct field transports_rows[] = {
    { FIELD_ROW(struct ev_gateway_transports, websocket, GROUP, NONE), .group = &transport_table },
    { FIELD_ROW(struct ev_gateway_transports, http, GROUP, NONE), .group = &transport_table },
    { FIELD_ROW(struct ev_gateway_transports, rpc, GROUP, NONE), .group = &transport_table },
};
static const struct field_table transports_table =
    FIELD_TABLE("gateway_transports", struct ev_gateway_transports, transports_rows);

static const struct field proxy_rows[] = {
    { FIELD_ROW(struct ev_gateway_proxy, host, TEXT, NAME) },
    { FIELD_ROW(struct ev_gateway_proxy, port, INT, NONE), .range = RANGE_PORT_OR_NONE },
    { FIELD_ROW(struct ev_gateway_proxy, from, TEXT, NONE) },
    { FIELD_ROW(struct ev_gateway_proxy, spared, BOOL, NONE) },
    { FIELD_ROW(struct ev_gateway_proxy, unsupported, BOOL, NONE) },
    { FIELD_ROW(struct ev_gateway_proxy, problem, TEXT, WORDS) },
    { FIELD_ROW(struct ev_gateway_proxy, status, INT, NONE) },
    { FIELD_ROW(struct ev_gateway_proxy, schemes, LIST, NONE), .group = &text_item_table, .max = SCHEMES_MAX },
};
static const struct field_table proxy_table = FIELD_TABLE("gateway_proxy", struct ev_gateway_proxy, proxy_rows);

static const struct field gateway_tunnel_rows[] = {
    { FIELD_ROW(struct ev_gateway_tunnel, by, ENUM, NONE), .names = gateway_by_names },
    { FIELD_ROW(struct ev_gateway_tunnel, scheme, TEXT, NONE) },
    { FIELD_ROW(struct ev_gateway_tunnel, phase, ENUM, NONE), .names = gateway_phase_names },
    { FIELD_ROW(struct ev_gateway_tunnel, status, INT, NONE) },
    { FIELD_ROW(struct ev_gateway_tunnel, code, INT, NONE) },
    { FIELD_ROW(struct ev_gateway_tunnel, error, ENUM, NONE), .names = gateway_error_names },
    { FIELD_ROW(struct ev_gateway_tunnel, version, INT, NONE) },
    { FIELD_ROW(struct ev_gateway_tunnel, capabilities, INT, NONE) },
    { FIELD_ROW(struct ev_gateway_tunnel, target, TEXT, NAME) },
    { FIELD_ROW(struct ev_gateway_tunnel, behind, ENUM, NONE), .names = gateway_behind_names },
    { FIELD_ROW(struct ev_gateway_tunnel, selected, INT, NONE) },
    { FIELD_ROW(struct ev_gateway_tunnel, failure, INT, NONE) },
    { FIELD_ROW(struct ev_gateway_tunnel, problem, TEXT, WORDS) },
};
const struct field_table gateway_tunnel_table =
    FIELD_TABLE("gateway_tunnel", struct ev_gateway_tunnel, gateway_tunnel_rows);

static const struct field gateway_rows[] = {
    { FIELD_ROW(struct ev_gateway, host, TEXT, NAME) },
    { FIELD_ROW(struct ev_gateway, port, INT, NONE), .range = RANGE_PORT },
    { FIELD_ROW(struct ev_gateway, use, ENUM, NONE), .names = gateway_use_names },
    { FIELD_ROW(struct ev_gateway, name_error, ENUM, NONE), .names = name_error_names },
    { FIELD_ROW(struct ev_gateway, address, TEXT, ADDRESS) },
    { FIELD_ROW(struct ev_gateway, rtt_us, INT, NONE), .range = RANGE_COUNT },
    { FIELD_ROW(struct ev_gateway, tls, ENUM, NONE), .names = tls_version_names },
    { FIELD_ROW(struct ev_gateway, alert, INT, NONE), .range = RANGE_BYTE },
    { FIELD_ROW(struct ev_gateway, server_time, TIME, NONE), .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_gateway, received, TIME, NONE), .diff = DIFF_VARIES },
    { FIELD_ROW(struct ev_gateway, proxy, GROUP, NONE), .group = &proxy_table },
    { FIELD_ROW(struct ev_gateway, transports, GROUP, NONE), .group = &transports_table },
    { FIELD_ROW(struct ev_gateway, certificate, GROUP, NONE), .group = &certificate_table },
    { FIELD_ROW(struct ev_gateway, tunnel, GROUP, NONE), .group = &gateway_tunnel_table },
};
const struct field_table gateway_table = FIELD_TABLE("gateway", struct ev_gateway, gateway_rows);
