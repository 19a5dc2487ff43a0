#!/usr/bin/env python3
"""real_client.py RDPWHY: FreeRDP's client against the lab's logon servers. It must come as far as it would at a real one:
its own words for the refusals, and credentials sent only to a server whose proof of the key it found right."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "real"))
import servers  # noqa: E402  pylint: disable=wrong-import-position

LIMIT_S = 30
PASSWORD = "Lab-Pass-1"
IN = "logged on"
# scenario, password, what the lab must tell, what the client must print
CASES = [
    ("logon", PASSWORD, IN, None),
    ("logon", "another one", "refuses the logon: 0xc000006d", "ERRCONNECT_LOGON_FAILURE"),
    ("logon-credssp-2", PASSWORD, IN, None),
    ("logon-credssp-3", PASSWORD, IN, None),
    ("logon-credssp-5", PASSWORD, IN, None),
    ("logon-c0000234", PASSWORD, "refuses the logon: 0xc0000234", "ERRCONNECT_ACCOUNT_LOCKED_OUT"),
    ("logon-c0000072", PASSWORD, "refuses the logon: 0xc0000072", "ERRCONNECT_ACCOUNT_DISABLED"),
    ("logon-intercepted", PASSWORD, "somebody is in between", "ERRCONNECT"),
    ("logon-wrong-proof", PASSWORD, "sends a wrong proof", "ERRCONNECT"),
]


def until(found, what):
    started = time.monotonic()
    while not found():
        if time.monotonic() - started > LIMIT_S:
            raise AssertionError(f"{what} did not come within {LIMIT_S} s")
        time.sleep(0.02)


def client(folder, screen, port, password):
    arguments = ["xfreerdp", f"/v:127.0.0.1:{port}", "/u:alice", f"/p:{password}", "/cert:ignore", "/sec:nla", "/log-level:INFO"]
    environment = dict(os.environ, DISPLAY=screen, HOME=str(folder), XDG_CONFIG_HOME=str(folder))
    with open(folder / "client", "wb") as out:
        return subprocess.Popen(arguments, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out)


def try_case(binary, folder, screen, case):
    name, password, told, printed = case
    with open(folder / "lab", "wb") as out:
        lab = subprocess.Popen([binary, "lab", name, "--port", "0"], stdin=subprocess.DEVNULL, stdout=out)
    story = (folder / "lab").read_text
    running = None
    try:
        until(lambda: "\n" in story(), "the lab's address")
        port = re.match(r"listening on \S+:(\d+)\n", story())[1]
        running = client(folder, screen, port, password)
        until(lambda: told in story(), f"{told!r} of {name}")
        if printed:
            until(lambda: printed in (folder / "client").read_text(errors="replace"), f"{printed!r} of the client")
            assert IN not in story(), "it was let in after all"
        if "proof" in name or name == "logon-intercepted":
            assert "got the credentials" not in story(), "the client sent its password to somebody in between"
    except AssertionError as wrong:
        raise AssertionError(f"{wrong}\n{story()}\n{(folder / 'client').read_text(errors='replace')[-2000:]}") from wrong
    finally:
        for process in (running, lab):
            if process is not None:
                process.terminate()
                process.wait()


def main():
    if not os.path.exists("/etc/gss/mech.d/mech.ntlmssp.conf"):
        print("skipped: gss-ntlmssp is not installed")
        return 77
    failed = 0
    try:
        servers.need("xfreerdp")
        with tempfile.TemporaryDirectory(prefix="rdpwhy-client-") as scratch, servers.screen(pathlib.Path(scratch)) as screen:
            for case in CASES:
                folder = pathlib.Path(scratch) / f"{case[0]}-{CASES.index(case)}"
                folder.mkdir()
                try:
                    try_case(sys.argv[1], folder, screen, case)
                    print(f"ok   {case[0]}: {case[2]}", flush=True)
                except AssertionError as wrong:
                    failed += 1
                    print(f"FAIL {case[0]}: {wrong}", flush=True)
    except servers.Missing as why:
        print(f"skipped: {why}")
        return 77
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
