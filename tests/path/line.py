"""Packet sizes and pace on real ways (network.py): the right link, for root and for nobody, with IPv4 and IPv6.
Usage: line.py RDPWHY CASE. Exit 77: skipped, with the reason."""
import json
import os
import shutil
import sys

from network import OUTER, Network
from inside import enter
import vpn

WAY = ["192.168.1.1", "100.64.1.2", "203.0.113.2", "192.0.2.2", OUTER]  # to the gateway
SIXTH = ["2001:db8:1::1", "2001:db8:2::2", "2001:db8:3::2"]


class Rdpwhy:
    def __init__(self, program, network, tunnel):
        self.network = network
        self.tunnel = tunnel
        # nobody may not read the folder that the program was built in
        self.program = shutil.copy(program, network.folder / "rdpwhy")
        os.chmod(self.program, 0o755)

    def look(self, *words, user=False):
        done = self.network.client([self.program, *words, "--json"], user, capture_output=True, text=True, timeout=120)
        assert done.returncode in (0, 1, 2, 3), f"{words}: {done.returncode}\n{done.stderr}"
        return json.loads(done.stdout)

    def reading(self, check, host="rdp4.lab", user=False):
        # who may not ask WireGuard for its peer says where it is
        more = ["--vpn-gateway", OUTER] if user and self.tunnel else []
        document = self.look(host, "--only", check, *more, user=user)
        found = next(item for item in document["checks"] if item["id"] == check)
        assert found["status"] in ("pass", "warn"), found
        return found


def hole(rdpwhy, near, far, host="rdp4.lab", **options):
    for user in (False, True):
        found = rdpwhy.reading("mtu", host, user=user)
        reading = found["reading"]
        assert reading["black_hole"] is True and reading["witnesses"] > 1, found
        assert (reading.get("near"), reading.get("far")) == (near, far), reading
        assert reading["passes"] < reading["vanishes"] <= reading["passes"] + 12, reading
        assert found["took_us"] < 10_000_000, found["took_us"]
        for name, value in options.items():
            assert reading.get(name) == value, f"{name}: {reading}"


def clean(rdpwhy, network):
    """Everything gets through, and quickly; so it does when a router limits its answers."""
    network.limit("isp2")
    for user in (False, True):
        for host in ("rdp4.lab", "rdp6.lab"):
            found = rdpwhy.reading("mtu", host, user=user)
            assert found["reading"]["black_hole"] is False and found["evidence"]["path_mtu"] == 1500, found
        found = rdpwhy.reading("bandwidth", user=user)
        assert found["reading"]["low"] is False and found["evidence"]["bytes"] <= 100_000, found


def narrow(rdpwhy, network):
    """A router that says what fits is no hole."""
    network.hole("transit", 1400, told=True)
    for user in (False, True):
        found = rdpwhy.reading("mtu", user=user)
        assert found["reading"]["black_hole"] is False and found["evidence"]["path_mtu"] == 1400, found
        # from then on the kernel knows it, and names it as the route's own
        assert user or found["reading"]["told_by"] == WAY[2], found


def hole_isp(rdpwhy, network):
    network.hole("isp")
    hole(rdpwhy, WAY[1], WAY[2], way="out")
    hole(rdpwhy, SIXTH[1], SIXTH[2], "rdp6.lab", way="out")


def hole_server(rdpwhy, network):
    network.hole("server")
    hole(rdpwhy, "10.20.0.2", "10.30.0.10")


def hole_under_tunnel(rdpwhy, network):
    vpn.up(network, "wireguard")
    network.hole("isp")
    hole(rdpwhy, WAY[1], WAY[2])


def hole_in_tunnel(rdpwhy, network):
    vpn.up(network, "wireguard")
    network.hole("tunnel")
    hole(rdpwhy, None, "10.8.0.1")


def hole_in_office(rdpwhy, network):
    vpn.up(network, "wireguard")
    network.hole("office")
    hole(rdpwhy, "10.8.0.1", "10.20.0.2", at_segment="office")


def stall(rdpwhy, network):
    """The handshake stalls in the hole, and `check` finds out by itself."""
    network.xrdp()
    network.hole("isp", 1280)
    document = rdpwhy.look("rdp4.lab")
    verdict = document["verdict"]
    assert (verdict["cause"], verdict["certainty"], verdict["status"]) == ("mtu-black-hole", "proved", "blocked"), verdict
    assert len(document["connections"]) == 3, document["connections"]


def slow(rdpwhy, near, far, kbit=256):
    for user in (False, True):
        found = rdpwhy.reading("bandwidth", user=user)
        reading = found["reading"]
        assert reading["low"] is True, found
        assert (reading.get("near"), reading.get("far")) == (near, far), reading
        assert 0.8 * kbit < reading["both_most_kbps"] < 1.3 * kbit, reading
        assert found["took_us"] < 20_000_000, found["took_us"]


def slow_isp(rdpwhy, network):
    network.rate("isp", 256)
    slow(rdpwhy, WAY[1], WAY[2])


def slow_server(rdpwhy, network):
    network.rate("server", 256)
    slow(rdpwhy, "10.20.0.2", "10.30.0.10")


def slow_under_tunnel(rdpwhy, network):
    vpn.up(network, "wireguard")
    network.rate("isp", 256)
    slow(rdpwhy, WAY[1], WAY[2])


def slow_office(rdpwhy, network):
    vpn.up(network, "wireguard")
    network.rate("office", 256)
    slow(rdpwhy, "10.8.0.1", "10.20.0.2")


CASES = {one.__name__.replace("_", "-"): one
         for one in (clean, narrow, hole_isp, hole_server, hole_under_tunnel, hole_in_tunnel, hole_in_office, stall, slow_isp,
                     slow_server, slow_under_tunnel, slow_office)}


def main():
    program, case = sys.argv[1:]
    enter("nmp")
    tunnel = case.endswith(("tunnel", "office"))
    with Network(direct=not tunnel) as network:
        CASES[case](Rdpwhy(program, network, tunnel), network)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main()
