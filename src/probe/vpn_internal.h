/* The ways to a tunnel's outer endpoint, one by one. */
#ifndef RDPWHY_PROBE_VPN_INTERNAL_H
#define RDPWHY_PROBE_VPN_INTERNAL_H

#include "platform/tunnel.h"
#include "probe/vpn.h"

/* Sets the kind, and the endpoint or why not. */
void vpn_by_openvpn(const struct platform_program *program, struct vpn_found *found);
/* The one OpenVPN that, by its settings, may hold the device: for users who cannot see who does. */
bool vpn_guess_openvpn(const char *interface, struct platform_program *program);

#endif
