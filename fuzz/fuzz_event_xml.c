/* An event as XML, and what the log makes of it. */
#include "fuzz.h"

#include "read/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct evtx_event event;
    struct log log = { 0 };
    struct error error = { 0 };
    if (!evtx_event_parse((const char *)bytes, size, &event)) {
        return 0;
    }
    event.id = size % 2 == 0 ? 4625 : 1026;
    if (log_take(&log, &event, &error) && log.count > 0) {
        evidence_free(log_evidence(&log, 0, &error));
    }
    log_release(&log);
    return 0;
}
