/* Holds the packets of a queue back for a while, or loses them in bursts (Gilbert and Elliott's two states).
 * Usage: hold QUEUE DELAY_MS JITTER_MS [TURNS_BAD TURNS_GOOD LOST_WHILE_BAD_PERCENT]
 *
 * Packets leave in the order they came: a line that overtakes itself would be another fault. */
#include <arpa/inet.h>
#include <errno.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <linux/netfilter.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HELD_MAX = 16384, MESSAGE_MAX = 8192, RECEIVE_BUFFER = 8 << 20 };
#define NS_PER_S  1000000000LL
#define NS_PER_MS 1000000.0

struct held {
    int64_t due_ns;
    uint32_t id;
};

struct line {
    struct held ring[HELD_MAX];
    size_t first, count;
    int64_t last_due_ns;
    double delay_ns, jitter_ns;
    double turns_bad, turns_good, lost_while_bad;
    bool bad;
};

static int64_t now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * NS_PER_S + time.tv_nsec;
}

static bool is_lost(struct line *line)
{
    if (line->turns_bad <= 0) {
        return false;
    }
    line->bad = line->bad ? drand48() >= line->turns_good : drand48() < line->turns_bad;
    return line->bad && drand48() < line->lost_while_bad;
}

static int on_packet(struct nfq_q_handle *queue, struct nfgenmsg *message, struct nfq_data *data, void *user)
{
    (void)message;
    struct line *line = user;
    uint32_t id = ntohl(nfq_get_msg_packet_hdr(data)->packet_id);
    if (is_lost(line) || line->count == HELD_MAX) {
        return nfq_set_verdict(queue, id, NF_DROP, 0, NULL);
    }
    int64_t due = now_ns() + (int64_t)(line->delay_ns + (2 * drand48() - 1) * line->jitter_ns);
    due = due < line->last_due_ns ? line->last_due_ns : due;
    line->last_due_ns = due;
    line->ring[(line->first + line->count++) % HELD_MAX] = (struct held){ .due_ns = due, .id = id };
    return 0;
}

static void release_due(struct line *line, struct nfq_q_handle *queue)
{
    int64_t now = now_ns();
    while (line->count > 0 && line->ring[line->first].due_ns <= now) {
        nfq_set_verdict(queue, line->ring[line->first].id, NF_ACCEPT, 0, NULL);
        line->first = (line->first + 1) % HELD_MAX;
        line->count--;
    }
}

/* Until something comes in, or the first held packet is due. */
static int wait_for(const struct line *line, int descriptor)
{
    struct pollfd ready = { .fd = descriptor, .events = POLLIN };
    if (line->count == 0) {
        return ppoll(&ready, 1, NULL, NULL);
    }
    int64_t left = line->ring[line->first].due_ns - now_ns();
    left = left < 0 ? 0 : left;
    struct timespec limit = { .tv_sec = left / NS_PER_S, .tv_nsec = left % NS_PER_S };
    return ppoll(&ready, 1, &limit, NULL);
}

static int carry(struct line *line, struct nfq_handle *handle, struct nfq_q_handle *queue)
{
    char message[MESSAGE_MAX];
    int descriptor = nfq_fd(handle);
    for (;;) {
        if (wait_for(line, descriptor) > 0) {
            ssize_t size = recv(descriptor, message, sizeof(message), 0);
            if (size > 0) {
                nfq_handle_packet(handle, message, (int)size);
            } else if (size == 0 || (errno != ENOBUFS && errno != EINTR)) {
                perror("recv");
                return 1;
            }
        }
        release_due(line, queue);
    }
}

int main(int count, char **words)
{
    static struct line line;
    if (count != 4 && count != 7) {
        fprintf(stderr, "usage: hold QUEUE DELAY_MS JITTER_MS [TURNS_BAD TURNS_GOOD LOST_WHILE_BAD_PERCENT]\n");
        return 64;
    }
    line.delay_ns = strtod(words[2], NULL) * NS_PER_MS;
    line.jitter_ns = strtod(words[3], NULL) * NS_PER_MS;
    if (count == 7) {
        line.turns_bad = strtod(words[4], NULL);
        line.turns_good = strtod(words[5], NULL);
        line.lost_while_bad = strtod(words[6], NULL) / 100;
    }
    srand48((long)(now_ns() ^ getpid()));
    prctl(PR_SET_TIMERSLACK, 1UL); /* else the kernel adds 50 us to each wait */
    struct nfq_handle *handle = nfq_open();
    struct nfq_q_handle *queue =
        handle == NULL ? NULL : nfq_create_queue(handle, (uint16_t)strtoul(words[1], NULL, 10), on_packet, &line);
    if (queue == NULL || nfq_set_mode(queue, NFQNL_COPY_META, 0) < 0 || nfq_set_queue_maxlen(queue, HELD_MAX) < 0) {
        perror("packet queue");
        return 1;
    }
    nfnl_rcvbufsiz(nfq_nfnlh(handle), RECEIVE_BUFFER);
    puts("ready");
    fflush(stdout);
    return carry(&line, handle, queue);
}
