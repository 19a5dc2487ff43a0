"""The same host directly and through a gateway: what is wrong with it must be named the same, the gateway's own faults must not
be laid at its door, and what was seen directly must stay. through.py RDPWHY CASE"""
import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading

from peers import servers
from logons import NTLM, PASSWORD, SKIPPED, lab

USER = ["--user", "alice", "--password-file"]


def run(rdpwhy, folder, *arguments):
    password = folder / "password"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    done = subprocess.run([rdpwhy, *arguments, *USER, str(password), "--json", "--again"], capture_output=True, text=True,
                          check=False, timeout=150, env=dict(os.environ, XDG_STATE_HOME=str(folder)))
    if PASSWORD in done.stdout + done.stderr:
        raise AssertionError("the password is in the output")
    if done.returncode not in (0, 1, 2, 3):
        raise AssertionError(f"exit {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout)


def judged_again(rdpwhy, folder, document):
    saved = folder / "saved.json"
    saved.write_text(json.dumps(document))
    for more in ([], ["--redact"]):
        done = subprocess.run([rdpwhy, "judge", "--json", *more, str(saved)], capture_output=True, text=True, check=False,
                              timeout=60)
        equal(core(json.loads(done.stdout)), core(document), f"judged again {more}")


def core(document):
    verdict = document["verdict"]
    return verdict["status"], (verdict["stopped_at"] or {}).get("check"), verdict["cause"], verdict["certainty"]


def status(document, check):
    return next(one["status"] for one in document["checks"] if one["id"] == check)


def equal(have, want, what):
    if have != want:
        raise AssertionError(f"{what}: {have!r}, not {want!r}")


def through(rdpwhy, folder, host, gateway, *more, name="127.0.0.1"):
    return run(rdpwhy, folder, f"{name}:{host[0]}", "--gateway", f"127.0.0.1:{gateway[0]}", "--trust-cert", gateway[1],
               *(["--trust-cert", host[1]] if host[1] else []), *more)


FAULTS = (
    "wrong-protocol-ssh", "cert-missing", "rdp-key-unreadable", "tls-no-common-alert", "cert-expired", "nla-no-dc",
    "logon-wrong-password", "logon-early-denied", "session-no-right", "session-rdp-128",
)
FAULTS_HTTP = ("forward-dead-backend", "cert-name-mismatch", "logon-c0000234", "session-taken")


def faults(gateway_scenario, scenarios):
    def case(rdpwhy, folder):
        with lab(rdpwhy, gateway_scenario, folder) as gateway:
            for scenario in scenarios:
                with lab(rdpwhy, scenario, folder, False) as host:
                    more = ["--session"] if scenario.startswith("session") else []
                    trust = ["--trust-cert", host[1]] if host[1] else []
                    direct = run(rdpwhy, folder, f"127.0.0.1:{host[0]}", *trust, *more)
                    behind = through(rdpwhy, folder, host, gateway, *more)
                    equal(core(behind), core(direct), scenario)
                    equal(status(behind, "tcp"), "pass", f"{scenario}: what was seen directly")
                    connections = len(behind["connections"]) + len(behind["through"]["connections"])
                    if connections > 3:
                        raise AssertionError(f"{scenario}: {connections} connections, at most 3 are allowed")
                    judged_again(rdpwhy, folder, behind)
    return case


def known_there_only(rdpwhy, folder):
    """A name that this machine cannot resolve, and the gateway can: nothing was seen directly."""
    with lab(rdpwhy, "gateway-healthy", folder) as gateway, lab(rdpwhy, "nla-no-dc", folder, False) as host:
        document = through(rdpwhy, folder, host, gateway, name="behind.invalid")
        equal(core(document), ("blocked", "nla", "nla-no-dc", "likely"), "verdict")
        equal((status(document, "name"), status(document, "tcp")), ("skip", "skip"), "the direct way")
        equal(document.get("connections"), None, "direct connections")
        equal(document["verdict"]["depth"], "nla", "depth")
        judged_again(rdpwhy, folder, document)


def host_untrusted(rdpwhy, folder):
    """The gateway was vouched for, the host behind it was not: no password goes there."""
    with lab(rdpwhy, "gateway-healthy", folder) as gateway, lab(rdpwhy, "logon", folder) as host:
        document = through(rdpwhy, folder, (host[0], None), gateway)
        equal(document["through"]["logon"]["ended"], "withheld", "logon")
        if "knows alice" in host[2].read_text():
            raise AssertionError(host[2].read_text())


class Door:
    """A port that leads to another one, until it is shut: then it closes whoever comes."""

    def __init__(self, to, at_first=None):
        self.to, self.at_first, self.open, self.turned_away = to, at_first, True, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def shut(self):
        self.open = False

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if not self.open:
                self.turned_away += 1
                client.close()
                continue
            if self.at_first:
                self.at_first()
            server = socket.create_connection(("127.0.0.1", self.to))
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self.pump, args=(one, other), daemon=True).start()

    def pump(self, one, other):
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()


def later_shut(rdpwhy, folder):
    """The gateway opens one channel and turns every later one away: that the host's port opens no more was not seen."""
    with lab(rdpwhy, "gateway-healthy", folder) as gateway, lab(rdpwhy, "healthy-nla", folder, False) as host:
        with Door(gateway[0]) as door, Door(host[0], door.shut) as inner:
            document = through(rdpwhy, folder, (inner.port, None), (door.port, gateway[1]), name="behind.invalid")
            if door.turned_away == 0:
                raise AssertionError("no second channel was asked for")
        equal(document["verdict"]["status"], "degraded", "verdict")
        blamed = {one["cause"] for one in document["causes"]} & {"ban-tool-blocks-client", "listener-overload"}
        equal(blamed, set(), "causes of a port that opens no more")
        judged_again(rdpwhy, folder, document)


def breaks(scenario, code=None, error=None, problem=False):
    """The gateway itself ends it in the middle of the TLS behind it."""
    def case(rdpwhy, folder):
        with lab(rdpwhy, scenario, folder) as gateway, lab(rdpwhy, "healthy-nla", folder, False) as host:
            document = through(rdpwhy, folder, host, gateway, "--timeout", "40")
            tunnel = next(one for one in document["checks"] if one["id"] == "gateway")["evidence"]["tunnel"]
            equal((tunnel["phase"], tunnel.get("code"), tunnel.get("error"), "problem" in tunnel),
                  ("open", code, error, problem), "tunnel")
            equal(core(document), ("blocked", "gateway", None, None), "verdict")
            judged_again(rdpwhy, folder, document)
    return case


def floods(rdpwhy, folder):
    with lab(rdpwhy, "gateway-channel-floods", folder) as gateway, lab(rdpwhy, "healthy-nla", folder, False) as host:
        document = through(rdpwhy, folder, host, gateway, "--timeout", "40")
        equal(core(document)[0], "blocked", "verdict")
        equal(document["verdict"]["cause"], None, "cause")


@contextlib.contextmanager
def shadow(folder):
    """FreeRDP's server, NLA, with the account that the gateway knows."""
    servers.need("freerdp-shadow-cli", "winpr-hash")
    port = servers.free_port()
    done = subprocess.run(["winpr-hash", "-u", "alice", "-p", PASSWORD, "-f", "sam"], check=True, capture_output=True, text=True)
    (folder / "sam.txt").write_text(done.stdout)
    with servers.shadow(folder, port, f"/sam-file:{folder}/sam.txt", "/sec:nla", sam=False):
        yield port


def fingerprint_of(document, there):
    group = document["through"]["certificate"] if there else next(
        one for one in document["checks"] if one["id"] == "certificate")["evidence"]
    return group["sha256"]


def real_nla(rdpwhy, folder):
    with lab(rdpwhy, "gateway-healthy", folder) as gateway, shadow(folder) as port:
        first = through(rdpwhy, folder, (port, None), gateway)
        equal(first["through"]["logon"]["ended"], "withheld", "before its certificate is known")
        document = through(rdpwhy, folder, (port, fingerprint_of(first, True)), gateway)
        logon = document["through"]["logon"]
        equal((logon["ended"], logon["package"], logon["bound"]), ("accepted", "ntlm", True), "logon")
        equal(document["verdict"]["depth"], "logon", "depth")
        equal(core(document)[2], None, "cause")


def real_xrdp(rdpwhy, folder):
    servers.need("xrdp")
    port = servers.free_port()
    with lab(rdpwhy, "gateway-http-only", folder) as gateway, servers.xrdp(folder, port, "tls"):
        direct = run(rdpwhy, folder, f"127.0.0.1:{port}")
        document = through(rdpwhy, folder, (port, fingerprint_of(direct, False)), gateway, "--session")
        equal(document["through"]["tls"]["hellos"][0]["result"], "accepted", "tls")
        equal(fingerprint_of(document, True), fingerprint_of(direct, False), "certificate")
        equal(status(document, "session"), "pass", "session")
        equal(core(document)[2], core(direct)[2], "cause")


CASES = {
    "websocket": faults("gateway-healthy", FAULTS), "http": faults("gateway-http-only", FAULTS_HTTP), "known-there-only": known_there_only,
    "host-untrusted": host_untrusted, "later-shut": later_shut, "reset": breaks("gateway-channel-reset", error="broken-off"),
    "closes": breaks("gateway-channel-closes", error="closed"),
    "websocket-closes": breaks("gateway-channel-websocket-closes", error="closed"),
    "timeout": breaks("gateway-channel-timeout", code=0x59F6), "lies": breaks("gateway-channel-lies", problem=True),
    "floods": floods, "real-nla": real_nla, "real-xrdp": real_xrdp,
}


def main():
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if not os.path.exists(NTLM):
        print("skipped: gss-ntlmssp is not installed")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory(prefix="rdpwhy-gw-") as name:
        try:
            CASES[sys.argv[2]](os.path.abspath(sys.argv[1]), pathlib.Path(name))
        except servers.Missing as missing:
            print(f"skipped: {missing}")
            sys.exit(SKIPPED)


if __name__ == "__main__":
    main()
