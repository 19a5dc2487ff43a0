/* Sizes and trains made by hand, on a way of four routers and an end, for tests of infer, diagnose and report. */
#ifndef TESTS_UNIT_LINE_HELP_H
#define TESTS_UNIT_LINE_HELP_H

#include "unit/cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "evidence/evidence.h"

enum { LINE_ROUTERS = 4, LINE_SMALL = 80, LINE_BIG = 1500 };

static inline void line_text(struct ev_text *field, const char *text)
{
    assert_true(ev_set_text(field, SOURCE_PROBE, text, strlen(text), NULL));
}

/* Probes of one size to one place; `ttl` 0: the end. `answered` of `sent`. */
static inline struct ev_size *line_size(struct evidence *e, enum path_leg leg, enum stream_kind kind,
                                        enum stream_reach reach, int ttl, int size, int sent, int answered)
{
    char address[32];
    struct ev_size *item = ev_list_add(&e->mtu.probes, SOURCE_PROBE, &size_table, LINE_SIZES_MAX, NULL);
    assert_non_null(item);
    ev_set_enum(&item->leg, SOURCE_PROBE, (int)leg);
    ev_set_enum(&item->kind, SOURCE_PROBE, (int)kind);
    ev_set_enum(&item->reach, SOURCE_PROBE, (int)reach);
    if (ttl > 0) {
        ev_set_int(&item->ttl, SOURCE_PROBE, ttl);
    }
    ev_set_int(&item->size, SOURCE_PROBE, size);
    ev_set_int(&item->sent, SOURCE_PROBE, sent);
    ev_set_int(&item->answered, SOURCE_PROBE, answered);
    ev_set_enum(&item->answer, SOURCE_PROBE, answered > 0 ? SIZE_ANSWERED : SIZE_SILENT);
    if (answered > 0) {
        snprintf(address, sizeof address, "10.%d.0.%d", (int)leg + 1, ttl);
        line_text(&item->address, address);
    }
    return item;
}

/* A sweep by echo: small ones are answered everywhere, big ones from the first `through` places (5: from the end too).
 */
static inline void line_sweep(struct evidence *e, enum path_leg leg, int through)
{
    for (int ttl = 1; ttl <= LINE_ROUTERS; ttl++) {
        line_size(e, leg, STREAM_ECHO, REACH_TTL, ttl, LINE_SMALL, 1, 1);
        line_size(e, leg, STREAM_ECHO, REACH_TTL, ttl, LINE_BIG, 3, ttl <= through ? 1 : 0);
    }
    line_size(e, leg, STREAM_ECHO, REACH_WHOLE, 0, LINE_SMALL, 1, 1);
    line_size(e, leg, STREAM_ECHO, REACH_WHOLE, 0, LINE_BIG, 4, through > LINE_ROUTERS ? 1 : 0);
}

/* A train of 12 packets of 1400 bytes; `ttl` 0: echo to the end. The answers take `span_us` from the first to the last.
 */
static inline struct ev_train *line_train(struct evidence *e, enum path_leg leg, int ttl, int answered, int64_t span_us)
{
    char address[32];
    struct ev_train *item = ev_list_add(&e->bandwidth.trains, SOURCE_PROBE, &train_table, LINE_TRAINS_MAX, NULL);
    assert_non_null(item);
    snprintf(address, sizeof address, "10.%d.0.%d", (int)leg + 1, ttl);
    line_text(&item->address, address);
    ev_set_enum(&item->leg, SOURCE_PROBE, (int)leg);
    ev_set_enum(&item->kind, SOURCE_PROBE, STREAM_ECHO);
    ev_set_enum(&item->reach, SOURCE_PROBE, ttl == 0 ? REACH_WHOLE : REACH_TTL);
    if (ttl > 0) {
        ev_set_int(&item->ttl, SOURCE_PROBE, ttl);
    }
    ev_set_int(&item->size, SOURCE_PROBE, 1400);
    ev_set_int(&item->sent, SOURCE_PROBE, 12);
    ev_set_int(&item->send_us, SOURCE_PROBE, 600);
    ev_set_int(&item->answered, SOURCE_PROBE, answered);
    ev_set_int(&item->first, SOURCE_PROBE, 0);
    ev_set_int(&item->last, SOURCE_PROBE, 11);
    ev_set_int(&item->span_us, SOURCE_PROBE, span_us);
    ev_set_int(&item->idle_us, SOURCE_PROBE, 12000);
    ev_set_int(&item->loaded_us, SOURCE_PROBE, 12000 + span_us);
    return item;
}

#endif
