#!/usr/bin/env python3
"""real.py PROGRAM NAME: rdpwhy against one real server, with exact expectations. real.py --list names the servers.

Exit status 77: skipped, the reason is printed. Each run has its own state folder, so that no connection budget is carried over.
"""
import json
import os
import pathlib
import subprocess
import sys

import servers
from expected import EXPECTED

SKIPPED = 77


def rdpwhy(program, scratch, *arguments):
    """Returns (exit status, stdout)."""
    environment = dict(os.environ, XDG_STATE_HOME=str(scratch / "state"), NO_COLOR="1")
    done = subprocess.run(
        [program, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
    )
    if done.returncode not in (0, 1, 2, 3) or done.stderr:
        raise AssertionError(f"rdpwhy {' '.join(arguments)}: exit status {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.returncode, done.stdout


def look(document, path):
    """A dotted path; "checks.tls.status" finds the check by its id, "offers.0" the first. None where nothing is."""
    at = document
    for word in path.split("."):
        if isinstance(at, list) and word.isdigit():
            at = at[int(word)] if int(word) < len(at) else None
        elif isinstance(at, list):
            at = next((row for row in at if row.get("id", row.get("cause")) == word), None)
        elif isinstance(at, dict):
            at = at.get(word)
        else:
            return None
    return at


def without_times(verdict):
    """The verdict, as it must come out again from the saved document."""
    return {key: verdict.get(key) for key in ("status", "cause", "certainty", "depth")} | {
        "stopped_at": (verdict.get("stopped_at") or {}).get("check"),
        "ruled_out": sorted(row["cause"] for row in verdict.get("ruled_out", [])),
    }


def check(program, name):
    faults = []
    with servers.serve(name) as (port, scratch):
        saved = scratch / "evidence.json"
        status, out = rdpwhy(program, scratch, f"127.0.0.1:{port}", "--json", "--save", str(saved))
        document = json.loads(out)
        judged = json.loads(rdpwhy(program, scratch, "judge", "--json", str(saved))[1])
        redacted_text = rdpwhy(program, scratch, "judge", "--json", "--redact", str(saved))[1]
    expected = dict(EXPECTED[name])
    want_status = {"ok": 0, "degraded": 1, "blocked": 2, "unknown": 3}[expected["verdict.status"]]
    if status != want_status:
        faults.append(f"exit status {status}, expected {want_status}")
    for path, want in expected.items():
        seen = look(document, path)
        if seen != want:
            faults.append(f"{path}: {json.dumps(seen)}, expected {json.dumps(want)}")
    connections = [c for c in document.get("connections", []) if str(c.get("address", "")).startswith("127.")]
    if len(connections) > 3:
        faults.append(f"{len(connections)} connections, at most 3 are allowed")
    for what, other in (("judged again", judged), ("redacted and judged", json.loads(redacted_text))):
        if without_times(other["verdict"]) != without_times(document["verdict"]):
            faults.append(f"{what}: {json.dumps(other['verdict'])}")
    for advice in document.get("next", []):
        if "MachineKeys" in json.dumps(advice):
            faults.append(f"advice for Windows to a server that is not: {json.dumps(advice)}")
    if faults:
        print(f"{name}:")
        print("\n".join("  " + fault for fault in faults))
        print(json.dumps({key: document.get(key) for key in ("connections", "checks", "verdict", "causes", "next")}, indent=1))
    return not faults


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(servers.SERVERS))
        return 0
    if len(sys.argv) != 3 or sys.argv[2] not in servers.SERVERS:
        print(__doc__, file=sys.stderr)
        return 64
    try:
        return 0 if check(str(pathlib.Path(sys.argv[1]).resolve()), sys.argv[2]) else 1
    except servers.Missing as missing:
        print(f"skipped: {missing}")
        return SKIPPED


if __name__ == "__main__":
    sys.exit(main())
