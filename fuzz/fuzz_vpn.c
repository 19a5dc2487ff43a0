#include "fuzz.h"

#include "wire/endpoint.h"
#include "wire/openvpn.h"
#include "wire/vici.h"
#include "wire/wg_uapi.h"

static void associations(const uint8_t *bytes, size_t size)
{
    size_t at = 0;
    enum parse parse = PARSE_DONE;
    while (parse == PARSE_DONE && at < size) {
        struct vici_sa sa;
        enum vici_packet packet = VICI_OTHER;
        size_t used = 0;
        struct fault fault = { 0 };
        parse = vici_parse(bytes + at, size - at, &packet, &sa, &used, &fault);
        if (parse == PARSE_DONE) {
            FUZZ_PROMISE(used > 4 && used <= size - at);
            FUZZ_PROMISE(packet != VICI_SA || sa.selector_count <= VICI_SELECTORS_MAX);
        }
        FUZZ_PROMISE((parse == PARSE_BAD) == (fault.why != NULL));
        at += used;
    }
}

static void settings_of(const uint8_t *bytes, size_t size, int file)
{
    struct openvpn_settings settings = { .port = 0 };
    if (file) {
        openvpn_read_file(bytes, size, &settings);
    } else {
        openvpn_read_command(bytes, size, &settings);
    }
    FUZZ_PROMISE(settings.remote_count <= OPENVPN_REMOTES_MAX);
    for (size_t i = 0; i < settings.remote_count; i++) {
        FUZZ_PROMISE(strlen(settings.remotes[i].host) < OPENVPN_NAME_SIZE);
        FUZZ_PROMISE(openvpn_port_of(&settings, &settings.remotes[i]) != 0);
    }
}

/* The first byte chooses who speaks: strongSwan, WireGuard, OpenVPN's command line, its file, its state. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct address to = { .family = ADDRESS_V4, .bytes = { 10, 30, 0, 10 } };
    struct address found;
    uint16_t port = 0;
    if (size == 0) {
        return 0;
    }
    const uint8_t *rest = bytes + 1;
    size--;
    switch (bytes[0] % 5) {
    case 0:
        associations(rest, size);
        break;
    case 1:
        if (wg_uapi_endpoint(rest, size, &to, &found, &port)) {
            FUZZ_PROMISE(found.family != ADDRESS_NONE && port != 0);
        }
        (void)wg_uapi_whole(rest, size);
        break;
    case 2:
    case 3:
        settings_of(rest, size, bytes[0] % 5 == 3);
        break;
    default:
        if (openvpn_state(rest, size, &found, &port)) {
            FUZZ_PROMISE(found.family != ADDRESS_NONE && port != 0);
        }
        (void)openvpn_state_whole(rest, size);
        break;
    }
    return 0;
}
