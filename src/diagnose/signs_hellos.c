/* Signs that need more than one ClientHello: does it last, and what does the offer of everything add? */
#include "diagnose/signs.h"

#include <inttypes.h>

static bool ended(const struct ev_hello *hello)
{
    return hello != NULL && seen(hello->result.source);
}

/* Ended by the other side before any ServerHello; silence and our own limits end nothing. */
static bool turned_down(const struct ev_hello *hello)
{
    return ended(hello) && !bool_is(&hello->server_hello, true) &&
           (hello->result.v == TLS_TRY_CLOSED || hello->result.v == TLS_TRY_RESET || hello->result.v == TLS_TRY_ALERT ||
            hello->result.v == TLS_TRY_PLAIN);
}

static bool alike(const struct ev_hello *one, const struct ev_hello *other)
{
    bool cut = turned_down(one) && turned_down(other) && one->result.v != TLS_TRY_ALERT;
    bool same = one->result.v == other->result.v && seen(one->alert.source) == seen(other->alert.source) &&
                (!seen(one->alert.source) || one->alert.v == other->alert.v);
    return same || (cut && other->result.v != TLS_TRY_ALERT);
}

/* Every repetition that was made ended as the first did. */
static bool all_alike(const struct look *look)
{
    ev_each (hello, const struct ev_hello, &look->e->tls.hellos) {
        const struct ev_connection *connection = look_connection(look->e, &hello->connection);
        bool repeat = connection != NULL && enum_is(&connection->purpose, PURPOSE_REPEAT_FIRST) && ended(hello);
        if (repeat && !alike(look->hello, hello)) {
            return false;
        }
    }
    return true;
}

enum truth see_repeat_differs(const struct look *look, struct buffer *words)
{
    if (!ended(look->hello) || look->repeats == 0) {
        return UNSEEN;
    }
    if (look->repeats_unlike > 0) {
        return say(words, YES, "the same ClientHello failed once and went through once");
    }
    if (!all_alike(look)) {
        return UNSEEN; /* it failed each time, though not in the same way */
    }
    return say(words, NO, "the same ClientHello ended the same way %s", look->repeats == 1 ? "twice" : "each time");
}

/* One repeat between two others does not tell a fault from two servers that take turns: the odd connects would meet the
 * one, the even ones the other. A second repeat does. */
enum truth see_repeat_held_twice(const struct look *look, struct buffer *words)
{
    enum truth differs = see_repeat_differs(look, NULL);
    if (differs == YES) {
        return say(words, NO, "the same ClientHello does not always end the same way");
    }
    return differs == NO && look->repeats > 1
               ? say(words, YES, "the same ClientHello ended the same way in %zu connects of %zu", look->repeats + 1,
                     look->repeats + 1)
               : UNSEEN;
}

enum truth see_wide_gets_hello(const struct look *look, struct buffer *words)
{
    static const char *const versions[] = { "", " (SSL 3)", " (TLS 1.0)", " (TLS 1.1)", " (TLS 1.2)", " (TLS 1.3)" };
    if (!ended(look->wide)) {
        return UNSEEN;
    }
    if (bool_is(&look->wide->server_hello, true)) {
        return say(words, YES, "an offer of every TLS version and cipher gets a ServerHello%s",
                   seen(look->wide->version.source) ? versions[look->wide->version.v] : "");
    }
    return turned_down(look->wide) ? say(words, NO, "an offer of every TLS version and cipher was turned down as well")
                                   : UNSEEN; /* a stall says nothing of what the server would take */
}

enum truth see_wide_cut(const struct look *look, struct buffer *words)
{
    enum truth gets = see_wide_gets_hello(look, NULL);
    if (gets == UNSEEN) {
        return UNSEEN;
    }
    return gets == NO ? say(words, YES, "an offer of every TLS version and cipher was turned down as well")
                      : say(words, NO, "an offer of every TLS version and cipher gets a ServerHello");
}

/* What the first ClientHello offers, shaped as Schannel's: TLS 1.0 to 1.3. */
static bool in_first_offer(int64_t suite)
{
    static const uint16_t suites[] = { 0x1302, 0x1301, 0xc02c, 0xc02b, 0xc030, 0xc02f, 0x009f, 0x009e,
                                       0xc024, 0xc023, 0xc028, 0xc027, 0xc00a, 0xc009, 0xc014, 0xc013,
                                       0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f };
    for (size_t i = 0; i < COUNT_OF(suites); i++) {
        if (suites[i] == suite) {
            return true;
        }
    }
    return false;
}

/* Without a certificate (RFC 4346 A.5, RFC 4492, RFC 5246, RFC 5288, RFC 5932, RFC 6367, RFC 6209): no sign of a key.
 */
static bool is_anonymous(int64_t suite)
{
    static const uint16_t suites[] = { 0x0017, 0x0018, 0x0019, 0x001a, 0x001b, 0x0034, 0x003a, 0x0046, 0x006c,
                                       0x006d, 0x0089, 0x009b, 0x00a6, 0x00a7, 0x00bf, 0x00c5, 0xc015, 0xc016,
                                       0xc017, 0xc018, 0xc019, 0xc046, 0xc047, 0xc05a, 0xc05b, 0xc084, 0xc085 };
    for (size_t i = 0; i < COUNT_OF(suites); i++) {
        if (suites[i] == suite) {
            return true;
        }
    }
    return false;
}

enum truth see_wide_took_other(const struct look *look, struct buffer *words)
{
    const struct ev_hello *wide = look->wide;
    if (wide == NULL || !bool_is(&wide->server_hello, true) || !seen(wide->suite.source)) {
        return UNSEEN;
    }
    if (is_anonymous(wide->suite.v)) {
        return say(words, NO, "what it took of that offer (suite 0x%04" PRIX64 ") needs no certificate",
                   (uint64_t)wide->suite.v);
    }
    if (enum_is(&wide->version, TLS_SSL3) || !in_first_offer(wide->suite.v)) {
        return say(words, YES, "it took what the first ClientHello did not offer: %ssuite 0x%04" PRIX64,
                   enum_is(&wide->version, TLS_SSL3) ? "SSL 3, " : "", (uint64_t)wide->suite.v);
    }
    return say(words, NO, "what it took of that offer (suite 0x%04" PRIX64 ") was in the first ClientHello too",
               (uint64_t)wide->suite.v);
}

enum truth see_cut_every_time(const struct look *look, struct buffer *words)
{
    if (!ended(look->hello)) {
        return UNSEEN;
    }
    if (!turned_down(look->hello)) {
        return say(words, NO, "the first ClientHello was not turned down");
    }
    if (see_wide_cut(look, NULL) == NO && see_repeat_differs(look, NULL) != YES) {
        return say(words, NO, "an offer of every TLS version and cipher gets a ServerHello");
    }
    bool again = look->again == NULL || turned_down(look->again);
    return again && see_wide_cut(look, NULL) == YES
               ? say(words, YES, "an offer of every TLS version and cipher was turned down as well")
               : UNSEEN;
}
