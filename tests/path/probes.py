"""The prober and the sweep of hops against real routers (network.py), as root with raw sockets and as nobody without any.
Usage: probes.py PROBES CASE. Exit 77: skipped, with the reason."""
import os
import shutil
import subprocess
import sys

from network import HOST, HOST6, OUTER, OUTER6, Network, until
from inside import enter, need
import vpn

WAY4 = ["192.168.1.1", "100.64.1.2", "203.0.113.2", "192.0.2.2", "198.51.100.2"]
WAY6 = ["2001:db8:1::1", "2001:db8:2::2", "2001:db8:3::2", "2001:db8:4::2", "2001:db8:5::2"]
CLIENT = "100.64.1.1"  # as the routers see it: behind NAT


def same(got, wanted, what=""):
    assert got == wanted, f"{what}: {got!r}, not {wanted!r}"


class Probes:
    def __init__(self, program, network):
        self.network = network
        # nobody may not read the folder that the program was built in
        self.program = shutil.copy(program, network.folder / "probes")
        os.chmod(self.program, 0o755)

    def run(self, *words, user=False):
        got = self.network.client([self.program, *map(str, words)], user, capture_output=True, text=True)
        assert got.returncode in (0, 1) and got.stderr == "", f"{words}: {got.returncode}\n{got.stdout}{got.stderr}"
        return [line.split() for line in got.stdout.splitlines()]

    def hops(self, *words, user=False):
        """([(router or end, own, addresses by flow)], words of the last line)"""
        lines = self.run("hops", *words, user=user)
        return ([(line[2], line[3], line[4:]) for line in lines if line[0] == "hop"],
                next(line[1:] for line in lines if line[0] == "found"))

    def send(self, *words, user=False):
        """(means, answers sorted, counts)"""
        lines = self.run("send", *words, user=user)
        counts = next(line[1:] for line in lines if line[0] == "counts")
        return (lines[0][1], sorted((line[1:] for line in lines if line[0] == "answer"), key=lambda a: int(a[0]) or 99),
                {name: int(number) for name, number in zip(counts[::2], counts[1::2])})


def traceroute(network, *words):
    out = network.client(["traceroute", "-n", "-q1", "-w1", *words], capture_output=True, text=True).stdout
    return [line.split()[1] for line in out.splitlines()[1:]]


def clean(network, probes):
    """Every kind sees the same routers as traceroute, of both families, with privileges and without."""
    need("traceroute")
    for outer, way, words in ((OUTER, WAY4, ()), (OUTER6, WAY6, ("-6",))):
        same(traceroute(network, *words, outer), way, "traceroute")
        for user in (False, True):
            places, found = probes.hops(outer, "udp:33434", "echo", "syn:3389", user=user)
            same([place[2][0] for place in places], way, "udp")
            same([place[2][1] for place in places], way, "echo")
            same([place[2][2] for place in places], way[:-1] + ["-"], "syn goes only where a router was seen")
            same([place[0] for place in places], ["router"] * 4 + ["end"])
            same([place[1] for place in places], ["1"] * 4 + ["0"], "own address")
            same(found, ["5"] + (["shared"] if outer == OUTER else []) + ["refused", "0", "0", "code", "0"])
    for kind, as_root, as_nobody in (("udp", "raw", "error-queue"), ("echo", "raw", "ping"), ("syn", "raw", "connect")):
        same(probes.send(kind, OUTER, 33434, 0, 0, 1, 1)[0], as_root)
        same(probes.send(kind, OUTER, 33434, 0, 0, 1, 1, user=True)[0], as_nobody)


def answers(_, probes):
    """What each end says."""
    for user in (False, True):
        for outer, way, closed in ((OUTER, WAY4, "3"), (OUTER6, WAY6, "4")):
            same(probes.send("udp", outer, 33434, 0, 0, 1, 4, 5, 0, user=user)[1:],
                 ([["4", "exceeded", way[3], "0", "0"], ["5", "unreachable", way[4], closed, "0", "closed"],
                   ["0", "unreachable", way[4], closed, "0", "closed"]], {"sent": 3, "answered": 3, "late": 0, "foreign": 0}))
            same(probes.send("echo", outer, 0, 0, 0, 1, 4, 0, user=user)[1],
                 [["4", "exceeded", way[3], "0", "0"], ["0", "reply", way[4], "0", "0"]])
            same(probes.send("syn", outer, 9, 0, 0, 1, 4, 0, user=user)[1],
                 [["4", "exceeded", way[3], "0", "0"], ["0", "reset", way[4], "0", "0"]])
        for host in (HOST, HOST6):  # the real server: a whole SYN is a connection, a short one is none
            same([answer[1] for answer in probes.send("syn", host, 3389, 0, 0, 2, 6, 0, user=user)[1]],
                 ["exceeded", "exceeded", "reply", "reply"])
        for local in ("127.0.0.1", "::1"):
            same([answer[1:3] for answer in probes.send("echo", local, 0, 0, 0, 1, 1, user=user)[1]], [["reply", local]])


def no_connection(network, probes):
    """A sweep completes no connection to the RDP port: what comes there before the end has run out of hops."""
    network.rules("rdp", ["table inet seen { chain in { type filter hook input priority 0; tcp dport 3389 counter; }; }"])
    for user in (False, True):
        for host in (HOST, HOST6):
            places, found = probes.hops(host, "udp:33434", "syn:3389", user=user)
            same((len(places), found[0]), (7, "7"))
            same([place[2][1] == place[2][0] for place in places], [True] * 6 + [False])
    assert "counter packets 0 " in network.do("rdp", "nft", "list", "table", "inet", "seen")


def silent(network, probes):
    """Silent and limited routers stay in the list; the end behind them is found."""
    network.silence("isp1")
    network.limit("isp2")
    for user in (False, True):
        for outer, way in ((OUTER, WAY4), (OUTER6, WAY6)):
            places, found = probes.hops(outer, "udp:33434", "udp:33435", user=user)
            same([place[2][0] for place in places[:2]], [way[0], "-"])
            assert way[2] in places[2][2], places
            same((places[2][1], places[1][1], found[0]), ("1", "0", "5"))


def refused(network, probes):
    """A router that knows no way on says so; the sweep ends there. A filter that refuses one kind of packet ends that kind's sweep only."""
    places, found = probes.hops("10.99.0.1", "udp:33434", user=True)
    same([place[2] for place in places], [[router] for router in WAY4[:3]])
    same(found, ["0", "shared", "refused", "4", "1", "code", "0"])
    network.rules("home", ["table inet own { chain on { type filter hook forward priority 0; "
                           "udp dport 33434 reject with icmpx type admin-prohibited; tcp dport 3389 reject with icmpx type admin-prohibited; }; }"])
    for user in (False, True):
        for outer, way, code in ((OUTER, WAY4, "13"), (OUTER6, WAY6, "1")):
            places, found = probes.hops(outer, "udp:33434", "echo", "syn:3389", user=user)
            same([place[2] for place in places], [[way[0]] * 3] + [["-", router, "-"] for router in way[1:]])
            same((found[0], found[-5:-2]), ("5", ["refused", "2", code]))


def sizes(network, probes):
    """Too big for a link: the router says so, or this machine itself."""
    network.hole("transit", 1400, told=True)
    for user in (False, True):
        for kind in ("udp", "echo"):
            for outer, way, code in ((OUTER, WAY4, "4"), (OUTER6, WAY6, "0")):
                same(probes.send(kind, outer, 33434, 0, 1500, 1, 3, 4, user=user)[1],
                     [["3", "exceeded", way[2], "0", "0"], ["4", "too-big", way[2], code, "1400"]], f"{kind} {user}")
                same(probes.send(kind, outer, 33434, 0, 1400, 1, 4, user=user)[1], [["4", "exceeded", way[3], "0", "0"]])
                same([answer[1:3] + answer[4:] for answer in probes.send(kind, outer, 33434, 0, 1501, 1, 4, user=user)[1]],
                     [["too-big", "-", "1500"]])


def ecmp(_, probes):
    """A flow stays on its way; other flows go over the other router, and that is said."""
    for first in range(40000, 40400, 40):
        flows = [f"udp:33434:{first + i}" for i in range(4)]
        places, found = probes.hops(OUTER, *flows, user=True)
        assert set(places[2][2]) <= {"203.0.113.2", "203.0.113.130"}, places
        same(found[0], "5")
        same("branches" in found, len(set(places[2][2])) > 1 or len(set(places[3][2])) > 1)
        if len(set(places[2][2])) > 1:
            break
    else:
        raise AssertionError("forty flows, one way")
    for port in (first, first + 1):
        for user in (False, True):
            seen = {answer[2] for answer in probes.send("udp", OUTER, 33434, port, 0, 10, 3, user=user)[1]}
            same(len(seen), 1, f"routers of the flow from port {port}")
    for user in (False, True):
        same(len({answer[2] for answer in probes.send("echo", OUTER, 0, 0, 0, 10, 3, user=user)[1]}), 1, "echo")
    # Not as nobody: between namespaces a packet keeps the hash that its TCP socket drew, and routers take that.
    same(len({answer[2] for answer in probes.send("syn", OUTER, 9, 40001, 0, 10, 3)[1]}), 1, "syn")


SPOOF = """
import os, socket, struct, sys
def checksum(b):
    s = sum(struct.unpack(f">{len(b) // 2}H", b))
    while s >> 16: s = (s & 0xffff) + (s >> 16)
    return ~s & 0xffff
def icmp(kind, code, rest): # its own checksum, over an even number of bytes
    m = struct.pack(">BBHI", kind, code, 0, 0) + rest
    return m[:2] + struct.pack(">H", checksum(m)) + m[4:]
outer, client = socket.inet_aton(sys.argv[1]), sys.argv[2]
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
def quote(port, source, tail): # of a probe
    return struct.pack(">BBHHHBBH4s4sHHHH", 0x45, 0, 36, 1, 0, 1, 17, 0, socket.inet_aton(client), outer, source, port, 16, 0) + tail
def burst(count):
    for i in range(count):
        s.sendto(icmp(11, 0, quote(33434, 40001, os.urandom(8))), (client, 0)) # a token that is none
        s.sendto(icmp(3, 3, quote(33434, 40001, b"")), (client, 0))            # none at all
        s.sendto(icmp(11, 0, quote(33434, 40002, os.urandom(8))), (client, 0)) # another flow's ports
        s.sendto(icmp(11, 0, os.urandom(28)), (client, 0))
        s.sendto(icmp(0, 0, os.urandom(16)), (client, 0))
print("ready", flush=True)
for line in sys.stdin: burst(int(line))
"""


def spoofed(network, probes):
    """Errors that quote no probe of ours change nothing, however many come."""
    for user in (False, True):
        with subprocess.Popen(network.inside("core", sys.executable, "-c", SPOOF, OUTER, CLIENT), stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as spoofer:
            spoofer.stdout.readline()
            network.children.append(spoofer)
            with subprocess.Popen(network.inside("cli", "sh", "-c", f"exec {program_as(probes, user)} send udp {OUTER} 33434 "
                                  "40001 0 20 1 2 3 4 5 0"), stdout=subprocess.PIPE, text=True) as child:
                lines = []
                while {line.split()[1] for line in lines if line.startswith("answer")} != set("012345"):
                    lines.append(child.stdout.readline())  # until everybody has quoted a token once
                    assert lines[-1], lines
                spoofer.stdin.write("500\n")
                spoofer.stdin.close()
                lines += child.stdout.readlines()
            spoofer.wait()
        got = sorted(tuple(line.split()[1:4]) for line in lines if line.startswith("answer"))
        wanted = [("0", "unreachable", OUTER)] + [(str(ttl), "exceeded", WAY4[ttl - 1]) for ttl in range(1, 5)]
        wanted = sorted((wanted + [("5", "unreachable", OUTER)]) * 20)
        same(got, wanted, "answers in a flood")
        foreign = int(lines[-1].split()[-1])
        assert 900 <= foreign <= 2000, lines[-1]  # the first two kinds; a router may drop some


def program_as(probes, user):
    return f"setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all {probes.program}" if user \
        else str(probes.program)


SHORT = """
import socket, struct, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
s.bind(("d0", 0))
out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
print("ready", flush=True)
def checksum(b):
    t = sum(struct.unpack(f">{len(b) // 2}H", b))
    while t >> 16: t = (t & 0xffff) + (t >> 16)
    return struct.pack(">H", ~t & 0xffff)
while True:
    packet = s.recv(2048)
    if packet[8] == 1 and packet[9] == 17: # one hop left, UDP; between namespaces its checksum is not filled in
        udp = packet[20:26] + bytes(2) + packet[28:]
        udp = udp[:6] + checksum(packet[12:20] + struct.pack(">HH", 17, len(udp)) + udp) + udp[8:]
        m = struct.pack(">BBHI", 11, 0, 0, 0) + packet[:20] + udp[:8]
        out.sendto(m[:2] + checksum(m) + m[4:], (socket.inet_ntoa(packet[12:16]), 0))
"""


def short_quote(network, probes):
    """A router that quotes 8 bytes: known by the UDP checksum with privileges, by being the only one asked without."""
    network.silence("isp2")
    network.rules("isp2", ["flush chain inet lab output",
                           "add rule inet lab output icmp type time-exceeded meta length > 56 drop"])
    network.start("isp2", sys.executable, "-c", SHORT, log="short")
    until(lambda: "ready" in network.log("short"), "router")
    # One answer each: the kernel's own, with more bytes, is dropped.
    same(probes.send("udp", OUTER, 33434, 0, 0, 5, 3)[1:],
         ([["3", "exceeded", WAY4[2], "0", "0"]] * 5, {"sent": 5, "answered": 5, "late": 0, "foreign": 0}))
    same(probes.send("udp", OUTER, 33434, 0, 0, 5, 3, user=True)[1], [["3", "exceeded", WAY4[2], "0", "0", "guessed"]] * 5)
    places, found = probes.hops(OUTER, "udp:33434", user=True)
    same(([place[2][0] for place in places], found[0]), (WAY4, "5"))


def down(network, probes):
    """The interface goes down in the middle: what cannot be sent is said, and it ends."""
    for user in (False, True):
        for kind in ("udp", "syn", "echo"):
            with subprocess.Popen(network.inside("cli", "sh", "-c", f"exec {program_as(probes, user)} send {kind} {OUTER} 33434 "
                                  "0 0 20 1 2 3"), stdout=subprocess.PIPE, text=True) as child:
                lines = [child.stdout.readline() for _ in range(6)]
                network.do("cli", "ip", "link", "set", "u0", "down")
                lines += child.stdout.readlines()
                child.wait()
            network.script("cli", ["ip link set u0 up", "ip route add default via 192.168.1.1"])
            got = [line.split()[2] for line in lines if line.startswith("answer")]
            same(len(got), 60, "every probe has its answer")
            assert got[0] == "exceeded" and got[-1] == "not-sent", got
            same(child.returncode, 0)
            until(lambda: network.answers("cli", OUTER), "way")
    network.do("cli", "ip", "route", "del", "default")
    same([answer[1:4] for answer in probes.send("udp", OUTER, 9, 0, 0, 1, 1, user=True)[1]], [["not-sent", "-", "101"]])
    same(probes.hops(OUTER, "udp:33434", user=True)[1][-1], "101")


def forbidden(network, probes):
    """A filter on this machine; and echo where it is allowed to nobody."""
    network.rules("cli", ["table inet own { chain out { type filter hook output priority 0; udp dport 33434 drop; }; }"])
    for user in (False, True):
        same([answer[1:4] for answer in probes.send("udp", OUTER, 33434, 0, 0, 1, 1, user=user)[1]], [["not-sent", "-", "1"]])
    network.do("cli", "sysctl", "-qw", "net.ipv4.ping_group_range=1 0")
    same(probes.run("send", "echo", OUTER, 0, 0, 0, 1, 1, user=True)[0][:3], ["error", "ICMP", "echo"])
    same(probes.send("echo", OUTER, 0, 0, 0, 1, 1)[0], "raw")


def openvpn(network, probes):
    """An OpenVPN server answers its first datagram, and its port is probed on the way too."""
    vpn.up(network, "openvpn-udp")
    service(probes, "openvpn", 1194)


def ike(network, probes):
    """So does an IKE daemon, on both ports."""
    vpn.up(network, "ipsec")
    service(probes, "ike", 4500)
    service(probes, "ike", 500)


def service(probes, kind, port):
    for user in (False, True):
        same(probes.send(kind, OUTER, port, 0, 0, 4, 3, 0, user=user)[1:],
             ([["3", "exceeded", WAY4[2], "0", "0"]] * 4 + [["0", "reply", OUTER, "0", "0"]] * 4,
              {"sent": 8, "answered": 8, "late": 0, "foreign": 0}), f"{kind} {port}")


def pace(_, probes):
    """Two probers, one rate: together no more than it in any second, and who goes first goes first."""
    count, rate, burst = 40, 50, 3
    lines = sorted((int(line[2]), line[1]) for line in probes.run("pace", HOST, str(count)) if line[0] == "sent")
    same([who for _, who in lines], ["first"] * count + ["other"] * count)
    times = [at for at, _ in lines]
    crowded = [index for index in range(len(times) - rate - burst) if times[index + rate + burst] - times[index] < 1e6]
    same(crowded, [], "more than the rate in a second")


CASES = {"pace": pace, "clean": clean, "answers": answers, "no-connection": no_connection, "silent": silent, "refused": refused,
         "sizes": sizes, "ecmp": ecmp, "spoofed": spoofed, "short-quote": short_quote, "down": down, "forbidden": forbidden,
         "openvpn": openvpn, "ike": ike}
DIRECT = ("answers", "no-connection")


def main():
    program, case = sys.argv[1:]
    enter("nmp")
    with Network(ecmp=case == "ecmp", direct=case in DIRECT) as network:
        if case in DIRECT:
            network.xrdp()
        CASES[case](network, Probes(program, network))


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main()
