#!/usr/bin/env python3
"""diff.py RDPWHY: pairs of the documents of tests/golden/judge against the words and the JSON that `rdpwhy diff` must say of
them, byte for byte. RDPWHY_GOLDEN=write writes the files anew."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DOCUMENTS = os.path.join(HERE, "judge")
EXPECTED = os.path.join(HERE, "diff")
SCHEMA = os.path.join(HERE, "..", "..", "docs", "schema.json")
RDPWHY = os.path.abspath(sys.argv[1])
WRITE = os.environ.get("RDPWHY_GOLDEN") == "write"
PAIRS = [("key-unreadable", "healthy"), ("healthy", "silent"), ("healthy", "cert-expired"), ("healthy", "healthy"),
         ("silent", "key-unreadable"), ("healthy", "long-name"), ("escapes", "healthy"), ("not-reproduced", "healthy")]
failures = []


def diff(*args, stdin=None):
    run = subprocess.run([RDPWHY, "diff", *args], input=stdin, capture_output=True, cwd=DOCUMENTS, timeout=60, check=False)
    return run.returncode, run.stdout.decode("utf-8"), run.stderr.decode("utf-8")


def golden(name, text):
    path = os.path.join(EXPECTED, name)
    if WRITE:
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    with open(path, encoding="utf-8", newline="") as file:
        if file.read() != text:
            failures.append(f"{name}: differs; if the change is meant: RDPWHY_GOLDEN=write tests/golden/diff.py build/dev/rdpwhy")


def valid(document):
    """The comparison's members are those of the document's "since"."""
    try:
        import jsonschema
    except ImportError:
        return []
    with open(SCHEMA, encoding="utf-8") as file:
        schema = json.load(file)
    return [error.message[:200] for error in jsonschema.Draft202012Validator(schema["properties"]["since"]).iter_errors(document)]


for before, after in PAIRS:
    name = f"{before}--{after}"
    files = [before + ".json", after + ".json"]
    status, text, _ = diff(*files)
    golden(name + ".txt", f"{text}[exit {status}]\n")
    _, document, _ = diff(*files, "--json")
    parsed = json.loads(document)
    failures += [f"{name}: schema: {error}" for error in valid(parsed)]
    if before == "key-unreadable":
        golden(name + ".out", document)
    if diff(*files, "-q")[1].split(" ", 1)[1] != parsed["summary"] + "\n":
        failures.append(f"{name}: -q does not end like the JSON")
    redacted = json.loads(diff(*files, "--redact", "--json")[1])
    same_host = parsed["before"]["target"]["host"] == parsed["after"]["target"]["host"]
    if same_host and redacted["outcome"] != parsed["outcome"]:
        failures.append(f"{name}: redacted it comes to {redacted['outcome']}")
    for secret in ("srv-fin-02", "10.20.4.17"):
        if secret in json.dumps(redacted).lower():
            failures.append(f"{name}: redacted it still says {secret}")

with open(os.path.join(DOCUMENTS, "healthy.json"), "rb") as healthy:
    if diff("-", "healthy.json", stdin=healthy.read()) != diff("healthy.json", "healthy.json"):
        failures.append("standard input is not read like a file")
for args, stdin, status, message in [
        ([], b"", 64, "rdpwhy: diff: which files? rdpwhy diff BEFORE AFTER; a live second look: rdpwhy HOST --after BEFORE\n"),
        (["healthy.json"], b"", 64,
         "rdpwhy: diff: which second file? rdpwhy diff BEFORE AFTER; a live second look: rdpwhy HOST --after BEFORE\n"),
        (["-", "-"], b"", 64, "rdpwhy: diff: standard input can be one of the two files, not both\n"),
        (["a", "b", "c"], b"", 64, 'rdpwhy: diff: two files at a time; "c" is a third\n'),
        (["--frob"], b"", 64, 'rdpwhy: --frob: no such option; see rdpwhy diff --help\n'),
        (["missing.json", "healthy.json"], b"", 66, "rdpwhy: missing.json: No such file or directory\n"),
        (["healthy.json", "-"], b'{"schema":7}', 65, "rdpwhy: standard input: schema: this version reads schema 1, the "
         "document has 7; judge it with the version that saved it\n")]:
    if diff(*args, stdin=stdin) != (status, "", message):
        failures.append(f"{args}: {diff(*args, stdin=stdin)}")
for line in failures:
    print(line)
sys.exit(1 if failures else 0)
