#!/usr/bin/env python3
"""Real captures, from the folder that RDPWHY_REALDATA names: the verdict that their ground truth says, and tshark as a
second reader of what each connection negotiated. Nothing of them is kept in the project."""
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "live"))
sys.path.insert(0, os.path.dirname(__file__))
import recording  # noqa: E402
from lab import run_all  # noqa: E402

BINARY = os.path.abspath(sys.argv[1])
FOLDER = os.environ.get("RDPWHY_REALDATA", "")

# file: exit status, verdict, check it stops at, depth, words of the summary
EXPECTED = {
    "rdp-no-cookie-mstshash.pcap": (3, "unknown", None, "certificate", "the client itself ends it once it has seen the"),
    "rdp-to-ssl.pcap": (1, "degraded", None, "session", "works up to session, with a warning"),
    "rdp-x509.pcap": (3, "unknown", None, "negotiation", "the capture ends before the connection does"),
    "rdp-unknown-keyboard.pcap": (3, "unknown", None, "negotiation", "the capture ends before the connection does"),
    "rdpeudp-handshake-fail.pcap": (3, "unknown", None, "udp", "the capture holds RDP's UDP transport alone"),
    "rdp3.pcap": (3, "unknown", None, "negotiation", "the capture ends before the connection does"),
    "RDP-003.pcap": (0, "ok", None, "session", "nothing found up to session, in this capture"),
    "socks5-rdp.pcap": (3, "unknown", None, "negotiation", "the capture ends before the connection does"),
    "tcp_scan.pcapng": (2, "blocked", "tcp", "tcp", "port 3389 is refused"),
}


def path_of(name):
    return os.path.join(FOLDER, "pcap", name)


def read(name, *options):
    done = subprocess.run([BINARY, "read", "--json", *options, path_of(name)], capture_output=True, text=True)
    assert done.stderr == "", done.stderr
    return done.returncode, json.loads(done.stdout)


def says_what_is_true(name):
    def test(_folder):
        wanted = EXPECTED[name]
        status, document = read(name)
        said = document["verdict"]
        stopped = (said["stopped_at"] or {}).get("check")
        assert (status, said["status"], stopped, said["depth"]) == wanted[:4], (status, said)
        assert wanted[4] in said["summary"], said["summary"]
        assert said["cause"] is None, said["cause"]
    return test


def connections(document):
    return [connection for talk in document["conversations"] for connection in talk["connections"]]


def file_sharing_on_the_port_is_no_rdp(_folder):
    status, document = read("torrential-slowness.pcap")
    assert status == 3 and document["conversations"] == [] and "verdict" not in document, document


def frames_captured_twice_are_no_loss(_folder):
    _, document = read("rdp-no-cookie-mstshash.pcap")
    recorded = document["connections"][0]["recorded"]
    assert (recorded["retransmitted"], recorded["duplicated"], recorded["syns"]) == (0, 10, 1), recorded


def retransmissions_are_counted(_folder):
    for name in ("rdp-x509.pcap", "rdp-unknown-keyboard.pcap"):
        _, document = read(name)
        recorded = document["connections"][0]["recorded"]
        assert (recorded["retransmitted"], recorded["cut"]) == (4, True), recorded


def the_way_behind_a_proxy_is_seen(_folder):
    _, document = read("socks5-rdp.pcap")
    connection = document["connections"][0]
    assert connection["recorded"]["front"] == "socks5" and document["target"]["port"] == 42356, connection


def the_first_connection_that_only_asks_is_no_failure(_folder):
    _, document = read("rdp-to-ssl.pcap")
    reached = [connection["recorded"]["reach"] for connection in connections(document)]
    assert reached == ["session", "logon"], reached


def tshark_reads_the_same(_folder):
    if shutil.which("tshark") is None:
        print("     (tshark is not here)")
        return
    for name in EXPECTED:
        fields = ["tcp.stream", "rdp.negReq.requestedProtocols", "rdp.negReq.selectedProtocol",
                  "rdp.negFailure.failureCode"]
        options = [word for field in fields for word in ("-e", field)]
        out = subprocess.run(["tshark", "-r", path_of(name), "-T", "fields", *options], capture_output=True, text=True)
        theirs = set()
        for line in out.stdout.splitlines():
            _, asked, chose, failed = (line.split("\t") + [""] * 4)[:4]
            theirs |= {(kind, int(value.split(",")[0], 0)) for kind, value in
                       (("asked", asked), ("chose", chose), ("failed", failed)) if value}
        ours = set()
        _, document = read(name)
        for talk in document["conversations"]:
            for offer in [check for check in talk["checks"] if check["id"] == "negotiation"][0].get(
                    "evidence", {}).get("offers", []):
                if not offer["asked_nothing"]:
                    ours.add(("asked", offer["offer"]))
                ours |= {(ours_name, offer[key]) for ours_name, key in (("chose", "selected"), ("failed", "failure"))
                         if key in offer}
        if name == "socks5-rdp.pcap":  # tshark looks for RDP on its own port only
            continue
        assert ours == theirs, (name, ours, theirs)


# Standard RDP security: what the session group must hold. RDP-003's manifest names a platform challenge, as tshark does; the
# bytes are an alert 7 (recording.licences_of says why tshark reads another).
SESSIONS = {
    "rdp-x509.pcap": {"phase": "channels", "encryption": {"method": "rc4-128", "level": "client-compatible", "key_bits": 512, "x509": True},
                      "io_channel": 1003, "client": {"version": 0x80004, "build": 9600, "methods": 0x1b}},
    "rdp-unknown-keyboard.pcap": {"phase": "mcs", "client": {"version": 0x80004, "build": 9600, "methods": 0x1b}},
    "rdp3.pcap": {"phase": "licensing", "channels": 5, "hidden": 2, "io_channel": 1003,
                  "encryption": {"method": "rc4-128", "level": "client-compatible", "key_bits": 512, "x509": False}},
    "RDP-003.pcap": {"phase": "active", "ended": "ultimatum", "ended_by": "server", "reason": 3, "channels": 5, "fast_path": True,
                     "encryption": {"method": "rc4-56", "level": "client-compatible", "key_bits": 512, "x509": False},
                     "licence": {"code": 7, "transition": 2}, "hidden": 7},
}


def the_start_of_a_session_is_read(_folder):
    for name in EXPECTED:
        _, document = read(name)
        groups = {check["id"]: check.get("evidence", {}) for check in document["checks"]}
        session = groups["session"]
        wanted = SESSIONS.get(name, {})
        assert {key: session.get(key) for key in wanted} == wanted, (name, session)
        assert bool(session) == (name in SESSIONS), (name, session)
        if wanted:
            assert ("ended" in session) == ("ended" in wanted), (name, session)


def tshark_reads_the_same_of_it(_folder):
    for name in SESSIONS:
        differences = recording.session_differences(path_of(name), "3389", read(name)[1])
        assert not differences, (name, differences)


if not os.path.isdir(os.path.join(FOLDER, "pcap")):
    print("skipped: RDPWHY_REALDATA names no folder with real captures")
    sys.exit(77)
sys.exit(run_all([(name, says_what_is_true(name)) for name in EXPECTED]
                 + [(test.__name__, test) for test in (
                     file_sharing_on_the_port_is_no_rdp, frames_captured_twice_are_no_loss, retransmissions_are_counted,
                     the_way_behind_a_proxy_is_seen, the_first_connection_that_only_asks_is_no_failure,
                     tshark_reads_the_same, the_start_of_a_session_is_read, tshark_reads_the_same_of_it)]))
