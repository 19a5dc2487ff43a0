/* OpenVPN: its management socket knows whom it is connected to; what it was started with names whom it may be. */
#include <string.h>

#include "platform/tunnel.h"
#include "probe/vpn_internal.h"
#include "wire/openvpn.h"

enum { WORDS_CAP = 128 * 1024, FILE_CAP = 1024 * 1024, ANSWER_CAP = 64 * 1024 };

static void read_settings(const struct platform_program *program, struct openvpn_settings *settings, bool *closed)
{
    struct buffer bytes;
    buffer_init(&bytes, WORDS_CAP);
    *closed = false;
    if (platform_program_words(program, &bytes) == PLATFORM_TOLD) {
        openvpn_read_command(bytes.bytes, bytes.size, settings);
    }
    buffer_release(&bytes);
    if (settings->file[0] != '\0') {
        buffer_init(&bytes, FILE_CAP);
        const enum platform_told told = platform_program_file(program, settings->folder, settings->file, &bytes);
        if (told == PLATFORM_TOLD) {
            openvpn_read_file(bytes.bytes, bytes.size, settings);
        }
        *closed = told == PLATFORM_TOLD_FORBIDDEN;
        buffer_release(&bytes);
    }
}

static bool ask_management(const struct openvpn_settings *settings, struct vpn_found *found, bool *closed)
{
    struct platform_control control = { .path = settings->management, .port = settings->management_port };
    if (settings->management[0] == '\0' || settings->management_minds) {
        return false;
    }
    if (settings->management_port != 0) {
        control.path = NULL;
        if (!address_parse(settings->management, &control.address)) {
            return false;
        }
    }
    struct buffer answer;
    buffer_init(&answer, ANSWER_CAP);
    const enum platform_told told =
        platform_control_ask(&control, OPENVPN_ASK_STATE, strlen(OPENVPN_ASK_STATE), openvpn_state_whole, &answer);
    const bool known = told == PLATFORM_TOLD && openvpn_state(answer.bytes, answer.size, &found->outer, &found->port);
    buffer_release(&answer);
    *closed = *closed || told == PLATFORM_TOLD_FORBIDDEN;
    return known;
}

static enum vpn_transport transport_of(const struct openvpn_settings *settings, const struct openvpn_remote *remote)
{
    return openvpn_is_tcp(settings, remote) ? VPN_OVER_TCP : VPN_OVER_UDP;
}

static bool take_remote(const struct openvpn_settings *settings, struct vpn_found *found)
{
    if (settings->remote_count != 1) {
        return false;
    }
    const struct openvpn_remote *remote = &settings->remotes[0];
    found->port = openvpn_port_of(settings, remote);
    found->transport = transport_of(settings, remote);
    found->learnt = "OpenVPN's settings";
    if (!address_parse(remote->host, &found->outer)) {
        memcpy(found->host, remote->host, sizeof(found->host)); /* both end with a NUL in the same room */
    }
    return true;
}

/* OpenVPN over TCP has one connection that is not on this machine, and it is to a port that its settings name. */
static bool take_connection(const struct platform_program *program, const struct openvpn_settings *settings,
                            struct vpn_found *found)
{
    struct platform_peer peers[PLATFORM_PEERS_MAX];
    size_t count = 0;
    size_t fits = 0;
    (void)platform_program_peers(program, peers, &count);
    for (size_t i = 0; i < count; i++) {
        bool named = false;
        for (size_t k = 0; k < settings->remote_count; k++) {
            named = named || openvpn_port_of(settings, &settings->remotes[k]) == peers[i].port;
        }
        if (peers[i].tcp && named) {
            found->outer = peers[i].address;
            found->port = peers[i].port;
            fits++;
        }
    }
    if (fits != 1) {
        found->outer.family = ADDRESS_NONE;
        return false;
    }
    found->transport = VPN_OVER_TCP;
    found->learnt = "OpenVPN's TCP connection";
    return true;
}

void vpn_by_openvpn(const struct platform_program *program, struct vpn_found *found)
{
    struct openvpn_settings settings = { .port = 0 };
    bool closed = false;
    read_settings(program, &settings, &closed);
    found->kind = VPN_OPENVPN;
    if (ask_management(&settings, found, &closed)) {
        const struct openvpn_remote any = { .port = 0 };
        found->transport = transport_of(&settings, settings.remote_count > 0 ? &settings.remotes[0] : &any);
        found->learnt = "OpenVPN's management socket";
        return;
    }
    if (take_connection(program, &settings, found) || take_remote(&settings, found)) {
        return;
    }
    found->port = 0;
    found->why = settings.remote_count > 1
                     ? "OpenVPN's settings name several gateways, and its management socket does not say which"
                 : closed ? "OpenVPN's settings can be read by root only"
                          : "OpenVPN's settings do not name its gateway";
}

struct search {
    const char *interface;
    struct platform_program program;
    size_t count;
};

/* "--dev tun" takes whichever is free, so any of the kind may be meant. */
static bool consider(void *context, const struct platform_program *program)
{
    struct search *search = context;
    struct openvpn_settings settings = { .port = 0 };
    bool closed = false;
    read_settings(program, &settings, &closed);
    if (settings.device[0] == '\0' || strcmp(settings.device, search->interface) == 0 ||
        (strcmp(settings.device, "tun") == 0 && strncmp(search->interface, "tun", 3) == 0)) {
        search->program = *program;
        search->count++;
    }
    return false;
}

bool vpn_guess_openvpn(const char *interface, struct platform_program *program)
{
    struct search search = { .interface = interface };
    (void)platform_program_each("openvpn", interface, consider, &search);
    if (search.count != 1) {
        return false;
    }
    *program = search.program;
    return true;
}
