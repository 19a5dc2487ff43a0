#!/usr/bin/env python3
"""files.py PROGRAM: the file that `rdpwhy fallback` writes, its signature, what it does not write over, what it says when it must
not make more connections, and when nothing works. Against the program's own lab, on loopback."""
import base64
import contextlib
import json
import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
import schema  # noqa: E402  pylint: disable=wrong-import-position

PROGRAM = sys.argv[1]
FAILED = []


def check(what, got, wanted):
    if got != wanted:
        FAILED.append(what)
        print(f"{what}:\n  got    {got!r}\n  wanted {wanted!r}")


@contextlib.contextmanager
def lab(scenario):
    process = subprocess.Popen([PROGRAM, "lab", scenario, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        for line in process.stdout:
            if "127.0.0.1:" in line:
                yield "127.0.0.1:" + "".join(c for c in line.split("127.0.0.1:", 1)[1].split()[0] if c.isdigit())
                break
        else:
            raise RuntimeError(f"lab {scenario} said nothing")
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def fallback(folder, *arguments, tail=()):
    environment = dict(os.environ, XDG_STATE_HOME=str(folder), NO_COLOR="1")
    return subprocess.run(
        [PROGRAM, "fallback", *arguments, *tail], capture_output=True, text=True, env=environment, cwd=folder, stdin=subprocess.DEVNULL,
        check=False,
    )


def lines_of(path):
    raw = path.read_bytes()
    check("the mark of UTF-16", raw[:2], b"\xff\xfe")
    text = raw[2:].decode("utf-16-le")
    check("line ends", text.count("\n"), text.count("\r\n"))
    return text.split("\r\n")[:-1]


def the_file(folder, target):
    done = fallback(folder, target, "--json")
    check("status", done.returncode, 1)
    way = json.loads(done.stdout)["ways"][0]
    path = folder / "127.0.0.1-rdp.rdp"
    check("path", way["rdp_file"], "./127.0.0.1-rdp.rdp")
    check("mstsc", way["commands"]["mstsc"], ".\\127.0.0.1-rdp.rdp".join(["mstsc ", ""]))
    check("lines", lines_of(path), [f"full address:s:{target}", "enablecredsspsupport:i:0", "authentication level:i:2"])
    check("nothing but the file", sorted(p.name for p in folder.iterdir() if p.suffix == ".rdp"), ["127.0.0.1-rdp.rdp"])
    # The same again is the same file; another one beside it is never written over.
    check("again", json.loads(fallback(folder, target, "--json").stdout)["ways"][0]["rdp_file"], "./127.0.0.1-rdp.rdp")
    path.write_text("mine")
    check("beside", json.loads(fallback(folder, target, "--json").stdout)["ways"][0]["rdp_file"], "./127.0.0.1-rdp-2.rdp")
    check("untouched", path.read_text(), "mine")
    done = fallback(folder, target, "--json", "--no-file")
    check("no file", json.loads(done.stdout)["ways"][0]["rdp_file"], None)
    check("no file, no mstsc line", json.loads(done.stdout)["ways"][0]["commands"]["mstsc"], None)
    done = fallback(folder, target, "--write", "nowhere/at/all")
    check("a folder that is not there", (done.returncode, "nowhere/at/all/127.0.0.1-rdp.rdp: No such file" in " ".join(done.stdout.split())), (1, True))


def the_signature(folder, target):
    def openssl(*words):
        return subprocess.run(["openssl", *words], capture_output=True, text=True, cwd=folder, check=False)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=publisher.test", "-days", "2", "-keyout", "k.pem", "-out", "c.pem")
    openssl("genrsa", "-out", "other.pem", "2048")
    openssl("genrsa", "-aes128", "-passout", "pass:secret", "-out", "locked.pem", "2048")
    done = fallback(folder, target, "--json", "--sign-key", "k.pem", "--sign-cert", "c.pem")
    way = json.loads(done.stdout)["ways"][0]
    check("signed", way["signed"], True)
    lines = lines_of(folder / way["rdp_file"])
    settings, scope, signature = lines[:-2], lines[-2], lines[-1]
    check("settings", settings, [
        f"full address:s:{target}", f"alternate full address:s:{target}", "enablecredsspsupport:i:0", "authentication level:i:2"])
    check("scope", scope, "signscope:s:Full Address,Alternate Full Address,EnableCredSspSupport,Authentication Level")
    check("signature", signature.startswith("signature:s:AQABAAEAAA"), True)
    raw = base64.b64decode(signature.removeprefix("signature:s:").replace(" ", ""))
    check("its length", int.from_bytes(raw[8:12], "little"), len(raw) - 12)
    (folder / "signature.der").write_bytes(raw[12:])
    order = [settings[0], settings[1], settings[2], settings[3], scope]
    (folder / "covered").write_bytes(("".join(line + "\r\n" for line in order) + "\0").encode("utf-16-le"))
    verify = ["cms", "-verify", "-binary", "-inform", "DER", "-in", "signature.der", "-CAfile", "c.pem", "-purpose", "any", "-out", "out"]
    check("openssl verifies it", openssl(*verify, "-content", "covered").returncode, 0)
    (folder / "covered").write_bytes((folder / "covered").read_bytes().replace(b"1\x002\x007", b"1\x002\x008"))
    check("and refuses another text", openssl(*verify, "-content", "covered").returncode != 0, True)
    for key, cert, words in (
        ("other.pem", "c.pem", "the key does not belong to the certificate"),
        ("locked.pem", "c.pem", "or one with a passphrase"),
        ("k.pem", "k.pem", "holds no certificate"),
        ("missing.pem", "c.pem", "missing.pem: No such file"),
    ):
        done = fallback(folder, target, "--sign-key", key, "--sign-cert", cert)
        check(f"{key} {cert}", (done.returncode in (65, 66), words in done.stderr, done.stdout), (True, True, ""))
    done = fallback(folder, target, "--sign-key", "k.pem")
    check("a key alone", done.returncode, 64)


def nothing(folder):
    """A server that insists on NLA and cannot do it."""
    with lab("rdp-key-unreadable") as target:
        done = fallback(folder, target, "--json")
        document = json.loads(done.stdout)
        check("the schema", schema.faults(document, schema.validator()), [])
        check("no way", (done.returncode, document["ways"], document["untried"]), (2, [], 0))
        check("connections", len(document["connections"]), 3)
        check("tried", [one["recipe"]["title"] for one in document["tried"]], ["the plain way", "TLS without NLA"])
        check("refusal", document["tried"][1]["how"], "the server insists on NLA (failure 5)")
        check("who must act", document["next"][0]["where"], "server")
        done = fallback(folder, target)
        check("in words", ("NO WAY IN" in done.stdout, "rdpwhy fix rdp-key-unreadable" in done.stdout), (True, True))
        done = fallback(folder, target, "-q")
        check("in one line", (done.stdout.count("\n"), done.stdout.startswith("NO WAY IN ")), (1, True))
        done = fallback(folder, target, "--ticket")
        check("a ticket", (done.returncode, done.stdout.startswith("Remote Desktop to ")), (2, True))


def behind_the_door(folder):
    """The account is refused: no other way leads past that, and another form of it is told, not tried."""
    (folder / "password").write_text("Wrong-1\n")
    with lab("logon-c000006d") as target:
        where, seen = target, json.loads(fallback(folder, target, "--json").stdout)
        own = next(check["evidence"]["sha256"] for check in seen["checks"] if check["id"] == "certificate")
        done = fallback(folder, where, "--user", "alice", "--password-file", "password", "--trust-cert", own, "--json")
        document = json.loads(done.stdout)
        check("the schema", schema.faults(document, schema.validator()), [])
        check("refused", (done.returncode, document["ways"], document["verdict"]["stopped_at"]["check"]), (2, [], "logon"))
        check("one connection, one logon", len(document["connections"]), 1)
        check("its form", [(one["hint"], one["command"].split(" --user ")[1]) for one in document["hints"]], [("user-form", "'CORP\\USER'")])
        done = fallback(folder, where, "--user", "alice", "--password-file", "password", "--trust-cert", own, "--again")
        text = " ".join(done.stdout.split())
        check("in words", ("NO WAY IN" in text, "None was tried: each is a logon" in text), (True, True))


def unreached(folder):
    """Nothing opens: what only the user can know is asked for."""
    done = fallback(folder, "127.0.0.1:1", "--json")
    document = json.loads(done.stdout)
    check("the schema", schema.faults(document, schema.validator()), [])
    check("hints", (done.returncode, [one["hint"] for one in document["hints"]]), (2, ["gateway", "port"]))


def intercepted(folder):
    """Somebody opens the TLS connection on the way: no password is put into his hands."""
    with lab("tls-interception") as target:
        document = json.loads(fallback(folder, target, "--json").stdout)
        check("no downgrade", [one["recipe"]["security"] for one in document["tried"]], ["nla"])
        check("said", [one["hint"] for one in document["hints"]], ["less-security"])


def budget(folder):
    """With more ports named than connections are left, it stops and says so; --again goes on."""
    with lab("rdp-key-unreadable") as target:
        ports = ",".join(str(port) for port in range(2, 8))
        done = fallback(folder, target, "--ports", ports, "--json")
        document = json.loads(done.stdout)
        check("stopped", (done.returncode, document["ways"]), (3, []))
        check("untried", document["untried"] > 0, True)
        check("no downgrade while a safe way is untried", [t["recipe"]["security"] for t in document["tried"]].count("tls"), 0)
        done = fallback(folder, target, "--ports", ports, "--again", "--json")
        document = json.loads(done.stdout)
        check("went on", (done.returncode, document["untried"], len(document["tried"])), (2, 0, 8))


def on_a_terminal(folder, answer, *arguments, at=b"[y/N]"):
    """Runs it with a terminal for everything, answers when `at` is shown; returns the exit status and all that was shown."""
    leader, follower = pty.openpty()
    environment = dict(os.environ, XDG_STATE_HOME=str(folder), TERM="dumb", NO_COLOR="1")
    process = subprocess.Popen(
        # The terminal is its own, so that Ctrl-C typed there reaches it.
        [sys.executable, "-c", "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])",
         PROGRAM, "fallback", *arguments],
        stdin=follower, stdout=follower, stderr=follower, env=environment, cwd=folder, start_new_session=True,
    )
    os.close(follower)
    shown = b""
    with contextlib.suppress(OSError):  # the terminal ends with the program
        while piece := os.read(leader, 4096):
            shown += piece
            if answer and at in shown:
                os.write(leader, answer)
                answer = b""
    os.close(leader)
    return process.wait(), shown.decode().replace("\r\n", "\n")


def asking(folder):
    """On a terminal it asks before the fourth connection, and says what is next."""
    with lab("rdp-key-unreadable") as target:
        ports = ",".join(str(port) for port in range(2, 8))
        status, shown = on_a_terminal(folder, b"n\n", target, "--ports", ports)
        check("no", (status, "more ways were not tried" in " ".join(shown.split())), (3, True))
        check("what is next", "Up to " in shown and "next: port " in shown, True)
        check("what it tries", "trying: port 2" in shown, True)
        status, shown = on_a_terminal(folder, b"y\n", target, "--ports", ports)
        check("yes", (status, "not tried" in shown, shown.count("FAIL")), (2, False, 8))


def ended(folder):
    """Ctrl-C while it tries a way: what is known is told, and that there is more."""
    with lab("silent-after-request") as target:
        status, shown = on_a_terminal(folder, b"\x03", target, "--no-file", at=b"trying: TLS")
        check("ended", (status, "the run was ended" in shown, shown.count("FAIL")), (3, True, 1))


def the_key_is_forgotten(folder):
    """Read and tried before the first connection: while the run waits for a server, no memory holds it any more."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "k.pem", "-out", "c.pem", "-days", "3", "-subj",
                    "/CN=x"], cwd=folder, check=True, capture_output=True)
    lines = (folder / "k.pem").read_text().splitlines()
    der = base64.b64decode("".join(lines[1:-1]))
    forms = {"a line of the file": lines[10].encode(), "two lines": "\n".join(lines[4:6]).encode(), "DER": der[900:940]}
    with lab("silent-after-request") as target:
        environment = dict(os.environ, XDG_STATE_HOME=str(folder), NO_COLOR="1")
        run = subprocess.Popen([PROGRAM, "fallback", target, "--no-file", "--sign-key", "k.pem", "--sign-cert", "c.pem"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, env=environment)
        try:
            while not has_socket(run.pid) and run.poll() is None:
                time.sleep(0.02)
            check("it waits for the server", run.poll(), None)
            check("where the key is left", sorted(hits(run.pid, forms)), [])
        except PermissionError:
            print("skipped: only root may read the memory of a process that keeps a key")
        finally:
            run.terminate()
            run.wait()


def has_socket(pid):
    for one in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            if os.readlink(f"/proc/{pid}/fd/{one}").startswith("socket:"):
                return True
    return False


def hits(pid, forms):
    found = set()
    with open(f"/proc/{pid}/maps", encoding="ascii", errors="replace") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            place, rights = line.split()[:2]
            start, end = (int(one, 16) for one in place.split("-"))
            if rights.startswith("rw") and end - start <= 1 << 32:
                with contextlib.suppress(OSError, OverflowError, ValueError):
                    memory.seek(start)
                    data = memory.read(end - start)
                    found |= {name for name, form in forms.items() if form in data}
    return found


def usage(folder):
    for arguments, words in (
        ((), "rdpwhy fallback srv-01"),
        (("h", "--ports", "0"), "a port is a number"),
        (("h", "--ports", "1,2,3,4,5,6,7,8,9"), "port scan"),
        (("h", "--fix"), "no such option; see rdpwhy fallback --help"),
    ):
        done = fallback(folder, *arguments)
        check(f"usage {arguments}", (done.returncode, words in done.stderr), (64, True))
    done = fallback(folder, "--help")
    check("help", (done.returncode, max(len(line) for line in done.stdout.splitlines()) <= 80), (0, True))


with tempfile.TemporaryDirectory(prefix="rdpwhy-files-") as name:
    top = pathlib.Path(name)
    for step in (the_file, the_signature):
        (top / step.__name__).mkdir()
        with lab("security-layer-mismatch") as where:
            step(top / step.__name__, where)
    for step in (nothing, behind_the_door, unreached, intercepted, budget, asking, ended, the_key_is_forgotten, usage):
        (top / step.__name__).mkdir()
        step(top / step.__name__)
sys.exit(1 if FAILED else 0)
