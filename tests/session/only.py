#!/usr/bin/env python3
"""A session that is asked for alone, or with what comes before it left out: nothing of a session is said to a server
before the negotiation, whose refusal of that would be laid at its door."""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "live"))
from lab import Lab, environment, run_all  # noqa: E402

BINARY = sys.argv[1]
# scenario, options, the verdict's status, the session's
CASES = (
    ("session-licence", "--only=session", "ok", "pass"),
    ("session-rdp-128", "--only=session", "degraded", "pass"),
    ("session-licence", "--skip=negotiation", "ok", "skip"),
    ("session-licence", "--skip=tls", "ok", "skip"),
)


def case(scenario, option, verdict, status):
    def test(folder):
        with Lab(BINARY, scenario) as where:
            done = subprocess.run([BINARY, where, "--session", "--again", "--json", option], text=True, check=False,
                                  capture_output=True, env=environment(folder), stdin=subprocess.DEVNULL)
        document = json.loads(done.stdout)
        session = next(one for one in document["checks"] if one["id"] == "session")
        saw = document["verdict"]["status"], session["status"]
        assert saw == (verdict, status), (saw, session.get("why"), session.get("summary"))
    return test


sys.exit(run_all([(f"{row[0]} {row[1]}", case(*row)) for row in CASES]))
