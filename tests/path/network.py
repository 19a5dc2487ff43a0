"""Eight machines in a row, each a network namespace, from a client behind NAT to a real xrdp in an office:

    cli --lan-- home --access-- isp1 --isp-- isp2 --transit-- core --gateway-- vgw --office-- off --server-- rdp
    192.168.1.10 .1 | 100.64.1.1 .2 | 203.0.113.1 .2 | 192.0.2.1 .2 | 198.51.100.1 .2 | 10.20.0.1 .2 | 10.30.0.1 .10

The same with IPv6. The office's addresses do not exist on the internet, except without a VPN. The namespaces live in mounts
and process ids of their own (inside.enter("nmp")): nothing of them is left, however the test ends, and parallel labs do not meet.
"""
import contextlib
import ctypes
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))
sys.path.insert(0, str(HERE.parent / "real"))
from inside import need, skip  # noqa: E402  pylint: disable=wrong-import-position
import servers  # noqa: E402  pylint: disable=wrong-import-position

ROUTERS = ("cli", "home", "isp1", "isp2", "core", "vgw", "off", "rdp")
LINKS = ("lan", "access", "isp", "transit", "gateway", "office", "server")
NET4 = ("192.168.1", "100.64.1", "203.0.113", "192.0.2", "198.51.100", "10.20.0", "10.30.0")
NET6 = ("2001:db8:1:", "2001:db8:2:", "2001:db8:3:", "2001:db8:4:", "2001:db8:5:", "fd00:20:", "fd00:30:")
HOST, HOST6 = "10.30.0.10", "fd00:30::10"
OUTER, OUTER6 = "198.51.100.2", "2001:db8:5::2"
PORT = 3389
NOBODY = 65534
START_S = 20


def run(arguments, **options):
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, arguments))}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def until(condition, what, seconds=START_S):
    deadline = time.monotonic() + seconds
    while True:
        got = condition()
        if got:
            return got
        if time.monotonic() > deadline:
            raise RuntimeError(f"no {what} after {seconds} s")
        time.sleep(0.02)


def own_run_folder():
    """Names of namespaces and sockets of daemons lie below /run: a fresh one, so that nothing meets anything else."""
    run(["mount", "-t", "tmpfs", "-o", "mode=755", "none", "/run"])
    os.mkdir("/run/lock")
    os.chmod("/run/lock", 0o1777)
    return pathlib.Path(tempfile.mkdtemp(prefix="lab", dir="/run"))


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Network:
    """Use in a `with` statement, after inside.enter("nmp")."""

    def __init__(self, hold=None, ecmp=False, direct=False, ping=True, lan4=NET4[0]):
        self.hold_program = hold  # the built hold.c, None: no delays
        self.ecmp, self.direct, self.ping, self.lan4 = ecmp, direct, ping, lan4
        self.children = []
        self.tunnel = {}  # filled by vpn.py: the interfaces of both ends and how to match its packets
        self.chains = set()
        self.queues = 0
        self.stack = contextlib.ExitStack()
        self.folder = None

    # --- processes ---

    def inside(self, name, *command):
        return ["nsenter", f"--net=/run/netns/{name}", *map(str, command)]

    def do(self, name, *command, **options):
        return run(self.inside(name, *command), **options)

    def script(self, name, lines):
        run(self.inside(name, "sh", "-e"), input="\n".join(lines) + "\n")

    def start(self, name, *command, log=None, **options):
        """A daemon in a namespace; ended with the lab."""
        output = open(self.folder / f"{log or len(self.children)}.log", "wb")  # pylint: disable=consider-using-with
        child = subprocess.Popen(  # pylint: disable=consider-using-with
            self.inside(name, *command), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True, preexec_fn=die_with_parent, **options)
        output.close()
        self.children.append(child)
        return child

    def log(self, name):
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def client(self, command, user=False, **options):
        """A command on the client; `user`: as nobody, without any capability."""
        drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs", "--inh-caps=-all",
                "--bounding-set=-all"] if user else []
        state = self.folder / ("state-user" if user else "state")
        environment = {**os.environ, "XDG_STATE_HOME": str(state), "HOST": HOST, "HOST6": HOST6, "OUTER": OUTER,
                       "OUTER6": OUTER6, "RDPWHY_TEST_INSIDE": ""}
        return subprocess.run(self.inside("cli", *drop, *command), env=environment, check=False, **options)

    def answers(self, name, address):
        ping = self.inside(name, "ping", "-c", "1", "-W", "1", address)
        return subprocess.run(ping, capture_output=True, check=False).returncode == 0

    # --- up and down ---

    def __enter__(self):
        need("nsenter", "ip", "nft", "setpriv")
        self.folder = own_run_folder()
        os.chmod(self.folder, 0o755)
        for state, owner in (("state", 0), ("state-user", NOBODY)):
            (self.folder / state).mkdir()
            os.chown(self.folder / state, owner, owner)
        try:
            self.wire()
            self.route()
            self.names()
            # Interfaces take a moment before they carry IPv6.
            for name, address in (("cli", OUTER), ("cli", OUTER6), ("vgw", HOST), ("vgw", HOST6)):
                until(lambda name=name, address=address: self.answers(name, address), f"way from {name} to {address}")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        self.stack.close()
        for child in reversed(self.children):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def routers(self):
        return ROUTERS + (("isp2b",) if self.ecmp else ())

    def wire(self):
        for name in self.routers():
            run(["ip", "netns", "add", name])
            self.script(name, [
                "ip link set lo up",
                "sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0 net.ipv4.conf.all.rp_filter=0 "
                "net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.all.send_redirects=0 net.ipv6.conf.all.forwarding=1 "
                "net.ipv6.icmp.ratelimit=0 net.ipv6.conf.default.accept_dad=0",
                # Of the whole machine in older kernels: then it is not for us to change, and high enough.
                "sysctl -qw net.ipv4.icmp_msgs_per_sec=1000000 net.ipv4.icmp_msgs_burst=1000000 2>/dev/null || true",
            ])
        if self.ping:  # as distributions set it; the kernel's own default lets nobody
            self.do("cli", "sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647")
        # A client is no router.
        self.do("cli", "sysctl", "-qw", "net.ipv4.ip_forward=0", "net.ipv6.conf.all.forwarding=0")
        for index in range(len(LINKS)):
            low, high = (10, 1) if index == 0 else (1, 10) if index == 6 else (1, 2)
            size = "/25" if self.ecmp and index in (2, 3) else "/24"
            self.link(ROUTERS[index], "u0", ROUTERS[index + 1], "d0", (low, high), size, index)
        if self.ecmp:
            self.link("isp1", "u1", "isp2b", "d0", (129, 130), "/25", 2)
            self.link("isp2b", "u0", "core", "d1", (129, 130), "/25", 3)

    def link(self, left, left_name, right, right_name, ends, size, index):
        run(["ip", "-n", left, "link", "add", left_name, "type", "veth", "peer", "name", right_name, "netns", right])
        net4 = self.lan4 if index == 0 else NET4[index]
        for name, device, end in ((left, left_name, ends[0]), (right, right_name, ends[1])):
            # One packet is one packet: no bundles of them, for loss and rates to be what they say.
            self.script(name, [
                f"ip addr add {net4}.{end}{size} dev {device}",
                f"ip addr add {NET6[index]}:{end}/64 dev {device} nodad" if end < 129 else
                f"ip addr add 2001:db8:{index + 5}::{end}/64 dev {device} nodad",
                f"ip link set {device} gso_max_segs 1 2>/dev/null || true",
                f"ip link set {device} up",
            ])

    def route(self):
        up = lambda index: f"ip route add default via {NET4[index]}.2; ip -6 route add default via {NET6[index]}:2"
        down = lambda index, via: (f"ip route add {NET4[index]}.0/24 via {NET4[via]}.1; "
                                   f"ip -6 route add {NET6[index]}:/64 via {NET6[via]}:1")
        self.script("cli", [f"ip route add default via {self.lan4}.1", f"ip -6 route add default via {NET6[0]}:1"])
        self.script("home", [up(1)])
        self.script("isp1", [up(2), f"ip -6 route add {NET6[0]}:/64 via {NET6[1]}:1"])
        self.script("isp2", [up(3), down(1, 2), f"ip -6 route add {NET6[0]}:/64 via {NET6[2]}:1"])
        self.script("core", [down(1, 3), f"ip route add 203.0.113.0/25 via {NET4[3]}.1", f"ip -6 route add {NET6[2]}:/64 via {NET6[3]}:1",
                             f"ip -6 route add {NET6[0]}:/64 via {NET6[3]}:1"])
        if self.direct:
            self.script("core", [f"ip route add 10.0.0.0/8 via {OUTER}", f"ip -6 route add fd00::/16 via {OUTER6}"])
        else:
            self.script("core", ["ip route add unreachable 10.0.0.0/8", "ip -6 route add unreachable fd00::/8"])
        self.script("vgw", [f"ip route add default via {NET4[4]}.1", f"ip -6 route add default via {NET6[4]}:1",
                            f"ip route add {NET4[6]}.0/24 via {NET4[5]}.2", f"ip -6 route add {NET6[6]}:/64 via {NET6[5]}:2"])
        self.script("off", [f"ip route add default via {NET4[5]}.1", f"ip -6 route add default via {NET6[5]}:1"])
        self.script("rdp", [f"ip route add default via {NET4[6]}.1", f"ip -6 route add default via {NET6[6]}:1"])
        if self.ecmp:
            self.script("isp1", ["sysctl -qw net.ipv4.fib_multipath_hash_policy=1 net.ipv6.fib_multipath_hash_policy=1",
                                 f"ip route replace default nexthop via {NET4[2]}.2 nexthop via 203.0.113.130"])
            self.script("isp2b", ["ip route add default via 192.0.2.130", "ip route add 100.64.1.0/24 via 203.0.113.129"])
        self.rules("home", ["table ip nat { chain post { type nat hook postrouting priority srcnat; oifname \"u0\" masquerade; }; }"])

    def names(self):
        """rdp.lab has both families, rdp4.lab and rdp6.lab one."""
        hosts = self.folder / "hosts"
        hosts.write_text(f"127.0.0.1 localhost\n{HOST6} rdp.lab rdp6.lab\n{HOST} rdp.lab rdp4.lab\n{OUTER} vpn.lab\n")
        run(["mount", "--bind", hosts, "/etc/hosts"])
        # A name server that refuses at once, rather than one that cannot be reached.
        resolvers = self.folder / "resolv.conf"
        resolvers.write_text("nameserver 127.0.0.1\n")
        with contextlib.suppress(RuntimeError):  # where it is a link to nowhere there is none anyway
            run(["mount", "--bind", resolvers, "/etc/resolv.conf"])

    def xrdp(self, only=None):
        """A real server at the end, of both families. `only`: listens on that port instead."""
        port = only or PORT
        servers.need("xrdp", "openssl")
        servers.certificate(self.folder)
        settings = self.folder / "xrdp.ini"
        settings.write_text(
            f"[Globals]\nini_version=1\nfork=true\nport=tcp6://:{port}\nsecurity_layer=negotiate\ncrypt_level=high\n"
            f"certificate={self.folder}/cert.pem\nkey_file={self.folder}/key.pem\nssl_protocols=TLSv1.2, TLSv1.3\n"
            f"[Logging]\nLogFile={self.folder}/xrdp.log\nLogLevel=INFO\nEnableSyslog=false\n"
            "[Xorg]\nname=Xorg\nlib=libxup.so\nusername=ask\npassword=ask\nip=127.0.0.1\nport=-1\ncode=20\n")
        child = self.start("rdp", "xrdp", "-n", "-c", settings, log="xrdp.out")
        until(lambda: child.poll() is not None or servers.listens(port, child.pid), "xrdp")
        if child.poll() is not None:
            raise RuntimeError("xrdp did not start\n" + self.log("xrdp.out"))

    # --- what goes wrong ---

    def rules(self, name, lines):
        run(self.inside(name, "nft", "-f", "-"), input="\n".join(lines) + "\n")

    def ends(self, link, back):
        """Who receives the packets that cross the link, and on which interface. Back: those towards the client."""
        if link == "tunnel":
            return ("cli", self.tunnel["client"]) if back else ("vgw", self.tunnel["gateway"])
        index = LINKS.index(link)
        return (ROUTERS[index], "u0") if back else (ROUTERS[index + 1], "d0")

    def chain(self, name, hook, priority=-310):
        if (name, hook) not in self.chains:
            self.rules(name, [f"table inet lab {{ chain {hook} {{ type filter hook {hook} priority {priority}; }}; }}"])
            self.chains.add((name, hook))
        return f"add rule inet lab {hook}"

    def drop(self, link, what, back=False):
        """`what`: a match of nft, for packets that cross the link."""
        name, device = self.ends(link, back)
        rule = self.chain(name, "prerouting")
        self.rules(name, [f'{rule} iifname "{device}" {what} counter drop'])

    def loss(self, link, percent, back=False, match=""):
        """Random loss on a link, in one direction. tunnel: inside it. tunnel-port: only its own packets, at the ISP."""
        if link == "tunnel-port":
            link, match = "isp", self.tunnel["back" if back else "out"]
        self.drop(link, f"{match} numgen random mod 10000 < {round(percent * 100)}", back)

    def own_answers(self, name, what):
        rule = self.chain(name, "output")
        self.rules(name, [f"{rule} icmp type time-exceeded {what} drop", f"{rule} icmpv6 type time-exceeded {what} drop"])

    def limit(self, name):
        """Answers about one probe a second and asker, as routers do out of the box; echo to itself is not limited."""
        self.do(name, "sysctl", "-qw", "net.ipv4.icmp_ratelimit=1000", "net.ipv6.icmp.ratelimit=1000")

    def silence(self, name):
        """Forwards, but never says a word about it, and does not answer to its own name either."""
        self.own_answers(name, "")
        rule = self.chain(name, "output")
        self.rules(name, [f"{rule} icmp type echo-reply drop", f"{rule} icmpv6 type echo-reply drop"])

    def half_silence(self, name):
        self.own_answers(name, "numgen random mod 2 == 0")

    def hold(self, link, back=False, delay=0, jitter=0, burst=None, match=""):
        """Delay in ms, jitter +- ms; burst: (chance to turn bad, chance to turn good, loss while bad in %)."""
        if not self.hold_program:
            skip("libnetfilter-queue was not there to build with")
        name, device = self.ends(link, back)
        self.queues += 1
        child = self.start(name, self.hold_program, self.queues, delay, jitter, *(burst or ()), log=f"hold{self.queues}")
        until(lambda: "ready" in self.log(f"hold{self.queues}") or child.poll() is not None, "hold")
        if child.poll() is not None:
            skip("no packet queue in this kernel: " + self.log(f"hold{self.queues}").strip())
        for tables in ("iptables", "ip6tables"):
            self.do(name, tables, "-t", "mangle", "-A", "PREROUTING", "-i", device, *match.split(), "-j", "NFQUEUE",
                    "--queue-num", self.queues, "--queue-bypass")

    def rate(self, link, kbit, back=False):
        index = LINKS.index(link)
        name, device = (ROUTERS[index + 1], "d0") if back else (ROUTERS[index], "u0")
        self.do(name, "tc", "qdisc", "add", "dev", device, "root", "tbf", "rate", f"{kbit}kbit", "burst", "3000", "latency", "400ms")

    def hole(self, link, mtu=1400, told=False):
        """A narrow link whose routers do not say so (`told`: they do). tunnel: bigger packets vanish inside it."""
        if link == "tunnel":
            for back in (False, True):
                self.drop("tunnel", f"meta length > {mtu}", back)
            return
        index = LINKS.index(link)
        for name, device in ((ROUTERS[index], "u0"), (ROUTERS[index + 1], "d0")):
            self.do(name, "ip", "link", "set", device, "mtu", mtu)
            if not told:
                rule = self.chain(name, "output")
                self.rules(name, [f"{rule} icmp type destination-unreachable icmp code frag-needed drop",
                                  f"{rule} icmpv6 type packet-too-big drop"])
