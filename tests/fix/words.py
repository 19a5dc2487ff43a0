#!/usr/bin/env python3
"""words.py RDPWHY: what rdpwhy fix says: whole outputs against tests/fix/golden (RDPWHY_GOLDEN=write writes them anew), the
lines of every way, files that are written and never overwritten, questions on a terminal, and what is refused."""
import json
import os
import pathlib
import pty
import re
import subprocess
import tempfile

from repairs import BINARY, VALUES, document, fix, good

GOLDEN = pathlib.Path(__file__).resolve().parent / "golden"
KEY = "rdp-security-layer"


def golden(name, text):
    path = GOLDEN / name
    if os.environ.get("RDPWHY_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, f"{name} differs; meant? RDPWHY_GOLDEN=write tests/fix/words.py ..."


def card(*args):
    """What stands below the script: scripts change often, and are decoded elsewhere."""
    out = good(*args)
    head, script, rest = re.split(r"^-- ?[^\n]*-{20,}\n", out, flags=re.M)
    assert head == "" and script, out[:200]
    assert all(len(line) <= 80 or not line.startswith("  ") or "rdpwhy fix" in line for line in rest.split("\n")), rest
    return rest


def whole_outputs():
    golden("console.txt", card(KEY))
    golden("look.txt", card(KEY, "--dry-run"))
    golden("undo.txt", card(KEY, "--undo"))
    golden("azure.txt", card(KEY, "--for", "azure", "--resource-group", "rg-1", "--vm", "srv 01"))
    golden("missing.txt", card(KEY, "--for", "ssh"))
    golden("serial.txt", card(KEY, "--for", "azure-serial"))


def lines_of_every_way():
    text = ""
    for remedy in (KEY, "xrdp-start"):
        for way in document()["deliveries"]:
            status, out, err = fix(remedy, "--for", way, "--vm", "srv 01", "--resource-group", "rg-1", "--computer", "srv-01",
                                   "--user", "CORP\\sam", "--instance", "i-0abc", "--region", "eu-west-1", "--json")
            text += f"== {remedy} --for {way}\n"
            if status != 0:
                text += err
                continue
            one = json.loads(out)
            steps = "\n".join(one["steps"]).replace(one["script"], "<script>\n")
            # a line of the serial console's base64 looks like a file's name to nobody
            steps = re.sub(r"(\n[^\n]*[A-Za-z0-9+/=]{60,})+(?=\n[^\n]*[A-Za-z0-9+/=]{60,}\n)", "\n...", steps)
            steps = re.sub(r"[A-Za-z0-9+/=]{60,}", "<base64>", steps)
            text += re.sub(r"(?m)^(.* echo )?[A-Za-z0-9+/]{4,}={0,2}$", r"\1<base64>", steps) + "\n"
            text += "".join(f"   with {name}\n" for name in one["files"])
    golden("ways.txt", text)


def files(folder):
    target = os.path.join(folder, "new")
    out = good(KEY, "--for", "aws", "--instance", "i-0abc", "--write", target)
    names = sorted(os.listdir(target))
    parts = ("apply", "look", "undo", "verify")
    assert names == sorted(["README.txt"] + [f"{KEY}-{p}.ps1" for p in parts] + [f"{KEY}-{p}.aws.json" for p in parts]), names
    assert out.splitlines()[-1] == "Nothing was run. README.txt says in which order.", out
    readme = pathlib.Path(target, "README.txt").read_text(encoding="ascii")
    assert readme.index("1. Look") < readme.index("2. Apply") < readme.index("3. Verify") < readme.index("4. Undo")
    assert all(len(line) <= 80 for line in readme.split("1. Look")[0].split("\n")), readme
    assert "rdpwhy HOST --save before.json" in readme and "rdpwhy HOST --after before.json" in readme, readme
    assert "RDPWHY RESULT ok, nothing-to-do" in readme, readme
    assert "not yet run on Windows" in readme and "aws ssm send-command --instance-ids 'i-0abc'" in readme
    before = {name: pathlib.Path(target, name).read_bytes() for name in names}
    status, out, err = fix(KEY, "--write", target)
    assert status == 66 and "is there already; nothing was written" in err and out == "", (status, out, err)
    assert before == {name: pathlib.Path(target, name).read_bytes() for name in sorted(os.listdir(target))}
    # what a person has to do stands on one page, and nobody is told to run it
    target = os.path.join(folder, "words")
    good("self-connect", "--write", target)
    assert sorted(os.listdir(target)) == ["README.txt", "self-apply.txt"], os.listdir(target)
    readme = pathlib.Path(target, "README.txt").read_text(encoding="ascii")
    assert "What to do stands in self-apply.txt" in readme and "elevated" not in readme and "1. Look" not in readme, readme
    assert "$ nslookup YOUR-NAME" in pathlib.Path(target, "self-apply.txt").read_text(encoding="ascii")
    # a test that opens something says when it ends
    target = os.path.join(folder, "timed")
    good("nla-off-test", "--write", target)
    assert "\nEnds        " in pathlib.Path(target, "README.txt").read_text(encoding="ascii")
    assert document("nla-off-test")["ends"] and "ends" not in document(KEY)
    # one name in the way: nothing else is left behind
    blocked = pathlib.Path(folder, "blocked")
    blocked.mkdir()
    (blocked / "README.txt").write_text("mine", encoding="ascii")
    status, _, err = fix(KEY, "--write", str(blocked))
    assert status == 66 and os.listdir(blocked) == ["README.txt"], (status, err)
    assert (blocked / "README.txt").read_text(encoding="ascii") == "mine"
    (pathlib.Path(folder) / "file").write_text("", encoding="ascii")
    status, _, err = fix(KEY, "--write", os.path.join(folder, "file"))
    assert status == 66 and "a file of that name is there" in err, err
    status, _, err = fix(KEY, "--write", os.path.join(folder, "a", "b"))
    assert status == 66 and "No such file" in err, err


def answered(answers, *args):
    """Runs it on a terminal of its own and types the answers, each when its question stands there."""
    leader, follower = pty.openpty()
    with subprocess.Popen([BINARY, "fix", *args], stdin=follower, stdout=subprocess.PIPE, stderr=follower) as run:
        os.close(follower)
        seen = b""
        for answer in answers:
            while not seen.endswith(b": "):
                seen += os.read(leader, 1024)
            os.write(leader, answer.encode() + b"\n")
            seen += os.read(leader, 1)
        out = run.stdout.read().decode()
        assert run.wait(60) == 0
        os.close(leader)
    return out


def questions():
    out = answered(["rg;1", "rg-1", ""], KEY, "--for", "azure")
    assert "--resource-group 'rg-1' --name 'YOUR-VM'" in out, out[-1500:]
    assert "--vm: the virtual machine's name" in out
    out = answered(["rg-1", "srv"], KEY, "--for", "azure")
    assert "--resource-group 'rg-1' --name 'srv'" in out and "YOUR-" not in out.split("----\n")[-1]


REFUSED = {
    ("no-such",): "is no cause; nearest: ",
    ("secutity-layer",): 'fix: "secutity-layer" is no cause; nearest: security-layer-mismatch, ',
    ("host-up",): "is no cause; nearest: ",
    (KEY, "x"): "fix: one cause at a time",
    ("0x904/0x7",): "fix: 0x904/0x7 is a code, and many causes show it: rdpwhy 0x904/0x7 lists them",
    ("2308",): "fix: 2308 is a code",
    ("--undo",): "fix: for which cause? rdpwhy fix lists them",
    ("--for", "azure"): "fix: for which cause?",
    ("--write", "x"): "fix: for which cause?",
    ("-q",): "fix: for which cause?",
    ("--folk", "no such words"): 'fix: --folk: nothing is known there with "no such words"',
    (KEY, "--for", "pigeon"): 'fix: --for "pigeon" is no way we know; they are: console, azure, azure-serial, aws, hyperv, ',
    (KEY, "--for"): "--for needs a value; see rdpwhy fix --help",
    (KEY, "--undo", "--dry-run"): "fix: one of --dry-run, --undo and --verify at a time",
    (KEY, "--frobnicate"): "--frobnicate: no such option; see rdpwhy fix --help",
    (KEY, "--ssh", "srv"): "fix: --ssh goes with --apply",
    (KEY, "--yes"): "fix: --yes goes with --apply",
    (KEY, "--set", "x"): "fix: --set takes NAME=VALUE",
    (KEY, "--set", "frob=1"): "fix: --set frob: no repair and no delivery asks for that",
    (KEY, "--remedy", "x"): 'fix: --remedy "x" is not known',
    (KEY, "--system", "beos"): 'fix: --system "beos": no repair is for that',
    (KEY, "--json", "-q"): "exclude each other",
    (KEY, "--write", "x", "--json"): "--write says what it wrote",
    (KEY, "--for", "offline"): "it needs the machine running",
    ("xrdp-start", "--for", "winrm"): "cannot carry a .sh script",
}


def folk_advice():
    out = good("--folk")
    assert all(len(line) <= 80 for line in out.split("\n"))
    for words in ("MachineKeys", "dangerous", "rdp-key-park", "instead"):
        assert words in out, words
    listed = document("--folk")["folk"]
    assert len(listed) > 10 and all(one["why"] and one["instead"] for one in listed)
    assert [one["id"] for one in document("--folk", "machinekeys", "ICACLS")["folk"]] == ["icacls-all-keys"]
    out = good("--folk", "RDGClientTransport")
    assert out.count("  verdict   ") == 1 and "misread" in out, out


def refused():
    for words, sentence in REFUSED.items():
        status, out, err = fix(*words)
        assert status == 64 and out == "" and sentence in err and err.startswith("rdpwhy: "), (words, status, err)
    status, _, err = fix(KEY, "--evidence", "/nonexistent")
    assert status == 66, err


def json_holds_to_the_contract():
    one = document(KEY)
    for name in ("cause", "where", "delivery", "risk", "script", "undo", "saves", "verify", "notes"):
        assert name in one, name
    assert one["not_yet_run"] is True and document("xrdp-start")["not_yet_run"] is False
    assert one["script"] == good(KEY, "-q") and one["undo"] == good(KEY, "--undo", "-q")
    assert one["verify"] == good(KEY, "--verify", "-q")
    assert VALUES["port"] == "3390"


def documents_fit_their_schema():
    try:
        import jsonschema
    except ImportError:
        print("python3-jsonschema is missing: documents are not validated")
        return
    schema = json.loads((GOLDEN.parent.parent.parent / "docs" / "fix.schema.json").read_text(encoding="utf-8"))
    schema["additionalProperties"] = False  # our own output holds nothing that the schema does not name
    check = jsonschema.Draft202012Validator(schema)
    for words in ((), ("--folk",), (KEY,), (KEY, "--undo"), ("xrdp-start",), ("host-down",), ("offline-rdp-on",), ("nla-off-test",)):
        for error in check.iter_errors(document(*words)):
            raise AssertionError(f"{words}: {error.message[:300]}")
    _, out, err = fix("xrdp-start", "--apply", "--dry-run", "--json")  # whether it finds an xrdp here or not
    applied = json.loads(out)
    assert applied["outcome"] in ("done", "untouched") and applied["said"] and err == "", (out, err)
    for error in check.iter_errors(applied):
        raise AssertionError(f"--apply: {error.message[:300]}")


def main():
    with tempfile.TemporaryDirectory(prefix="rdpwhy-fix-") as folder:
        whole_outputs()
        lines_of_every_way()
        files(folder)
        questions()
        folk_advice()
        refused()
        json_holds_to_the_contract()
        documents_fit_their_schema()


main()
