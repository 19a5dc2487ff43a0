#!/usr/bin/env python3
"""Logs of the real xfreerdp and the real xrdp, made while they fail against each other and against the lab, and what nmap
prints of real servers. A log says less than a live look: its verdict may be weaker, never another one."""
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "live"))
sys.path.insert(0, os.path.join(HERE, "..", "real"))
import servers  # noqa: E402
from lab import Lab, environment, run_all  # noqa: E402

BINARY = os.path.abspath(sys.argv[1])
DEPTH = ["name", "route", "tcp", "negotiation", "tls", "certificate", "nla", "logon", "session"]
SURE = [None, "possible", "likely", "proved"]
LIMIT_S = 20

# what a real client leaves of each, and what must come out of it: status, where it stops, cause, certainty
REAL = {
    "xrdp-no-key": ("blocked", "negotiation", "cert-missing", "proved"),
    "xrdp-rsa1024": ("blocked", "tls", None, None),
    "xrdp-no-key-negotiate": ("unknown", None, None, None),
    "xrdp-tls": None,
    "shadow-nla": None,
    "shadow-nla-no-sam": None,
    "plain-tls": ("unknown", None, None, None),
    "dead-forward": ("unknown", None, None, None),
    "refused": ("unknown", None, None, None),
}
LAB = {
    "cert-missing": ("blocked", "negotiation", "cert-missing", "proved"),
    "security-layer-mismatch": None,
    "nego-flags-inconsistent": ("blocked", "negotiation", "nego-flags-inconsistent", "likely"),
    "smartcard-tls-required": None,
    "rdp-key-unreadable": ("blocked", "tls", None, None),
    "alert-40": ("blocked", "tls", None, None),
    "tls-no-common-alert": ("blocked", "tls", None, None),
    "wrong-protocol-ssh": None,
    "closes-at-request": None,
    "resets-at-request": None,
    "ntlm-blocked": ("blocked", "nla", "ntlm-blocked", "likely"),
}
# what xrdp itself writes of such a client
XRDP = {
    "xrdp-no-key": ("blocked", "negotiation", "cert-missing", "proved"),
    "xrdp-no-key-negotiate": ("degraded", None, "cert-missing", "likely"),
    "xrdp-rsa1024": ("blocked", "tls", "cert-weak", "likely"),
    "xrdp-rdp": ("degraded", None, "security-layer-mismatch", "likely"),
    "xrdp-tls": ("unknown", None, None, None),
}


def run(*words, **more):
    return subprocess.run([BINARY, *words], capture_output=True, text=True, **more)


def said(document):
    verdict = document["verdict"]
    return (verdict["status"], (verdict["stopped_at"] or {}).get("check"), verdict["cause"], verdict["certainty"])


def read(path, *options):
    done = run("read", "--json", *options, path)
    assert done.stderr == "", done.stderr
    return json.loads(done.stdout)


# A client that may fall back to standard RDP security gets a session there, and its log ends behind the refusal.
MORE = {"security-layer-mismatch": ["/sec:tls"]}


def connect(folder, display, where, log, more=()):
    """The real client against `where`; its log is what it prints. The password is nobody's."""
    home = os.path.join(folder, "home")
    os.makedirs(home, exist_ok=True)
    with open(log, "wb") as out:
        process = subprocess.Popen(
            ["xfreerdp", f"/v:{where}", "/u:alice", "/p:not-hers", "/cert:ignore", "/timeout:5000", *more],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            env=dict(environment(home), DISPLAY=display, XDG_CONFIG_HOME=home))
        try:
            process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait()


def not_another(log, live):
    """The log's verdict is the live one, or says less."""
    status, at, cause, certainty = said(log)
    live_status, live_at, live_cause, live_certainty = said(live)
    words = (said(log), said(live), log["verdict"]["summary"])
    if cause is not None:
        assert cause == live_cause, words
        assert SURE.index(certainty) <= SURE.index(live_certainty), words
    if at is not None and live_at is not None:
        assert at == live_at, words
    elif at is not None:  # the live look found nothing: it did not go so deep
        assert DEPTH.index(at) > DEPTH.index(live["verdict"]["depth"]), words
    if status == "ok":
        assert live_status != "blocked", words


def compare(name, server, wanted, display):
    def test(folder):
        with server(name) as where:
            log = os.path.join(folder, "client.txt")
            connect(folder, display, where, log, MORE.get(name, ()))
            live = json.loads(run(where, "--json", "--again", env=environment(folder)).stdout)
        document = read(log)
        assert [(file["kind"], file["recognised"]) for file in document["files"]] == [("log", True)], document["files"]
        not_another(document, live)
        if wanted is not None:
            assert said(document) == wanted, (said(document), document["verdict"]["summary"], pathlib.Path(log).read_text())
        assert "not-hers" not in json.dumps(document) and document["told"]["by"] == "client", document["told"]
    return test


@contextlib.contextmanager
def real_server(name):
    with servers.serve(name) as (port, _):
        yield f"127.0.0.1:{port}"


def lab_server(name):
    return Lab(BINARY, name)


def servers_log(name, display):
    """What xrdp writes itself, and that it fits to what a live look says."""
    def test(folder):
        with servers.serve(name) as (port, scratch):
            connect(folder, display, f"127.0.0.1:{port}", os.path.join(folder, "client.txt"))
            log = os.path.join(folder, "server.txt")
            shutil.copy(scratch / "xrdp.log", log)
        document = read(log)
        assert document["target"]["port"] == port, document["target"]
        assert said(document) == XRDP[name], (said(document), pathlib.Path(log).read_text())
        visit = document["server"]["visits"][0]
        assert visit["client"] == "127.0.0.1" and visit["client_port"] > 0, visit
    return test


def nmap(folder, where, *options):
    """(XML, text) of nmap; its script is forced, so that it need not know the service."""
    port = where.rsplit(":", 1)[1]
    xml, text = os.path.join(folder, "scan.xml"), os.path.join(folder, "scan.txt")
    subprocess.run(["nmap", "-Pn", "-n", "-p", port, *options, "-oX", xml, "-oN", text, "127.0.0.1"], check=True,
                   stdout=subprocess.DEVNULL, timeout=120)
    return port, xml, text


def nmap_names_the_server(folder):
    with Lab(BINARY, "healthy-nla") as where:
        port, xml, text = nmap(folder, where, "--script", "+rdp-ntlm-info")
        live = json.loads(run(where, "--json", "--again", env=environment(folder)).stdout)
    wanted = [check for check in live["checks"] if check["id"] == "nla"][0]["evidence"]
    for path in (xml, text):
        document = read(path)
        nla = [check for check in document["checks"] if check["id"] == "nla"][0]["evidence"]
        assert nla["target"] == wanted["target"] and nla["build"] == wanted["build"], (path, nla, wanted)
        assert document["target"]["port"] == int(port) and said(document)[0] == "unknown", said(document)
        not_another(document, live)


def nmap_sees_a_closed_port(folder):
    with servers.serve("refused") as (port, _):
        _, xml, text = nmap(folder, f"127.0.0.1:{port}")
    for path in (xml, text):
        assert said(read(path, "--port", str(port))) == ("blocked", "tcp", None, None), path
        assert read(path)["conversations"] == [], "a port that nobody calls RDP's"


def tests(display):
    for name, wanted in REAL.items():
        yield f"xfreerdp at {name}", compare(name, real_server, wanted, display)
    for name, wanted in LAB.items():
        yield f"xfreerdp at the lab's {name}", compare(name, lab_server, wanted, display)
    for name in XRDP:
        yield f"xrdp's own log, {name}", servers_log(name, display)


for program in ("xfreerdp", "Xvfb", "xrdp", "freerdp-shadow-cli", "socat", "openssl"):
    if shutil.which(program) is None:
        print(f"skipped: {program} is not here")
        sys.exit(77)
with tempfile.TemporaryDirectory(prefix="rdpwhy-clients-") as scratch:
    with servers.screen(pathlib.Path(scratch)) as screen:
        status = run_all(list(tests(screen)))
        if shutil.which("nmap") is None:
            print("     (nmap is not here)")
        else:
            status |= run_all([(test.__name__, test) for test in (nmap_names_the_server, nmap_sees_a_closed_port)])
sys.exit(status)
