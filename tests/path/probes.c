/* The prober and the sweep of hops by hand, for probes.py. Lines of words, one per place or answer.
 *   probes hops ADDRESS KIND:PORT[:SOURCE_PORT]...
 *   probes send KIND ADDRESS PORT SOURCE_PORT SIZE ROUNDS TTL...     with SIZE 0 small, else with DF
 *   probes pace ADDRESS COUNT     so many of two probers with one pace; the time each was sent, in microseconds
 * With UNPRIVILEGED in the environment no raw socket is used. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "path/hops.h"
#include "platform/privileges.h"

static const char *const kinds[] = { "echo", "udp", "syn", "openvpn", "ike" };
static const char *const results[] = { "nothing", "reply", "exceeded", "unreachable", "too-big", "reset", "not-sent" };
static const char *const means[] = { "raw", "ping", "error-queue", "connect" };

static enum prober_kind kind_of(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (strncmp(word, kinds[i], strlen(kinds[i])) == 0) {
            return (enum prober_kind)i;
        }
    }
    exit(64);
}

static const char *words_of(const struct address *address, char text[ADDRESS_TEXT_SIZE])
{
    if (address->family == ADDRESS_NONE) {
        return "-";
    }
    address_format(address, text);
    return text;
}

static void on_answer(void *context, const struct prober_answer *answer)
{
    char text[ADDRESS_TEXT_SIZE];
    (void)context;
    printf("answer %u %s %s %d %u%s%s%s\n", answer->ttl, results[answer->result], words_of(&answer->from, text),
           answer->code, answer->mtu, answer->late ? " late" : "", answer->guessed ? " guessed" : "",
           answer->port_closed ? " closed" : "");
    fflush(stdout);
}

static void on_found(void *context, const struct hops_found *found, bool last)
{
    const size_t flows = *(size_t *)context;
    char text[ADDRESS_TEXT_SIZE];
    if (!last) {
        return;
    }
    for (size_t i = 0; i < found->count; i++) {
        const struct hops_place *place = &found->places[i];
        printf("hop %u %s %d", place->ttl, place->end ? "end" : "router", (int)place->own);
        for (size_t k = 0; k < flows; k++) {
            printf(" %s%s", words_of(&place->seen[k].from, text), place->seen[k].unsteady ? "!" : "");
        }
        printf("\n");
    }
    printf("found %u%s%s%s refused %u %d code %d\n", found->distance, found->branches ? " branches" : "",
           found->loops ? " loops" : "", found->shared ? " shared" : "", found->refused_ttl, found->refused_code,
           found->code);
}

static bool send_all(struct prober *prober, char **words, struct error *error)
{
    struct prober_flow_options options = { .kind = kind_of(words[0]), .answered = on_answer };
    options.port = (uint16_t)atoi(words[2]);
    options.source_port = (uint16_t)atoi(words[3]);
    if (!address_parse(words[1], &options.to)) {
        return false;
    }
    struct prober_flow *flow = prober_flow_new(prober, &options, error);
    if (flow == NULL) {
        return false;
    }
    printf("means %s\n", means[prober_flow_means(flow)]);
    for (int round = 0; round < atoi(words[5]); round++) {
        for (char **ttl = words + 6; *ttl != NULL; ttl++) {
            const struct prober_probe probe = { .ttl = (uint8_t)atoi(*ttl),
                                                .size = (uint16_t)atoi(words[4]),
                                                .df = atoi(words[4]) > 0 };
            if (!prober_send(flow, &probe, error)) {
                return false;
            }
        }
    }
    return true;
}

static void on_paced(void *context, const struct prober_answer *answer)
{
    const char *who = context;
    if (!answer->late) {
        printf("sent %s %lld\n", who, (long long)answer->sent_us);
    }
}

/* Both have everything queued before the first is sent. */
static bool send_paced(struct prober *probers[2], char **words, struct error *error)
{
    static char names[2][8] = { "first", "other" };
    for (size_t i = 0; i < 2; i++) {
        struct prober_flow_options options = { .kind = PROBER_UDP, .port = 33434 };
        const struct prober_probe probe = { .ttl = 1, .limit_us = 200000 };
        options.answered = on_paced;
        options.context = names[i];
        if (!address_parse(words[0], &options.to)) {
            return false;
        }
        struct prober_flow *flow = prober_flow_new(probers[i], &options, error);
        for (int sent = 0; sent < atoi(words[1]); sent++) {
            if (flow == NULL || !prober_send(flow, &probe, error)) {
                return false;
            }
        }
    }
    return true;
}

static struct hops *start_hops(struct net_loop *loop, struct prober *prober, struct hops_options *options, char **words,
                               struct error *error)
{
    if (!address_parse(words[0], &options->to)) {
        return NULL;
    }
    for (words++; *words != NULL && options->flow_count < HOPS_FLOWS_MAX; words++) {
        struct hops_flow_options *flow = &options->flows[options->flow_count++];
        unsigned port = 0;
        unsigned source_port = 0;
        const char *ports = strchr(*words, ':');
        if (ports != NULL) {
            (void)sscanf(ports, ":%u:%u", &port, &source_port);
        }
        *flow = (struct hops_flow_options){ .kind = kind_of(*words),
                                            .port = (uint16_t)port,
                                            .source_port = (uint16_t)source_port };
    }
    options->found = on_found;
    options->context = &options->flow_count;
    return hops_start(loop, prober, options, error);
}

int main(int count, char **words)
{
    struct error error = { .text = "usage" };
    struct hops_options hops_options = { .flow_count = 0 };
    struct prober_pace pace = { 0 };
    const struct prober_options options = { .unprivileged = getenv("UNPRIVILEGED") != NULL, .pace = &pace };
    const struct prober_options urgent = { .unprivileged = true, .pace = &pace, .first = true };
    struct hops *hops = NULL;
    if (count < 4) {
        return 64;
    }
    struct net_loop *loop = net_loop_new(&error);
    struct prober *prober = loop != NULL ? prober_new(loop, &options, &error) : NULL;
    struct prober *first = prober != NULL ? prober_new(loop, &urgent, &error) : NULL;
    if (first == NULL || !platform_privileges_drop()) {
        return 70;
    }
    bool done;
    if (strcmp(words[1], "hops") == 0) {
        hops = start_hops(loop, prober, &hops_options, words + 2, &error);
        done = hops != NULL;
    } else if (strcmp(words[1], "pace") == 0) {
        done = send_paced((struct prober *[]){ first, prober }, words + 2, &error);
    } else {
        done = count > 8 && send_all(prober, words + 2, &error);
    }
    if (done) {
        net_loop_run(loop);
        const struct prober_counts counts = prober_counts(prober);
        printf("counts sent %llu answered %llu late %llu foreign %llu\n", (unsigned long long)counts.sent,
               (unsigned long long)counts.answered, (unsigned long long)counts.late,
               (unsigned long long)counts.foreign);
    } else {
        printf("error %s\n", error.text);
    }
    hops_free(hops);
    prober_free(first);
    prober_free(prober);
    net_loop_free(loop);
    return done ? 0 : 1;
}
