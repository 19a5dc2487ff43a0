/* The tables of the checks' groups, for evidence.c; everybody else asks evidence_group. */
#ifndef RDPWHY_EVIDENCE_TABLES_H
#define RDPWHY_EVIDENCE_TABLES_H

#include "evidence/field.h"

extern const struct field_table name_table, route_table, tcp_table, negotiation_table, tls_table, certificate_table,
    nla_table, mtu_table, path_table, bandwidth_table, load_table, client_table, udp_table, client_said_table,
    gateway_table, logon_table, session_table;

#endif
