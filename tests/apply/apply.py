"""Real servers, really broken, repaired by the program here and over ssh, then undone: apply.py RDPWHY CASE."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading

import world
from world import INI, SCRATCH, XRDP

STATE = pathlib.Path("/var/lib/rdpwhy")
REPAIRED, UNTOUCHED, PUT_BACK, CHANGED = 0, 1, 2, 3
RDPWHY = sys.argv[1]


def expect(what, is_, wanted):
    if is_ != wanted:
        raise AssertionError(f"{what}: {is_!r}, not {wanted!r}")


def expect_in(words, text):
    if words not in " ".join(text.split()):  # lines are broken anywhere
        raise AssertionError(f"{words!r} is not in:\n{text}")


def diagnose(port=3389):
    done = world.run(RDPWHY, f"127.0.0.1:{port}", "--json", check=False)
    document = json.loads(done.stdout)
    return document["verdict"]["status"], {cause["cause"]: cause["certainty"] for cause in document["causes"]}


def fix(status, *words):
    done = world.run(RDPWHY, "fix", *words, check=False)
    print(done.stdout + done.stderr)
    expect(" ".join(map(str, words)), done.returncode, status)
    return done.stdout


def there_and_back(cause, certainty, *words, after="ok", port=3389, picture=world.picture, broken=None):
    """Names the fault, mends it here and over ssh, sees it mended, and finds the very same fault again after undo."""
    ssh = world.Sshd()
    before = picture()
    for place in (["--local"], [*ssh.options(), "--host", f"127.0.0.1:{port}"]):
        status, causes = diagnose(port)
        expect(f"what the diagnosis says of {cause}", causes.get(cause), certainty)
        expect("the verdict", status, broken or status)
        out = fix(REPAIRED, cause, "--apply", "--yes", *words, *place)
        expect_in("it stays; undo is saved", out)
        expect("the verdict after the repair", diagnose(port)[0], after)
        if picture() == before and cause != "termservice-stopped":
            raise AssertionError("nothing was changed")
        fix(REPAIRED, cause, "--apply", "--undo", *words, *place)
        expect("what is there after undo", picture(), before)
        status, causes = diagnose(port)
        expect("the diagnosis after undo", causes.get(cause), certainty)
        # a second undo does nothing, and says so
        again = fix(UNTOUCHED, cause, "--apply", "--undo", *words, *place)
        expect_in("not applied here, or put back already", again)
        expect("what is there after the second undo", picture(), before)
    ssh.end()


def expired():
    world.own_pair(expired=True)
    world.setting("security_layer", "tls")
    world.start_xrdp()
    there_and_back("cert-expired", "likely", broken="degraded")


def key_mode():
    """Nobody but root may read the key: the one key's group and mode are mended."""
    world.own_pair(owner="root")
    (XRDP / "key.pem").chmod(0o600)
    world.setting("security_layer", "tls")
    world.start_xrdp()
    there_and_back("cert-missing", "proved", broken="blocked")


def key_group():
    """As Debian installs it: the key belongs to ssl-cert, and nobody put xrdp into that group."""
    world.setting("security_layer", "tls")
    world.start_xrdp()
    there_and_back("cert-missing", "proved", broken="blocked")


def rsa1024():
    world.own_pair(key_bits=1024)
    world.setting("security_layer", "tls")
    world.start_xrdp()
    there_and_back("rdp-key-unreadable", "likely", broken="blocked")


def key_gone():
    world.own_pair()
    (XRDP / "key.pem").unlink()
    world.setting("security_layer", "tls")
    world.start_xrdp()
    there_and_back("cert-missing", "proved", broken="blocked")


def layer():
    world.own_pair()
    world.setting("security_layer", "rdp")
    world.start_xrdp()
    there_and_back("security-layer-mismatch", "likely", broken="degraded")


def port():
    world.own_pair()
    world.setting("port", "tcp://:13390")
    world.start_xrdp(13390)
    there_and_back("listener-missing", "possible", broken="blocked")


def stopped():
    world.own_pair()
    there_and_back("termservice-stopped", "possible", broken="blocked")


def shadow():
    """FreeRDP's shadow server with a certificate of another key."""
    world.inside.need("freerdp-shadow-cli", "Xvfb")
    port, home = 3391, SCRATCH / "home"
    folder = home / ".config" / "freerdp" / "shadow"
    folder.mkdir(parents=True)
    environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
    with open(SCRATCH / "shadow.log", "ab") as log:
        number = SCRATCH / "display"
        with open(number, "wb") as sink:
            screen = ["Xvfb", "-displayfd", str(sink.fileno()), "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"]
            subprocess.Popen(screen, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[sink.fileno()])
        world.until("Xvfb is there", lambda: number.read_text().endswith("\n"))
        environment["DISPLAY"] = ":" + number.read_text().strip()
        for name, key in (("x", folder / "shadow.key"), ("y", SCRATCH / "other.key")):
            world.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", key, "-out", folder / "shadow.crt")
        subprocess.Popen(
            ["freerdp-shadow-cli", "/bind-address:127.0.0.1", f"/port:{port}", "/sec:tls", "-auth"],
            env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )
        world.until("the shadow server listens", lambda: world.listens(port))

    def picture():
        return "\n".join(f"{path} {path.stat().st_mode:o} {path.stat().st_uid} {path.read_bytes().hex()}" for path in sorted(folder.iterdir()))

    there_and_back("rdp-key-unreadable", "possible", "--port", str(port), port=port, picture=picture, broken="blocked")


def half_way():
    """openssl makes the key and then no certificate: what was begun is taken back at once."""
    world.own_pair(key_bits=1024)
    world.setting("security_layer", "tls")
    world.start_xrdp()
    world.instead_of("/usr/bin/openssl", 'case "$*" in *"req -x509"*) exit 1 ;; esac\nexec "$real" "$@"')
    before = world.picture()
    for _ in range(2):
        out = fix(PUT_BACK, "rdp-key-unreadable", "--apply", "--yes")
        expect_in("openssl made no certificate; everything was put back", out)
        expect("what is there", world.picture(), before)
    fix(UNTOUCHED, "xrdp-certificate", "--apply", "--undo")


def no_restart():
    """The server does not come up with the change: settings and server are put back."""
    world.own_pair()
    world.setting("security_layer", "rdp")
    world.start_xrdp()
    world.instead_of("/usr/sbin/xrdp", 'mkdir /run/own/once 2>/dev/null && exit 1\nexec "$real" "$@"')
    before = world.picture()
    out = fix(PUT_BACK, "security-layer-mismatch", "--apply", "--yes")
    expect_in("everything was put back", out)
    expect("what is there", world.picture(), before)
    expect("the diagnosis", diagnose()[1].get("security-layer-mismatch"), "likely")


def worse():
    """The port that is looked at is gone afterwards."""
    world.own_pair(expired=True)
    world.setting("port", "13390")
    world.start_xrdp(13390)
    before = world.picture()
    out = fix(PUT_BACK, "xrdp-port", "--apply", "--yes", "--host", "127.0.0.1:13390")
    expect_in("it is worse than before", out)
    expect("what is there", world.picture(), before)
    expect("the verdict", diagnose(13390)[0], "degraded")


def no_help():
    world.own_pair(expired=True)
    world.setting("security_layer", "tls")
    world.start_xrdp()
    before = world.picture()
    out = fix(PUT_BACK, "xrdp-security-layer", "--apply", "--yes")
    expect_in("it did not help", out)
    expect("what is there", world.picture(), before)


def two_faults():
    """Each hides the good of the other's repair: with --keep the first one stays, and the second one mends it."""
    world.setting("security_layer", "rdp")
    world.start_xrdp()
    before = world.picture()
    expect_in("--keep leaves it", fix(PUT_BACK, "security-layer-mismatch", "--apply", "--yes"))
    expect("what is there", world.picture(), before)
    expect_in("kept, as you asked", fix(CHANGED, "security-layer-mismatch", "--apply", "--yes", "--keep"))
    fix(REPAIRED, "security-layer-mismatch", "--apply", "--yes", "--keep")
    expect("the verdict", diagnose()[0], "ok")
    fix(REPAIRED, "xrdp-security-layer", "--apply", "--undo")
    fix(REPAIRED, "xrdp-key-access", "--apply", "--undo")
    expect("what is there after both are undone", world.picture(), before)


def cut_off(script, seconds):
    """The repair's own restart cuts the way back off, as a firewall or a dying machine would."""
    world.own_pair(expired=True)
    world.setting("security_layer", "tls")
    world.start_xrdp()
    world.run("nft", "add table inet rdpwhy; add chain inet rdpwhy in { type filter hook input priority 0; }; add chain inet rdpwhy out { type filter hook output priority 0; }")
    world.instead_of("/usr/sbin/xrdp", script)
    return world.Sshd(), world.picture(), ["--apply", "--yes", "--host", "127.0.0.1", "--put-back-after", str(seconds)]


def way_back_lost():
    """ssh is filtered from the repair on; the machine puts it back by itself, and only then the filter goes."""
    ssh, before, words = cut_off('touch /run/own/cut\nexec "$real" "$@"', 8)

    def filter_ssh():
        world.until("it is in the middle", lambda: pathlib.Path("/run/own/cut").exists())
        world.run("nft", "add rule inet rdpwhy in tcp dport 2222 reject with tcp reset; add rule inet rdpwhy out tcp sport 2222 drop")
        (client,) = [path.parent.name for path in pathlib.Path("/proc").glob("[0-9]*/comm") if path.read_text() == "ssh\n"]
        world.until("the machine has put it back", lambda: world.picture() == before)
        world.until("ssh has given up", lambda: not pathlib.Path("/proc", client).exists())
        world.run("nft", "flush ruleset")

    guard = threading.Thread(target=filter_ssh)
    guard.start()
    out = fix(PUT_BACK, "cert-expired", *words, *ssh.options())
    guard.join()
    expect_in("it is not known how far it came: ssh: ", out)
    expect_in("put back", out)
    expect("what is there", world.picture(), before)
    expect("the diagnosis", diagnose()[1].get("cert-expired"), "likely")


def machine_vanishes():
    """sshd and all its sessions die in the middle and stay dead: the program cannot know, and the machine mends itself."""
    ssh, before, words = cut_off('touch /run/own/cut\nexec "$real" "$@"', 5)
    guard = subprocess.Popen(
        ["sh", "-c", f"until [ -e /run/own/cut ]; do sleep 0.05; done; kill -9 {ssh.process.pid}; "
         "for p in /proc/[0-9]*; do case $(cat $p/comm 2>/dev/null) in sshd*) kill -9 ${p#/proc/} ;; esac; done"]
    )
    out = fix(CHANGED, "cert-expired", *words, *ssh.options())
    guard.wait()
    expect_in("not heard from it again", out)
    world.until("the machine has put it back", lambda: world.picture() == before and list(STATE.glob("*.put-back-*")))
    world.until("xrdp listens", lambda: world.listens(3389))
    expect("the diagnosis", diagnose()[1].get("cert-expired"), "likely")


def killed():
    """The program itself dies between applying and confirming."""
    world.own_pair(expired=True)
    world.setting("security_layer", "tls")
    world.start_xrdp()
    world.instead_of("/usr/sbin/xrdp", 'if mkdir /run/own/once 2>/dev/null; then touch /run/own/now; sleep 1000; fi\nexec "$real" "$@"')
    before = world.picture()
    process = subprocess.Popen([RDPWHY, "fix", "cert-expired", "--apply", "--yes", "--put-back-after", "5"], stdin=subprocess.DEVNULL)
    world.until("it is in the middle", lambda: pathlib.Path("/run/own/now").exists())
    if world.picture() == before:
        raise AssertionError("it is not in the middle")
    process.send_signal(signal.SIGKILL)
    process.wait()
    world.until("the machine has put it back", lambda: world.picture() == before and list(STATE.glob("*.put-back-*")))
    world.until("xrdp listens", lambda: world.listens(3389))


def interrupted():
    """Ctrl-C in the middle: put back before the program ends."""
    world.own_pair(expired=True)
    world.setting("security_layer", "tls")
    world.start_xrdp()
    world.instead_of("/usr/sbin/xrdp", 'if mkdir /run/own/once 2>/dev/null; then touch /run/own/now; sleep 1000; fi\nexec "$real" "$@"')
    before = world.picture()
    process = subprocess.Popen([RDPWHY, "fix", "cert-expired", "--apply", "--yes"], stdin=subprocess.DEVNULL)
    world.until("it is in the middle", lambda: pathlib.Path("/run/own/now").exists())
    process.send_signal(signal.SIGINT)
    expect("the exit status", process.wait(), PUT_BACK)
    expect("what is there", world.picture(), before)


def not_asked():
    """Without a terminal and without --yes, without a right, with a stranger's host key, with nothing wrong: nothing is changed."""
    world.own_pair(expired=True)
    world.setting("security_layer", "tls")
    world.start_xrdp()
    ssh = world.Sshd()
    before = world.picture()
    expect_in("--yes does it without asking", fix(UNTOUCHED, "cert-expired", "--apply"))
    far = ["--host", "127.0.0.1", "--apply", "--yes"]
    expect_in("guest is not root and sudo", fix(UNTOUCHED, "cert-expired", *far, *ssh.options("guest")))
    expect_in("Host key verification failed", fix(UNTOUCHED, "cert-expired", *far, *ssh.options(config="stranger.conf")))
    ssh.end()
    expect_in("ssh: ", fix(UNTOUCHED, "cert-expired", *far, *ssh.options()))
    expect_in("xrdp-start: xrdp runs", fix(UNTOUCHED, "xrdp-start", "--apply", "--yes"))
    expect_in("no saved state", fix(UNTOUCHED, "cert-expired", "--apply", "--undo"))
    expect_in("would be made", fix(REPAIRED, "cert-expired", "--apply", "--dry-run"))
    expect("saved states", STATE.exists() and list(STATE.iterdir()), False)
    expect("what is there", world.picture(), before)
    world.stop_xrdp()
    world.own_pair()
    world.start_xrdp()
    expect_in("nothing is wrong there", fix(UNTOUCHED, "cert-expired", "--apply", "--yes"))


def undo_keeps_later_work():
    """What was written after the repair is not lost by undo; a state that was tampered with is not written anywhere else."""
    world.own_pair()
    world.setting("security_layer", "rdp")
    world.start_xrdp()
    before = world.picture()
    fix(REPAIRED, "security-layer-mismatch", "--apply", "--yes")
    INI.write_text(INI.read_text() + "; a later thought\n")
    fix(REPAIRED, "security-layer-mismatch", "--apply", "--undo")
    expect("what is there", world.picture(), before)
    kept = [path.read_text() for path in STATE.glob("*.undone-*/file.*/replaced")]
    expect("the later work is kept", [text.endswith("; a later thought\n") for text in kept], [True])


if __name__ == "__main__":
    world.enter()
    globals()[sys.argv[2]]()
