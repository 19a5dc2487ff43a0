#!/usr/bin/env python3
"""Servers of the lab, recorded by tcpdump while the program looks at them: what the capture says afterwards.

A capture shows less than the client saw: TLS 1.3 hides certificate and NLA, and the program itself leaves before a logon,
so that a healthy server reads as "cannot tell" here, never as a failure."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "live"))
sys.path.insert(0, os.path.dirname(__file__))
import recording  # noqa: E402
from lab import Lab, environment, run_all  # noqa: E402
from recording import verdict  # noqa: E402

BINARY = os.path.abspath(sys.argv[1])

# scenario: status, check it stops at, cause, certainty
EXPECTED = {
    "healthy-nla": ("unknown", None, None, None),
    "healthy-tls": ("unknown", None, None, None),
    "healthy-rdp": ("degraded", None, "security-layer-mismatch", "likely"),
    "server-too-old": ("degraded", None, "server-too-old", "likely"),
    "closes-at-request": ("blocked", "negotiation", None, None),
    "resets-at-request": ("blocked", "negotiation", None, None),
    "silent-after-request": ("blocked", "negotiation", None, None),
    "wrong-protocol-ssh": ("blocked", "negotiation", "wrong-protocol", "proved"),
    "wrong-protocol-http": ("blocked", "negotiation", "wrong-protocol", "proved"),
    "security-layer-mismatch": ("blocked", "negotiation", "security-layer-mismatch", "proved"),
    "cert-missing": ("blocked", "negotiation", "cert-missing", "proved"),
    "nego-flags-inconsistent": ("blocked", "negotiation", "nego-flags-inconsistent", "likely"),
    "smartcard-tls-required": ("blocked", "negotiation", "smartcard-tls-required", "proved"),
    "failure-unknown": ("blocked", "negotiation", None, None),
    "selected-not-offered": ("blocked", "negotiation", None, None),
    "rdp-key-unreadable": ("blocked", "tls", "rdp-key-unreadable", "likely"),
    "rdp-key-unreadable-rst": ("blocked", "tls", "rdp-key-unreadable", "likely"),
    "rdp-key-unreadable-xrdp": ("blocked", "tls", "rdp-key-unreadable", "likely"),
    "alert-40": ("blocked", "tls", None, None),
    "alert-80": ("blocked", "tls", "rdp-key-unreadable", "likely"),
    "tls-no-common-alert": ("blocked", "tls", "tls-no-common", "likely"),
    "stall-before-server-hello": ("blocked", "tls", None, None),
    "ntlm-blocked": ("blocked", "nla", None, None),
}


def record(folder, name, wanted):
    """The live document, what is read back, and where tshark differs."""
    path = os.path.join(folder, "lab.pcap")
    with Lab(BINARY, name) as where:
        port = where.rsplit(":", 1)[1]

        def run():
            done = subprocess.run([BINARY, where, "--json", "--again"], env=environment(folder), capture_output=True, text=True)
            live = json.loads(done.stdout)
            return live, recording.read_until(BINARY, path, port, lambda document: verdict(document) == wanted and len(
                document.get("connections", [])) == len(live["connections"]))
        live, back = recording.recorded(path, port, run)
        return live, back, recording.differences(path, port, back)


def scenario(name):
    def test(folder):
        live, back, differences = record(folder, name, EXPECTED[name])
        assert verdict(back) == EXPECTED[name], (verdict(live), verdict(back))
        if EXPECTED[name][0] == "blocked":
            assert verdict(back)[1] == verdict(live)[1], (verdict(live), verdict(back))
        assert back["command"] == "read" and len(back["conversations"]) == 1, back
        assert [file["kind"] for file in back["files"]] == ["capture"], back["files"]
        assert not differences, differences
    return test


tests = [(name, scenario(name)) for name in EXPECTED]
if not recording.possible():
    print("skipped: " + recording.NEEDS)
    sys.exit(77)
sys.exit(run_all(tests))
