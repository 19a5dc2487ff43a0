/* Where loss is put, by simulation: the table of wanted answers, thousands of runs with a fixed seed. A change of a
 * prior, of the stop rule or of the choice of probes shows as another count. */
#include "unit/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "infer/answer.h"

enum {
    BELOW = 5,  /* links to the tunnel's outer endpoint */
    BEHIND = 2, /* links from the gateway's inner side to the host */
    LINKS = BELOW + 1 + BEHIND,
    BATCH = 5, /* probes between two looks, as in the real thing */
    PER_SECOND = 50,
    MOST = PER_SECOND * 120,
    RUNS = 20,
};
#define ALL    (1U << INFER_ALL)
#define TUNNEL (1U << INFER_TUNNEL)
#define RDP    (1U << INFER_RDP)
#define ECHO_  (1U << INFER_ECHO)

struct world {
    int link; /* that loses; -1: none */
    enum infer_scope scope;
    double rate;
    int limited; /* the place number `limited` keeps this share of its reports to itself; 0: none */
    double kept;
    bool bursts;
    bool away; /* state of the bursts */
    int last_loss;
    uint64_t dice;
};

struct bench {
    struct infer_model model;
    int place_at[INFER_PLACES_MAX]; /* counted along the way from 1 */
};

static double roll(struct world *world)
{
    world->dice ^= world->dice << 13;
    world->dice ^= world->dice >> 7;
    world->dice ^= world->dice << 17;
    return (double)(world->dice >> 11) / 9007199254740992.0;
}

static void add_place(struct bench *bench, int at, bool end, unsigned first, unsigned second)
{
    struct infer_model *model = &bench->model;
    struct infer_place *place = &model->places[model->place_count];
    bench->place_at[model->place_count++] = at;
    *place = (struct infer_place){ .links = ((uint64_t)1 << at) - 1, .end = end };
    place->streams[place->stream_count++].subject = first;
    if (second != 0) {
        place->streams[place->stream_count++].subject = second;
    }
}

/* The laboratory's way: home, two of the provider, core, gateway; inner side, office, host. */
static void build(struct bench *bench)
{
    static const int segments[LINKS] = { SEGMENT_LAN,         SEGMENT_ISP,    SEGMENT_ISP,    SEGMENT_TRANSIT,
                                         SEGMENT_VPN_GATEWAY, SEGMENT_TUNNEL, SEGMENT_OFFICE, SEGMENT_SERVER };
    memset(bench, 0, sizeof *bench);
    bench->model.link_count = LINKS;
    for (int i = 0; i < LINKS; i++) {
        struct infer_link *link = &bench->model.links[i];
        *link = (struct infer_link){
            .segments = 1U << segments[i], .leg = i < BELOW ? LEG_UNDERLAY : LEG_OVERLAY, .from = i - 1, .to = i
        };
        link->has[INFER_ALL] = true;
        link->has[INFER_TUNNEL] = i < BELOW - 1;
        link->has[INFER_RDP] = i >= BELOW && i < LINKS - 1;
        link->has[INFER_ECHO] = i < LINKS - 1;
    }
    for (int at = 1; at <= LINKS; at++) {
        unsigned over = at > BELOW ? TUNNEL : 0;
        if (at != BELOW && at != LINKS) {
            add_place(bench, at, false, ALL | ECHO_ | over, ALL | TUNNEL | (at > BELOW ? RDP : 0));
        }
        add_place(bench, at, true, ALL | ECHO_ | over, 0);
    }
}

static bool arrives(struct world *world, const struct infer_place *place, const struct infer_stream *stream, int at)
{
    double through = 1;
    if (world->bursts) {
        world->away = roll(world) < (world->away ? 0.75 : 0.01);
    }
    if (world->link >= 0 && (place->links >> world->link & 1) != 0 && (stream->subject >> world->scope & 1) != 0) {
        through = world->bursts ? !world->away : 1 - world->rate;
    }
    if (world->limited == at && (!place->end || world->kept >= 1)) {
        through *= 1 - world->kept;
    }
    return roll(world) < through;
}

/* Returns the probes it took. */
static int run(struct bench *bench, struct world *world, struct infer_answer *answer)
{
    int sent = 0;
    world->last_loss = -1 - INFER_RUN_GAP;
    build(bench);
    do {
        infer_solve(&bench->model);
        infer_answer_of(NULL, &bench->model, answer);
        for (int i = 0; i < BATCH && answer->kind == INFER_OPEN; i++, sent++) {
            size_t place = 0;
            size_t stream = 0;
            assert_true(infer_choose(&bench->model, roll(world), &place, &stream));
            struct infer_place *asked = &bench->model.places[place];
            bool back = arrives(world, asked, &asked->streams[stream], bench->place_at[place]);
            asked->streams[stream].sent += 1;
            if (!back) {
                asked->streams[stream].lost += 1;
                asked->streams[stream].runs += sent - world->last_loss > INFER_RUN_GAP;
                world->last_loss = sent;
            }
            asked->fresh = false;
        }
    } while (answer->kind == INFER_OPEN && sent < MOST);
    return sent;
}

struct cell {
    const char *name;
    struct world world;
    int right;   /* of RUNS: the right segment and scope, or "clean" */
    int seconds; /* in all runs together, whole */
};

static bool is_right(const struct infer_answer *answer, const struct world *world, const struct infer_model *model)
{
    if (world->link < 0) {
        return answer->kind == INFER_CLEAN;
    }
    return answer->kind == INFER_LOSS && answer->scope == world->scope &&
           answer->segments == model->links[world->link].segments;
}

static void loss_is_put_where_it_is(void **state)
{
    static const struct cell cells[] = {
#include "unit/infer_cells.h"
    };
    struct bench *bench = calloc(1, sizeof *bench);
    bool same = true;
    (void)state;
    for (size_t c = 0; c < sizeof cells / sizeof cells[0]; c++) {
        int right = 0;
        int probes = 0;
        for (int r = 0; r < RUNS; r++) {
            struct infer_answer answer;
            struct world world = cells[c].world;
            world.dice = 0x9E3779B97F4A7C15U * (uint64_t)(r + 1) + 1234567U * c;
            probes += run(bench, &world, &answer);
            right += is_right(&answer, &world, &bench->model);
        }
        if (right != cells[c].right || probes / PER_SECOND != cells[c].seconds) {
            print_error("%s: %d of %d right after %d s, wanted %d after %d s\n", cells[c].name, right, RUNS,
                        probes / PER_SECOND, cells[c].right, cells[c].seconds);
            same = false;
        }
    }
    free(bench);
    assert_true(same);
}

static void bounds_are_those_of_the_books(void **state)
{
    double low;
    double high;
    (void)state;
    infer_bounds(100, 0, &low, &high);
    assert_true(low == 0 && high == 0.03);
    infer_bounds(3000, 0, &low, &high);
    assert_true(low == 0 && high == 0.001); /* Microsoft's bar needs so many */
    infer_bounds(100, 3, &low, &high);
    assert_in_range((int)(low * 1e5), 622, 624);
    assert_in_range((int)(high * 1e5), 8517, 8518);
    infer_bounds(10, 10, &low, &high);
    assert_true(low == 0.7);
    assert_true(high == 1);
    infer_bounds(0, 0, &low, &high);
    assert_true(low == 0 && high == 1);
}

static void bursts_count_as_few_losses(void **state)
{
    (void)state;
    assert_true(infer_weight(1000, 30, 28) == 1);
    assert_in_range((int)(infer_weight(1000, 40, 10) * 1000), 282, 283);
    /* a third of everything lost at random makes rows, too */
    assert_true(infer_weight(1000, 300, 110) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loss_is_put_where_it_is),
        cmocka_unit_test(bounds_are_those_of_the_books),
        cmocka_unit_test(bursts_count_as_few_losses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
