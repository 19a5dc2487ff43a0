/* Signs about RDP's UDP transport. It is opened behind a session over TCP, so nothing here keeps anybody from
 * connecting; silence says nothing at all. */
#include <inttypes.h>
#include <string.h>

#include "diagnose/recorded.h"
#include "diagnose/signs.h"

#define BUILD_2016 "10.0.14393"

enum { KEEPALIVE_LOW_US = 60000000, KEEPALIVE_HIGH_US = 75000000, ENOUGH = 2, ENOUGH_BIG = 4 };

enum truth see_udp_answers(const struct look *look, struct buffer *words)
{
    const struct ev_udp *udp = &look->e->udp;
    if (!bool_is(&udp->answered, true)) {
        return UNSEEN;
    }
    return say(words, YES, "the server answers RDP over UDP");
}

enum truth see_udp_unused(const struct look *look, struct buffer *words)
{
    const struct ev_udp *udp = &look->e->udp;
    if (bool_is(&udp->answered, true)) {
        return say(words, NO, "the server answers RDP over UDP");
    }
    return bool_is(&udp->refused, true) ? say(words, YES, "nothing listens for RDP over UDP, so sessions stay on TCP")
                                        : UNSEEN;
}

/* Small ones never lost, big ones always: chance does not do that. Big ones are asked first; only those asked once more
 * behind the small ones tell a way that drops them from one that was not open yet. */
enum truth see_udp_big_lost(const struct look *look, struct buffer *words)
{
    const struct ev_udp *udp = &look->e->udp;
    int64_t passes = 0;
    int64_t small = 0;
    int64_t missing = 0;
    int64_t tried = 0;
    bool holes = false;
    ev_each (size, struct ev_udp_size, &udp->sizes) {
        if (size->answered.v > 0) {
            passes = size->size.v > passes ? size->size.v : passes;
            small += size->answered.v;
            holes = holes || size->answered.v < size->sent.v;
        }
    }
    ev_each (size, struct ev_udp_size, &udp->sizes) {
        if (size->answered.v == 0 && size->size.v > passes && size->sent.v > 0) {
            missing = missing == 0 || size->size.v < missing ? size->size.v : missing;
            tried += size->sent.v;
        }
    }
    if (passes == 0) {
        return UNSEEN;
    }
    if (missing == 0) {
        return say(words, NO, "UDP answers at %" PRId64 " bytes, the most that RDP sends", passes);
    }
    if (holes || small < ENOUGH || tried < ENOUGH_BIG) {
        return UNSEEN;
    }
    return say(words, YES,
               "UDP answers every one of %" PRId64 " requests of %" PRId64 " bytes, and none of %" PRId64
               " from %" PRId64 " bytes on",
               small, passes, tried, missing);
}

/* MS-RDPEUDP 3.1.5.4.2: without an answer to its keepalives an end gives up after 65 seconds. */
enum truth see_session_ended_at_65s(const struct look *look, struct buffer *words)
{
    const struct ev_recorded *recorded = recorded_of(look->e);
    if (recorded == NULL || !enum_is(&recorded->reach, REACH_SESSION) || !seen(recorded->duration_us.source)) {
        return UNSEEN;
    }
    const int64_t lasted_us = recorded->duration_us.v;
    const bool fits = lasted_us >= KEEPALIVE_LOW_US && lasted_us <= KEEPALIVE_HIGH_US && !bool_is(&recorded->cut, true);
    return say(words, fits ? YES : NO, "the session lasted %" PRId64 " s", lasted_us / 1000000);
}

enum truth see_server_is_2016(const struct look *look, struct buffer *words)
{
    const struct ev_text *build = &look->e->nla.build;
    if (build->v == NULL) {
        return UNSEEN;
    }
    return strcmp(build->v, BUILD_2016) == 0 ? say(words, YES, "the server is a Windows of 2016 (build %s)", build->v)
                                             : say(words, NO, "the server's build is %s, not that of 2016", build->v);
}
