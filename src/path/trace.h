/* The check path: finds the places of each leg, sends each next probe where it tells most, and stops when one answer
 * stands out. Inside the files trace*.c only. */
#ifndef RDPWHY_PATH_TRACE_H
#define RDPWHY_PATH_TRACE_H

#include "infer/answer.h"
#include "path/hops.h"
#include "path/path_internal.h"
#include "path/prober.h"

enum {
    TRACE_STREAMS_MAX = 200, /* fits into the low byte of a tag */
    TRACE_OUT_MAX = 1024,    /* a power of 2; probes that are not yet counted */
    TRACE_RTTS_MAX = 256,    /* kept of a stream, the newest */
    TRACE_SYN_FLOWS = 4,     /* where one flow has room for one SYN only */
    TRACE_SOLVE_EVERY = 5,   /* probes */
    TRACE_SILENCE = 10, /* so many losses in a row, of whatever kind: the nearest place is asked whether it is there */
    TRACE_SILENCE_MOST = 60, /* and it is not */
};

/* What the search for the places came to, counted before its stream was there. */
struct trace_early {
    uint8_t sent, lost, late;
    uint8_t rtt_count;
    int32_t rtts_us[4];
};

struct trace_stream {
    size_t leg; /* index of trace.legs */
    int ttl;    /* of the place; 0: the end, at an unknown distance */
    enum stream_kind kind;
    enum stream_reach reach;
    struct prober_flow *own; /* REACH_OWN: its flow, made when it is first used */
    struct address own_address;
    int64_t sent, lost, late, runs, longest_run;
    int32_t rtts_us[TRACE_RTTS_MAX];
    size_t rtt_count; /* in all */
    int64_t silent;   /* of the losses: in the silence that is on now */
    unsigned refused; /* in a row, by who does not stand at its place */
};

struct trace_leg {
    struct trace *trace;
    struct path_leg_to to;
    uint32_t interface; /* that it leaves by */
    struct hops *hops;
    struct hops_found found;
    bool shaped; /* found holds */
    bool done;   /* and will not change any more */
    /* what is sent: by enum stream_kind; SYNs may need more than one */
    struct hops_flow_options kinds[HOPS_FLOWS_MAX];
    enum stream_kind kind_of[HOPS_FLOWS_MAX];
    size_t kind_count;
    struct prober_flow *flows[HOPS_FLOWS_MAX][TRACE_SYN_FLOWS];
    struct prober_flow *service; /* the whole way to the tunnel's port, when that answers */
    struct address addresses[HOPS_MAX][PATH_ADDRESSES_MAX];
    size_t address_count[HOPS_MAX];
    struct trace_early early[HOPS_FLOWS_MAX + 1][HOPS_MAX]; /* by the search's tag */
};

enum { TRACE_REFUSED = 25 }; /* in a row: nothing more of that stream is sent */

enum trace_fate { FATE_OUT, FATE_BACK, FATE_LOST, FATE_VOID };

struct trace_out {
    uint8_t stream;
    uint8_t fate; /* enum trace_fate */
    int32_t rtt_us;
};

struct trace {
    struct run *run;
    struct prober *prober;
    struct trace_leg legs[PATH_LEGS_MAX];
    size_t leg_count;
    struct trace_stream streams[TRACE_STREAMS_MAX];
    size_t stream_count;
    /* Probes in the order they were sent. One is counted when all before it are settled: an answer is quicker than the
     * knowledge that none will come, and counting it first would hide losses. */
    struct trace_out out[TRACE_OUT_MAX];
    uint64_t first, next;
    int64_t counted, last_loss, run_now; /* over all streams, in the order of sending */
    int64_t silence;                     /* nothing was answered since so many probes, whatever they were */
    size_t fresh;                        /* counted since the model was solved */
    struct infer_model *model;
    struct infer_answer answer;
    bool solved;
    /* which stream each row of the evidence is: [hop][row] */
    uint8_t rows[PATH_HOPS_MAX][PATH_STREAMS_MAX];
    int64_t started_us, until_us;
    unsigned not_sent; /* in a row */
    bool refused;      /* a stream is refused by now: what the others tell has to do */
    uint32_t dice;
    uint32_t route_interface; /* to the target, when we began */
    struct address route_source;
    uint64_t sent_before, received_before; /* of the line's interface, when we began; both 0: not told */
    uint64_t sizes_before;                 /* sent by then to find sizes */
    struct net_timer *limit;
    struct net_timer *watch;
    struct net_timer *end; /* ends outside of the prober's callbacks */
    enum path_ended ended;
};

/* --- trace_counts.c --- */
/* Streams that the places found so far allow. */
void trace_make_streams(struct trace *trace);
/* A probe of the stream is on its way; its tag. */
uint64_t trace_sent(struct trace *trace, size_t stream);
/* An answer to a probe of the search, by its tag: the index of its kind, or HOPS_TAG_OWN. */
void trace_searched(struct trace_leg *leg, const struct prober_answer *answer);
void trace_answered(struct trace *trace, const struct prober_answer *answer);

/* --- trace_around.c --- */
/* Something was answered. */
void trace_end_silence(struct trace *trace);
/* What was lost in the silence that is on now is taken back: it is another event than the losses before. */
void trace_forget_silence(struct trace *trace);
/* The stream that is answered from nearest to this machine; -1: none is, by and large. */
int trace_nearest(const struct trace *trace);
/* What is refused again and again tells nothing of losses: no more of it is sent, and the run goes on for so long only
 * as the other places may need, for they may not tell enough. */
void trace_leave_refused(struct trace *trace);
/* What else this machine sends meanwhile: a line that it fills itself is slow and loses packets. */
void trace_begin_load(struct trace *trace);
void trace_note_load(const struct trace *trace);

/* --- trace_counts.c, too --- */
/* How long an answer is waited for. */
int64_t trace_limit_us(const struct trace *trace);
/* Writes hops and counts into the evidence. */
bool trace_record(struct trace *trace, struct error *error) MUST_USE;

/* --- trace_tcp.c --- */
/* What the connections that were made anyway sent, and again; only of those that went on to an end that somebody made:
 * a connection that stalls sends one segment many times, and that is no loss by chance. */
void trace_tcp_sent(const struct evidence *evidence, int64_t *sent, int64_t *again);
/* The same as a stream of the end of the way. */
bool trace_record_tcp(struct evidence *evidence, struct error *error) MUST_USE;

/* --- trace_ways.c --- */
/* The flow to send a probe of the stream by; NULL: none has room now, or it is not possible here. */
struct prober_flow *trace_flow_for(struct trace *trace, struct trace_stream *stream);
/* What is sent on a leg, and its discovery. */
bool trace_open_leg(struct trace *trace, size_t leg, struct error *error) MUST_USE;
/* All legs are known well enough to begin. */
bool trace_shaped(const struct trace *trace);
/* The way there is the leg's own, not into a tunnel or past it. */
bool trace_same_way(const struct trace_leg *leg, const struct address *to);
void trace_answer(void *context, const struct prober_answer *answer); /* of trace.c */

#endif
