#!/usr/bin/env python3
"""The start of a session against real servers: xrdp by TLS and at each level of standard RDP security, FreeRDP's shadow
server by NLA, TLS and standard security, Weston. Where a capture can be made, tshark must understand every packet of ours."""
import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "lib"))
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "real"))
import inside
import servers

PROGRAM = os.path.abspath(sys.argv[1])


@contextlib.contextmanager
def xrdp(scratch, port, layer, level):
    servers.need("xrdp")
    servers.certificate(scratch)
    (scratch / "xrdp.ini").write_text(
        f"[Globals]\nini_version=1\nfork=true\nport=tcp://127.0.0.1:{port}\nsecurity_layer={layer}\ncrypt_level={level}\n"
        f"certificate={scratch}/cert.pem\nkey_file={scratch}/key.pem\nssl_protocols=TLSv1.2, TLSv1.3\nmax_bpp=32\n"
        f"[Logging]\nLogFile={scratch}/xrdp.log\nLogLevel=INFO\nEnableSyslog=false\n"
        "[Xorg]\nname=Xorg\nlib=libxup.so\nusername=ask\npassword=ask\nip=127.0.0.1\nport=-1\ncode=20\n"
    )
    with servers.child(["xrdp", "-n", "-c", str(scratch / "xrdp.ini")], scratch / "xrdp.out", servers.listening(port)):
        yield port


def nla(scratch, port):
    return servers.shadow(scratch, port, "+sec-nla", "+auth")


CASES = [
    # name, server, options, security, encryption, connection, who
    ("xrdp-tls", lambda s, p: xrdp(s, p, "tls", "high"), "tls", ("none", "none"), 0),
    ("xrdp-low", lambda s, p: xrdp(s, p, "rdp", "low"), "rdp", ("rc4-40", "low"), 0),
    ("xrdp-medium", lambda s, p: xrdp(s, p, "rdp", "medium"), "rdp", ("rc4-40", "client-compatible"), 0),
    ("xrdp-high", lambda s, p: xrdp(s, p, "rdp", "high"), "rdp", ("rc4-128", "high"), 0),
    ("xrdp-fips", lambda s, p: xrdp(s, p, "rdp", "fips"), "rdp", ("fips", "fips"), 0),
    ("xrdp-none", lambda s, p: xrdp(s, p, "rdp", "none"), "rdp", ("none", "none"), 0),
    ("shadow-nla", nla, "nla", ("none", "none"), 0),
    ("shadow-tls", lambda s, p: servers.shadow(s, p, "-sec-nla", "-auth"), "tls", ("none", "none"), 0),
    ("shadow-rdp", lambda s, p: servers.shadow(s, p, "/sec:rdp", "-auth"), "rdp", ("none", "none"), 1),
    ("weston-tls", servers.weston, "tls", ("none", "none"), 0),
    ("weston-rdp4", lambda s, p: servers.weston(s, p, rdp4=True), "rdp", ("none", "none"), 1),
]


def expect(what, is_, wanted):
    if is_ != wanted:
        raise AssertionError(f"{what}: {is_!r}, wanted {wanted!r}")


def look(port, *options):
    arguments = [PROGRAM, f"127.0.0.1:{port}", "--session", "--json", "--again", *options]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False)
    if "AddressSanitizer" in done.stderr or "runtime error" in done.stderr:
        raise AssertionError(done.stderr[-3000:])
    assert "--session goes on to the start of a session" in done.stderr, "it did not warn first"
    document = json.loads(done.stdout)
    return document, next(check for check in document["checks"] if check["id"] == "session")


def account(scratch, port):
    """The shadow server's own account, and the certificate it made for itself: as a first look shows it."""
    done = subprocess.run([PROGRAM, f"127.0.0.1:{port}", "--json", "--again"], capture_output=True, text=True, timeout=120, check=False)
    shown = next(check for check in json.loads(done.stdout)["checks"] if check["id"] == "certificate")
    (scratch / "password").write_text("not-a-secret\n")
    return ["--user", "alice", "--password-file", str(scratch / "password"), "--trust-cert", shown["evidence"]["sha256"]]


@contextlib.contextmanager
def captured(scratch, port):
    """tcpdump on the loopback of this namespace; None where that is not possible."""
    if os.geteuid() != 0 or not shutil.which("tcpdump") or not shutil.which("tshark"):
        yield None
        return
    file = scratch / "session.pcap"
    log = scratch / "tcpdump.out"
    ready = lambda process: log.exists() and "listening on" in log.read_text(errors="replace")
    with servers.child(["tcpdump", "-Z", "root", "--immediate-mode", "-U", "-i", "lo", "-w", str(file), "tcp", "port", str(port)], log, ready):
        yield file
        deadline = time.monotonic() + 5
        size = -1
        while file.stat().st_size != size and time.monotonic() < deadline:
            size = file.stat().st_size
            time.sleep(0.2)


def read_by_tshark(file, port, kinds):
    done = subprocess.run(
        ["tshark", "-r", str(file), "-d", f"tcp.port=={port},tpkt", "-Y", f"tcp.dstport=={port} && tcp.len>0", "-T", "fields",
         "-e", "_ws.col.Info", "-e", "_ws.malformed", "-e", "_ws.expert.message"],
        capture_output=True, text=True, check=True,
    )
    lines = done.stdout.splitlines()
    for line in lines:
        assert "alformed" not in line, f"tshark: {line}"
    for kind in kinds:
        assert any(kind in line for line in lines), f"tshark saw no {kind}:\n{done.stdout}"
    return len(lines)


def run(name, server, security, encryption, connection):
    scratch = pathlib.Path(tempfile.mkdtemp(prefix=f"rdpwhy-session-{name}-"))
    packets = 0
    with server(scratch, servers.free_port()) as port:
        options = account(scratch, port) if security == "nla" else []
        with captured(scratch, port) as file:
            document, check = look(port, *options)
            evidence = check.get("evidence") or {}
            if check["status"] != "pass":
                raise AssertionError(f"{name}: {json.dumps(check)}")
        if file is not None and security == "rdp":
            secure = ["SecurityExchange"] if encryption[0] != "none" else []
            packets = read_by_tshark(file, port, ["ClientData", "erectDomainRequest", "attachUserRequest", "channelJoinRequest", "ClientInfo", *secure])
    expect(f"{name}: security", evidence["security"], security)
    expect(f"{name}: encryption", (evidence["encryption"]["method"], evidence["encryption"]["level"]), encryption)
    expect(f"{name}: connection", evidence["connection"], connection)
    expect(f"{name}: demanded", evidence["demanded"], True)
    expect(f"{name}: ended", (evidence["ended"], evidence["ended_by"]), ("ready", "client"))
    expect(f"{name}: phase", evidence["phase"], "active" if security == "nla" else "capabilities")
    expect(f"{name}: touched", evidence["touched"], security == "nla")
    expect(f"{name}: requested", evidence["requested"], document["connections"][connection]["offer"])
    expect(f"{name}: end of the connection", document["connections"][connection]["end"]["stage"], "session")
    print(f"ok  {name}: {check['summary']}" + (f"; {packets} packets of ours read by tshark" if packets else ""), flush=True)
    shutil.rmtree(scratch, ignore_errors=True)


def main():
    inside.need("openssl")
    wanted = sys.argv[2:]
    made = 0
    for case in CASES:
        if wanted and case[0] not in wanted:
            continue
        try:
            run(*case)
            made += 1
        except servers.Missing as missing:
            print(f"skipped {case[0]}: {missing}", flush=True)
    if made == 0:
        inside.skip("none of the servers is here")


if __name__ == "__main__":
    main()
