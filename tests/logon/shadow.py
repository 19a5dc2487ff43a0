#!/usr/bin/env python3
"""FreeRDP's shadow server with a SAM file: it takes raw NTLM only, and drops the connection at a wrong password without a
code. That is no proof of a wrong password.

  shadow.py BINARY
"""
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "real"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import servers  # noqa: E402
from inside import need, skip  # noqa: E402
from lab import NTLM, Look  # noqa: E402

BINARY = sys.argv[1]
FAILED = []


def case(what, look, wanted):
    seen = {"cause": look.cause, "stopped_at": look.stopped_at, "status": look.status, **look.logon}
    wrong = {name: seen.get(name) for name in wanted if seen.get(name) != wanted[name]}
    print(f"{'FAIL' if wrong else 'ok  '} {what}" + (f": saw {wrong}, wanted {wanted}" if wrong else ""), flush=True)
    if wrong:
        FAILED.append(what)
        print(look.out, look.err)


def fingerprint(where):
    """What the program itself shows before it sends a password."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "password"
        path.write_text("not sent\n", encoding="utf-8")
        look = Look(BINARY, where, "alice", "not sent", "0" * 64, "--only", "certificate,logon")
    case("an unknown certificate gets no password", look,
         {"trust": "no", "ended": "withheld", "proof": None, "messages": None, "status": 0})
    if "--trust-cert" not in look.err:
        FAILED.append("the way out")
    return look.checks["certificate"]["evidence"]["sha256"]


def main():
    need("winpr-hash")
    if not pathlib.Path(NTLM).exists():
        skip("gss-ntlmssp is not installed")
    try:
        with servers.serve("shadow-nla") as (port, _):
            run(f"127.0.0.1:{port}")
    except servers.Missing as missing:
        skip(missing)
    sys.exit(1 if FAILED else 0)


def run(where):
    known = fingerprint(where)
    user, password = "alice", "not-a-secret"
    case("good", Look(BINARY, where, user, password, known, "--only", "logon"),
         {"package": "ntlm", "ended": "accepted", "proof": True, "bound": True, "sent": False, "messages": 2, "right": None,
          "cause": None, "status": 0})
    case("wrong password", Look(BINARY, where, user, password + "x", known, "--only", "logon"),
         {"package": "ntlm", "ended": "closed", "proof": True, "bound": None, "sent": False, "cause": "bad-password likely",
          "stopped_at": "logon", "status": 2})
    case("unknown user", Look(BINARY, where, "nobody", password, known, "--only", "logon"),
         {"ended": "closed", "cause": "bad-password likely", "stopped_at": "logon"})


main()
