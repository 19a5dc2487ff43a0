#!/usr/bin/env python3
"""fallback.py PROGRAM CASE: a blocked way with a real server behind it, `rdpwhy fallback` in front of it; then what it gave
(the line for xfreerdp, and the .rdp file) is run with the real xfreerdp, which must bring up the server's desktop.

Runs in namespaces of its own:   client 10.77.1.2 -- router -- 10.77.0.9 server (10.77.0.53, .54: DNS)
With RDPWHY_SHOTS=FOLDER the screenshots are kept there. Exit status 77: skipped, with the reason.
"""
import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
for place in ("lib", "real"):
    sys.path.insert(0, str(HERE.parent / place))
# pylint: disable=wrong-import-position
import desktop  # noqa: E402
import inside  # noqa: E402
import schema  # noqa: E402
import servers  # noqa: E402

NAME = "srv.corp.example"
SERVER, SERVER6, DEAD, DEAD6 = "10.77.0.9", "fd77::9", "10.77.0.66", "fd77::66"
BEHIND, OWN_NAME = "10.77.0.10", "srv-01.corp.example"
RESOLVERS = ("10.77.0.53", "10.77.0.54")
USER, PASSWORD, GATEWAY_PASSWORD = "alice", "not-a-secret", "Lab-Pass-1"


def run(*arguments):
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr.strip()}")


def ip(words):
    run("ip", *words.split())


def nft(space, text):
    subprocess.run(["ip", "netns", "exec", space, "nft", "-f", "-"], input=text, text=True, check=True)


def build_world():
    """The mounts and the network are this process's own and end with it."""
    run("mount", "-t", "tmpfs", "none", "/run")
    # Screens of tests beside this one must not take each other's sockets: their numbers are looked for per network.
    os.makedirs("/tmp/.X11-unix", exist_ok=True)
    run("mount", "-t", "tmpfs", "-o", "mode=1777", "none", "/tmp/.X11-unix")
    for space in ("router", "server"):
        ip(f"netns add {space}")
        ip(f"-n {space} link set lo up")
    ip("link set lo up")
    ip("link add c0 type veth peer name r0 netns router")
    ip("-n router link add r1 type veth peer name s0 netns server")
    for space, link in (("router", "r0"), ("router", "r1"), ("server", "s0")):
        ip(f"-n {space} link set {link} up")
    ip("link set c0 up")
    ip("addr add 10.77.1.2/24 dev c0")
    ip("addr add fd77:1::2/64 dev c0 nodad")
    ip("-n router addr add 10.77.1.1/24 dev r0")
    ip("-n router addr add fd77:1::1/64 dev r0 nodad")
    ip("-n router addr add 10.77.0.1/24 dev r1")
    ip("-n router addr add fd77::1/64 dev r1 nodad")
    for address in (SERVER, BEHIND, *RESOLVERS):
        ip(f"-n server addr add {address}/24 dev s0")
    ip(f"-n server addr add {SERVER6}/64 dev s0 nodad")
    ip("route add default via 10.77.1.1")
    ip("route add default via fd77:1::1")
    ip("-n server route add default via 10.77.0.1")
    ip("-n server route add default via fd77::1")
    run("ip", "netns", "exec", "router", "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
    # Nobody answers for the dead addresses, not even the router.
    nft("router", f"table inet dead {{ chain f {{ type filter hook forward priority 0; ip daddr {DEAD} drop; ip6 daddr {DEAD6} drop\n}}\n}}\n")


def files_of_the_system(scratch, resolvers):
    (scratch / "resolv.conf").write_text("".join(f"nameserver {one}\n" for one in resolvers) + "options timeout:1 attempts:1\n")
    (scratch / "hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    for name in ("resolv.conf", "hosts"):
        run("mount", "--bind", str(scratch / name), f"/etc/{name}")


def at_server(arguments, log, ready, **options):
    return servers.child(["ip", "netns", "exec", "server", *arguments], log, ready, **options)


def udp_bound(address):
    wanted = "".join(f"{int(part):02X}" for part in reversed(address.split("."))) + ":0035"
    return lambda process: process.poll() is None and any(
        line.split()[1] == wanted for line in pathlib.Path(f"/proc/{process.pid}/net/udp").read_text().splitlines()[1:]
    )


def resolver(scratch, address, *records, more=()):
    servers.need("dnsmasq")
    hosts = [f"--host-record={NAME},{record}" for record in records]
    arguments = [
        "dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--bind-interfaces", "--pid-file=",
        f"--listen-address={address}", "--except-interface=none", "--user=root", "--local=/corp.example/", *hosts, *more,
    ]
    return at_server(arguments, scratch / f"dnsmasq-{address}.out", udp_bound(address))


@contextlib.contextmanager
def shadow(scratch, *options, port=3389, address=SERVER, sam=False, certificate=()):
    """FreeRDP's server with a painted desktop; yields its DISPLAY and picture file."""
    servers.need("freerdp-shadow-cli", "winpr-hash")
    if sam:
        done = subprocess.run(["winpr-hash", "-u", USER, "-p", PASSWORD, "-f", "sam"], check=True, capture_output=True, text=True)
        (scratch / "sam.txt").write_text(done.stdout)
        options = (f"/sam-file:{scratch}/sam.txt", *options)
    own = scratch / f"config-{address}" / "freerdp" / "shadow"
    if certificate and not own.exists():
        own.mkdir(parents=True)
        run("openssl", "req", "-x509", "-newkey", "rsa:4096", "-nodes", "-sha256", "-subj", f"/CN={certificate[0]}", "-days", "30",
            "-addext", "subjectAltName=" + ",".join(f"DNS:{one}" for one in certificate), "-keyout", str(own / "shadow.key"),
            "-out", str(own / "shadow.crt"))
    with desktop.screen(scratch / f"server-screen-{address}", 800, 600) as (display, shown):
        desktop.paint(display)
        environment = dict(os.environ, DISPLAY=display, HOME=str(scratch), XDG_CONFIG_HOME=str(scratch / f"config-{address}"))
        arguments = ["freerdp-shadow-cli", f"/bind-address:{address}", f"/port:{port}", *options]
        with at_server(arguments, scratch / f"shadow-{address}.out", servers.listening(port), env=environment):
            yield display, shown


@contextlib.contextmanager
def front(scratch, fault, backend):
    arguments = [sys.executable, str(HERE / "front.py"), SERVER, "3389", str(backend), fault]
    told = scratch / "front.out"
    with at_server(arguments, told, lambda _: told.exists() and "listening\n" in told.read_text()):
        yield


# --- the program ---


class Wrong(Exception):
    """What came out is not what must come out."""


def check(what, got, wanted):
    if got != wanted:
        raise Wrong(f"{what}: {got!r}, not {wanted!r}")


def fallback(program, scratch, *options, status):
    folder = scratch / "written"
    folder.mkdir(exist_ok=True)
    arguments = [program, "fallback", *options, "--json", "--write", str(folder)]
    environment = dict(os.environ, XDG_STATE_HOME=str(scratch / "state"), HOME=str(scratch))
    done = subprocess.run(arguments, capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL, check=False)
    (scratch / "fallback.json").write_text(done.stdout)
    if done.returncode != status:
        raise Wrong(f"exit status {done.returncode}, not {status}\n{done.stdout[-6000:]}\n{done.stderr}")
    document = json.loads(done.stdout)
    check("the schema", schema.faults(document, schema.validator()), [])
    return document


def connections(document):
    """To the port, those that nobody answered included."""
    return len(document["connections"])


# --- the client ---


def end(process):
    """Politely first: a client that vanishes leaves the server waiting."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(3)
            break
    process.stdin.close()


def desktop_by(scratch, shown_by_server, command, label, limit_s=40):
    """Runs the command as a person would, says yes to the certificate, and waits for the server's picture."""
    home = scratch / f"home-{label}"
    home.mkdir()
    with desktop.screen(scratch / f"client-{label}", 1280, 1024) as (display, shown):
        if not desktop.is_blank(desktop.picture(shown)):
            raise Wrong("the client's screen is not blank to begin with")
        environment = dict(os.environ, DISPLAY=display, HOME=str(home))
        with open(scratch / f"client-{label}.out", "wb") as log:
            process = subprocess.Popen(
                ["sh", "-c", command], stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment, start_new_session=True,
                cwd=scratch / "written",
            )
        try:
            process.stdin.write(b"Y\nY\n")
            process.stdin.flush()
            share = desktop.wait_for_desktop(process, shown, shown_by_server, limit_s)
            picture = desktop.picture(shown)
            if os.environ.get("RDPWHY_SHOTS"):
                folder = pathlib.Path(os.environ["RDPWHY_SHOTS"])
                folder.mkdir(parents=True, exist_ok=True)
                desktop.write_png(picture, folder / f"{sys.argv[2]}-{label}.png")
        finally:
            end(process)
        return share, picture


def must_show(scratch, shown_by_server, command, label):
    share, picture = desktop_by(scratch, shown_by_server, command, label)
    if share < 0.95 or desktop.is_blank(picture):
        tail = (scratch / f"client-{label}.out").read_text(errors="replace")[-2500:]
        raise Wrong(f"{command}: {share:.0%} of the server's desktop is there\n{tail}")
    print(f"desktop, {share:.1%} alike: {command}")


def must_not_show(scratch, shown_by_server, command, label, limit_s):
    share, _ = desktop_by(scratch, shown_by_server, command, label, limit_s)
    if share > 0.5:
        raise Wrong(f"{command}: the plain way is not blocked at all")
    print(f"no desktop, as it should be: {command}")


def three_shows(scratch, shown, way, extra="", file=False):
    """The line for FreeRDP 3, and the file, where it is on the PATH as xfreerdp3 (Debian 12 has none)."""
    if shutil.which("xfreerdp3"):
        # Without an account it would ask for one, where FreeRDP 2 leaves that to the server's screen.
        account = extra or f" /u:{USER} /p:{PASSWORD}"
        must_show(scratch, shown, way["commands"]["xfreerdp3"] + account, "command3")
        if file:
            must_show(scratch, shown, f"xfreerdp3 {way['rdp_file']}{account}", "file3")


def both_show(scratch, shown, way, extra="", file_extra=""):
    must_show(scratch, shown, way["commands"]["xfreerdp2"] + extra, "command")
    must_show(scratch, shown, f"xfreerdp {way['rdp_file']}{extra}{file_extra}", "file")
    three_shows(scratch, shown, way, extra, file=file_extra == "")


# --- the cases ---


def nla_cut(program, scratch):
    """What stands in front cuts whatever comes after NLA was chosen; TLS alone goes through."""
    with shadow(scratch, "+sec-nla", "-auth", port=3390, address="127.0.0.1", sam=True) as shown, front(scratch, "no-nla", 3390):
        document = fallback(program, scratch, SERVER, status=1)
        way = document["ways"][0]
        check("connections", connections(document), 2)
        check("security", way["recipe"]["security"], "tls")
        check("downgrade", way["downgrade"], True)
        check("reached", way["reached"], "tls")
        check("gives up", [one.split(":")[0] for one in way["gives_up"]], ["NLA"])
        check("how", document["tried"][1]["how"], "TLS is up and the server begins a session; the logon was not tried")
        check("stopped at", document["verdict"]["stopped_at"]["check"], "tls")
        must_not_show(scratch, shown, f"xfreerdp /v:{SERVER} /u:{USER} /p:{PASSWORD}", "plain", 3)
        both_show(scratch, shown, way, f" /u:{USER} /p:{PASSWORD}")


def stale_name(program, scratch):
    """The first DNS server still has an old address; the second knows better. NLA all the way."""
    with resolver(scratch, RESOLVERS[0], DEAD), resolver(scratch, RESOLVERS[1], SERVER), shadow(
        scratch, "/sec:nla", "+auth", sam=True
    ) as shown:
        document = fallback(program, scratch, NAME, status=0)
        way = document["ways"][0]
        check("connections", connections(document), 2)
        check("address", way["recipe"]["host"], SERVER)
        check("resolver", way["recipe"]["resolver"], RESOLVERS[1])
        check("security", way["recipe"]["security"], "nla")
        check("downgrade", way["downgrade"], False)
        check("reached", way["reached"], "nla")
        check("mstsc", way["commands"]["mstsc"], f"mstsc /v:{SERVER}")
        # With an account, and the word that its certificate is good, the way is gone up to the logon.
        own = subprocess.run(
            ["openssl", "x509", "-in", str(scratch / f"config-{SERVER}" / "freerdp" / "shadow" / "shadow.crt"), "-noout", "-fingerprint", "-sha256"],
            check=True, capture_output=True, text=True,
        )
        (scratch / "password").write_text(PASSWORD + "\n")
        logon = ("--user", USER, "--password-file", str(scratch / "password"), "--trust-cert", own.stdout.strip().split("=")[1])
        document = fallback(program, scratch, NAME, "--again", *logon, status=0)
        check("reached with an account", document["ways"][0]["reached"], "logon")
        check("connections with an account", connections(document), 2)
        both_show(scratch, shown, way, f" /u:{USER} /p:{PASSWORD}")


def ipv6_dead(program, scratch):
    """The name has an IPv6 address that nobody answers at; the check has found the other one by itself."""
    with resolver(scratch, RESOLVERS[0], f"{SERVER},{DEAD6}"), shadow(scratch, "-sec-nla", "-auth") as shown:
        document = fallback(program, scratch, NAME, status=0)
        way = document["ways"][0]
        check("connections", connections(document), 2)
        check("connected for it", [one["connected"] for one in document["tried"]], [False, False])
        check("address", way["recipe"]["host"], SERVER)
        both_show(scratch, shown, way)


def big_packets(program, scratch):
    """On the way, what is longer than 1300 bytes vanishes without a word. FreeRDP's server is started anew for each client: one
    whose packets vanish holds up the pictures of the others."""
    for link in ("r0", "r1"):
        ip(f"-n router link set {link} mtu 1300")
    nft("router", "table inet hole { chain o { type filter hook output priority 0; icmp type destination-unreachable drop\n}\n}\n")

    def server():
        return shadow(scratch, "-sec-nla", "-auth", certificate=[f"host-{i:03}.corp.example" for i in range(40)])

    with resolver(scratch, RESOLVERS[0], SERVER):
        with server():
            document = fallback(program, scratch, NAME, status=0)
        way = document["ways"][0]
        check("connections", connections(document), 2)
        check("transport", way["recipe"]["transport"], "small-segments")
        check("downgrade", way["downgrade"], False)
        before, back = way["before"][0], way["back"][0]
        check("before", before, f"sudo ip route replace {SERVER} via 10.77.1.1 dev c0 mtu 1240 advmss 1200")
        with server() as shown:
            must_not_show(scratch, shown, way["commands"]["xfreerdp2"], "plain", 4)
        run("sh", "-c", before.removeprefix("sudo "))
        with server() as shown:
            must_show(scratch, shown, way["commands"]["xfreerdp2"], "command")
        with server() as shown:
            must_show(scratch, shown, f"xfreerdp {way['rdp_file']}", "file")
        with server() as shown:
            three_shows(scratch, shown, way)
        run("sh", "-c", back.removeprefix("sudo "))
        left = subprocess.run(["ip", "route", "show", SERVER], capture_output=True, text=True, check=True).stdout
        check("routes that are left", left, "")


def port_moved(program, scratch):
    """3389 refuses; the service listens elsewhere, and the user has named the port."""
    with resolver(scratch, RESOLVERS[0], SERVER), shadow(scratch, "-sec-nla", "-auth", port=33890) as shown:
        document = fallback(program, scratch, NAME, status=2)
        check("ways without the user's word", document["ways"], [])
        document = fallback(program, scratch, NAME, "--ports", "3390,33890", "--again", status=0)
        way = document["ways"][0]
        check("connections", connections(document), 3)
        check("port", (way["recipe"]["host"], way["recipe"]["port"]), (NAME, 33890))
        both_show(scratch, shown, way)


def old_tls(program, scratch):
    """TLS 1.0 is all it speaks: clients of today refuse that unless they are told."""
    with resolver(scratch, RESOLVERS[0], SERVER), shadow(
        scratch, "-sec-nla", "-auth", port=3390, address="127.0.0.1"
    ) as shown, front(scratch, "old-tls", 3390):
        document = fallback(program, scratch, NAME, status=1)
        way = document["ways"][0]
        check("connections", connections(document), 1)
        check("old", way["recipe"]["old_tls"], True)
        check("downgrade", way["downgrade"], True)
        check("gives up", [one.split(":")[0] for one in way["gives_up"]], ["TLS 1.2 and newer"])
        must_not_show(scratch, shown, f"xfreerdp /v:{NAME}", "plain", 3)
        both_show(scratch, shown, way, "", " /tls-seclevel:0")


def no_common_tls(program, scratch, fault, status, gives_up, without, with_options):
    with resolver(scratch, RESOLVERS[0], SERVER), shadow(
        scratch, "-sec-nla", "-auth", port=3390, address="127.0.0.1"
    ) as shown, front(scratch, fault, 3390):
        document = fallback(program, scratch, NAME, status=status)
        check("cause", document["verdict"]["cause"], "tls-no-common")
        way = document["ways"][0]
        check("recipe", (way["recipe"]["wide_tls"], way["recipe"]["security"]), (True, "nla"))
        check("connections", connections(document), 2)
        check("gives up", [one.split(":")[0] for one in way["gives_up"]], gives_up)
        check("mstsc, and its file", (way["commands"]["mstsc"], way["rdp_file"]), (None, None))
        check("FreeRDP", way["commands"]["xfreerdp2"], f"xfreerdp /v:{NAME}{with_options}")
        if without:
            must_not_show(scratch, shown, f"xfreerdp /v:{NAME}", "plain", 3)
        must_show(scratch, shown, way["commands"]["xfreerdp2"], "command")
        three_shows(scratch, shown, way, file=False)


def no_common_good(program, scratch):
    """A good suite that Windows does not offer: FreeRDP gets in as it is, and gives up nothing."""
    no_common_tls(program, scratch, "chacha", 0, [], False, "")


def no_common_odd(program, scratch):
    """A suite that OpenSSL offers only when it is told to: FreeRDP gets in with two options, and that is a downgrade."""
    no_common_tls(program, scratch, "camellia", 1, ["TLS as it is chosen today"], True, " /tls-ciphers:ALL /tls-seclevel:0")


def standard(program, scratch):
    """Standard RDP security is all it takes."""
    with resolver(scratch, RESOLVERS[0], SERVER), shadow(scratch, "/sec:rdp", "-auth") as shown:
        document = fallback(program, scratch, NAME, status=1)
        way = document["ways"][0]
        check("connections", connections(document), 2)
        check("security", way["recipe"]["security"], "rdp")
        check("how", document["tried"][1]["how"], "the server takes it and begins a session; the logon was not tried")
        check("gives up", [one.split(":")[0] for one in way["gives_up"]], ["TLS and NLA"])
        both_show(scratch, shown, way)


def own_name(program, scratch):
    """What stands in front cuts the logon; the server's certificate says what the server itself is called, and DNS where. The
    server is started anew for each client: one that was cut off can hold up the pictures of the next."""

    def server():
        return shadow(scratch, "/sec:nla", "+auth", address=BEHIND, sam=True, certificate=[OWN_NAME])

    account = f" /u:{USER} /p:{PASSWORD}"
    with front(scratch, "no-logon", f"{BEHIND}:3389"), resolver(
        scratch, RESOLVERS[0], SERVER, more=[f"--host-record={OWN_NAME},{BEHIND}"]
    ):
        with server():
            document = fallback(program, scratch, NAME, status=0)
        way = document["ways"][0]
        check("connections", connections(document), 2)
        check("stopped at", document["verdict"]["stopped_at"]["check"], "nla")
        check("name", (way["recipe"]["host"], way["recipe"]["named_by"]), (OWN_NAME, "certificate"))
        check("machine", way["machine"], "same-certificate")
        check("security", (way["recipe"]["security"], way["downgrade"], way["gives_up"]), ("nla", False, []))
        check("mstsc", way["commands"]["mstsc"], f"mstsc /v:{OWN_NAME}")
        with server() as shown:
            must_not_show(scratch, shown, f"xfreerdp /v:{NAME}{account}", "plain", 3)
        with server() as shown:
            must_show(scratch, shown, way["commands"]["xfreerdp2"] + account, "command")
        with server() as shown:
            must_show(scratch, shown, f"xfreerdp {way['rdp_file']}{account}", "file")
        with server() as shown:
            three_shows(scratch, shown, way, account)


def another_machine(program, scratch):
    """The same, but DNS knows another machine by that name: it is not taken for the server, and gets no password."""
    other = "10.77.0.11"
    ip(f"-n server addr add {other}/24 dev s0")
    record = f"--host-record={OWN_NAME},{other}"
    with shadow(scratch, "/sec:nla", "+auth", address="127.0.0.1", sam=True, certificate=[OWN_NAME], port=3390), front(
        scratch, "no-logon", "3390"
    ), shadow(scratch, "/sec:nla", "+auth", address=other, sam=True, certificate=[OWN_NAME]), resolver(
        scratch, RESOLVERS[0], SERVER, more=[record]
    ):
        (scratch / "password").write_text(PASSWORD + "\n")
        with open(scratch / f"config-{other}" / "freerdp" / "shadow" / "shadow.crt", encoding="ascii") as file:
            theirs = hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read())).hexdigest()
        account = ("--user", USER, "--password-file", str(scratch / "password"), "--trust-cert", theirs)
        document = fallback(program, scratch, NAME, *account, status=1)
        way = document["ways"][0]
        check("ways", len(document["ways"]), 1)
        check("machine", (way["machine"], way["certificate_sha256"]), ("other-certificate", theirs))
        check("reached, without a logon", way["reached"], "nla")
        check("no file", (way["rdp_file"], list((scratch / "written").iterdir())), (None, []))
        check("tried", [one["recipe"]["title"] for one in document["tried"]],
              ["the plain way", f"{OWN_NAME}, a name in its certificate", "TLS without NLA"])


def fingerprint(address, port):
    """Of the certificate that is shown there, as a careful person would read it off the server itself."""
    pem = ssl.get_server_certificate((address, port))
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


def gateway(program, scratch):
    """Nothing opens from here but HTTPS to a gateway (the lab's, which connects to its own loopback only); the host is behind it."""
    servers.need("socat")
    told = scratch / "gateway.out"

    def says_its_port(_):
        return told.exists() and "listening on 127.0.0.1:8443" in told.read_text()

    record = f"--host-record=gw.corp.example,{SERVER}"
    with at_server([program, "lab", "gateway-healthy", "--port", "8443"], told, says_its_port), at_server(
        ["socat", f"TCP-LISTEN:443,bind={SERVER},fork,reuseaddr", "TCP:127.0.0.1:8443"], scratch / "socat.out", servers.listening(443)
    ), resolver(scratch, RESOLVERS[0], SERVER, more=[record]), shadow(scratch, "-sec-nla", "-auth", address="127.0.0.1") as shown:
        (scratch / "password").write_text(GATEWAY_PASSWORD + "\n")
        account = ("--user", f"CORP\\{USER}", "--password-file", str(scratch / "password"))
        trust = ("--trust-cert", fingerprint(SERVER, 443))
        document = fallback(program, scratch, "127.0.0.1", status=2)
        check("ways without a gateway", document["ways"], [])
        document = fallback(program, scratch, "127.0.0.1", "--gateway", "gw.corp.example", *account, *trust, status=0)
        way = document["ways"][0]
        check("transport", (way["recipe"]["transport"], way["recipe"]["gateway"]), ("gateway", "gw.corp.example"))
        check("reached", (way["reached"], document["tried"][1]["how"]), ("tls", "TLS is up; the session behind it was not tried"))
        check("machine", way["machine"], "not-known")
        check("the plain way", document["tried"][0]["how"], "nothing opens")
        check("downgrade", way["downgrade"], False)
        check("no password anywhere", any(GATEWAY_PASSWORD in text for text in (
            (scratch / "fallback.json").read_text(), pathlib.Path(way["rdp_file"]).read_bytes().decode("utf-16"))), False)
        both_show(scratch, shown, way, f" /u:{USER} /d:CORP /p:{GATEWAY_PASSWORD}")


CASES = {case.__name__: case for case in (nla_cut, stale_name, ipv6_dead, big_packets, port_moved, old_tls, no_common_good, no_common_odd, standard, own_name, another_machine, gateway)}


def main():
    program, case = sys.argv[1], CASES[sys.argv[2].replace("-", "_")]
    inside.enter("nm")
    inside.need("xfreerdp", "nft", "mount")
    with tempfile.TemporaryDirectory(prefix="rdpwhy-fallback-") as name:
        scratch = pathlib.Path(name)
        try:
            build_world()
            files_of_the_system(scratch, RESOLVERS)
            case(program, scratch)
        except servers.Missing as why:
            inside.skip(why)
        except Wrong as why:
            print(f"{sys.argv[2]}: {why}")
            print((scratch / "fallback.json").read_text()[-3000:] if (scratch / "fallback.json").exists() else "")
            sys.exit(1)


main()
