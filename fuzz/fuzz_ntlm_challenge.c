#include "fuzz.h"

#include "wire/ntlm.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static uint8_t again[16 * NTLM_MESSAGE_MAX];
    struct ntlm_challenge seen;
    struct fault fault = { 0 };
    enum parse parsed = ntlm_challenge_parse(slice_of(bytes, size), &seen, &fault);
    if (parsed != PARSE_DONE) {
        FUZZ_PROMISE(parsed == PARSE_BAD && fault.why != NULL && fault.offset <= size);
        return 0;
    }
    fuzz_touch(seen.target_name);
    FUZZ_PROMISE(ntlm_time_us(seen.timestamp) >= ntlm_time_us(0));
    struct writer writer = writer_of(again, sizeof again);
    if (!ntlm_challenge_write(&writer, &seen)) {
        return 0; /* overlapping values may come to more than a descriptor can say */
    }
    struct ntlm_challenge back;
    FUZZ_PROMISE(writer_size(&writer) > NTLM_MESSAGE_MAX ||
                 ntlm_challenge_parse(slice_of(again, writer_size(&writer)), &back, &fault) == PARSE_DONE);
    if (writer_size(&writer) > NTLM_MESSAGE_MAX) {
        return 0;
    }
    FUZZ_PROMISE(fuzz_same(back.target_name, seen.target_name) &&
                 fuzz_same(back.netbios_computer, seen.netbios_computer) &&
                 fuzz_same(back.netbios_domain, seen.netbios_domain) &&
                 fuzz_same(back.dns_computer, seen.dns_computer) && fuzz_same(back.dns_domain, seen.dns_domain) &&
                 fuzz_same(back.dns_forest, seen.dns_forest) && fuzz_same(back.service, seen.service));
    FUZZ_PROMISE(back.has_timestamp == seen.has_timestamp && back.timestamp == seen.timestamp &&
                 back.av_flags == seen.av_flags && back.version.build == seen.version.build);
    return 0;
}
