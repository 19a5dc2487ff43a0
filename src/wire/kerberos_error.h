/* What a Windows KDC adds to its error: the NTSTATUS behind the Kerberos code (MS-KILE 2.2.1, 2.2.2).
 *
 *   e-data  30 KERB-ERROR-DATA  A1 { 02 type }  A2 { 04 value }        type 3: value is a KERB-EXT-ERROR
 *   or      30 METHOD-DATA { 30 PA-DATA  A1 { 02 type }  A2 { 04 value } ... }
 *   KERB-EXT-ERROR  status(4, LE)  reserved(4)  flags(4)
 *
 * At most 16 entries. */
#ifndef RDPWHY_WIRE_KERBEROS_ERROR_H
#define RDPWHY_WIRE_KERBEROS_ERROR_H

#include "base/cursor.h"
#include "wire/slice.h"

/* PARSE_DONE: *status was there. PARSE_BAD: no such thing in these bytes. */
enum parse kerberos_error_parse(struct slice data, uint32_t *status, struct fault *fault) MUST_USE;

#endif
