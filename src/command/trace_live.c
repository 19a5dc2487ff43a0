#include "command/trace_live.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "diagnose/diagnose.h"
#include "net/poll.h"
#include "platform/tty.h"
#include "report/way_live.h"

enum { TICK_US = 500000, SECOND_US = 1000000, COLUMNS = 80, ROWS = 24, KEY_SUSPEND = 26 };

struct trace_live {
    struct run *run;
    struct run_observer observer;
    struct net_timer *tick;
    struct net_poll *keys;
    struct platform_tty_keys *saved; /* how the terminal was */
    void (*stop)(void *run);
    bool colour;
    bool shown;
    unsigned running; /* NEEDS() bits */
    int64_t started_us;
};

static const char *step_of(const struct trace_live *live)
{
    static const struct {
        enum check_id id;
        const char *words;
    } steps[] = {
        { CHECK_NAME, "asking for the name" },
        { CHECK_ROUTE, "asking for the route" },
        { CHECK_MTU, "trying packet sizes" },
        { CHECK_PATH, "looking for losses" },
        { CHECK_BANDWIDTH, "filling the line for a moment" },
    };
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        if ((live->running & NEEDS(steps[i].id)) != 0) {
            return steps[i].words;
        }
    }
    return "beginning";
}

/* A screen of its own: whatever size it gets in the meantime, it is drawn whole, and leaves nothing behind. */
static void enter_screen(struct trace_live *live)
{
    if (!live->shown) {
        fputs("\x1b[?1049h\x1b[?25l", stderr);
        live->shown = true;
    }
}

static void leave_screen(struct trace_live *live)
{
    if (live->shown) {
        fputs("\x1b[?25h\x1b[?1049l", stderr);
        fflush(stderr);
        live->shown = false;
    }
}

static void key(void *context, int events);

/* Keys are listened to when somebody can press them; a terminal that will not do so is no failure. */
static void listen(struct trace_live *live)
{
    live->saved = platform_tty_is(STDIN_FILENO) ? platform_tty_keys_on(STDIN_FILENO) : NULL;
    if (live->saved != NULL && live->keys == NULL) {
        live->keys = net_poll_new(live->run->loop, STDIN_FILENO, key, live, NULL);
    }
    if (live->keys != NULL) {
        net_poll_want(live->keys, live->saved != NULL ? NET_POLL_READ : 0);
    }
}

static void draw(struct trace_live *live)
{
    if (!platform_tty_front(STDERR_FILENO)) {
        return; /* the screen is somebody else's */
    }
    if (live->saved == NULL) {
        listen(live);
    }
    struct way_frame frame = { .columns = COLUMNS,
                               .rows = ROWS,
                               .colour = live->colour,
                               .seconds = (int)((clock_monotonic_us() - live->started_us) / SECOND_US),
                               .step = step_of(live),
                               .keys = live->keys != NULL && live->saved != NULL };
    int rows = 0;
    const int columns = platform_tty_width(STDERR_FILENO);
    struct verdict *verdict = diagnose(live->run->evidence, NULL);
    if (verdict == NULL) {
        return;
    }
    frame.columns = columns > 0 ? columns : COLUMNS;
    rows = platform_tty_height(STDERR_FILENO);
    frame.rows = (rows > 0 ? rows : ROWS) - 1;
    char *text = report_way_frame(live->run->evidence, verdict, &frame, NULL);
    if (text != NULL) {
        enter_screen(live);
        fputs("\x1b[H", stderr);
        for (const char *line = text; *line != '\0';) {
            const size_t size = strcspn(line, "\n");
            fprintf(stderr, "%.*s\x1b[K\r\n", (int)size, line);
            line += size + (line[size] == '\n' ? 1 : 0);
        }
        fputs("\x1b[J", stderr);
        fflush(stderr);
    }
    alloc_free(text);
    verdict_free(verdict);
}

static void resized(void *context)
{
    draw(context);
}

static void tick(void *context)
{
    struct trace_live *live = context;
    draw(live);
    net_timer_free(live->tick);
    live->tick = net_timer_start(live->run->loop, TICK_US, tick, live, NULL);
}

static void key(void *context, int events)
{
    struct trace_live *live = context;
    char bytes[32];
    const ssize_t size = (events & NET_POLL_READ) != 0 ? read(STDIN_FILENO, bytes, sizeof bytes) : 0;
    if (size <= 0) {
        net_poll_want(live->keys, 0);
        return;
    }
    if (memchr(bytes, KEY_SUSPEND, (size_t)size) != NULL) {
        leave_screen(live);
        net_poll_want(live->keys, 0);
        platform_tty_keys_off(live->saved);
        live->saved = NULL;
        platform_tty_suspend();
        draw(live);
    }
    if (memchr(bytes, 'q', (size_t)size) != NULL || memchr(bytes, 'Q', (size_t)size) != NULL) {
        live->stop(live->run);
    }
}

static void started(void *context, enum check_id id)
{
    ((struct trace_live *)context)->running |= NEEDS(id);
}

static void ended(void *context, enum check_id id)
{
    ((struct trace_live *)context)->running &= ~NEEDS(id);
}

bool trace_live_start(struct trace_live **out, struct run *run, const struct check_options *options,
                      void (*stop)(void *run), struct error *error)
{
    struct trace_live *live = alloc_new(sizeof(*live));
    if (live == NULL) {
        return error_no_memory(error);
    }
    live->run = run;
    live->stop = stop;
    live->colour = output_colour_for(options->output.colour, stderr);
    live->started_us = clock_monotonic_us();
    live->observer = (struct run_observer){ .started = started, .ended = ended, .context = live };
    run->observer = &live->observer;
    *out = live;
    if (!platform_tty_is(STDERR_FILENO) || options->output.quiet) {
        return true;
    }
    net_loop_on_resize(run->loop, resized, live);
    live->tick = net_timer_start(run->loop, 0, tick, live, error);
    return live->tick != NULL;
}

void trace_live_free(struct trace_live *live)
{
    if (live == NULL) {
        return;
    }
    leave_screen(live);
    net_loop_on_resize(live->run->loop, NULL, NULL);
    net_timer_free(live->tick);
    net_poll_free(live->keys);
    platform_tty_keys_off(live->saved);
    live->run->observer = NULL;
    alloc_free(live);
}
