#!/usr/bin/env python3
"""To whom the Client Info shows a password: to a certificate that verifies for what was typed, be it an address, or whose
fingerprint was given; to no other, whoever signed it.

  trust.py BINARY
"""
import base64
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import json

PROGRAM = sys.argv[1]
SECRET = "Never-For-Strangers-7"


def look(folder, where, *options, store=None):
    path = pathlib.Path(folder) / "password"
    path.write_text(SECRET + "\n", encoding="utf-8")
    known = {**os.environ, "XDG_STATE_HOME": folder, "HOME": folder, **({"SSL_CERT_FILE": store} if store else {})}
    done = subprocess.run([PROGRAM, where, "--session", "--json", "--only", "certificate,session", "--user", "alice",
                           "--password-file", str(path), *options], env=known, capture_output=True, text=True, check=False,
                          timeout=120)
    assert SECRET not in done.stdout + done.stderr
    checks = {one["id"]: one.get("evidence", {}) for one in json.loads(done.stdout)["checks"]}
    return checks["certificate"], checks["session"]


def expect(what, is_, wanted):
    if is_ != wanted:
        sys.exit(f"FAIL {what}: {is_!r}, wanted {wanted!r}")
    print(f"ok   {what}: {is_}", flush=True)


def pem(der):
    raw = bytes.fromhex(der)
    return "-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(raw).decode() + "-----END CERTIFICATE-----\n"


def main():
    with tempfile.TemporaryDirectory(prefix="rdpwhy-trust-") as folder, subprocess.Popen(
            [PROGRAM, "lab", "session-ready", "--port", "0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as lab:
        try:
            where = "127.0.0.1:" + re.fullmatch(r"listening on \S+:(\d+)\n", lab.stdout.readline())[1]
            certificate, session = look(folder, where)
            expect("nobody vouches for it", session["user"], "withheld")
            store = pathlib.Path(folder) / "store.pem"
            store.write_text(pem(certificate["der"]), encoding="ascii")
            certificate, session = look(folder, where, store=str(store))
            expect("its issuer is trusted", certificate["verify"], 0)
            expect("but not for this address", session["user"], "withheld")
            _, session = look(folder, where, "--trust-cert", certificate["sha256"])
            expect("its fingerprint was given", session["user"], "credentials")
        finally:
            lab.terminate()


main()
