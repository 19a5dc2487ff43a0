"""What goes wrong while the way is measured, or was never right: a right answer or a clear word, never a hang and nobody
accused for it. Usage: odd.py RDPWHY CASE. Exit 77: skipped, with the reason."""
import json
import os
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from network import HOST, HOST6, OUTER, Network, until  # noqa: E402  pylint: disable=wrong-import-position
from inside import enter, need  # noqa: E402  pylint: disable=wrong-import-position
import vpn  # noqa: E402  pylint: disable=wrong-import-position

LOSS = 20


class World:
    def __init__(self, rdpwhy, network):
        self.rdpwhy, self.network = rdpwhy, network
        self.environment = {}

    def start(self, host=HOST, *more):
        command = self.network.inside("cli", self.rdpwhy, "trace", host, "--json", "--again", *more)
        environment = {**os.environ, "XDG_STATE_HOME": str(self.network.folder / "state"), **self.environment}
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)  # pylint: disable=consider-using-with

    def end(self, run):
        out, err = run.communicate(timeout=150)
        if run.returncode not in (0, 1, 2, 3):
            raise SystemExit(f"exit status {run.returncode}: {err}")
        return json.loads(out)

    def trace(self, host=HOST, *more):
        return self.end(self.start(host, *more))

    def words(self, document, *more):
        """What the page says of a document."""
        path = self.network.folder / "document.json"
        path.write_text(json.dumps(document))
        return " ".join(self.network.client([self.rdpwhy, "judge", path, *more], capture_output=True, text=True, timeout=60).stdout.split())

    def measuring(self):
        """A condition: probes for losses cross the middle of the way, by themselves or in the tunnel; the sizes take fewer packets."""
        counter = self.network.chain("core", "forward")
        self.network.rules("core", [f"{counter} counter comment \"seen\""])

        def seen():
            table = json.loads(self.network.do("core", "nft", "-j", "list", "table", "inet", "lab"))
            return any(part["counter"]["packets"] > 150 for item in table["nftables"] for part in item.get("rule", {}).get("expr", [])
                       if isinstance(part.get("counter"), dict))
        return seen


def check_of(document, name="path"):
    return next(check for check in document["checks"] if check["id"] == name)


def answer(document):
    reading = check_of(document).get("reading", {})
    return reading.get("answer"), sorted(item["id"] for item in reading.get("segments", []) if item.get("blamed"))


def same(got, wanted, what=""):
    if got != wanted:
        raise SystemExit(f"got {got}, wanted {wanted} {what}")


def accuses_nobody(document):
    same(document["verdict"].get("cause"), None, json.dumps(document["verdict"]))


def says(world, document, words):
    text = world.words(document)
    if words not in text:
        raise SystemExit(f"\"{words}\" is not in: {text}")


def again_if(world, wanted, *arguments):
    """The method may be wrong once in a hundred times, by design."""
    document = world.trace(*arguments)
    if answer(document) != wanted:
        document = world.trace(*arguments)
    same(answer(document), wanted, json.dumps(document["verdict"]))
    return document


def quiet(world, *more):
    """A few seconds of a way without loss."""
    for _ in range(2):
        document = world.trace(HOST, "--time", "6", *more)
        if answer(document)[0] in ("clean", "open") and not check_of(document)["reading"].get("what"):
            accuses_nobody(document)
            return document
    raise SystemExit(json.dumps(document["verdict"]))


# --- ways ---


def ipv6(world):
    """No IPv4 anywhere near the client."""
    world.network.do("cli", "ip", "-4", "addr", "flush", "dev", "u0")
    world.network.loss("transit", LOSS)
    # of addresses that begin alike nobody can say where the provider ends
    document = again_if(world, ("loss", ["isp"]), "rdp.lab")
    same(document["target"]["address"], HOST6)


def both(world):
    """A name with both families: one of them is measured, whole, and the other is not mixed in."""
    world.network.loss("isp", LOSS)
    document = again_if(world, ("loss", ["isp"]), "rdp.lab")
    six = ":" in document["target"]["address"]
    for hop in check_of(document)["evidence"]["hops"]:
        for item in hop.get("addresses", []):
            same(":" in item, six, str(hop))


def far(world):
    """300 ms away, and 10 ms of jitter each way: facts."""
    world.network.hold("isp", delay=150, jitter=10)
    world.network.hold("isp", back=True, delay=150, jitter=10)
    document = again_if(world, ("clean", []))
    accuses_nobody(document)
    same(document["verdict"]["status"], "ok")
    if "delay" in world.words(document):
        raise SystemExit(world.words(document))


def far_lossy(world):
    world.network.hold("isp", delay=150, jitter=10)
    world.network.hold("isp", back=True, delay=150, jitter=10)
    world.network.loss("transit", LOSS, back=True)
    document = again_if(world, ("loss", ["transit"]))
    for word in ("way back", "way out", "direction"):
        if word in world.words(document):
            raise SystemExit(world.words(document))


def usual_sizes(world):
    """PPPoE, IP in IP and both: everybody's lines have them, whether a router says so or not."""
    for told in (True, False):
        for size in (1492, 1480, 1452):
            for name, device in (("home", "u0"), ("isp1", "d0")):
                world.network.do(name, "ip", "link", "set", device, "mtu", size)
            if not told:
                world.network.hole("access", size)
            done = world.network.client([world.rdpwhy, HOST, "--only", "mtu", "--json"], capture_output=True, text=True, timeout=60)
            document = json.loads(done.stdout)
            same(check_of(document, "mtu")["status"], "pass", str(size))
            if document["verdict"].get("cause") == "mtu-black-hole":
                raise SystemExit(f"{size}: {document['verdict']}")
            world.network.do("cli", "ip", "route", "flush", "cache")


def branch(world):
    """Two ways between isp1 and core, one of them lossy: what goes over the good one does not clear the bad one, and no link
    that both share is accused."""
    world.network.rules("isp2b", ["table inet lab { chain prerouting { type filter hook prerouting priority -310; "
                                  f"iifname \"d0\" numgen random mod 100 < {LOSS} drop; }}; }}"])
    for _ in range(3):  # each run has flows of its own, which may all take the good way
        document = world.trace(HOST, "--time", "12")
        got = answer(document)
        if got[0] == "loss" and not set(got[1]) <= {"isp", "transit"}:
            raise SystemExit(f"{got} {document['verdict']}")
        if got[0] == "loss":
            return
        same(got[0] in ("clean", "open"), True, str(got))


def wrong_gateway(world):
    """The user names another machine as the VPN's gateway: what rests on his word is said to."""
    vpn.unknown(world.network, "udp")
    document = quiet(world, "--vpn-gateway", "203.0.113.99")
    says(world, document, "only --vpn-gateway says")


def knows_better(world):
    """The tunnel's own program says where it leads to: that counts, not the wrong word."""
    vpn.wireguard(world.network)
    document = world.trace(HOST, "--vpn-gateway", "203.0.113.99", "--time", "4")
    same(check_of(document, "route")["evidence"]["vpn"]["outer_endpoint"], OUTER)


def no_route(world):
    world.network.script("cli", ["ip route del default", "ip -6 route del default"])
    started = time.monotonic()
    document = world.trace()
    says(world, document, "This machine has no route to the host")
    same(time.monotonic() - started < 10, True, "it took long")


def here(world):
    world.network.loss("lan", LOSS)
    for host in ("127.0.0.1", "::1", "192.168.1.10", "localhost"):
        document = world.trace(host)
        same(document["verdict"]["status"], "unknown")
        says(world, document, "The host is this machine")


# --- in the middle ---


def router_down(world):
    """The own router goes away: that is not the ISP's."""
    ready = world.measuring()
    run = world.start()
    until(ready, "probes")
    for device in ("u0", "d0"):
        world.network.do("home", "ip", "link", "set", device, "down")
    document = world.end(run)
    same(set(answer(document)[1]) <= {"lan"}, True, json.dumps(document["verdict"]))


DATAGRAMS = "add rule inet lab_fw output udp dport 33434 drop"
PINGS = "table inet lab_fw { chain output { type filter hook output priority 0; icmp type echo-request drop; }; }"
ALL = "table inet lab_fw { chain output { type filter hook output priority 0; oifname \"u0\" drop; }; }"


def no_pings_out(world):
    """This machine's own firewall keeps its pings back: datagrams go instead. Those, too: that is said, and not that nobody answers."""
    world.network.rules("cli", [PINGS])
    same(again_if(world, ("clean", []))["verdict"]["status"], "ok", "by datagrams")
    world.network.rules("cli", [DATAGRAMS])
    says(world, world.trace(), "No probe for losses left this machine")


def no_pings_on(world):
    """The home router lets no ping through, in neither family: the line behind it is measured by datagrams."""
    world.network.rules("home", ["table inet pings { chain on { type filter hook forward priority -300; "
                                 "icmp type echo-request drop; icmpv6 type echo-request drop; }; }"])
    world.network.loss("isp", LOSS)
    document = again_if(world, ("loss", ["isp"]))
    kinds = {stream["kind"] for hop in check_of(document, "path")["evidence"]["hops"] for stream in hop.get("streams", []) if stream["sent"] > stream["lost"]}
    same("udp" in kinds, True, str(kinds))


def pings_refused(world):
    """The home router refuses pings and says so: that is no end of the way, and the line behind it is measured by datagrams."""
    world.network.rules("home", ["table inet pings { chain on { type filter hook forward priority 0; "
                                 "icmp type echo-request reject with icmpx type admin-prohibited; }; }"])
    world.network.loss("isp", LOSS)
    again_if(world, ("loss", ["isp"]))


POLICED = ["table inet pings { chain on { type filter hook forward priority -300; icmp type echo-request limit rate over 10/second drop; }; }"]


def pings_policed(world):
    """A router lets ten pings a second through: that harms nobody, and other packets have to say so, by as many as it takes."""
    world.network.rules("isp1", POLICED)
    document = again_if(world, ("clean", []))
    accuses_nobody(document)
    others = [stream for hop in check_of(document)["evidence"]["hops"] for stream in hop.get("streams", []) if stream["kind"] != "echo"]
    same(sum(stream["sent"] for stream in others) >= 300, True, json.dumps(others))


def came(network):
    return next(item["counter"]["packets"] for item in json.loads(network.do("isp1", "nft", "-j", "list", "table", "inet", "own"))["nftables"]
                if "counter" in item)


def refused_on(world):
    """The home router begins to refuse everything in the middle. What it says is no answer of the places behind it."""
    world.network.rules("vgw", ["table inet own { chain on { type filter hook forward priority 0; drop; }; }"])
    world.network.rules("isp1", ["table inet own { counter came { }; chain in { type filter hook prerouting priority -300; iifname \"d0\" counter name came; }; }"])
    run = world.start(HOST, "--time", "10")
    until(lambda: came(world.network) > 150, "probes")
    world.network.rules("home", ["table inet own { chain on { type filter hook forward priority 0; iifname \"d0\" reject with icmpx type admin-prohibited; }; }"])
    counted = check_of(world.end(run))["evidence"]
    answered = sum(stream["sent"] - stream["lost"] for hop in counted["hops"] for stream in hop.get("streams", []) if hop.get("ttl", 0) > 1)
    passed = came(world.network)
    same(answered <= passed, True, f"{answered} answered behind a router that let {passed} through")


def refused_from_then(world):
    """The same without a time limit: the places in front of it cannot tell enough, and nobody waits a minute and a half for that."""
    ready = world.measuring()
    run = world.start()
    until(ready, "probes")
    world.network.rules("home", ["table inet own { chain on { type filter hook forward priority 0; iifname \"d0\" reject with icmpx type admin-prohibited; }; }"])
    document = world.end(run)
    same(check_of(document)["evidence"]["ended"], "refused")
    accuses_nobody(document)
    says(world, document, "Then a filter on the way began to refuse probes")


def firewall_closes(world):
    """A firewall of this machine closes in the middle: nothing changed on the way."""
    ready = world.measuring()
    run = world.start()
    until(ready, "probes")
    world.network.rules("cli", [ALL])
    document = world.end(run)
    accuses_nobody(document)
    says(world, document, "Then this machine could send nothing more")


def vpn_restarts(world):
    """The tunnel's program dies and comes back, with its interface."""
    vpn.openvpn(world.network, "udp")
    ready = world.measuring()
    run = world.start()
    until(ready, "probes")
    client = world.network.children[-1]
    command = client.args
    client.kill()
    client.wait()
    time.sleep(0.5)  # as long as a restart takes; nothing is waited for
    world.network.children.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True))  # pylint: disable=consider-using-with
    document = world.end(run)
    accuses_nobody(document)
    says(world, document, "changed while the way was measured")


def stopped(world):
    """Ctrl-C while sizes are tried: what was not sent yet is no silence."""
    world.network.hole("office", 1300)
    world.network.rules("isp1", ["table inet own { counter came { }; chain in { type filter hook prerouting priority -300; iifname \"d0\" counter name came; }; }"])
    run = world.start()
    until(lambda: came(world.network) > 5, "probes")
    run.send_signal(signal.SIGINT)
    document = world.end(run)
    for probe in check_of(document, "mtu").get("evidence", {}).get("probes", []):
        same(probe["sent"] > 0, True, str(probe))


FLOOD = """
import os, socket, struct, sys, time
def checksum(b):
    s = sum(struct.unpack(f"!{len(b) // 2}H", b)); s = (s >> 16) + (s & 0xffff); return ~(s + (s >> 16)) & 0xffff
def icmp(kind, code, rest):
    b = struct.pack("!BBHI", kind, code, 0, 0) + rest; return b[:2] + struct.pack("!H", checksum(b)) + b[4:]
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
me, host = socket.inet_aton("192.168.1.10"), socket.inet_aton("10.30.0.10")
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
    for _ in range(20):
        port = struct.pack("!H", 32768 + int.from_bytes(os.urandom(2), "big") % 28000)
        inner = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 1, 0, 1, 17, 0, me, host)
        for kind, code in ((11, 0), (3, 3), (3, 13)):
            s.sendto(icmp(kind, code, inner + port + struct.pack("!HHH", 33434, 8, 0)), ("192.168.1.10", 0))
        s.sendto(struct.pack("!BBHHH", 0, 0, 0, 1, 1) + os.urandom(8), ("192.168.1.10", 0))
    time.sleep(0.01)
"""


def flood(world):
    """Thousands of ICMP messages a second that answer nothing of ours, from the own router's address."""
    world.network.start("home", sys.executable, "-c", FLOOD, 60, log="flood")
    document = quiet(world)
    came = int(world.network.do("cli", "cat", "/proc/net/snmp").split("Icmp: ")[2].split()[0])
    if came < 10_000:
        raise SystemExit(f"the flood did not arrive: {came}")


def own_load(world):
    """This machine fills a slow line itself: what that loses is nobody's fault."""
    world.network.rate("isp", 1000)
    sender = ("import socket, time\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
              "while True:\n    stop = time.monotonic() + 4\n    while time.monotonic() < stop:\n"
              f"        s.sendto(b'x' * 300, ('{HOST}', 9)); time.sleep(0.0016)\n    time.sleep(1)\n")
    ready = world.measuring()
    run = world.start(HOST, "--time", "15")
    until(ready, "probes")
    world.network.start("cli", sys.executable, "-c", sender, log="sender")
    document = world.end(run)
    reading = check_of(document)["reading"]
    accuses_nobody(document)
    same(answer(document)[1], [], json.dumps(reading))
    if "what" in reading:  # that something is lost is told, and whose doing it may be
        same(reading.get("self_made"), True, json.dumps(reading))
        says(world, document, "it may be its own doing")
    # That packets wait is told, and no place: which one was asked in a quiet moment is chance.
    for name in ("queue_at", "queue_near", "queue_far"):
        assert name not in reading, json.dumps(reading)
    says(world, document, "this machine itself sent")


def own_sizes(world):
    """The big packets by which rdpwhy itself looks for a hole are no load that would excuse a loss."""
    vpn.wireguard(world.network)
    world.network.loss("isp", 25)
    world.network.hole("office", 1300)
    world.network.hold("isp", delay=20, jitter=60)
    document = again_if(world, ("loss", ["isp"]))
    same("self_made" in check_of(document)["reading"], False, json.dumps(check_of(document)["reading"]))
    same(check_of(document)["evidence"]["own_up_kbps"] < 100, True, "of its own")


CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
int clock_gettime(clockid_t id, struct timespec *at)
{
    static int (*real)(clockid_t, struct timespec *);
    struct timespec now;
    if (real == 0) { *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime"); }
    int done = real(id, at);
    real(CLOCK_MONOTONIC, &now);
    if (id == CLOCK_REALTIME) { at->tv_sec += now.tv_sec / 2 % 3 == 0 ? 86400 : now.tv_sec / 2 % 3 == 1 ? -86400 : 0; }
    return done;
}
"""


def clock(world):
    """The wall clock jumps by a day every other second, there and back."""
    need("cc")
    source = world.network.folder / "clock.c"
    source.write_text(CLOCK)
    shim = world.network.folder / "clock.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", shim, source, "-ldl"], check=True)
    world.environment = {"LD_PRELOAD": str(shim), "ASAN_OPTIONS": "verify_asan_link_order=0"}
    document = quiet(world)
    took = check_of(document)["evidence"]["took_us"]
    same(3_000_000 < took < 30_000_000, True, str(took))
    for hop in check_of(document)["evidence"]["hops"]:
        for stream in hop.get("streams", []):
            same(stream.get("rtt_us", {}).get("p95", 0) < 1_000_000, True, str(stream))


CASES = {one.__name__.replace("_", "-"): one
         for one in (ipv6, both, far, far_lossy, usual_sizes, branch, wrong_gateway, knows_better, no_route, here, router_down, no_pings_out, no_pings_on,
                     pings_refused, pings_policed, refused_on, refused_from_then, firewall_closes, vpn_restarts, stopped, flood, own_load, own_sizes, clock)}
TUNNELS = ("wrong-gateway", "knows-better", "vpn-restarts", "own-sizes")


def main(argv):
    program, case = argv[1:]
    enter("nmp")
    hold = os.path.join(os.path.dirname(os.path.abspath(program)), "tests/hold")
    with Network(hold if os.path.exists(hold) else None, ecmp=case == "branch", direct=case not in TUNNELS) as network:
        CASES[case](World(os.path.abspath(program), network))


main(sys.argv)
