"""The place that trace names, for faults whose place is known; bench/path.py has the numbers. Usage: blame.py RDPWHY CASE.

The method may be wrong once in a hundred times by design, so a wrong answer is asked again, once."""
import json
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from network import HOST, OUTER, Network  # noqa: E402  pylint: disable=wrong-import-position
from inside import enter  # noqa: E402  pylint: disable=wrong-import-position
import vpn  # noqa: E402  pylint: disable=wrong-import-position

LOSS = 15


class World:
    def __init__(self, rdpwhy, network):
        self.rdpwhy, self.network = rdpwhy, network

    def run(self, command, user, more=()):
        done = self.network.client([self.rdpwhy, *command, HOST, "--json", "--again", *more], user, capture_output=True, text=True, timeout=150)
        if done.returncode not in (0, 1, 2, 3):
            raise SystemExit(f"exit status {done.returncode}: {done.stderr}")
        return json.loads(done.stdout)

    def answer(self, user):
        document = self.run(["trace"], user, ("--vpn-gateway", f"{OUTER}:{self.network.tunnel['port']}") if user and self.network.tunnel else ())
        reading = next(check for check in document["checks"] if check["id"] == "path").get("reading", {})
        blamed = sorted(item["id"] for item in reading.get("segments", []) if item.get("blamed"))
        return (reading.get("answer"), reading.get("what") if blamed else None, blamed), document

    def says(self, *wanted, user=False):
        got, document = self.answer(user)
        if got != wanted:
            got, document = self.answer(user)
        if got != wanted:
            raise SystemExit(f"got {got}, wanted {wanted}: {json.dumps(document['verdict'])}")
        return document


def loses(link, segment, what="everything", back=False, kind="wireguard", **more):
    def case(world):
        vpn.up(world.network, kind, **more)
        world.network.loss(link, LOSS, back)
        for user in (False, True):
            document = world.says("loss", what, [segment], user=user)
            # The tunnel's own loss is the VPN's; what the line loses under it, or the network behind it, is not.
            cause = "vpn-loss" if segment in ("vpn-gateway", "tunnel") or what == "tunnel-port" else "path-loss"
            if document["verdict"].get("cause") != cause:
                raise SystemExit(f"the verdict: {document['verdict']}")
    return case


def limited(world):
    vpn.wireguard(world.network)
    world.network.limit("isp2")
    world.says("clean", None, [])


def silent(world):
    vpn.wireguard(world.network)
    world.network.silence("isp2")
    world.says("clean", None, [], user=True)


def direct(world):
    world.network.loss("transit", LOSS)
    for user in (False, True):
        world.says("loss", "everything", ["transit"], user=user)


def server(world):
    """Only pings reach past the last router without connecting: whether the loss hits them alone, trace cannot always tell."""
    vpn.wireguard(world.network)
    world.network.loss("server", LOSS)
    for user in (False, True):
        got = world.answer(user)[0]
        got = got if got[2] == ["server"] else world.answer(user)[0]
        if got[0] != "loss" or got[2] != ["server"]:
            raise SystemExit(f"got {got}")


def check(world):
    """Without trace being asked for: the connection stumbles, and check looks for the place by itself."""
    vpn.wireguard(world.network)
    world.network.loss("tunnel", 40)
    for _ in range(3):  # a connection that got through all the same measures nothing
        document = world.run([], False)
        if document["verdict"].get("cause") == "vpn-loss":
            return
    raise SystemExit(f"the verdict: {document['verdict']}")


def link_goes_down(world):
    """In the middle: a clear word, never a hang, and nobody is blamed for it."""
    vpn.wireguard(world.network)
    command = world.network.inside("cli", world.rdpwhy, "trace", HOST, "--json", "--again")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "XDG_STATE_HOME": str(world.network.folder / "state")}) as run:
        # The first probes have arrived: then the cable comes out.
        counter = world.network.chain("core", "forward")
        world.network.rules("core", [f"{counter} icmp type echo-request counter"])
        vpn.until(lambda: "packets 0 " not in world.network.do("core", "nft", "list", "table", "inet", "lab"), "probes")
        started = time.monotonic()
        world.network.do("cli", "ip", "link", "set", "u0", "down")
        document = json.loads(run.communicate(timeout=120)[0])
    path = next(check for check in document["checks"] if check["id"] == "path")
    if path.get("reading", {}).get("answer") == "loss" or document["verdict"].get("cause") == "vpn-loss":
        raise SystemExit(f"blamed after {time.monotonic() - started:.0f} s: {path.get('reading')} {document['verdict']}")


CASES = {"isp": loses("isp", "isp"), "gateway": loses("gateway", "vpn-gateway"), "tunnel": loses("tunnel", "tunnel"),
         "port": loses("tunnel-port", "isp", "tunnel-port"), "office": loses("office", "office"), "server": server,
         "lan": loses("lan", "lan"), "back": loses("isp", "isp", back=True),
         "everything-isp": loses("isp", "isp", everything=True), "everything-tunnel": loses("tunnel", "tunnel", everything=True),
         "openvpn-gateway": loses("gateway", "vpn-gateway", kind="openvpn-udp"), "ipsec-gateway": loses("gateway", "vpn-gateway", kind="ipsec"),
         "openvpn-tcp-office": loses("office", "office", kind="openvpn-tcp"),
         "limited": limited, "silent": silent, "direct": direct, "check": check, "link-goes-down": link_goes_down}


def main(argv):
    enter("nmp")
    with Network(direct=argv[2] == "direct") as network:
        network.xrdp()
        CASES[argv[2]](World(os.path.abspath(argv[1]), network))


main(sys.argv)
