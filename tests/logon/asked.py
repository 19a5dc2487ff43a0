#!/usr/bin/env python3
"""On a terminal: the password is asked for and not shown, the certificate is shown and asked about; yes costs one connection
more, no costs none. And a logon that was turned down is not repeated by itself.

  asked.py BINARY
"""
import json
import pathlib
import sys
import tempfile

from lab import NTLM, PASSWORD, Look, Server

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import terminal  # noqa: E402
from inside import skip  # noqa: E402

BINARY = sys.argv[1]
FAILED = []


def check(what, good, more=""):
    print(f"{'ok  ' if good else 'FAIL'} {what}{': ' + more if more and not good else ''}", flush=True)
    if not good:
        FAILED.append(what)


def look(folder, lab, script, *more):
    saved = folder / "saved.json"
    said, status = terminal.talk(BINARY, folder, [f"127.0.0.1:{lab.port}", "--user", "CORP\\alice", "--only", "logon", "--save", str(saved), *more],
                        script)
    check("the password is not shown", PASSWORD not in said)
    document = json.loads(saved.read_text(encoding="utf-8")) if saved.exists() else {"checks": [], "connections": []}
    logon = next((one.get("evidence", {}) for one in document["checks"] if one["id"] == "logon"), {})
    return said, status, logon, [one["purpose"] for one in document["connections"]]


def main():
    if not pathlib.Path(NTLM).exists():
        skip("gss-ntlmssp is not installed")
    with tempfile.TemporaryDirectory(prefix="rdpwhy-asked-") as name, Server(BINARY, "logon") as lab:
        folder = pathlib.Path(name)
        typed = "x\x7f" + "mistake\x15" + PASSWORD + "\n"
        said, status, logon, purposes = look(folder, lab, [("Password of CORP\\\\alice", typed), ("Type yes:", "yes\n")])
        check("yes: the logon is made", logon.get("ended") == "accepted" and logon.get("trust") == "asked", f"{logon} {said}")
        check("yes: on one connection more", purposes.count("logon") == 1 and purposes[0] == "first", str(purposes))
        check("yes: nothing found", status == 0, f"{status}")
        for words in ("subject", "issuer", "valid from", "until", lab.fingerprint, "tried once at most", "counts towards the account's lockout"):
            check(f"it shows: {words[:20]}", words in said, said)
        said, status, logon, purposes = look(folder, lab, [("Password of", PASSWORD + "\n"), ("Type yes:", "no\n")], "--again")
        check("no: nothing is sent", logon.get("ended") == "withheld" and "logon" not in purposes, f"{logon} {purposes}")
        said, status, logon, purposes = look(folder, lab, [("Password of", "\x03")], "--again")
        check("Ctrl-C at the password: nothing at all", status == 64 and "no password was given" in said, f"{status} {said}")
        repeated(folder, lab)
        session_follows(folder)
    sys.exit(1 if FAILED else 0)


def session_follows(folder):
    """The connection that somebody's yes opened goes on to the session; a no leaves it out."""
    for word, ended, connects in (("yes", "ready", 1), ("no", None, 0)):
        with Server(BINARY, "logon-session") as lab:
            saved = folder / f"session-{word}.json"
            said, status = terminal.talk(BINARY, folder, [f"127.0.0.1:{lab.port}", "--user", "alice", "--session", "--again", "--only",
                                         "logon,session", "--save", str(saved)],
                                [("Password of alice", PASSWORD + "\n"), ("Type yes:", word + "\n")])
        document = json.loads(saved.read_text(encoding="utf-8"))
        session = next(one for one in document["checks"] if one["id"] == "session")
        check(f"{word}: the session ends as {ended}", session.get("evidence", {}).get("ended") == ended, f"{session} {said}")
        check(f"{word}: the password is not shown", PASSWORD not in said)
        check(f"{word}: connections", [one["purpose"] for one in document["connections"]].count("logon") == connects)
        check(f"{word}: exit status", status == 0, f"{status}")
        check(f"{word}: the account", session.get("evidence", {}).get("user") == (ended and "logged-on"), str(session))
        check(f"{word}: the server heard of it", ("got the Client Info" in lab.story) == (word == "yes"), lab.story)


def repeated(folder, lab):
    state = {"XDG_STATE_HOME": str(folder / "state")}

    def once(password, *more):
        return Look(BINARY, f"127.0.0.1:{lab.port}", "alice", password, lab.fingerprint, "--only", "logon", *more,
                    environment=state).checks["logon"]

    check("a wrong password", once("Wrong-1")["evidence"].get("ended") == "error-code")
    held = once(PASSWORD)
    check("it is not repeated", held["evidence"].get("ended") is None and "--again" in (held.get("why") or ""), str(held))
    check("--again repeats it", once(PASSWORD, "--again")["evidence"].get("ended") == "accepted")
    check("a logon that was taken is forgotten", once(PASSWORD)["evidence"].get("ended") == "accepted")


main()
