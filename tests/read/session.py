#!/usr/bin/env python3
"""The start of a session under standard RDP security, recorded by tcpdump while `rdpwhy --session` goes through it or fails:
what is read back must be the live verdict and the live fields of `session`, as far as the bytes are in the clear, and
tshark must read the same in them. Servers: the lab's, and a real xrdp at each of its encryption levels."""
import contextlib
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "live"), str(HERE.parent / "real"), str(HERE.parent / "lib")]
import recording  # noqa: E402
import servers  # noqa: E402
from lab import Lab, environment, run_all  # noqa: E402
from recording import verdict  # noqa: E402

BINARY = os.path.abspath(sys.argv[1])
OLD = ("degraded", None, "security-layer-mismatch", "likely")
SESSION = ("blocked", "session", None, None)

# Read by both sides, or about one side's own doing: the client's words of itself, how long it took, what we might have begun.
BESIDE = {"client", "after_us", "touched", "connection"}
# What a capture of an enciphered session cannot show.
HIDDEN = BESIDE | {"demanded", "sets", "user", "hidden", "ended", "fast_path"}

# scenario: the verdict read back (None: the live one), fields that need not be the live ones, fields read back
LAB = {
    "clear-no-right": (None, BESIDE, {"phase": "licensing", "ended": "error-info", "ended_by": "server", "error": 9}),
    "clear-taken": (None, BESIDE, {"phase": "capabilities", "ended": "error-info", "error": 5, "licence": {"code": 7, "transition": 2}}),
    "clear-licence": (None, BESIDE, {"phase": "capabilities", "ended": "ready", "ended_by": "client"}),
    "clear-licence-alert": (None, BESIDE, {"phase": "licensing", "ended": "licence", "ended_by": "server"}),
    "clear-licence-cut": (None, BESIDE, {"phase": "licensing", "ended": "closed", "ended_by": "server"}),
    "clear-licence-gigabyte": (None, BESIDE, {"phase": "licensing", "ended": "garbage", "ended_by": "server"}),
    "clear-ultimatum": (None, BESIDE, {"phase": "licensing", "ended": "ultimatum", "ended_by": "server", "reason": 1}),
    "clear-resets": (None, BESIDE, {"phase": "mcs", "ended": "reset", "ended_by": "server"}),
    "clear-closes-late": (None, BESIDE, {"phase": "capabilities", "ended": "closed", "ended_by": "server"}),
    "clear-bare-result": (None, BESIDE, {"phase": "mcs", "ended": "refused", "mcs_result": 14}),
    "clear-no-user": (None, BESIDE, {"phase": "channels", "ended": "refused", "mcs_result": 2}),
    "clear-join-refused": (None, BESIDE, {"phase": "channels", "ended": "refused", "mcs_result": 1, "refused": 1003}),
    "clear-join-other": (None, BESIDE, {"phase": "channels", "ended": "garbage"}),
    "clear-block-long": (None, BESIDE, {"phase": "mcs", "ended": "garbage"}),
    "clear-data-early": (None, BESIDE, {"phase": "mcs", "ended": "garbage"}),
    "clear-endless": (None, BESIDE, {"phase": "licensing", "ended": "endless", "ended_by": "client"}),
    "clear-status": (None, BESIDE, {"statuses": [0x401], "ended": "ready"}),
    "session-rdp-none": (None, BESIDE, {"phase": "capabilities", "ended": "ready", "ended_by": "client", "user": "nobody"}),
    "session-no-key": (None, BESIDE, {"phase": "security", "ended": "garbage"}),
    "session-rdp-128": (OLD, HIDDEN, {"ended": "closed", "ended_by": "client"}),
    "session-rdp-fips": (OLD, HIDDEN, {"ended": "closed", "ended_by": "client"}),
    "licence-alert-encrypted": (None, BESIDE | {"user"}, {"ended": "licence", "ended_by": "server"}),
    "session-no-right-encrypted": (SESSION, HIDDEN | {"error", "reason"},
                                   {"phase": "licensing", "hidden": 1, "ended": "ultimatum", "ended_by": "server"}),
    "session-bad-checksum": (OLD, HIDDEN | {"problem", "ended_by"}, {"ended": "closed", "ended_by": "client"}),
}
# xrdp's level: what it is called here, whether the server's words can be read
XRDP = {"none": ("none", "none", True), "low": ("rc4-40", "low", True), "medium": ("rc4-40", "client-compatible", False),
        "high": ("rc4-128", "high", False), "fips": ("fips", "fips", False)}


def session_of(document):
    checks = (document["conversations"][0] if document["command"] == "read" else document)["checks"]
    return next(check for check in checks if check["id"] == "session").get("evidence", {})


def tell_apart(live, back, beside):
    return {key: (live.get(key), back.get(key)) for key in set(live) | set(back) if key not in beside and live.get(key) != back.get(key)}


def look_and_read(folder, where, wanted):
    path = os.path.join(folder, "session.pcap")
    port = where.rsplit(":", 1)[1]

    def run():
        done = subprocess.run([BINARY, where, "--session", "--json", "--again"], env=environment(folder), capture_output=True, text=True)
        live = json.loads(done.stdout)
        aim = wanted or verdict(live)
        return live, recording.read_until(BINARY, path, port,
                                          lambda document: verdict(document) == aim and session_of(document).get("ended"))
    live, back = recording.recorded(path, port, run)
    return live, back, recording.session_differences(path, port, back)


def scenario(name):
    def test(folder):
        wanted, beside, fields = LAB[name]
        with Lab(BINARY, name) as where:
            live, back, differences = look_and_read(folder, where, wanted)
        session = session_of(back)
        assert verdict(back) == (wanted or verdict(live)), (verdict(live), verdict(back), session)
        assert not tell_apart(session_of(live), session, beside), tell_apart(session_of(live), session, beside)
        assert {key: session.get(key) for key in fields} == fields, session
        assert session["connection"] == 0 and session["security"] == "rdp", session
        assert not differences, differences
    return test


def xrdp_of():
    """The server of tests/session/real.py, whose name another script beside this one has as well."""
    spec = importlib.util.spec_from_file_location("session_real", HERE.parent / "session" / "real.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.xrdp


def real(level):
    def test(folder):
        method, name, clear = XRDP[level]
        scratch = pathlib.Path(tempfile.mkdtemp(prefix=f"rdpwhy-read-{level}-"))
        with contextlib.ExitStack() as stack:
            stack.callback(shutil.rmtree, scratch, ignore_errors=True)
            try:
                port = stack.enter_context(xrdp_of()(scratch, servers.free_port(), "rdp", level))
            except servers.Missing as missing:
                print(f"     (skipped: {missing})")
                return
            live, back, differences = look_and_read(folder, f"127.0.0.1:{port}", None)
        session = session_of(back)
        assert verdict(back) == verdict(live) == OLD, (verdict(live), verdict(back))
        assert (session["encryption"]["method"], session["encryption"]["level"]) == (method, name), session
        assert not tell_apart(session_of(live), session, BESIDE | {"user"} if clear else HIDDEN), (session_of(live), session)
        assert ("hidden" in session, session.get("ended")) == (not clear, "ready" if clear else "closed"), session
        assert not differences, differences
    return test


if not recording.possible():
    print("skipped: " + recording.NEEDS)
    sys.exit(77)
only = sys.argv[2:]
tests = [(name, scenario(name)) for name in LAB] + [(f"xrdp-{level}", real(level)) for level in XRDP]
sys.exit(run_all([test for test in tests if not only or test[0] in only]))
