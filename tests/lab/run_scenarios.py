#!/usr/bin/env python3
"""Runs lab scenarios end to end: a server of the lab, the program against it, and its verdict held against the one that
stands beside the scenario; then the saved evidence judged again, as it is and redacted. Exit status 0: all as expected.

  run_scenarios.py BINARY [--rss-kb N] [--list-is NAMES] [--jobs N] [--user U] [--password P] [NAME...]   (no names: all)

Scenarios with a logon say which user and password (`lab list --json`); --user and --password try others. Exit status 77:
nothing but skipped ones.
"""
import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile
import time

RUN_LIMIT_S = 60
SKIPPED = 77
NTLM = "/etc/gss/mech.d/mech.ntlmssp.conf"
EXIT_OF = {"ok": 0, "degraded": 1, "blocked": 2, "unknown": 3}
# What the lab's servers say of themselves: none of it may be left after redaction.
PRIVATE = ["SRV-LAB", "corp.example"]
# Advice that is of no use on a server that is not Windows.
WINDOWS_ONLY = ["MachineKeys", "Get-WinEvent", "TermService", "Get-ItemProperty", "SecurityLayer"]
CONNECTS_MOST = 3
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Wrong(Exception):
    pass


class Skip(Exception):
    pass


class Server:
    """One `rdpwhy lab NAME`; says where it listens."""

    story = ""

    def __init__(self, binary, name):
        self.process = subprocess.Popen(
            [binary, "lab", name, "--port", "0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        line = self.process.stdout.readline()
        found = re.fullmatch(r"listening on (\S+)\n", line)
        if not found:
            raise Wrong(f"the server said {line!r}")
        self.where = found[1]
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is not None and kind is None:
            raise Wrong(f"the server ended by itself with status {self.process.returncode}")
        self.process.terminate()
        self.story = self.process.stdout.read()
        status = self.process.wait()
        if status != 0 and kind is None:
            raise Wrong(f"the server ended with status {status}")


def peak_kb(pid):
    """The biggest resident set so far. (A child's ru_maxrss would count this interpreter's, from before the exec.)"""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            return int(re.search(r"^VmHWM:\s*(\d+) kB", status.read(), re.M)[1])
    except (OSError, TypeError):
        return 0


class Run:
    """One run of the program: exit status, output, biggest resident set."""

    def __init__(self, arguments, environment):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            started = time.monotonic()
            process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment)
            self.rss_kb = 0
            while process.poll() is None:
                if time.monotonic() - started > RUN_LIMIT_S:
                    process.kill()
                    process.wait()
                    raise Wrong(f"no end after {RUN_LIMIT_S} s: {' '.join(arguments)}")
                self.rss_kb = max(self.rss_kb, peak_kb(process.pid))
                time.sleep(0.002)
            self.status = process.returncode
            self.seconds = time.monotonic() - started
            out.seek(0)
            err.seek(0)
            self.out = out.read().decode("utf-8")
            self.err = err.read().decode("utf-8", "replace")

    def document(self):
        try:
            return json.loads(self.out)
        except ValueError as error:
            raise Wrong(f"exit status {self.status}, not JSON ({error}): {self.out[:200]!r}\n{self.err[-3000:]}") from error


def verdict_of(document):
    verdict = document["verdict"]
    stopped = verdict.get("stopped_at")
    return {
        "status": verdict["status"],
        "stopped_at": stopped["check"] if stopped else None,
        "cause": verdict.get("cause"),
        "certainty": verdict.get("certainty"),
    }


def judgement_of(document):
    """All that judging decides, without the words (redaction changes names in them)."""
    return {
        "verdict": verdict_of(document),
        "depth": document["verdict"].get("depth"),
        "ruled_out": [one["cause"] for one in document["verdict"].get("ruled_out", [])],
        "causes": [[one["cause"], one["certainty"], one["blocks"]] for one in document.get("causes", [])],
        "checks": {one["id"]: one["status"] for one in document["checks"]},
    }


def same(what, seen, wanted):
    if seen != wanted:
        raise Wrong(f"{what}:\n      wanted {json.dumps(wanted)}\n      saw    {json.dumps(seen)}")


def is_printable(what, text):
    found = CONTROL.search(text)
    if found:
        around = text[max(0, found.start() - 30):found.end() + 30]
        raise Wrong(f"{what} prints a control character: {around!r}")


def compare(options, scenario, live, saved, environment):
    judge = [options.binary, "judge"]
    redacted = saved + ".redacted"
    document = live.document()
    found = verdict_of(document)
    same("verdict", found, scenario["expected"])
    same("exit status", live.status, EXIT_OF[found["status"]])
    if options.rss_kb and live.rss_kb > options.rss_kb:
        raise Wrong(f"used {live.rss_kb} kB, more than {options.rss_kb}")
    judged = Run([*judge, saved, "--json"], environment)
    same("judged again", judgement_of(judged.document()), judgement_of(document))
    same("words when judged again", judged.document()["verdict"], document["verdict"])
    same("exit status when judged", judged.status, live.status)
    hidden = Run([*judge, saved, "--redact", "--json", "--save", redacted], environment)
    same("redacted", judgement_of(hidden.document()), judgement_of(document))
    twice = Run([*judge, redacted, "--json"], environment)
    same("redacted, saved, judged", judgement_of(twice.document()), judgement_of(document))
    for word in PRIVATE:
        if word.lower() in hidden.out.lower() or word.lower() in twice.out.lower():
            raise Wrong(f"redaction leaves {word!r}")
    text = Run([*judge, saved, "-v"], environment)
    if "xrdp" in scenario["story"]:
        for word in WINDOWS_ONLY:
            if word in live.out or word in text.out:
                raise Wrong(f"advice for Windows to an xrdp server: {word}")
    for what, output in (("--json", live.out), ("the report", text.out), ("stderr", live.err + text.err)):
        is_printable(what, output)


def logon_options(options, scenario, server, folder):
    """The user, a file with the password, and the fingerprint without which no password is sent."""
    if scenario["user"] is None:
        return []
    if not os.path.exists(NTLM):
        raise Skip("gss-ntlmssp is not installed")
    if "--user" not in Run([options.binary, "check", "--help"], dict(os.environ)).out:
        raise Skip("the program does no logon")
    server.process.stdout.readline()
    line = server.process.stdout.readline()
    found = re.search(r"certificate sha256 ([0-9a-f]{64})", line)
    if not found:
        raise Wrong(f"the server said {line!r}")
    path = os.path.join(folder, "password")
    with open(path, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(options.password or scenario["password"])
    return ["--user", options.user or scenario["user"], "--password-file", path, "--trust-cert", found[1]]


def run_scenario(options, scenario, folder):
    environment = dict(os.environ, XDG_STATE_HOME=folder, XDG_RUNTIME_DIR=folder, HOME=folder, NO_COLOR="1")
    saved = os.path.join(folder, "saved.json")
    extra = (scenario["options"] or "").split()
    server = Server(options.binary, scenario["name"])
    with server:
        extra += logon_options(options, scenario, server, folder)
        target = server.where
        if scenario["gateway"]:  # the way leads through it, to a port that nobody listens on
            target = "127.0.0.1:9"
            extra += ["--gateway", server.where]
        live = Run([options.binary, "check", target, "--json", "--save", saved, *extra], environment)
    connects = max([int(one) for one in re.findall(r"^  (\d+)  ", server.story, re.M)], default=0)
    try:
        if connects > CONNECTS_MOST and "--deep" not in extra and not scenario["gateway"]:
            raise Wrong(f"{connects} connects, more than {CONNECTS_MOST}")
        compare(options, scenario, live, saved, environment)
    except Wrong as wrong:
        text = Run([options.binary, "judge", saved, "-v"], environment)
        raise Wrong(f"{wrong}\n{text.out}{text.err}\n    the server's story:\n{server.story}") from wrong
    return live


def run_one(options, scenario):
    with tempfile.TemporaryDirectory(prefix="rdpwhy-lab-") as folder:
        try:
            live = run_scenario(options, scenario, folder)
            return scenario["name"], f"{live.seconds:6.2f} s {live.rss_kb:7d} kB", None
        except Skip as why:
            return scenario["name"], f"skipped: {why}", False
        except (Wrong, KeyError, OSError) as wrong:
            return scenario["name"], "", f"{type(wrong).__name__}: {wrong}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--rss-kb", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--user", help="instead of the scenario's")
    parser.add_argument("--password", help="instead of the scenario's: a lab's, nobody's secret")
    parser.add_argument("--list-is", help="only check that the lab lists exactly these, separated by commas")
    options = parser.parse_args()
    listed = json.loads(subprocess.run(
        [options.binary, "lab", "list", "--json"], check=True, stdout=subprocess.PIPE).stdout)["scenarios"]
    if options.list_is is not None:
        same("names", sorted(one["name"] for one in listed), sorted(options.list_is.split(",")))
        return 0
    wanted = [one for one in listed if not options.names or one["name"] in options.names]
    if options.names and len(wanted) != len(set(options.names)):
        raise Wrong(f"not in the list: {set(options.names) - {one['name'] for one in wanted}}")
    failures = 0
    skipped = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for name, words, wrong in pool.map(lambda one: run_one(options, one), wanted):
            print(f"{'FAIL' if wrong else 'ok  ' if wrong is None else 'skip'} {name:28} {words}", flush=True)
            skipped += wrong is False
            if wrong:
                failures += 1
                print(f"    {wrong}", flush=True)
    print(f"{len(wanted) - failures - skipped} of {len(wanted)} as expected, {skipped} skipped")
    return 1 if failures else SKIPPED if skipped == len(wanted) else 0


if __name__ == "__main__":
    sys.exit(main())
