/* What the gateway's evidence comes to, for its signs, its check and the words of both. */
#ifndef RDPWHY_DIAGNOSE_GATEWAY_H
#define RDPWHY_DIAGNOSE_GATEWAY_H

#include "diagnose/signs.h"
#include "facts/codes.h"

/* One transport's answer, in an order of how far it leads. */
enum gateway_answer {
    GATEWAY_ANSWER_NONE, /* not asked */
    GATEWAY_ANSWER_FAILED,
    GATEWAY_ANSWER_ELSEWHERE, /* a status that leads nowhere: 404, 403, 3xx, ...; or a page, as of any web server */
    GATEWAY_ANSWER_LOGON,     /* 401 */
    GATEWAY_ANSWER_OPEN,      /* 200 or 101 without a logon */
};
enum gateway_answer gateway_answer(const struct ev_gateway_transport *transport);
/* The forward proxy that this run uses did not lead to the gateway: nothing of the gateway itself was seen. */
bool gateway_proxy_ends_it(const struct ev_gateway *gateway);
/* What it did then: "the proxy px port 8080 does not open the way to the gateway: 403". */
void gateway_proxy_words(const struct ev_gateway *gateway, struct buffer *words);
/* The best of the three; and which one it was. */
enum gateway_answer gateway_best(const struct ev_gateway *gateway, const struct ev_gateway_transport **transport);
/* "asks for a logon (Negotiate, NTLM)", "404: no gateway at that address", "closes TLS without an answer". */
void gateway_words(const struct ev_gateway_transport *transport, struct buffer *words);
/* All three, those that say the same put together. */
void gateway_all_words(const struct ev_gateway *gateway, struct buffer *words);
bool gateway_error_everywhere(const struct ev_gateway *gateway, const int *errors, size_t count);
bool gateway_status_everywhere(const struct ev_gateway *gateway, int64_t status);
bool gateway_asked(const struct ev_gateway *gateway);
/* What a code of the tunnel means: MS-TSGU 2.2.6 has HRESULTs, and answers may carry the low word alone. NULL: unknown.
 */
const struct code_fact *gateway_code(int64_t code);
/* A logon was sent to the gateway: what it did then can be told. */
bool gateway_logon_left(const struct ev_gateway_tunnel *tunnel);
/* The channel was open, and it was not the host that ended it. */
bool gateway_broke(const struct ev_gateway_tunnel *tunnel);
/* How the tunnel ended, when it was tried and is not open; false: nothing of that kind. */
bool gateway_tunnel_words(const struct look *look, struct buffer *words);
/* What came out of the open channel: "RDP answers there". */
const char *gateway_behind_words(int behind);
/* The last check whose failure on the direct way stops nobody who goes through the gateway. */
enum check_id gateway_excuses(const struct look *look);
/* Why nobody can say how it goes on behind the gateway; NULL: it is known, or not needed. */
const char *gateway_open(const struct look *look);

#endif
