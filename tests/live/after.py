#!/usr/bin/env python3
"""after.py RDPWHY: a broken server is looked at and saved, repaired, and looked at again with --after: the very words."""
import json
import os
import re
import subprocess
import sys

from lab import environment, run_all

BINARY = os.path.abspath(sys.argv[1])


class Server:
    """A scenario of the lab on a port of choice (0: a free one)."""

    def __init__(self, scenario, port=0):
        self.process = subprocess.Popen([BINARY, "lab", scenario, "--port", str(port)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, text=True)
        found = re.fullmatch(r"listening on \S+:(\d+)\n", self.process.stdout.readline())
        assert found, f"{scenario} does not listen on port {port}"
        self.port = int(found[1])

    def stop(self):
        self.process.terminate()
        self.process.stdout.read()
        self.process.wait()


def rdpwhy(folder, *words):
    run = subprocess.run([BINARY, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=folder,
                         env=environment(folder), timeout=60, check=False)
    return run.returncode, run.stdout, run.stderr


def calm(text):
    """Times, dates, fingerprints and key identifiers differ from run to run."""
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "DATE", text)
    text = re.sub(r"[0-9a-f]{16}\.\.\.", "HASH", text)
    text = re.sub(r"(under 1|< 1|\d+) ms", "N ms", text)
    return re.sub(r"\s+", " ", text)


def look_twice(folder, before, after):
    first = Server(before)
    where = f"127.0.0.1:{first.port}"
    try:
        rdpwhy(folder, where, "--save", "before.json", "-q")
    finally:
        first.stop()
    second = Server(after, first.port)
    try:
        status, out, err = rdpwhy(folder, where, "--after", "before.json", "--save", "after.json", "--again")
        _, quiet, _ = rdpwhy(folder, where, "--after", "before.json", "--again", "-q")
    finally:
        second.stop()
    assert err == "", err
    return status, out, quiet


def repaired(folder):
    status, out, quiet = look_twice(folder, "rdp-key-unreadable", "healthy-nla")
    assert status == 0, f"exit status {status}"
    head, sep, tail = out.partition(", before and after\n")
    assert sep and "WORKS     up to nla" in head, head
    for words in [
            "before DATE BLOCKED at tls: rdp-key-unreadable, likely",
            "after DATE WORKS up to nla: nothing found up to here, from this machine",
            "tls FAIL -> pass was it closes N ms after the ClientHello, without an alert: with mstsc's own offer twice, "
            "and with every TLS version and cipher on offer now TLS 1.",
            "certificate skip -> pass", "nla skip -> pass", "gone rdp-key-unreadable (was likely)",
            "REPAIRED what blocked it at tls is gone, and it works up to nla; no other step got worse"]:
        assert words in calm(tail), f"not said: {words}\n{tail}"
    assert quiet == "REPAIRED what blocked it at tls is gone, and it works up to nla; no other step got worse\n", quiet
    with open(os.path.join(folder, "after.json"), encoding="utf-8") as file:
        document = json.load(file)
    assert document["since"]["outcome"] == "repaired" and document["verdict"]["status"] == "ok"
    assert [(one["cause"], one["fate"]) for one in document["since"]["compared_causes"]] == [("rdp-key-unreadable", "gone")]
    # The saved second look is an evidence document like any other.
    assert rdpwhy(folder, "judge", "after.json")[0] == 0
    assert calm(rdpwhy(folder, "diff", "before.json", "after.json", "-q")[1]) == calm(quiet)


def not_repaired(folder):
    status, out, quiet = look_twice(folder, "rdp-key-unreadable", "rdp-key-unreadable")
    assert status == 2, f"exit status {status}"
    assert "still     rdp-key-unreadable, likely\n" in out, out
    assert quiet == "SAME it is blocked as before, at tls: rdp-key-unreadable\n", quiet


def certificate_renewed(folder):
    _, out, _ = look_twice(folder, "cert-expired", "healthy-nla")
    tail = calm(out.partition(", before and after\n")[2])
    assert re.search(r"certificate warn -> pass was \S+ .*expired .*days ago now ", tail), tail
    assert re.search(r"valid until: \d{4}-\d\d-\d\d -> \d{4}-\d\d-\d\d", tail) and "fingerprint: HASH -> HASH" in tail, tail
    assert "gone cert-expired" in tail and "BETTER it worked with warnings, and works without them now" in tail, tail


def bad_files_cost_no_connection(folder):
    server = Server("healthy-nla")
    try:
        where = f"127.0.0.1:{server.port}"
        assert rdpwhy(folder, where, "--after", "missing.json") == (
            66, "", "rdpwhy: missing.json: No such file or directory\n")
        with open(os.path.join(folder, "bad.json"), "w", encoding="utf-8") as file:
            file.write('{"schema": 1, "checks": 7}')
        assert rdpwhy(folder, where, "--after", "bad.json") == (
            65, "", "rdpwhy: bad.json: checks: expected the list of checks of an evidence document\n")
    finally:
        server.stop()


sys.exit(run_all([("repaired", repaired), ("not repaired", not_repaired), ("certificate renewed", certificate_renewed),
                  ("bad files", bad_files_cost_no_connection)]))
