"""The program against one of its own lab's servers, with an account."""
import json
import os
import pathlib
import re
import subprocess
import tempfile

PASSWORD = "Lab-Pass-1"
NTLM = "/etc/gss/mech.d/mech.ntlmssp.conf"


def lab_password(binary):
    listed = json.loads(subprocess.run([binary, "lab", "list", "--json"], check=True, stdout=subprocess.PIPE).stdout)
    return next(one["password"] for one in listed["scenarios"] if one["name"] == "logon")


class Server:
    """`rdpwhy lab NAME`: where it listens, its fingerprint, and, at the end, its story."""

    def __init__(self, binary, name, keytab=None):
        words = [binary, "lab", name, "--port", "0", *(["--keytab", str(keytab)] if keytab else [])]
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        self.port = int(re.fullmatch(r"listening on \S+:(\d+)\n", self.process.stdout.readline())[1])
        self.process.stdout.readline()
        self.fingerprint = re.search(r"certificate sha256 ([0-9a-f]{64})", self.process.stdout.readline())[1]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.story = self.process.stdout.read()
        self.process.wait()


class Look:
    """One run: the document, what went to standard error, the exit status."""

    def __init__(self, binary, where, user, password, fingerprint, *more, environment=None):
        with tempfile.TemporaryDirectory(prefix="rdpwhy-logon-") as folder:
            path = pathlib.Path(folder) / "password"
            path.write_text(password + "\n", encoding="utf-8")
            known = {**os.environ, "XDG_STATE_HOME": folder, "HOME": folder, "NO_COLOR": "1", **(environment or {})}
            done = subprocess.run(
                [binary, "check", where, "--json", "--user", user, "--password-file", str(path), "--trust-cert", fingerprint,
                 *more], env=known, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
            again = subprocess.run([binary, "judge", "-", "--redact", "--json"], input=done.stdout, env=known,
                                   capture_output=True, text=True, check=False)
        self.status, self.err, self.out = done.returncode, done.stderr, done.stdout
        self.document = json.loads(done.stdout)
        self.redacted = json.loads(again.stdout) if again.stdout else {"verdict": again.stderr}
        self.leaks = "alice" in again.stdout
        self.checks = {one["id"]: one for one in self.document["checks"]}
        self.logon = self.checks["logon"].get("evidence", {})
        verdict = self.document["verdict"]
        self.cause = verdict["cause"] and f"{verdict['cause']} {verdict['certainty']}"
        self.stopped_at = verdict["stopped_at"] and verdict["stopped_at"]["check"]
