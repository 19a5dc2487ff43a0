/* What an OpenVPN client was told, by its command line and file (openvpn(8)), and what it says on its management socket
 * (management-notes.txt). Only what leads to the other end of the tunnel. */
#ifndef RDPWHY_WIRE_OPENVPN_H
#define RDPWHY_WIRE_OPENVPN_H

#include <stddef.h>
#include <stdint.h>

#include "base/address.h"

enum {
    OPENVPN_NAME_SIZE = 256,
    OPENVPN_DEVICE_SIZE = 16,
    OPENVPN_REMOTES_MAX = 8,
    OPENVPN_PORT = 1194,
};

struct openvpn_remote {
    char host[OPENVPN_NAME_SIZE];
    uint16_t port; /* 0: the common one */
    char protocol; /* 'u', 't'; '\0': the common one */
};

struct openvpn_settings {
    char device[OPENVPN_DEVICE_SIZE]; /* "tun" alone: whichever is free */
    struct openvpn_remote remotes[OPENVPN_REMOTES_MAX];
    size_t remote_count;
    uint16_t port;
    char protocol;
    char management[OPENVPN_NAME_SIZE]; /* an address, or the path of a socket (management_port 0); "" */
    uint16_t management_port;
    bool management_minds; /* it wants a password, or does something when who asked goes away: better not asked */
    char file[OPENVPN_NAME_SIZE];
    char folder[OPENVPN_NAME_SIZE]; /* --cd */
};

/* The command line as the kernel keeps it: words that end with a NUL each; the first is the program. */
void openvpn_read_command(const uint8_t *bytes, size_t size, struct openvpn_settings *settings);
/* A file that the settings name; adds to what is there. */
void openvpn_read_file(const uint8_t *bytes, size_t size, struct openvpn_settings *settings);
uint16_t openvpn_port_of(const struct openvpn_settings *settings, const struct openvpn_remote *remote);
bool openvpn_is_tcp(const struct openvpn_settings *settings, const struct openvpn_remote *remote);

/* Without a good-bye: OpenVPN drops what it still has to say when it hears one. */
#define OPENVPN_ASK_STATE "state\n"

/* The answer to OPENVPN_ASK_STATE: whom it is connected to. False: to nobody, or it does not say. */
bool openvpn_state(const uint8_t *bytes, size_t size, struct address *remote, uint16_t *port) MUST_USE;
/* "END" stands on a line of its own. */
bool openvpn_state_whole(const uint8_t *bytes, size_t size);

#endif
