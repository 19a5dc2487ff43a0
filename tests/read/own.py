#!/usr/bin/env python3
"""Servers of the lab, recorded by tcpdump while the program looks at them: what the capture says afterwards.

A capture shows less than the client saw: TLS 1.3 hides certificate and NLA, and the program itself leaves before a logon,
so that a healthy server reads as "cannot tell" here, never as a failure."""
import json
import os
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "live"))
from lab import Lab, environment, run_all  # noqa: E402

BINARY = os.path.abspath(sys.argv[1])
WAIT_S = 10

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


def read(path, port):
    done = subprocess.run([BINARY, "read", "--json", "--port", port, path], capture_output=True, text=True)
    return json.loads(done.stdout) if done.stdout else {}


def verdict(document):
    said = document.get("verdict", {})
    return said.get("status"), (said.get("stopped_at") or {}).get("check"), said.get("cause"), said.get("certainty")


def record(folder, name, wanted):
    """The live document, and what is read back: tried until the recording has caught up, or time is up."""
    path = os.path.join(folder, "lab.pcap")
    with Lab(BINARY, name) as where:
        port = where.rsplit(":", 1)[1]
        # In immediate mode every frame takes a slot of the snapshot's length: the usual buffer has eight of them.
        dump = subprocess.Popen(["tcpdump", "-i", "lo", "-n", "-U", "-w", path, "--immediate-mode", "-s", "65535", "-B",
                                 "32768", "port", port],
                                stderr=subprocess.PIPE, text=True)
        try:
            dump.stderr.readline()
            live = subprocess.run([BINARY, where, "--json", "--again"], env=environment(folder), capture_output=True,
                                  text=True)
            live = json.loads(live.stdout)
            until = time.monotonic() + WAIT_S
            back = {}
            while time.monotonic() < until:
                back = read(path, port)
                if len(back.get("connections", [])) == len(live["connections"]) and verdict(back) == wanted:
                    break
                time.sleep(0.05)
        finally:
            dump.send_signal(signal.SIGINT)
            dump.communicate()
    return live, back


def scenario(name):
    def test(folder):
        live, back = record(folder, name, EXPECTED[name])
        assert verdict(back) == EXPECTED[name], (verdict(live), verdict(back))
        if EXPECTED[name][0] == "blocked":
            assert verdict(back)[1] == verdict(live)[1], (verdict(live), verdict(back))
        assert back["command"] == "read" and len(back["conversations"]) == 1, back
        assert [file["kind"] for file in back["files"]] == ["capture"], back["files"]
    return test


tests = [(name, scenario(name)) for name in EXPECTED]
if shutil.which("tcpdump") is None or os.geteuid() != 0:
    print("skipped: recording needs tcpdump and root")
    sys.exit(77)
sys.exit(run_all(tests))
