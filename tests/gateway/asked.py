#!/usr/bin/env python3
"""Certificates that this machine does not trust, the gateway's and the host's behind it: each is shown on the terminal, and the
password goes nowhere before somebody says yes.

  asked.py BINARY
"""
import json
import os
import pathlib
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(here), str(here.parent / "logon"), str(here.parent / "lib")]
import terminal  # noqa: E402
from logons import NTLM, PASSWORD, SKIPPED, lab, rdp_file  # noqa: E402


def look(binary, folder, gateway, host, script, to=None):
    saved = folder / "saved.json"
    said, status = terminal.talk(binary, folder, [*(to or [f"127.0.0.1:{host[0]}", "--gateway", f"127.0.0.1:{gateway[0]}"]), "--user",
                                          "alice", "--again", "--save", str(saved)], [("Password of alice", PASSWORD + "\n"), *script])
    if PASSWORD in said:
        raise AssertionError("the password is shown")
    document = json.loads(saved.read_text(encoding="utf-8"))
    tunnel = next(one for one in document["checks"] if one["id"] == "gateway")["evidence"]["tunnel"]
    return said, status, tunnel, document.get("through", {}).get("logon", {})


def equal(have, want, said):
    if have != want:
        raise AssertionError(f"{have!r}, not {want!r}\n{said}")


def main():
    if not os.path.exists(NTLM):
        print("skipped: gss-ntlmssp is not installed")
        sys.exit(SKIPPED)
    binary = os.path.abspath(sys.argv[1])
    ask_server = "does not trust the server's certificate"
    with tempfile.TemporaryDirectory(prefix="rdpwhy-gw-") as name:
        folder = pathlib.Path(name)
        with lab(binary, "gateway-healthy", folder) as gateway, lab(binary, "logon", folder) as host:
            said, _, tunnel, logon = look(binary, folder, gateway, host, [("Type yes:", "no\n")])
            equal((tunnel, logon), ({"phase": "certificate"}, {}), said)
            equal((gateway[1] in said, host[1] in said, ask_server in said), (True, False, False), said)
            equal("and a logon" in gateway[2].read_text(), False, said)
            said, _, tunnel, logon = look(binary, folder, gateway, host, [
                ("Type yes:", "yes\n"), ("Type yes:", "no\n")])
            equal((tunnel["phase"], tunnel["scheme"], logon["ended"]), ("open", "NTLM", "withheld"), said)
            equal("knows alice" in host[2].read_text(), False, said)
            said, status, tunnel, logon = look(binary, folder, gateway, host, [
                ("Type yes:", "yes\n"), ("Type yes:", "yes\n")])
            equal((tunnel["phase"], logon["ended"], logon["trust"], status), ("open", "accepted", "asked", 1), said)
            equal((gateway[1] in said, host[1] in said), (True, True), said)
        # what the gateway did not take was this run's one try: nobody is asked about the host's certificate after it
        with lab(binary, "gateway-wrong-password", folder) as gateway, lab(binary, "logon", folder) as host:
            said, _, tunnel, _ = look(binary, folder, gateway, host, [("Type yes:", "yes\n"), ("Type yes:", "yes\n")],
                                      [rdp_file(folder, host[0], gateway[0])])
            equal((tunnel["phase"], tunnel["status"]), ("logon", 401), said)
            equal((gateway[1] in said, ask_server in said), (True, False), said)
            equal("knows alice" in host[2].read_text(), False, host[2].read_text())


if __name__ == "__main__":
    main()
