"""What the tests of rdpwhy fix share: running it, a value for whatever a repair asks for, and a shell whose programs only
write down how they were called."""
import json
import os
import pathlib
import subprocess
import sys

BINARY = os.path.abspath(sys.argv[1])
PARTS = {"apply": [], "look": ["--dry-run"], "undo": ["--undo"], "verify": ["--verify"]}

# A value per type that is awkward and allowed.
VALUES = {
    "hostname": "srv-01.corp.example", "ip": "2001:db8::7", "host": "2001:db8::7", "cidr": "203.0.113.7/32", "port": "3390",
    "number": "1400", "hex40": "0123456789abcdefABCDEF0123456789abcdefAB", "ident": "i-0abc_d.e",
    "account": "CORP\\sam.o-neil", "path": "C:\\Program Files (x86)\\a-b.txt", "label": "Server 2 (old) v1.0_b",
}


def fix(*args, stdin=subprocess.DEVNULL, cwd=None):
    run = subprocess.run([BINARY, "fix", *args], stdin=stdin, capture_output=True, timeout=60, check=False, cwd=cwd)
    return run.returncode, run.stdout.decode("utf-8"), run.stderr.decode("utf-8")


def good(*args, **more):
    status, out, err = fix(*args, **more)
    assert status == 0 and err == "", f"rdpwhy fix {args}: {status}: {err}"
    return out


def document(*args):
    return json.loads(good(*args, "--json"))


def option_of(name):
    return "--" + name.replace("_", "-")


def catalogue():
    """(remedy, system) of every repair, and the ways to deliver."""
    lists = document()
    remedies = {(one["remedy"], one["system"]) for cause in lists["causes"] for one in cause["remedies"]}
    return sorted(remedies), lists["deliveries"]


def repair(remedy, way, part):
    """The document of one repair with every value given, or None when this way cannot carry it; and the values."""
    words = ["--remedy", remedy, "--for", way, *PARTS[part]]
    status, _, err = fix(*words, "--json")
    if status == 64 and any(words in err for words in ("cannot carry", "has no undo", "of a stopped Windows", "needs the machine running")):
        return None, {}
    given = {}
    while True:
        options = [word for name, value in given.items() for word in (option_of(name), value)]
        one = document(*words, *options)
        if not one["missing"]:
            one["options"] = words + options
            return one, given
        given.update({missing["name"]: VALUES[missing["type"]] for missing in one["missing"]})


RECORDER = """#!/usr/bin/env python3
import json, os, sys
with open(os.environ["RECORD"], "a", encoding="utf-8") as file:
    stdin = "" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.read()
    json.dump([os.path.basename(sys.argv[0]), *sys.argv[1:], stdin], file)
    file.write("\\n")
"""
PROGRAMS = ("az", "aws", "virsh", "ssh", "scp", "sudo")


def typed(lines, folder):
    """Types the lines into a real sh in an empty folder; returns how the programs were called: [name, words..., stdin]."""
    programs = pathlib.Path(folder, "programs")
    work = pathlib.Path(folder, "work")
    record = pathlib.Path(folder, "record")
    programs.mkdir(exist_ok=True)
    work.mkdir(exist_ok=True)
    record.write_text("", encoding="utf-8")
    for name in PROGRAMS:
        stub = programs / name
        stub.write_text(RECORDER, encoding="utf-8")
        stub.chmod(0o755)
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "RECORD": str(record), "HOME": str(work)}
    done = subprocess.run(["sh", "-s"], input="\n".join(lines) + "\n", text=True, capture_output=True, cwd=work,
                          env=environment, timeout=60, check=False)
    assert done.returncode == 0 and done.stderr == "" and done.stdout == "", (done, lines[:2])
    left = [path.name for path in work.iterdir()]
    assert not left, f"the lines left {left}"
    return [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
