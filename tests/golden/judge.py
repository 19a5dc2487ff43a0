#!/usr/bin/env python3
"""judge.py RDPWHY: every tests/golden/judge/NAME.json against the text and the JSON beside it, byte for byte, and against
what must hold for any document: the schema, saved again, redacted, in colour. RDPWHY_GOLDEN=write writes the files anew."""
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import schema  # noqa: E402  pylint: disable=wrong-import-position
DOCUMENTS = os.path.join(HERE, "judge")
RDPWHY = os.path.abspath(sys.argv[1])
WRITE = os.environ.get("RDPWHY_GOLDEN") == "write"
failures = []


def fail(name, what):
    failures.append(f"{name}: {what}")


def judge(*args, stdin=None):
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    run = subprocess.run([RDPWHY, "judge", *args], input=stdin, capture_output=True, cwd=DOCUMENTS, timeout=60,
                         env=environment, check=False)
    return run.returncode, run.stdout.decode("utf-8"), run.stderr.decode("utf-8")


def golden(name, text):
    path = os.path.join(DOCUMENTS, name)
    if WRITE:
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    with open(path, encoding="utf-8", newline="") as file:
        if file.read() != text:
            fail(name, "differs; if the change is meant: RDPWHY_GOLDEN=write tests/golden/judge.py build/dev/rdpwhy")


HARMFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
COLOUR = re.compile("\x1b\\[[0-9]*m")


def essence(document):
    """What redaction must not change."""
    verdict = document["verdict"]
    stopped = verdict["stopped_at"]
    return {
        "status": verdict["status"], "cause": verdict["cause"], "certainty": verdict["certainty"],
        "stopped_at": stopped and stopped["check"], "depth": verdict["depth"],
        "ruled_out": [item["cause"] for item in verdict["ruled_out"]],
        "causes": [(c["cause"], c["certainty"], c["blocks"], len(c["because"]), [t["test"] for t in c["decide_with"]])
                   for c in document["causes"]],
        "next": [(step["where"], step["risk"], step["command"] is None) for step in document["next"]],
        "checks": [(check["id"], check["status"]) for check in document["checks"]],
    }


def check_document(name, validate):
    base = name[: -len(".json")]
    status, text, _ = judge(name)
    golden(base + ".txt", f"{text}[exit {status}]\n")
    _, document, _ = judge(name, "--json")
    if os.path.exists(os.path.join(DOCUMENTS, base + ".out")):
        golden(base + ".out", document)
    parsed = json.loads(document)
    for fault in schema.faults(parsed, validate):
        fail(name, fault)
    again = judge("-", "--json", stdin=document.encode())
    if again != (status, document, ""):
        fail(name, "saved and judged again it is another document")
    for mode in ("-q", "-v", "--ticket", "--redact"):
        other, shown, _ = judge(name, mode)
        if other != status:
            fail(name, f"exit status {other} with {mode}")
        if HARMFUL.search(shown):
            fail(name, f"{mode} prints {HARMFUL.search(shown).group()!r}")
    if HARMFUL.search(text):
        fail(name, f"prints {HARMFUL.search(text).group()!r}")
    _, coloured, _ = judge(name, "--color=always")
    if COLOUR.sub("", coloured) != text or coloured == text:
        fail(name, "colour is more than an addition")
    status, redacted, _ = judge(name, "--redact", "--json")
    if essence(json.loads(redacted)) != essence(parsed):
        fail(name, "redacted it gets another verdict")
    if judge("-", "--redact", "--json", stdin=redacted.encode()) != (status, redacted, ""):
        fail(name, "redacting twice is not redacting once")
    target = parsed["target"]
    for secret in {target["host"], target["address"], *target["host"].split(".")[:1]}:
        if len(secret) > 3 and secret.lower() in redacted.lower():
            fail(name, f"redacted it still says {secret}")


def check_errors():
    cases = [
        (["missing.json"], b"", 66, "rdpwhy: missing.json: No such file or directory\n"),
        (["-"], b"", 65, "rdpwhy: standard input: line 1, column 0: '[' or '{' expected near end of file\n"),
        (["-"], b'{"schema":1,"checks":[{"id":"tls","evidence":{"alert":"40"}}]}', 65,
         "rdpwhy: standard input: checks[0].evidence.alert: expected an integer\n"),
        (["-"], b'{"schema":7}', 65, "rdpwhy: standard input: schema: this version reads schema 1, the document has 7; "
         "judge it with the version that saved it\n"),
        (["-"], b"{\"\x1b[2J\xc2\x9b\":", 65, None),
        (["-"], b"[" * 100000, 65, "rdpwhy: standard input: line 1: nested deeper than 64 levels\n"),
        ([], b"", 64, "rdpwhy: judge: which file? rdpwhy judge FILE (- for standard input)\n"),
        (["--frob", "healthy.json"], b"", 64,
         'rdpwhy: --frob: no such option; see rdpwhy judge --help\n'),
        (["healthy.json", "silent.json"], b"", 64,
         'rdpwhy: judge: one file at a time ("healthy.json" and "silent.json")\n'),
        (["healthy.json", "--code"], b"", 64, "rdpwhy: --code needs a value; see rdpwhy judge --help\n"),
        (["healthy.json", "--code", "0x90g"], b"", 64,
         'rdpwhy: --code: "0x90g" is not a code; write 0x904 or 0x904/0x7\n'),
        (["healthy.json", "--color=blue"], b"", 64,
         'rdpwhy: --color: "blue" is not one of auto, always, never\n'),
    ]
    for args, stdin, status, message in cases:
        got, out, err = judge(*args, stdin=stdin)
        if got != status or out != "" or (message is not None and err != message) or HARMFUL.search(err):
            fail(" ".join(args), f"exit {got}, {err!r}")


def check_options():
    plain = judge("healthy.json")[1]
    if judge("healthy.json", "--code=0x904/0x7")[0] != 3:
        fail("healthy.json", "a code and no fault must end in 3")
    if judge("healthy.json", "--client", "all")[1] == plain:
        fail("healthy.json", "--client all shows nothing new")


for document_name in sorted(n for n in os.listdir(DOCUMENTS) if n.endswith(".json")):
    check_document(document_name, schema.validator())
check_errors()
check_options()
for line in failures:
    print(line)
sys.exit(1 if failures else 0)
