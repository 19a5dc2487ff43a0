/* SPNEGO, only as far as NLA needs it (RFC 4178 4.2): wrap an NTLM token for the server, find one in its answer.
 *
 *   NegTokenInit  60 { 06 1.3.6.1.5.5.2, A0 { 30 { A0 mechTypes 30 { 06 .. }, [A1 flags], [A2 04 token], [A3 04 MIC]
 * }}} NegTokenResp  A1 { 30 { [A0 0A state], [A1 06 mech], [A2 04 token], [A3 04 MIC] }}
 *
 * At most 64 KiB and 16 mechanisms; comes whole inside a TSRequest, so a short one is bad. */
#ifndef RDPWHY_WIRE_SPNEGO_H
#define RDPWHY_WIRE_SPNEGO_H

#include "base/cursor.h"
#include "base/writer.h"
#include "wire/slice.h"

enum { SPNEGO_SIZE_MAX = 65536, SPNEGO_MECHS_MAX = 16 };
enum spnego_kind { SPNEGO_INIT, SPNEGO_RESPONSE };
enum spnego_state { /* RFC 4178 4.2.2 */
                    SPNEGO_COMPLETED = 0,
                    SPNEGO_INCOMPLETE = 1,
                    SPNEGO_REJECTED = 2,
                    SPNEGO_REQUEST_MIC = 3,
                    SPNEGO_NO_STATE = -1,
};

struct spnego {
    enum spnego_kind kind;
    int state;          /* enum spnego_state; of a response */
    struct slice mech;  /* content of the OID: the chosen one, or the first offered */
    bool offers_ntlm;   /* NTLM is among the mechanisms */
    struct slice token; /* absent: none */
};

/* True when it begins like one of the two: raw NTLM and everything else do not. */
bool spnego_recognise(struct slice token);
enum parse spnego_parse(struct slice bytes, struct spnego *spnego, struct fault *fault) MUST_USE;
/* Writes what `kind` says, the mechanism NTLM when `mech` is absent in an INIT; MICs are never written. */
bool spnego_write(struct writer *writer, const struct spnego *spnego) MUST_USE;
/* The content of the OID 1.3.6.1.4.1.311.2.2.10. */
struct slice spnego_ntlm_mech(void);

#endif
