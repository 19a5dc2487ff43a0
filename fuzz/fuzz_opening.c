/* Both sides of a session that begins in the clear: how it ends (1 byte), size of the client's part (2 bytes, LE), the
 * client's bytes, the server's. More bytes of the server must never take anything back. */
#include "fuzz.h"

#include "read/opening.h"

enum { HEADER = 3 };

static void check(const struct opening *opening)
{
    const struct ev_session *seen = &opening->seen;
    const bool ended = seen->ended.source != SOURCE_NONE;
    FUZZ_PROMISE(seen->phase.source != SOURCE_NONE && seen->phase.v >= SESSION_MCS && seen->phase.v <= SESSION_ACTIVE);
    FUZZ_PROMISE(ended == (seen->ended_by.source != SOURCE_NONE));
    FUZZ_PROMISE(memchr(opening->problem, 0, sizeof opening->problem) != NULL);
    FUZZ_PROMISE(opening->status_count <= SESSION_STATUS_MAX && opening->logon_count <= SESSION_LOGONS_MAX);
    FUZZ_PROMISE(!ended || seen->ended.v != SESSION_ERROR_INFO || seen->error.source != SOURCE_NONE);
    FUZZ_PROMISE(!ended || seen->ended.v != SESSION_READY || seen->demanded.source != SOURCE_NONE);
    FUZZ_PROMISE(seen->channels.source == SOURCE_NONE || seen->encryption.method.source != SOURCE_NONE);
}

static void compare(const struct ev_session *part, const struct ev_session *whole)
{
    FUZZ_PROMISE(part->phase.v <= whole->phase.v && part->hidden.v <= whole->hidden.v);
    FUZZ_PROMISE(part->channels.v <= whole->channels.v && part->licence.requests.v <= whole->licence.requests.v);
    FUZZ_PROMISE(part->ended.source == SOURCE_NONE || part->ended.v == whole->ended.v);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct opening opening;
    struct opening part;
    if (size < HEADER) {
        return 0;
    }
    const size_t asked = (size_t)bytes[1] | (size_t)bytes[2] << 8;
    const size_t client_size = asked < size - HEADER ? asked : size - HEADER;
    const struct slice client = slice_of(bytes + HEADER, client_size);
    const struct slice server = slice_of(bytes + HEADER + client_size, size - HEADER - client_size);
    if (!opening_read(client, server, &opening)) {
        return 0;
    }
    check(&opening);
    FUZZ_PROMISE(opening_read(client, slice_of(server.bytes, server.size / 2), &part));
    compare(&part.seen, &opening.seen);
    static const enum end_how hows[] = { END_FIN, END_RST, END_SILENCE, END_ICMP };
    static const enum end_by bys[] = { END_BY_PEER, END_BY_US, END_BY_NETWORK, END_BY_PEER };
    const struct opening_end how = {
        .ended = (bytes[0] & 1) != 0,
        .how = hows[bytes[0] >> 1 & 3],
        .by = bys[bytes[0] >> 3 & 3],
        .whole = (bytes[0] & 0x20) != 0,
        .client_first = (bytes[0] & 0x40) != 0,
        .received = (bytes[0] & 0x80) != 0 ? UINT64_C(1) << 30 : server.size,
    };
    opening_close(&opening, &how);
    check(&opening);
    FUZZ_PROMISE(opening.problem[0] == '\0' || opening.seen.ended.v == SESSION_GARBAGE);
    struct error error = { 0 };
    struct evidence *evidence = evidence_new(&error);
    FUZZ_PROMISE(evidence != NULL && opening_record(&opening, &evidence->session, &error));
    evidence_free(evidence);
    return 0;
}
