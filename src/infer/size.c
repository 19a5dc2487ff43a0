#include "infer/size.h"

/* What became of small and big packets at one place. */
struct place {
    bool small;      /* a small one was answered */
    int64_t passed;  /* biggest that was answered */
    int64_t missing; /* smallest that vanished, often enough */
    const char *address;
};

struct places {
    struct place
        out[INFER_SIZE_TTLS + 1]; /* routers by TTL: big on the way out, a short answer; [0]: the end likewise */
    struct place own[INFER_SIZE_TTLS + 1]; /* big both ways; [0]: the end */
    int end_ttl;                           /* 0: not known */
};

static bool is(const struct ev_enum *field, int value)
{
    return field->source != SOURCE_NONE && field->v == value;
}

static void take_answer(struct place *place, const struct ev_size *size)
{
    if (!is(&size->answer, SIZE_ANSWERED)) {
        return;
    }
    place->small = true;
    place->passed = size->size.v > place->passed ? size->size.v : place->passed;
    place->address = size->address.source != SOURCE_NONE ? size->address.v : place->address;
}

/* A size below one that passed was lost by chance. */
static void take_silence(struct place *place, const struct ev_size *size)
{
    const bool vanished = is(&size->answer, SIZE_SILENT) && size->sent.v >= INFER_SIZE_TRIES;
    if (vanished && size->size.v > place->passed && (place->missing == 0 || size->size.v < place->missing)) {
        place->missing = size->size.v;
    }
}

/* NULL: nothing of this leg. */
static struct place *place_of(struct places *places, enum path_leg leg, const struct ev_size *size)
{
    const int64_t ttl = size->ttl.source != SOURCE_NONE ? size->ttl.v : 0;
    const bool whole = is(&size->reach, REACH_WHOLE);
    const bool both = is(&size->kind, STREAM_ECHO) && !is(&size->reach, REACH_TTL);
    if (!is(&size->leg, (int)leg) || ttl < 0 || ttl > INFER_SIZE_TTLS || (!whole && ttl == 0)) {
        return NULL;
    }
    places->end_ttl = whole && ttl > 0 ? (int)ttl : places->end_ttl;
    return both ? &places->own[whole ? 0 : ttl] : &places->out[whole ? 0 : ttl];
}

static void gather(const struct ev_mtu *mtu, enum path_leg leg, struct places *places, struct size_leg *out)
{
    struct place *place;
    ev_each (size, const struct ev_size, &mtu->probes) {
        if ((place = place_of(places, leg, size)) == NULL) {
            continue;
        }
        out->tried = true;
        take_answer(place, size);
        if (is(&size->answer, SIZE_TOO_BIG) && size->told.source != SOURCE_NONE &&
            (out->told == 0 || size->told.v < out->told)) {
            out->told = size->told.v;
            out->told_by = size->by.source != SOURCE_NONE ? size->by.v : NULL;
        }
    }
    ev_each (size, const struct ev_size, &mtu->probes) {
        if ((place = place_of(places, leg, size)) != NULL) {
            take_silence(place, size);
        }
    }
}

/* It swallows what is bigger than what it lets through. */
static bool swallows(const struct place *place)
{
    return place->small && place->missing > 0;
}

/* The last place before `end` from which a packet as big as those that vanish was answered. */
static int last_reached(const struct place *row, int end, int64_t big)
{
    int last = 0;
    for (int ttl = 1; ttl < end; ttl++) {
        last = row[ttl].passed >= big ? ttl : last;
    }
    return last;
}

static int first_behind(const struct place *row, int from, int end)
{
    for (int ttl = from + 1; ttl < end; ttl++) {
        if (swallows(&row[ttl])) {
            return ttl;
        }
    }
    return end;
}

/* The smallest size that vanishes at any place of the row, or at the end. */
static int64_t smallest_missing(const struct place *row, int end, const struct place *whole)
{
    int64_t big = swallows(whole) ? whole->missing : 0;
    for (int ttl = 1; ttl < end; ttl++) {
        if (swallows(&row[ttl]) && (big == 0 || row[ttl].missing < big)) {
            big = row[ttl].missing;
        }
    }
    return big;
}

/* Between the last place of the row that packets of that size reach and the first that they do not. */
static void locate(const struct places *places, const struct place *row, struct size_leg *out)
{
    const int end = places->end_ttl > 0 ? places->end_ttl : INFER_SIZE_TTLS + 1;
    const struct place *whole = row[0].small ? &row[0] : &places->own[0];
    const int near = last_reached(row, end, out->vanishes);
    const int far = first_behind(row, near, end);
    out->near_ttl = near;
    out->near = near > 0 ? places->out[near].address : NULL;
    out->far_end = far == end;
    out->far_ttl = far == end ? places->end_ttl : far;
    out->far = far == end ? whole->address : places->out[far].address;
    out->witnesses = swallows(&places->out[0]) + swallows(&places->own[0]);
    out->passes = whole->passed;
    for (int ttl = far; ttl < end; ttl++) {
        out->witnesses += swallows(&row[ttl]);
        out->passes = out->passes == 0 ? row[ttl].passed : out->passes;
    }
}

/* What was seen of the way out. Answers of routers are short: what is lost there was lost before them. */
static void judge_out(const struct places *places, struct size_leg *out)
{
    const int end = places->end_ttl > 0 ? places->end_ttl : INFER_SIZE_TTLS + 1;
    const struct place *whole = places->out[0].small ? &places->out[0] : &places->own[0];
    out->vanishes = smallest_missing(places->out, end, whole);
    /* the end decides: when it is reached, what is missing before it is a router that does not answer */
    if (out->vanishes == 0 || whole->passed >= out->vanishes || places->own[0].passed >= out->vanishes) {
        return;
    }
    locate(places, places->out, out);
    /* routers may just be short of words, or leave big packets unanswered: without an end that answers small ones
       nobody can say that the big ones are lost */
    out->hole = swallows(whole) || (out->witnesses > 1 && whole->small);
    out->way = out->hole && (!out->far_end || whole == &places->out[0]) ? SIZE_WAY_OUT : SIZE_WAY_UNKNOWN;
}

/* Everything gets out as far as was seen, and big answers are missing: from which router on? */
static void judge_back(const struct places *places, struct size_leg *out)
{
    const int end = places->end_ttl > 0 ? places->end_ttl : INFER_SIZE_TTLS + 1;
    const int64_t big = places->own[0].missing;
    const int behind = first_behind(places->own, 0, end);
    out->vanishes = big;
    out->hole = true;
    locate(places, places->own, out);
    if (behind < end && places->out[behind].passed >= big && out->witnesses > 1) {
        out->way = SIZE_WAY_BACK;
        return;
    }
    /* the end alone: it may be the link, or a host that answers no big pings */
    const int near = last_reached(places->out, end, big);
    out->near_ttl = near > out->near_ttl ? near : out->near_ttl;
    out->near = out->near_ttl > 0 ? places->out[out->near_ttl].address : NULL;
    out->far_end = true;
    out->far_ttl = places->end_ttl;
    out->far = places->own[0].address;
    out->way = SIZE_WAY_UNKNOWN;
}

/* The sizes on either side of what fits: the end may have been asked for them by one kind of packet only. */
static void refine(const struct places *places, struct size_leg *out)
{
    for (size_t i = 0; i < 2; i++) {
        const struct place *end = i == 0 ? &places->out[0] : &places->own[0];
        out->passes = end->passed > out->passes ? end->passed : out->passes;
        out->vanishes = swallows(end) && end->missing < out->vanishes ? end->missing : out->vanishes;
    }
}

static void judge(const struct places *places, struct size_leg *out)
{
    judge_out(places, out);
    if (out->hole && out->way == SIZE_WAY_OUT) {
        refine(places, out);
    }
    if ((!out->hole || (out->far_end && out->way == SIZE_WAY_UNKNOWN)) && swallows(&places->own[0])) {
        judge_back(places, out);
    }
}

void infer_size_leg(const struct ev_mtu *mtu, enum path_leg leg, struct size_leg *out)
{
    struct places places = { .end_ttl = 0 };
    *out = (struct size_leg){ .tried = false };
    gather(mtu, leg, &places, out);
    if (!out->tried) {
        return;
    }
    out->whole = places.own[0].small ? places.own[0].passed : places.out[0].passed;
    out->end_mute = !places.own[0].small && !places.out[0].small;
    out->mute = out->end_mute;
    for (int ttl = 1; ttl <= INFER_SIZE_TTLS; ttl++) {
        out->mute = out->mute && !places.out[ttl].small && !places.own[ttl].small;
    }
    judge(&places, out);
}

bool infer_hole(const struct evidence *evidence, struct size_leg *out, enum path_leg *leg)
{
    struct size_leg over;
    struct size_leg under;
    infer_size_leg(&evidence->mtu, LEG_DIRECT, out);
    *leg = LEG_DIRECT;
    if (out->hole) {
        return true;
    }
    infer_size_leg(&evidence->mtu, LEG_OVERLAY, &over);
    infer_size_leg(&evidence->mtu, LEG_UNDERLAY, &under);
    /* what is swallowed under the tunnel is missing in it from its first router on */
    const bool shows = over.hole ? over.near_ttl == 0 && over.way != SIZE_WAY_BACK : !over.tried || over.mute;
    if (under.hole && shows) {
        *out = under;
        *leg = LEG_UNDERLAY;
        return true;
    }
    *out = over;
    out->below_unknown = over.hole && over.near_ttl == 0 && (!under.tried || under.end_mute);
    *leg = LEG_OVERLAY;
    return over.hole;
}

/* Without hops: what the leg alone says. */
static enum path_segment segment_of_leg(enum path_leg leg, int near_ttl, int far_ttl, bool far_end)
{
    const bool one_link = far_ttl == near_ttl + 1;
    if (leg == LEG_OVERLAY) {
        return near_ttl == 0 && one_link ? SEGMENT_TUNNEL
               : near_ttl == 0           ? SEGMENT_COUNT
               : far_end && one_link     ? SEGMENT_SERVER
               : far_end                 ? SEGMENT_COUNT
                                         : SEGMENT_OFFICE;
    }
    if (near_ttl == 0 && one_link && !far_end) {
        return SEGMENT_LAN;
    }
    return far_end && one_link ? leg == LEG_UNDERLAY ? SEGMENT_VPN_GATEWAY : SEGMENT_SERVER : SEGMENT_COUNT;
}

enum path_segment infer_segment_between(const struct ev_path *path, enum path_leg leg, int near_ttl, int far_ttl,
                                        bool far_end)
{
    enum path_segment only = SEGMENT_COUNT;
    ev_each (hop, const struct ev_hop, &path->hops) {
        const bool end = far_end && hop->end.source != SOURCE_NONE && hop->end.v;
        const bool within =
            hop->ttl.source != SOURCE_NONE && hop->ttl.v > near_ttl && (far_ttl == 0 || hop->ttl.v <= far_ttl);
        if (!is(&hop->leg, (int)leg) || hop->segment.source == SOURCE_NONE || (!within && !end)) {
            continue;
        }
        if (only != SEGMENT_COUNT && only != (enum path_segment)hop->segment.v) {
            return SEGMENT_COUNT;
        }
        only = (enum path_segment)hop->segment.v;
    }
    return only != SEGMENT_COUNT ? only : segment_of_leg(leg, near_ttl, far_ttl, far_end);
}
