#include "read/half.h"

#include <string.h>

#include "base/alloc.h"

/* A frame that a span port or a second interface shows again comes within moments, with the same IP identification. */
enum { TWICE_WITHIN_US = 5000 };

/* RFC 9293 3.4: sequence numbers are compared around the circle. */
static int32_t distance(uint32_t from, uint32_t to)
{
    return (int32_t)(to - from);
}

void half_release(struct half *half)
{
    for (size_t i = 0; i < half->early_count; i++) {
        alloc_free(half->early[i].bytes);
    }
    alloc_free(half->early);
    half->early = NULL;
    half->early_count = 0;
    half->early_size = 0;
    buffer_release(&half->bytes);
}

size_t half_memory(const struct half *half)
{
    return half->bytes.room + half->early_size + (half->early != NULL ? HALF_EARLY_SEGMENTS * sizeof *half->early : 0);
}

static bool captured_twice(struct half *half, const struct packet *packet)
{
    const bool twice = half->packets > 0 && packet->id == half->last_id && packet->sequence == half->last_sequence &&
                       packet->length == half->last_length && packet->flags == half->last_flags &&
                       packet->time_us - half->last_time_us <= TWICE_WITHIN_US &&
                       (packet->from.family == ADDRESS_V6 ? packet->length > 0 : packet->id != 0);
    half->last_id = packet->id;
    half->last_sequence = packet->sequence;
    half->last_length = (uint32_t)packet->length;
    half->last_flags = packet->flags;
    half->last_time_us = packet->time_us;
    return twice;
}

/* Bytes that are kept already: do they say the same? */
static void compare(struct half *half, uint32_t sequence, const struct slice *payload)
{
    const int32_t at = distance(half->start, sequence);
    if (at < 0 || (size_t)at >= half->bytes.size) {
        return;
    }
    const size_t kept = half->bytes.size - (size_t)at;
    const size_t size = payload->size < kept ? payload->size : kept;
    if (size > 0 && memcmp(half->bytes.bytes + at, payload->bytes, size) != 0) {
        half->contradicted++;
    }
}

/* Takes what lies at `next`; what is behind the kept part is only counted. */
static bool take(struct half *half, uint32_t sequence, struct slice payload, size_t length)
{
    const int32_t known = distance(sequence, half->next);
    if (known < 0 || (size_t)known >= length) {
        return true;
    }
    const size_t skip = (size_t)known;
    if (!half->gap && half->bytes.size < HALF_KEPT && payload.size > skip) {
        const size_t room = HALF_KEPT - half->bytes.size;
        const size_t size = payload.size - skip < room ? payload.size - skip : room;
        if (!buffer_add(&half->bytes, payload.bytes + skip, size)) {
            return false;
        }
    }
    if (payload.size < length && half->bytes.size < HALF_KEPT && !half->gap) {
        half->gap = half->snapped = true;
    }
    half->next = sequence + (uint32_t)length;
    return true;
}

static bool wait_for_gap(struct half *half, uint32_t sequence, struct slice payload)
{
    if (half->bytes.size >= HALF_KEPT || half->gap) {
        return true;
    }
    for (size_t i = 0; i < half->early_count; i++) {
        if (half->early[i].sequence == sequence) {
            return true;
        }
    }
    if (half->early_count == HALF_EARLY_SEGMENTS || half->early_size + payload.size > HALF_EARLY) {
        half->gap = true; /* too much came without the missing piece: the capture does not have it */
        return true;
    }
    if (half->early == NULL) {
        half->early = alloc_array(HALF_EARLY_SEGMENTS, sizeof *half->early);
    }
    uint8_t *copy = half->early != NULL ? alloc_copy(payload.bytes, payload.size) : NULL;
    if (copy == NULL) {
        return false;
    }
    half->early[half->early_count++] = (struct half_early){ .sequence = sequence, .bytes = copy, .size = payload.size };
    half->early_size += payload.size;
    return true;
}

static bool take_waiting(struct half *half)
{
    for (size_t i = 0; i < half->early_count;) {
        const struct half_early piece = half->early[i];
        if (distance(piece.sequence, half->next) < 0) {
            i++;
            continue;
        }
        half->early[i] = half->early[--half->early_count];
        half->early_size -= piece.size;
        const bool good = take(half, piece.sequence, slice_of(piece.bytes, piece.size), piece.size);
        alloc_free(piece.bytes);
        if (!good) {
            return false;
        }
        i = 0;
    }
    return true;
}

static void synchronise(struct half *half, const struct packet *packet)
{
    if ((packet->flags & TCP_SYN) != 0) {
        half->started_early = true;
        half->start = packet->sequence + 1;
    } else {
        half->start = packet->sequence;
    }
    half->synchronised = true;
    half->next = half->highest = half->start;
    buffer_init(&half->bytes, HALF_KEPT);
}

bool half_add(struct half *half, const struct packet *packet, bool *fresh)
{
    *fresh = false;
    if (captured_twice(half, packet)) {
        half->duplicated++;
        return true;
    }
    half->packets++;
    half->ttl = packet->ttl;
    const bool syn = (packet->flags & TCP_SYN) != 0;
    if (!half->synchronised) {
        synchronise(half, packet);
    } else if (syn) {
        half->retransmitted++;
    }
    if (packet->length == 0) {
        return true;
    }
    const uint32_t sequence = packet->sequence + (syn ? 1U : 0U);
    const uint32_t end = sequence + (uint32_t)packet->length;
    const int32_t beyond = distance(half->highest, end);
    const bool fills = beyond <= 0 && distance(half->next, end) > 0; /* it was only late */
    if (beyond <= 0 && !fills) {
        /* one byte at the edge again and again is a keep-alive, not a loss */
        half->retransmitted += packet->length > 1;
        compare(half, sequence, &packet->payload);
        return true;
    }
    *fresh = true;
    half->first_byte_us = half->first_byte_us == 0 ? packet->time_us : half->first_byte_us;
    half->last_byte_us = packet->time_us;
    half->total += fills || distance(half->highest, sequence) >= 0 ? packet->length : (uint64_t)beyond;
    half->highest = fills ? half->highest : end;
    compare(half, sequence, &packet->payload);
    if (half->bytes.size >= HALF_KEPT || half->gap) {
        half->next = half->highest; /* nothing is kept any more, so nothing waits for an order */
        return true;
    }
    if (distance(half->next, sequence) > 0) {
        return wait_for_gap(half, sequence, packet->payload);
    }
    return take(half, sequence, packet->payload, packet->length) && take_waiting(half);
}
