"""The verdict of `rdpwhy HOST` when the traffic takes a wrong way, beside its neighbours. Usage: wrong_way.py RDPWHY CASE."""
import json
import os
import subprocess
import sys

sys.dont_write_bytecode = True
from network import HOST, HOST6, NET4, Network  # noqa: E402  pylint: disable=wrong-import-position
from inside import enter  # noqa: E402  pylint: disable=wrong-import-position
import vpn  # noqa: E402  pylint: disable=wrong-import-position


class World:
    def __init__(self, rdpwhy, network):
        self.rdpwhy, self.network = rdpwhy, network

    def check(self, host=HOST, user=False, more=()):
        done = self.network.client([self.rdpwhy, "--json", "--again", host, *more], user, capture_output=True, text=True, timeout=150)
        if done.returncode not in (0, 1, 2, 3):
            raise SystemExit(f"exit status {done.returncode}: {done.stderr}")
        document = json.loads(done.stdout)
        self.causes = {item["cause"]: item.get("certainty") for item in document.get("causes", [])}
        self.verdict = document["verdict"]
        return document

    def verdict_is(self, cause, certainty, **how):
        document = self.check(**how)
        got = (self.verdict.get("cause"), self.verdict.get("certainty"))
        if got != (cause, certainty):
            raise SystemExit(f"got {got}, wanted {(cause, certainty)}; {self.causes}; {document['verdict']}")
        return document

    def not_blamed(self, cause, **how):
        self.check(**how)
        if self.verdict.get("cause") == cause or self.causes.get(cause) in ("likely", "proved"):
            raise SystemExit(f"{cause} is blamed: {self.verdict} {self.causes}")


def vpn_down(world):
    """The tunnel is up, its routes are not there: the packets go out to the internet, where nobody has the address."""
    vpn.wireguard(world.network, routes=False)
    for user in (False, True):
        world.verdict_is("route-wrong-interface", "likely", user=user)
    vpn.office_routes(world.network, "wgc")
    world.verdict_is(None, None)


def overlap(world):
    """The home network has the numbers of the office: the packets never leave it."""
    vpn.wireguard(world.network)
    server = f"{NET4[6]}.20"  # .10 is the client's own, here
    world.network.do("rdp", "ip", "addr", "add", f"{server}/24", "dev", "d0")
    world.verdict_is("route-wrong-interface", "likely", host=server, user=True)


def leak(world):
    """Only IPv4 goes into the tunnel; the name has both families."""
    vpn.openvpn(world.network, "udp", routes=False)
    vpn.office_routes(world.network, "tunc", families=(4,))
    world.verdict_is("route-wrong-interface", "likely", host="rdp.lab", more=("-6",))
    document = world.verdict_is(None, None, host="rdp.lab", more=("-4",))
    route = next(check for check in document["checks"] if check["id"] == "route")
    # With one family asked for, the other is none of its business; with both it is.
    if "past the tunnel" in route["summary"]:
        raise SystemExit(route["summary"])
    summary = next(check for check in world.check("rdp.lab")["checks"] if check["id"] == "route")["summary"]
    if f"{HOST6} of the same host goes past the tunnel, by u0" not in summary:
        raise SystemExit(summary)


def acl(world):
    """The gateway lets pings through, and not this user's RDP."""
    vpn.wireguard(world.network)
    rule = world.network.chain("vgw", "forward")
    world.network.rules("vgw", [f"{rule} tcp dport 3389 drop"])
    document = world.check()
    if "vpn-posture-or-acl" not in world.causes or "route-wrong-interface" in world.causes:
        raise SystemExit(f"{document['verdict']} {world.causes}")


def captured(world):
    """A tunnel whose far end accepts every connection itself, whoever is behind it."""
    vpn.unknown(world.network, "tcp", everything=True)
    acceptor = ("import socket\ns = socket.create_server(('', 9))\nprint('ready', flush=True)\n"
                "while True:\n    c, _ = s.accept()\n    c.close()\n")
    world.network.start("vgw", sys.executable, "-c", acceptor, log="acceptor")
    world.network.rules("vgw", ["table ip capture { chain pre { type nat hook prerouting priority dstnat; "
                                "iifname \"relays\" meta l4proto tcp redirect to :9; }; }"])
    vpn.until(lambda: "ready" in world.network.log("acceptor"), "acceptor")
    world.verdict_is("tun-proxy-captures", "likely")


def two_defaults(world):
    """A second line into the internet, as with a cable and Wi-Fi at once."""
    world.network.script("cli", ["ip link add spare0 type veth peer name spare1", "ip addr add 192.168.7.2/24 dev spare0",
                                 "ip link set spare0 up", "ip link set spare1 up",
                                 "ip route add default via 192.168.7.1 dev spare0 metric 600"])
    route = next(check for check in world.check()["checks"] if check["id"] == "route")
    if not route["summary"].endswith("; there is a second default route, by spare0"):
        raise SystemExit(route["summary"])


def dead_host(world):
    """Behind a good tunnel, a host that is off: no wrong way."""
    vpn.wireguard(world.network)
    world.not_blamed("route-wrong-interface", host="10.30.0.77")


CASES = {"vpn-down": vpn_down, "overlap": overlap, "leak": leak, "acl": acl, "captured": captured, "two-defaults": two_defaults, "dead-host": dead_host}


def main(argv):
    enter("nmp")
    lan = {"lan4": NET4[6]} if argv[2] == "overlap" else {}
    with Network(direct=argv[2] == "two-defaults", **lan) as network:
        if argv[2] not in ("dead-host", "captured"):
            network.xrdp()
        CASES[argv[2]](World(os.path.abspath(argv[1]), network))


main(sys.argv)
