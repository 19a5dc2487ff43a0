#!/usr/bin/env python3
"""Where a password is while it is used, and where it is not: memory of the program and of its child (in UTF-8, in UTF-16LE,
as NT hash), environment, command line, output, saved evidence, state files, core files. The server stays silent after the
proof, so that there is time to look.

  memory.py BINARY
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from lab import NTLM, PASSWORD, Server

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
from inside import skip  # noqa: E402

BINARY = sys.argv[1]
# MD4 of the UTF-16LE of PASSWORD, from winpr-hash
NT_HASH = bytes.fromhex("69bd8727228be475e905908d3c6474fd")
FORMS = {"UTF-8": PASSWORD.encode(), "UTF-16LE": PASSWORD.encode("utf-16-le"), "NT hash": NT_HASH}
RSS_KB = 20480
WAIT_S = 20
FAILED = []


def check(what, good, more=""):
    print(f"{'ok  ' if good else 'FAIL'} {what}{': ' + more if more and not good else ''}", flush=True)
    if not good:
        FAILED.append(what)


def regions(pid):
    """(start, end, name, flags) of what the process may write, or could once."""
    found = []
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text(encoding="ascii", errors="replace").splitlines():
        head = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)", line)
        if head:
            found.append([int(head[1], 16), int(head[2], 16), head[3] + " " + head[4], []])
        elif line.startswith("VmFlags:"):
            found[-1][3] = line.split()[1:]
    return found


def hits(pid):
    """(form, region, kept apart) for each region that holds a form of the password."""
    found = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for start, end, name, flags in regions(pid):
            # what cannot be written is the program's own text: the lab in it knows its password
            if not name.startswith("rw") or "[vvar" in name or end - start > 1 << 32:
                continue
            try:
                memory.seek(start)
                data = memory.read(end - start)
            except (OSError, OverflowError, ValueError):
                continue
            for form, needle in FORMS.items():
                if needle in data:
                    found.append((form, name.strip(), "dd" in flags and "wf" in flags))
    return found


def children(pid):
    return [int(one) for one in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def sanitized(pid):
    return "libasan" in pathlib.Path(f"/proc/{pid}/maps").read_text(encoding="ascii", errors="replace")


def peak_kb(pid):
    return int(re.search(r"^VmHWM:\s*(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii"), re.M)[1])


def look_inside(parent, source):
    if source == "environment" and sanitized(parent):
        print("not looked for: a sanitizer's own copy of the environment, which is older than the program")
        return
    own = children(parent)
    check("one child", len(own) == 1, str(own))
    for name, pid in [("program", parent), *[("child", one) for one in own]]:
        for what in ("environ", "cmdline"):
            data = pathlib.Path(f"/proc/{pid}/{what}").read_bytes()
            check(f"{name}: nothing in its {what}", not any(form in data for form in FORMS.values()))
        check(f"{name}: no core file", re.search(
            r"Max core file size\s+0\s+0", pathlib.Path(f"/proc/{pid}/limits").read_text(encoding="ascii")) is not None)
        try:
            found = hits(pid)
        except PermissionError:
            print(f"skipped: {name}'s memory: only root may read it")
            continue
        if name == "program":
            check("program: the password only in the pages kept for it", all(apart for _, _, apart in found), str(found))
            check("program: in one form only", {form for form, _, _ in found} <= {"UTF-8"}, str(found))
        else:
            check("child: no trace of the password once the logon is on its way", not found, str(found))
        if sanitized(pid):
            print(f"not measured: {name}'s size, by a build with sanitizers")
        else:
            check(f"{name}: below 20 MB", peak_kb(pid) < RSS_KB, f"{peak_kb(pid)} kB")


def run(folder, source):
    saved = folder / "saved.json"
    known = dict(os.environ, XDG_STATE_HOME=str(folder), HOME=str(folder), NO_COLOR="1",
                 ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":max_free_fill_size=16777216:free_fill_byte=90")
    words = ["--save", str(saved), "--again", "-v", "--only", "logon"]
    if source == "environment":
        known["RDPWHY_PASSWORD"] = PASSWORD
    else:
        (folder / "password").write_text(PASSWORD + "\n", encoding="utf-8")
        words += ["--password-file", str(folder / "password")]
    with Server(BINARY, "logon-silent") as lab:
        process = subprocess.Popen(
            [BINARY, "check", f"127.0.0.1:{lab.port}", "--user", "alice", "--trust-cert", lab.fingerprint, *words],
            env=known, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = ""
        deadline = time.monotonic() + WAIT_S
        while "says nothing" not in line and time.monotonic() < deadline:
            line = lab.process.stdout.readline()
        # the server has the proof: what made it was wiped before it was sent
        look_inside(process.pid, source)
        out, err = process.communicate()
    (folder / "password").unlink(missing_ok=True)
    for path in [one for one in folder.rglob("*") if one.is_file()]:
        data = path.read_bytes()
        check(f"nothing in {path.name}", not any(one in data for one in [*FORMS.values(), NT_HASH.hex().encode()]))
    for what, data in (("output", out), ("errors", err)):
        check(f"nothing in the {what}", not any(one in data for one in [*FORMS.values(), NT_HASH.hex().encode()]))
    check("and it ended as it should", process.returncode == 2, f"{process.returncode} {err.decode()[-500:]}")


def main():
    if not pathlib.Path(NTLM).exists():
        skip("gss-ntlmssp is not installed")
    for source in ("file", "environment"):
        print(f"-- by {source}")
        with tempfile.TemporaryDirectory(prefix="rdpwhy-secrets-") as folder:
            run(pathlib.Path(folder), source)
    sys.exit(1 if FAILED else 0)


main()
