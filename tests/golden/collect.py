#!/usr/bin/env python3
"""collect.py RDPWHY: every tests/golden/collect/NAME.paste against the words beside it; the scripts that are printed.
RDPWHY_GOLDEN=write writes the files anew."""
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PASTES = os.path.join(HERE, "collect")
DATA = os.path.join(HERE, "..", "..", "data", "collect")
RDPWHY = os.path.abspath(sys.argv[1])
WRITE = os.environ.get("RDPWHY_GOLDEN") == "write"
failures = []


def collect(*args, stdin=None):
    run = subprocess.run([RDPWHY, "collect", *args], input=stdin, capture_output=True, cwd=PASTES, timeout=60, check=False)
    return run.returncode, run.stdout.decode("utf-8"), run.stderr.decode("utf-8")


def same(what, seen, wanted):
    if seen != wanted:
        failures.append(f"{what}: {seen!r}")


for name in sorted(n for n in os.listdir(PASTES) if n.endswith(".paste")):
    status, text, err = collect("--read", name)
    path = os.path.join(PASTES, name.replace(".paste", ".txt"))
    if WRITE:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    with open(path, encoding="utf-8") as file:
        same(name, (status, err, text), (0, "", file.read()))
    with open(os.path.join(PASTES, name), "rb") as file:
        same(name + " from standard input", collect("--read", "-", stdin=file.read()), (0, text, ""))
    document = collect("--read", name, "--json", "--redact")[1]
    json.loads(document)
    for shown in (document, collect("--read", name, "--redact")[1]):
        found = re.search("srv-fin-02|corp.example|10\\.20\\.4\\.17|A1B2C3D4|B\u00fcro", shown, re.I)
        if found and "Interface" not in found[0] and name != "client.paste":
            failures.append(f"{name}: redacted it still says {found[0]}")


def text_of(name):
    with open(os.path.join(DATA, name), encoding="ascii") as file:
        return file.read()


for side in ("client", "server"):
    script = re.sub(r"^ *#include (\S+)\n", lambda line: text_of(line[1]), text_of(side + ".ps1"), flags=re.M)
    assert "function Out-Record" in script
    same(side, collect(side), (0, script, ""))
    same(side + " --redact", collect(side, "--redact"), (0, script.replace("$Redact = $false", "$Redact = $true", 1), ""))
    # Pasted into a console, an empty line would end the statement, and a tab would complete a word.
    if re.search(r"\n[ ]*\n|\t", script):
        failures.append(f"{side}: an empty line or a tab")
    if re.search(r"\b(Set|New|Remove|Add|Enable|Disable|Stop|Start|Restart|Invoke|Out-File|Clear)-(?!Object)\w+|>\s*\S+\.txt|Invoke-Expression|\biex\b", script):
        failures.append(f"{side}: it does more than read: "
                        + str(re.findall(r"\b(?:Set|New|Remove|Add|Enable|Disable|Stop|Start|Restart|Invoke|Clear)-\w+", script)))
client = collect("client")[1]
same("a host", collect("client", "srv-01.corp.example:3390")[1],
     client.replace("$Target = ''", "$Target = 'srv-01.corp.example'").replace("$Port = 3389", "$Port = 3390"))
same("an IPv6 address", collect("client", "[2001:db8::1]")[1], client.replace("$Target = ''", "$Target = '2001:db8::1'"))
for host in ("a'b", "a$(x)", "a`b", 'a"b', "a;b", "a b", "a\nb", "\u2019x"):
    status, text, _ = collect("client", host)
    if status != 64 or text:
        failures.append(f"{host!r} got into a script: {status}")
for args, status, message in [
        ([], 64, "rdpwhy: collect: from which side? rdpwhy collect client, or rdpwhy collect server\n"),
        (["both"], 64, 'rdpwhy: collect: "both" is no side; rdpwhy collect client, or rdpwhy collect server\n'),
        (["server", "x"], 64, "rdpwhy: collect server takes no host: it is run on the server itself\n"),
        (["client", "--json"], 64, "rdpwhy: collect: --save, --json and -q go with --read\n"),
        (["--read"], 64, "rdpwhy: --read needs a value; see rdpwhy collect --help\n"),
        (["--frob"], 64, 'rdpwhy: --frob: no such option; see rdpwhy collect --help\n'),
        (["--read", "missing"], 66, "rdpwhy: missing: No such file or directory\n"),
        (["--read", "client.txt"], 65, "rdpwhy: no output of rdpwhy collect: neither its first nor its last line is there; "
         "paste all of it, from @RDPWHY-COLLECT to @END\n")]:
    same(args, collect(*args), (status, "", message))
# Two collections of one server are documents like any others: what changed between them can be asked.
with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(PASTES, "server-expired.paste"), encoding="ascii") as file:
        records = file.read()
    for name, text in (("before", records), ("after", records.replace("TermService|Running", "TermService|Stopped")
                                             .replace("|1058|12|", "|1059|12|").replace("11-22T17:05", "11-22T18:05"))):
        with open(os.path.join(folder, name), "w", encoding="ascii") as file:
            file.write(text)
        collect("--read", os.path.join(folder, name), "--save", os.path.join(folder, name + ".json"))
    run = subprocess.run([RDPWHY, "diff", "before.json", "after.json"], cwd=folder, capture_output=True, timeout=60, check=False)
    for words in ("service TermService: Running -> Stopped\n", "event: System id 1058, gone\n", "event: System id 1059, new\n"):
        if words not in run.stdout.decode():
            failures.append(f"diff of two collections does not say {words!r}: {run.stdout.decode()}")
    run = subprocess.run([RDPWHY, "judge", "after.json"], cwd=folder, capture_output=True, timeout=60, check=False)
    if "what the server says of itself\n\n  wrong     the service TermService is Stopped\n" not in run.stdout.decode():
        failures.append(f"judge does not say what the server says: {run.stdout.decode()}")
for line in failures:
    print(line)
sys.exit(1 if failures else 0)
