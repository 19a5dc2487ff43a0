"""Where does the traffic go: what the check `route` learns of real VPNs, as root and as a user without capabilities.
Usage: tunnels.py RDPWHY CASE. Exit 77: skipped, with the reason."""
import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True
from network import HOST, OUTER, OUTER6, Network, run  # noqa: E402  pylint: disable=wrong-import-position
from inside import enter  # noqa: E402  pylint: disable=wrong-import-position
import vpn  # noqa: E402  pylint: disable=wrong-import-position

# Whatever is listed must be so; what is None must be absent.
UDP, TCP = "udp", "tcp"
ITSELF = "it is said to be this machine itself: another program here carries the tunnel on"


def known(kind, interface, learnt, transport=UDP, port=None, outer=OUTER, way="u0"):
    return {"kind": kind, "interface": interface, "outer_endpoint": outer, "outer_port": port, "outer_transport": transport,
            "outer_interface": way, "learnt": learnt, "why": None}


def unknown(kind, interface, why):
    return {"kind": kind, "interface": interface, "outer_endpoint": None, "learnt": None, "why": why}


class World:
    def __init__(self, rdpwhy, network):
        self.rdpwhy, self.network = rdpwhy, network

    def route(self, user=False, host=HOST, more=()):
        done = self.network.client([self.rdpwhy, "--json", "--again", "--only", "route", host, *more], user, capture_output=True,
                                   text=True, timeout=60)
        if done.returncode not in (0, 1, 2, 3):
            raise SystemExit(f"exit status {done.returncode}: {done.stderr}")
        checks = {check["id"]: check for check in json.loads(done.stdout)["checks"]}
        return checks["route"]["evidence"]

    def see(self, wanted, user=False, **more):
        got = self.route(user, **more).get("vpn", {})
        for key, value in wanted.items():
            if got.get(key) != value:
                raise SystemExit(f"{'user' if user else 'root'}: {key} is {got.get(key)!r}, wanted {value!r}, in {got}")

    def both(self, wanted):
        self.see(wanted)
        self.see(wanted, user=True)


def none(world):
    world.both({"kind": "none", "interface": None, "outer_endpoint": None, "why": None})


def wireguard(world):
    vpn.wireguard(world.network)
    world.see(known("wireguard", "wgc", "WireGuard's socket", port=51820))
    world.see(unknown("wireguard", "wgc", "the WireGuard socket is readable by root only"), user=True)
    # The user's word, for a user who cannot ask; whoever can needs none.
    world.see(known("wireguard", "wgc", "--vpn-gateway", "unknown", 51820), user=True, more=("--vpn-gateway", f"{OUTER}:51820"))
    world.see(known("wireguard", "wgc", "WireGuard's socket", port=51820), more=("--vpn-gateway", "192.0.2.77"))
    # Nobody is behind the other prefix.
    world.network.do("cli", "ip", "route", "add", "10.99.0.0/16", "dev", "wgc")
    world.see(unknown("wireguard", "wgc", "WireGuard has no endpoint for this address"), host="10.99.0.1")
    # A program beside it hides its packets in others: the line below is not the way to this machine.
    peer = run(["wg", "show", "wgc", "peers"]).strip()
    run(["wg", "set", "wgc", "peer", peer, "endpoint", "127.0.0.1:4000"])
    world.see(unknown("wireguard", "wgc", ITSELF))


def wireguard_everything(world):
    vpn.wireguard(world.network, everything=True)
    world.see(known("wireguard", "wgc", "WireGuard's socket", port=51820))


def wireguard6(world):
    vpn.wireguard(world.network, outer=OUTER6)
    world.see(known("wireguard", "wgc", "WireGuard's socket", port=51820, outer=OUTER6))


def openvpn_udp(world):
    vpn.openvpn(world.network, "udp")
    world.both(known("openvpn", "tunc", "OpenVPN's management socket", port=1194))
    # Asking did it no harm: it is still there, and answers the next one.
    world.see(known("openvpn", "tunc", "OpenVPN's management socket", port=1194))


def openvpn_file(world):
    vpn.openvpn(world.network, "udp", management=False, config=True, remote="vpn.lab")
    world.both(known("openvpn", "tunc", "OpenVPN's settings", port=1194))
    os.chmod(world.network.folder / "client.ovpn", 0o600)
    world.see(unknown("openvpn", "tunc", "OpenVPN's settings can be read by root only"), user=True)


def openvpn_tcp(world):
    vpn.openvpn(world.network, "tcp", management=False)
    world.see(known("openvpn", "tunc", "OpenVPN's TCP connection", TCP, 1194))
    world.see(known("openvpn", "tunc", "OpenVPN's settings", TCP, 1194), user=True)


def openvpn_tcp6(world):
    vpn.openvpn(world.network, "tcp", outer=OUTER6)
    world.both(known("openvpn", "tunc", "OpenVPN's management socket", TCP, 1194, OUTER6))


def ipsec(world):
    vpn.ipsec(world.network)
    world.see(known("ipsec", "ipsec0", "strongSwan's socket", port=4500))
    world.see(unknown("tun", "ipsec0", "strongSwan's socket is readable by root only"), user=True)


def ipsec_policy(world):
    """A policy of the kernel takes the packets; no interface shows it."""
    done = world.network.inside("cli", "ip", "xfrm", "policy", "add", "dir", "out", "dst", "10.30.0.0/24", "tmpl", "src", "192.168.1.10",
                                "dst", OUTER, "proto", "esp", "mode", "tunnel")
    subprocess.run(done, check=True)
    world.see(known("ipsec", "u0", "the kernel's IPsec policies", "esp"))
    world.see({"kind": "none"}, host="10.20.0.2")
    world.see({"kind": "none"}, user=True)  # the kernel tells root only


def unknown_udp(world):
    vpn.unknown(world.network, "udp")
    world.see(unknown("tun", "corpvpn0", "the tunnel's program does not tell whom it is connected to"))
    world.see(unknown("tun", "corpvpn0", "only root can see which program holds the tunnel"), user=True)
    for word in (OUTER, f"::ffff:{OUTER}", "vpn.lab"):
        world.see(known("tun", "corpvpn0", "--vpn-gateway", "unknown"), user=True, more=("--vpn-gateway", word))
    for word, why in (("127.0.0.1", ITSELF), ("192.168.1.10:443", ITSELF), ("::1", ITSELF), ("224.0.0.1", "what is said to be it is no single host")):
        world.see(unknown("tun", "corpvpn0", why), more=("--vpn-gateway", word))
    world.see(unknown("tun", "corpvpn0", "the VPN gateway's name does not resolve"), more=("--vpn-gateway", "nowhere.lab"))
    world.see(unknown("tun", "corpvpn0", "the VPN gateway's name has several addresses"), more=("--vpn-gateway", "rdp.lab"))
    world.network.do("cli", "ip", "route", "add", f"{OUTER}/32", "via", "192.168.1.1")
    world.both(known("tun", "corpvpn0", "the route that leads around the tunnel", "unknown"))
    world.network.do("cli", "ip", "route", "add", "192.0.2.77/32", "via", "192.168.1.1")
    world.see(unknown("tun", "corpvpn0", "several routes lead around the tunnel"), user=True)


def unknown_tcp(world):
    vpn.unknown(world.network, "tcp", everything=True)
    world.see(known("tun", "corpvpn0", "the connection of the tunnel's program", TCP, 443))
    world.see(known("tun", "corpvpn0", "the route that leads around the tunnel", "unknown"), user=True)


def zero_trust(world):
    vpn.unknown(world.network, "tcp")
    world.network.do("cli", "ip", "route", "add", "100.64.0.0/10", "dev", "corpvpn0")
    world.both({})
    for user in (False, True):
        world.see(unknown("ztna", "corpvpn0", "a zero-trust client answers for the host: the way behind it cannot be seen"), user,
                  host="100.100.1.2")


CASES = {"none": none, "wireguard": wireguard, "wireguard-everything": wireguard_everything, "wireguard-ipv6": wireguard6,
         "openvpn-udp": openvpn_udp, "openvpn-file": openvpn_file, "openvpn-tcp": openvpn_tcp, "openvpn-tcp-ipv6": openvpn_tcp6,
         "ipsec": ipsec, "ipsec-policy": ipsec_policy, "unknown-udp": unknown_udp, "unknown-tcp": unknown_tcp, "zero-trust": zero_trust}


def main(argv):
    case = CASES[argv[2]]
    enter("nmp")
    with Network(direct=argv[2] == "none") as network:
        case(World(os.path.abspath(argv[1]), network))


main(sys.argv)
