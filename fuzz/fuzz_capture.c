/* A capture file as it comes, through libpcap's glue, the frames, the streams and the stories, to evidence. */
#include "fuzz.h"

#include "base/alloc.h"
#include "evidence/evidence.h"
#include "read/capture.h"

static void look_at(const struct conversation *conversation)
{
    struct error error = { 0 };
    FUZZ_PROMISE(conversation->count > 0 && conversation->count <= CONVERSATION_CONNECTIONS_MAX);
    FUZZ_PROMISE(conversation_main(conversation) < conversation->count);
    struct evidence *evidence = conversation_evidence(conversation, &error);
    FUZZ_PROMISE(evidence != NULL);
    FUZZ_PROMISE(evidence->connections.count == conversation->count);
    FUZZ_PROMISE(evidence->negotiation.offers.count <= evidence->connections.count);
    evidence_free(evidence);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct error error = { 0 };
    struct capture capture;
    FILE *file = size > 0 ? fmemopen((void *)(uintptr_t)bytes, size, "rb") : NULL;
    if (file == NULL) {
        return 0;
    }
    if (!capture_read(file, CAPTURE_DEFAULT_PORT, &capture, &error)) {
        FUZZ_PROMISE(error.kind == ERROR_DATA && error.text[0] != '\0');
        return 0;
    }
    for (size_t i = 0; i < capture.count; i++) {
        look_at(&capture.conversations[i]);
    }
    for (size_t i = 0; i < capture.way_count; i++) {
        struct evidence *evidence = udp_way_evidence(&capture.ways[i], &error);
        FUZZ_PROMISE(evidence != NULL);
        evidence_free(evidence);
    }
    capture_release(&capture);
    return 0;
}
