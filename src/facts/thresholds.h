/* What RDP needs of a line, in one table: data/thresholds.tsv. Two bars: up to `good` it is pleasant, beyond `bad` it
 * is felt. By itself none of them is a fault. */
#ifndef RDPWHY_FACTS_THRESHOLDS_H
#define RDPWHY_FACTS_THRESHOLDS_H

/* In the order of the table. */
enum threshold {
    THRESHOLD_RTT,
    THRESHOLD_LOSS,
    THRESHOLD_BANDWIDTH, /* here less is worse */
    THRESHOLD_JITTER,
    THRESHOLD_FRAME_DELAY,
    THRESHOLD_COUNT,
};

struct threshold_fact {
    const char *id;
    const char *unit; /* us, ppm (millionths), kbps */
    unsigned good;
    unsigned bad;
    const char *words;
    const char *sources;
};

const struct threshold_fact *threshold_fact(enum threshold threshold);

#endif
