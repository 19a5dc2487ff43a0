#!/usr/bin/env python3
"""What the program says of servers that misbehave: the sentence must be what was seen.

  words.py BINARY
"""
import subprocess
import sys

from lab import Lab, environment, run_all

BINARY = sys.argv[1]
SENTENCES = {
    "cert-1-mb": "What follows the ServerHello cannot be read: it is broken, or far too big.",
    "cert-100000-names": "What follows the ServerHello cannot be read: it is broken, or far too big.",
    "endless-after-confirm": "What answers the ClientHello is not TLS.",
    "endless-records": "What follows the ClientHello does not come to an end.",
    "credssp-nested": "TLS is up, but its answer to the first NLA message is broken",
    "endless-credssp": "the message says it is longer than the limit",
    "nla-not-der": "the message does not begin with the tag it must have",
    "byte-per-second": "What is there answers the request with",
    "tpkt-too-long": "It answers as RDP does, but the answer is broken.",
    "failure-unknown": "The server refuses with failure 99, which MS-RDPBCGR does not name.",
}


def report(folder, name, *extra):
    with Lab(BINARY, name) as where:
        done = subprocess.run([BINARY, where, *extra], env=environment(folder), capture_output=True, timeout=60,
                              check=False, text=True)
    return done.stdout


def hostile_servers(folder):
    for name, sentence in SENTENCES.items():
        text = report(folder, name, "-q")
        assert sentence in text, f"{name}: {text}"


def everybody_blocked_has_a_next_step(folder):
    for name in ("nla-garbage", "failure-unknown", "endless-records", "selected-not-offered"):
        assert "\n  next      1 " in report(folder, name), name


def expired_days_agree(folder):
    text = " ".join(report(folder, "cert-expired").split())
    assert "expired 20 days ago" in text and "expired 19 days ago" not in text, text


def a_warning_without_a_cause_is_the_reason(folder):
    assert "\n  because   TLS 1.0, which newer clients refuse" in report(folder, "tls10-only")


def a_reason_is_said_once(folder):
    text = " ".join(report(folder, "closes-at-request").split())
    assert text.count("connection request, without a byte, each time") == 2, text  # its check, the sentence


if __name__ == "__main__":
    sys.exit(run_all([(one.__name__, one) for one in (
        hostile_servers, everybody_blocked_has_a_next_step, expired_days_agree,
        a_warning_without_a_cause_is_the_reason, a_reason_is_said_once)]))
