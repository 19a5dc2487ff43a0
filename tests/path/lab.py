"""The lab by hand: `python3 tests/path/lab.py up --vpn wireguard --loss isp=10 -- rdpwhy trace rdp4.lab` (default: a shell).

Links: lan access isp transit gateway tunnel office server, and tunnel-port (only the tunnel's own packets, at the ISP).
Routers: cli home isp1 isp2 core vgw off rdp. $HOST $HOST6 $OUTER $OUTER6 are set; names: rdp.lab rdp4.lab rdp6.lab vpn.lab.
"""
import argparse
import os
import sys

from network import HERE, LINKS, OUTER, OUTER6, ROUTERS, Network
from inside import enter
import vpn

HOLD = HERE.parent.parent / "build/dev/tests/hold"


def pairs(parser, name, metavar, words):
    parser.add_argument(name, action="append", default=[], metavar=metavar, help=words)


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("up", choices=["up"])
    parser.add_argument("--vpn", choices=vpn.KINDS, default="none")
    parser.add_argument("--outer6", action="store_true", help="the tunnel itself goes over IPv6")
    parser.add_argument("--no-management", action="store_true", help="OpenVPN without its management socket")
    parser.add_argument("--config", action="store_true", help="OpenVPN's settings in a file")
    parser.add_argument("--host-route", action="store_true", help="the unknown tunnel sets a route for its own packets")
    parser.add_argument("--user", action="store_true", help="the command runs as nobody, without capabilities")
    parser.add_argument("--no-ping", action="store_true", help="no ping sockets for users")
    parser.add_argument("--ecmp", action="store_true", help="two ways between isp1 and core (IPv4)")
    parser.add_argument("--no-server", action="store_true", help="nothing listens at the end")
    pairs(parser, "--loss", "LINK=PERCENT", "random loss towards the server")
    pairs(parser, "--loss-back", "LINK=PERCENT", "random loss towards the client")
    pairs(parser, "--delay", "LINK=MS[,JITTER]", "towards the server")
    pairs(parser, "--delay-back", "LINK=MS[,JITTER]", "towards the client")
    pairs(parser, "--burst", "LINK=BAD,GOOD,PERCENT", "loss in bursts: chance to turn bad, to turn good, loss while bad")
    pairs(parser, "--rate", "LINK=KBIT", "towards the server")
    pairs(parser, "--rate-back", "LINK=KBIT", "towards the client")
    pairs(parser, "--hole", "LINK[=MTU]", "big packets vanish, nobody says so")
    pairs(parser, "--narrow", "LINK[=MTU]", "big packets do not fit, the router says so")
    pairs(parser, "--limit", "ROUTER", "answers once a second")
    pairs(parser, "--silent", "ROUTER", "never answers")
    pairs(parser, "--half-silent", "ROUTER", "answers every second time")
    parser.add_argument("--hold-program", default=str(HOLD), help=argparse.SUPPRESS)
    words = sys.argv[1:]
    cut = words.index("--") if "--" in words else len(words)
    given = parser.parse_args(words[:cut])
    given.command = words[cut + 1:]
    return given


def split(text, otherwise=None):
    name, _, value = text.partition("=")
    if name not in LINKS + ("tunnel", "tunnel-port"):
        sys.exit(f"lab.py: no link \"{name}\"; links: {' '.join(LINKS)} tunnel tunnel-port")
    return name, value or otherwise


def impair(network, given):
    for back, losses in ((False, given.loss), (True, given.loss_back)):
        for item in losses:
            link, percent = split(item)
            network.loss(link, float(percent), back)
    for back, delays in ((False, given.delay), (True, given.delay_back)):
        for item in delays:
            link, value = split(item)
            delay, _, jitter = value.partition(",")
            network.hold(link, back, float(delay), float(jitter or 0))
    for item in given.burst:
        link, value = split(item)
        network.hold(link, burst=[float(word) for word in value.split(",")])
    for back, rates in ((False, given.rate), (True, given.rate_back)):
        for item in rates:
            link, kbit = split(item)
            network.rate(link, int(kbit), back)
    for told, holes in ((False, given.hole), (True, given.narrow)):
        for item in holes:
            link, mtu = split(item, 1400)
            network.hole(link, int(mtu), told)
    for routers, act in ((given.limit, network.limit), (given.silent, network.silence), (given.half_silent, network.half_silence)):
        for name in routers:
            if name not in ROUTERS:
                sys.exit(f"lab.py: no router \"{name}\"; routers: {' '.join(ROUTERS)}")
            act(name)


def main():
    given = options()
    enter("nmp")
    hold = given.hold_program if os.path.exists(given.hold_program) else None
    more = {"outer": OUTER6} if given.outer6 else {}
    if given.vpn.startswith("openvpn"):
        more.update(management=not given.no_management, config=given.config)
    if given.vpn.startswith("unknown"):
        more.update(host_route=given.host_route)
    with Network(hold, given.ecmp, given.vpn == "none", not given.no_ping) as network:
        if not given.no_server:
            network.xrdp()
        vpn.up(network, given.vpn, **more)
        impair(network, given)
        return network.client(given.command or [os.environ.get("SHELL", "sh")], given.user).returncode


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
