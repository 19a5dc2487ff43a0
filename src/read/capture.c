#include "read/capture.h"

#include <pcap/pcap.h>
#include <string.h>

#include "base/alloc.h"

enum { SECOND_US = 1000000 };

struct reading {
    struct capture *capture;
    struct streams *streams;
    bool at_end;
};

static struct conversation *conversation_of(struct capture *capture, const struct story *story)
{
    for (size_t i = capture->count; i > 0; i--) {
        struct conversation *found = &capture->conversations[i - 1];
        if (found->port == story->server_port && address_equal(&found->client, &story->client) &&
            address_equal(&found->server, &story->server)) {
            return found;
        }
    }
    return NULL;
}

static bool grow(void **items, size_t *room, size_t size)
{
    const size_t wanted = *room == 0 ? 4 : *room * 2;
    void *grown = alloc_resize(*items, wanted, size);
    if (grown == NULL) {
        return false;
    }
    *items = grown;
    *room = wanted;
    return true;
}

static struct conversation *start_conversation(struct capture *capture, const struct story *story, struct error *error)
{
    void *items = capture->conversations;
    if (capture->count == capture->room) {
        const bool good = grow(&items, &capture->room, sizeof *capture->conversations);
        capture->conversations = items;
        if (!good) {
            error_no_memory(error);
            return NULL;
        }
    }
    struct conversation *started = &capture->conversations[capture->count++];
    *started = (struct conversation){ .client = story->client, .server = story->server, .port = story->server_port };
    return started;
}

/* Takes the story over. */
static bool add_story(struct conversation *conversation, struct story *story, struct error *error)
{
    void *items = conversation->stories;
    if (conversation->count == CONVERSATION_CONNECTIONS_MAX) {
        conversation->more++;
        story_release(story);
        return true;
    }
    if (conversation->count == conversation->room) {
        const bool good = grow(&items, &conversation->room, sizeof *conversation->stories);
        conversation->stories = items;
        if (!good) {
            story_release(story);
            return error_no_memory(error);
        }
    }
    conversation->stories[conversation->count++] = *story;
    return true;
}

static bool stream_over(void *context, struct stream *stream, struct error *error)
{
    struct reading *reading = context;
    struct capture *capture = reading->capture;
    struct story story;
    /* one that had to make room was not waited for to its end */
    if (!story_read(stream, reading->at_end ? capture->last_us : stream->last_us, &story)) {
        story_release(&story);
        return error_no_memory(error);
    }
    struct conversation *conversation = conversation_of(capture, &story);
    if (conversation == NULL && capture->count == CONVERSATIONS_MAX) {
        capture->counts.conversations_left_out++;
        story_release(&story);
        return true;
    }
    conversation = conversation != NULL ? conversation : start_conversation(capture, &story, error);
    if (conversation == NULL) {
        story_release(&story);
        return false;
    }
    return add_story(conversation, &story, error);
}

static bool take_frame(struct reading *reading, int link, const struct pcap_pkthdr *header, const uint8_t *bytes,
                       struct error *error)
{
    struct capture *capture = reading->capture;
    struct packet packet = { 0 };
    packet.time_us = (int64_t)header->ts.tv_sec * SECOND_US + header->ts.tv_usec;
    capture->counts.packets++;
    capture->counts.bytes += header->caplen;
    capture->counts.first_us = capture->counts.packets == 1 ? packet.time_us : capture->counts.first_us;
    capture->last_us = packet.time_us > capture->last_us ? packet.time_us : capture->last_us;
    switch (frame_read(link, bytes, header->caplen, &packet)) {
    case FRAME_PACKET:
        capture->counts.partial += packet.payload.size < packet.length;
        return streams_add(reading->streams, &packet, error);
    case FRAME_OTHER:
        capture->counts.other++;
        return true;
    case FRAME_FRAGMENT:
        capture->counts.fragments++;
        return true;
    case FRAME_CUT:
        capture->counts.cut++;
        return true;
    case FRAME_BAD:
        capture->counts.bad++;
        return true;
    }
    return true;
}

static bool take_all(pcap_t *pcap, struct reading *reading, struct error *error)
{
    const int link = pcap_datalink(pcap);
    struct capture_counts *counts = &reading->capture->counts;
    struct pcap_pkthdr *header;
    const u_char *bytes;
    int answer;
    while ((answer = pcap_next_ex(pcap, &header, &bytes)) == 1) {
        if (!take_frame(reading, link, header, bytes, error)) {
            return false;
        }
    }
    if (answer == PCAP_ERROR) {
        snprintf(counts->problem, sizeof counts->problem, "after packet %llu: %.200s",
                 (unsigned long long)counts->packets, pcap_geterr(pcap));
    }
    return true;
}

static bool keep_udp(struct capture *capture, const struct streams *streams)
{
    const struct udp_way *ways;
    capture->way_count = streams_udp(streams, &ways);
    if (capture->way_count == 0) {
        return true;
    }
    capture->ways = alloc_copy(ways, capture->way_count * sizeof *ways);
    for (size_t i = 0; capture->ways != NULL && i < capture->count; i++) {
        struct conversation *one = &capture->conversations[i];
        for (size_t j = 0; j < capture->way_count; j++) {
            if (address_equal(&one->client, &ways[j].client) && address_equal(&one->server, &ways[j].server)) {
                one->udp = &capture->ways[j];
                capture->ways[j].has_tcp = true;
            }
        }
    }
    return capture->ways != NULL;
}

static bool read_opened(pcap_t *pcap, uint16_t rdp_port, struct capture *capture, struct error *error)
{
    struct reading reading = { .capture = capture };
    if (!frame_link_known(pcap_datalink(pcap))) {
        const char *name = pcap_datalink_val_to_name(pcap_datalink(pcap));
        return error_set(error, ERROR_DATA, "a capture of link type %d (%.40s), which this version cannot take apart",
                         pcap_datalink(pcap), name != NULL ? name : "unknown");
    }
    capture->counts.snap_length = pcap_snapshot(pcap);
    reading.streams = streams_new(rdp_port, stream_over, &reading, error);
    if (reading.streams == NULL) {
        return false;
    }
    bool good = take_all(pcap, &reading, error);
    reading.at_end = true;
    good = good && streams_finish(reading.streams, error);
    capture->counts.last_us = capture->last_us;
    capture->counts.connections = streams_seen(reading.streams);
    capture->counts.pushed_out = streams_pushed_out(reading.streams);
    if (good && !keep_udp(capture, reading.streams)) {
        good = error_no_memory(error);
    }
    streams_free(reading.streams);
    return good;
}

bool capture_read(FILE *file, uint16_t rdp_port, struct capture *capture, struct error *error)
{
    char problem[PCAP_ERRBUF_SIZE] = "";
    *capture = (struct capture){ 0 };
    pcap_t *pcap = pcap_fopen_offline(file, problem);
    if (pcap == NULL) {
        if (file != stdin) {
            fclose(file);
        }
        return error_set(error, ERROR_DATA, "not a capture that can be read: %.200s", problem);
    }
    const bool good = read_opened(pcap, rdp_port, capture, error);
    pcap_close(pcap);
    if (!good) {
        capture_release(capture);
    }
    return good;
}

void capture_release(struct capture *capture)
{
    for (size_t i = 0; i < capture->count; i++) {
        conversation_release(&capture->conversations[i]);
    }
    alloc_free(capture->conversations);
    alloc_free(capture->ways);
    *capture = (struct capture){ 0 };
}
