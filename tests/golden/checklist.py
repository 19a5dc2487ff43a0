#!/usr/bin/env python3
"""checklist.py RDPWHY: the paper version: all of it, for a cause, for a code. RDPWHY_GOLDEN=write writes the files anew."""
import csv
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "..", "data")
RDPWHY = os.path.abspath(sys.argv[1])
WRITE = os.environ.get("RDPWHY_GOLDEN") == "write"
TWO_PAGES = 140
failures = []


def checklist(*args):
    run = subprocess.run([RDPWHY, "checklist", *args], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    return run.returncode, run.stdout.decode("utf-8"), run.stderr.decode("utf-8")


def rows(name):
    with open(os.path.join(DATA, name), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


# What a cause gets depends on rules, tests and remedies, so its words are not held here.
for name, args in [("all", []), ("markdown", ["--markdown"])]:
    status, text, err = checklist(*args)
    path = os.path.join(HERE, "checklist", name + ".txt")
    if WRITE:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    with open(path, encoding="utf-8") as file:
        if (status, err, text) != (0, "", file.read()):
            failures.append(f"{name}: differs; if the change is meant: RDPWHY_GOLDEN=write tests/golden/checklist.py build/dev/rdpwhy")

steps = rows("checklist.tsv")
text = checklist()[1]
if text.count("\n") > TWO_PAGES:
    failures.append(f"{text.count(chr(10))} lines are more than two pages")
known = {row["check"] for row in rows("causes.tsv")} | {"udp", "gateway", "session", "bandwidth", "logon"}
for step in steps:
    for check in step["checks"].split():
        if check != "*" and check not in known:
            failures.append(f"checklist.tsv: {step['id']}: {check} is no check")
    if step["command"] != "-" and (step["command"] not in text or step["command"] not in checklist("--markdown")[1]):
        failures.append(f"{step['id']}: its command cannot be copied")
tests = {row["id"]: row for row in rows("tests.tsv")}
for row in rows("causes.tsv"):
    status, out, _ = checklist(row["slug"], "--json")
    document = json.loads(out)
    shown = {step["id"] for step in document["steps"]}
    wanted = {test for test in row["tests"].split() if test != "-" and tests[test]["by"] == "person"}
    if status != 0 or not wanted <= shown or document["cause"] != row["slug"]:
        failures.append(f"{row['slug']}: {status}, missing {wanted - shown}")
    # the repair on paper is the one that `rdpwhy fix` prints
    fix = subprocess.run([RDPWHY, "fix", row["slug"], "--json"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    repair = [step["do"] for step in document["steps"] if step["id"] == "fix"]
    if (fix.returncode == 0) != (len(repair) == 1) or repair and not repair[0].startswith(json.loads(fix.stdout)["title"] + " (risk: "):
        failures.append(f"{row['slug']}: its repair is not that of rdpwhy fix: {repair}")
    if "{" in "".join(step["command"] or "" for step in document["steps"]).replace("@{", ""):
        failures.append(f"{row['slug']}: a command with something left to fill in")
for args in (["rdp-key-unreadable"], ["mtu-black-hole", "--markdown"], ["0x904/0x7"], ["0x904/0x7", "--markdown"]):
    status, out, _ = checklist(*args)
    if status != 0 or out.count("\n") > TWO_PAGES * (2 if "--markdown" in args else 1):
        failures.append(f"{args}: {out.count(chr(10))} lines are more than two pages")
key = checklist("rdp-key-unreadable")[1]
for words in ("Is it rdp-key-unreadable? What decides, and what looks alike\n", "> rdpwhy fix rdp-key-unreadable\n",
              "look for events 1057, 1058 and 36870", "tells it from: ", "looks alike: "):
    if words not in key:
        failures.append(f"rdp-key-unreadable: not said: {words}")
for args, status, message in [
        (["frob"], 64, 'rdpwhy: checklist: "frob" is neither a cause nor a code such as 0x904/0x7; '
         "nearest: broker-redirect-unresolvable, route-wrong-interface, forward-dead-backend\n"),
        (["cert-expird"], 64, None), (["--frob"], 64, None), (["--json", "--markdown"], 64, None)]:
    got, out, err = checklist(*args)
    if got != status or out or (message is not None and err != message):
        failures.append(f"{args}: {got}, {err!r}")
if "cert-expired" not in checklist("cert-expird")[2]:
    failures.append("a cause of a similar name is not offered")
if "\n  The client showed a code: what to look at, in order\n" not in checklist("0x99999")[1]:
    failures.append("an unknown code leaves a hole in the title")
if checklist("2308", "7")[1] != checklist("0x904/0x7")[1]:
    failures.append("a code is not the same code in decimal")
for line in failures:
    print(line)
sys.exit(1 if failures else 0)
