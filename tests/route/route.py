"""The check `route` and the controls off the RDP port, against a host and a router in namespaces of their own.
Usage: route.py RDPWHY CASE. Exit 77: skipped, with the reason.

    here (10.9.0.1) --- far (10.9.0.2), a namespace with its own filters, and 203.0.113.0/24 behind it
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
from inside import enter, need, skip  # noqa: E402  pylint: disable=wrong-import-position

FAR = "10.9.0.2"


def sh(command):
    subprocess.run(command, shell=True, check=True, capture_output=True)


class World:
    def __init__(self, rdpwhy, folder):
        self.rdpwhy = rdpwhy
        self.folder = folder
        # A process that does nothing but hold the far namespace open; it says when it is there.
        self.holder = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; exec sleep 300"], stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        sh("ip link set lo up")
        try:
            sh("ip link add here type veth peer name there")
        except subprocess.CalledProcessError:
            self.stop()
            skip("no veth in this kernel")
        sh(f"ip link set there netns {self.holder.pid}")
        sh("ip addr add 10.9.0.1/24 dev here")
        sh("ip link set here up")
        self.far("ip link set lo up")
        self.far(f"ip addr add {FAR}/24 dev there")
        self.far("ip link set there up")
        sh(f"ip route add 203.0.113.0/24 via {FAR}")

    def far(self, command):
        sh(f"nsenter -t {self.holder.pid} -n {command}")

    def filter(self, *rules, hook="input"):
        self.far("nft add table inet t")
        self.far(f"nft 'add chain inet t {hook} {{ type filter hook {hook} priority 0; }}'")
        for rule in rules:
            self.far(f"nft 'add rule inet t {hook} {rule}'")

    def check(self, host):
        done = subprocess.run([self.rdpwhy, "--json", "--again", host], capture_output=True, text=True, timeout=120,
                              env={**os.environ, "XDG_STATE_HOME": self.folder})
        if done.returncode not in (0, 1, 2, 3):
            raise SystemExit(f"exit status {done.returncode}: {done.stderr}")
        document = json.loads(done.stdout)
        checks = {item["id"]: item.get("evidence", {}) for item in document["checks"]}
        controls = {item["what"]: item["result"] for item in document.get("controls", [])}
        return document, checks, controls

    def stop(self):
        self.holder.kill()
        self.holder.wait()


def equal(got, wanted):
    if got != wanted:
        raise SystemExit(f"got {got!r}, wanted {wanted!r}")


def attempt(checks):
    return {key: checks["tcp"]["attempts"][0].get(key) for key in ("result", "by")}


def on_link(world):
    """A live host whose RDP port swallows the SYN: everything else answers."""
    world.filter("tcp dport 3389 drop")
    document, checks, controls = world.check(FAR)
    route = checks["route"]
    equal({key: route.get(key) for key in ("interface", "source", "gateway", "on_link", "unreachable", "mtu", "vpn")},
          {"interface": "here", "source": "10.9.0.1", "gateway": None, "on_link": True, "unreachable": False,
           "mtu": 1500, "vpn": {"kind": "none"}})
    equal(document["target"]["local"], False)
    equal(attempt(checks), {"result": "silent", "by": None})
    equal(controls, {"icmp": "answered", "tcp-445": "refused", "tcp-135": "refused", "tcp-5985": "refused",
                     "neighbour": "answered"})


def dead(world):
    """Nobody has the address: this machine's own kernel says so, and the neighbour table."""
    _, checks, controls = world.check("10.9.0.77")
    equal(attempt(checks), {"result": "unreachable", "by": "10.9.0.1"})
    equal(controls["neighbour"], "failed")
    equal(controls["icmp"], "silence")
    equal(controls["tcp-445"], "failed")


def all_silent(world):
    """Behind a router, with every control swallowed: undecided."""
    world.far("sysctl -qw net.ipv4.ip_forward=1")
    world.far("ip route add blackhole 203.0.113.7")
    world.filter("drop", hook="output")
    document, checks, controls = world.check("203.0.113.7")
    equal(checks["route"]["gateway"], FAR)
    equal(checks["route"]["on_link"], False)
    equal(controls, {"icmp": "silence", "tcp-445": "silence", "tcp-135": "silence", "tcp-5985": "silence"})
    equal(document["verdict"]["cause"], None)


def router_says(world):
    """A router's word about a host is not the host's answer."""
    world.far("sysctl -qw net.ipv4.ip_forward=1")
    world.far("ip route add unreachable 203.0.113.8")
    _, checks, controls = world.check("203.0.113.8")
    equal(attempt(checks), {"result": "unreachable", "by": FAR})
    equal(controls["tcp-445"], "failed")
    equal("neighbour" in controls, False)


def prohibited(world):
    world.filter("tcp dport 3389 reject with icmp type admin-prohibited")
    _, checks, controls = world.check(FAR)
    equal(attempt(checks), {"result": "prohibited", "by": FAR})


def no_route(world):
    document, checks, controls = world.check("198.51.100.1")
    equal(checks["route"], {"unreachable": True})
    equal(attempt(checks), {"result": "unreachable", "by": None})


def intercepted(world):
    """Something on this machine accepts every connect: also one to where nobody can be."""
    sh(f"ip route add default via {FAR}")
    sh("nft add table ip n")
    sh("nft 'add chain ip n o { type nat hook output priority -100; }'")
    sh("nft add rule ip n o tcp dport != 9999 redirect to :9999")
    lab = subprocess.Popen([world.rdpwhy, "lab", "healthy-nla", "--port", "9999"], stdout=subprocess.PIPE)
    try:
        lab.stdout.readline()
        _, checks, controls = world.check("198.18.0.5")  # as such proxies hand out
    finally:
        lab.kill()
        lab.wait()
    equal(attempt(checks), {"result": "open", "by": None})
    equal(controls, {"interceptor": "opened", "closed-port": "opened"})


CASES = {"intercepted": intercepted, "on-link": on_link, "dead": dead, "all-silent": all_silent, "router-says": router_says,
         "prohibited": prohibited, "no-route": no_route}


def main(argv):
    case = CASES[argv[2]]
    need("nft", "nsenter")
    enter("n")
    with tempfile.TemporaryDirectory() as folder:
        world = World(os.path.abspath(argv[1]), folder)
        try:
            case(world)
        finally:
            world.stop()


main(sys.argv)
