#!/usr/bin/env python3
"""A real logon on the screen of a real server: xrdp with its sesman and an X server, in namespaces of their own with users of
their own. xrdp logs on behind its Demand Active, so the probe sees the logon's start, and no more; what it claims must
not go beyond that. sesman's own log is the judge."""
import hashlib
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "lib"))
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "real"))
import inside
import servers

PROGRAM = os.path.abspath(sys.argv[1])
PORT, SESMAN = 3389, 3350
GOOD, BAD = "not-a-secret-42", "another-one-43"


def say(*words):
    print(*words, flush=True)


def bind(source, target):
    subprocess.run(["mount", "--bind", str(source), target], check=True)


def users(scratch):
    """alice may log on, bob is not of the group that may; both exist in here only."""
    made = subprocess.run(["openssl", "passwd", "-6", GOOD], check=True, capture_output=True, text=True).stdout.strip()
    for name in ("alice", "bob"):
        (scratch / name).mkdir()
    extra = {
        "passwd": f"alice:x:64101:64101::{scratch}/alice:/bin/sh\nbob:x:64102:64102::{scratch}/bob:/bin/sh\n",
        "shadow": f"alice:{made}:19000:0:99999:7:::\nbob:{made}:19000:0:99999:7:::\n",
        "group": "alice:x:64101:\nbob:x:64102:\nrdpwhyusers:x:64103:alice\n",
    }
    for name, lines in extra.items():
        copy = scratch / f"etc-{name}"
        shutil.copy(f"/etc/{name}", copy)
        copy.write_text(copy.read_text() + lines)
        bind(copy, f"/etc/{name}")
    os.chown(scratch / "alice", 64101, 64101)
    os.chown(scratch / "bob", 64102, 64102)
    scratch.chmod(0o755)


def sesman(scratch, most):
    wm = scratch / "wm.sh"
    wm.write_text("#!/bin/sh\nexec sleep 120\n")
    wm.chmod(0o755)
    config = scratch / f"sesman-{most}.ini"
    config.write_text(
        f"[Globals]\nListenAddress=127.0.0.1\nListenPort={SESMAN}\nEnableUserWindowManager=false\nDefaultWindowManager={wm}\n"
        "[Security]\nAllowRootLogin=false\nMaxLoginRetry=4\nTerminalServerUsers=rdpwhyusers\nAlwaysGroupCheck=true\n"
        f"[Sessions]\nX11DisplayOffset=70\nMaxSessions={most}\nKillDisconnected=true\nDisconnectedTimeLimit=1\nPolicy=Default\n"
        f"[Logging]\nLogFile={scratch}/sesman.log\nLogLevel=DEBUG\nEnableSyslog=false\n"
        "[Xorg]\nparam=/usr/lib/xorg/Xorg\nparam=-config\nparam=xrdp/xorg.conf\nparam=-noreset\nparam=-nolisten\nparam=tcp\n"
        "[SessionVariables]\n"
    )
    return config


def xrdp(scratch):
    servers.certificate(scratch)
    config = scratch / "xrdp.ini"
    config.write_text(
        f"[Globals]\nini_version=1\nfork=true\nport=tcp://127.0.0.1:{PORT}\nsecurity_layer=tls\ncrypt_level=high\n"
        f"certificate={scratch}/cert.pem\nkey_file={scratch}/key.pem\nssl_protocols=TLSv1.2, TLSv1.3\nmax_bpp=32\nautorun=Xorg\n"
        f"[Logging]\nLogFile={scratch}/xrdp.log\nLogLevel=DEBUG\nEnableSyslog=false\n"
        "[Xorg]\nname=Xorg\nlib=libxup.so\nusername=ask\npassword=ask\nip=127.0.0.1\nport=-1\ncode=20\n"
    )
    return config


def fingerprint(scratch):
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert((scratch / "cert.pem").read_text())).hexdigest()


def look(scratch, user, password, *options):
    secret = scratch / "password"
    secret.write_text(password + "\n")
    arguments = [PROGRAM, f"127.0.0.1:{PORT}", "--session", "--json", "--again", "--user", user, "--password-file", str(secret), *options]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False)
    if "AddressSanitizer" in done.stderr or "runtime error" in done.stderr:
        raise AssertionError(done.stderr[-3000:])
    document = json.loads(done.stdout)
    assert password not in done.stdout + done.stderr, "the password is in the output"
    return document, next(check for check in document["checks"] if check["id"] == "session"), done


def wait_for(path, words, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if path.exists() and words in path.read_text(errors="replace"):
            return True
        time.sleep(0.05)
    return False


def expect(what, is_, wanted):
    if is_ != wanted:
        raise AssertionError(f"{what}: {is_!r}, wanted {wanted!r}")


def held_back(scratch):
    _, check, _ = look(scratch, "alice", GOOD)
    expect("untrusted: user", check["evidence"]["user"], "withheld")
    expect("untrusted: phase", check["evidence"]["phase"], "capabilities")
    expect("untrusted: touched", check["evidence"]["touched"], False)
    assert "no password was shown" in check["summary"], check["summary"]
    assert GOOD not in (scratch / "xrdp.log").read_text(errors="replace")
    log = scratch / "sesman.log"
    assert not log.exists() or "alice" not in log.read_text(errors="replace"), "sesman heard of alice"


def goes_on(scratch, user, password, words, name):
    (scratch / "sesman.log").write_text("")
    document, check, done = look(scratch, user, password, "--trust-cert", fingerprint(scratch))
    if not wait_for(scratch / "sesman.log", words):
        raise AssertionError(f"{name}: sesman's log lacks {words!r}:\n" + (scratch / "sesman.log").read_text() + json.dumps(check))
    evidence = check["evidence"]
    expect(f"{name}: user", evidence["user"], "credentials")
    expect(f"{name}: phase", evidence["phase"], "active")
    expect(f"{name}: touched", evidence["touched"], True)
    expect(f"{name}: status", check["status"], "pass")
    assert "its own logon screen decides" in check["summary"], check["summary"]
    expect(f"{name}: cause", document["verdict"]["cause"], None)
    say(f"ok  {name}: {check['summary']}; sesman: {words!r}")
    return done


def main():
    inside.need("xrdp", "xrdp-sesman", "openssl", "mount")
    if os.geteuid() != 0:
        inside.skip("only root can give this test users of its own")
    if not os.path.exists("/usr/lib/xorg/modules/drivers/xrdpdev_drv.so"):
        inside.skip("xorgxrdp is not installed")
    inside.enter("nmp")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="rdpwhy-login-"))
    users(scratch)
    config = xrdp(scratch)
    listens = lambda port: lambda process: process.poll() is None and servers.listens(port)
    with servers.child(["xrdp", "-n", "-c", str(config)], scratch / "xrdp.out", listens(PORT)):
        with servers.child(["xrdp-sesman", "-n", "-c", str(sesman(scratch, 5))], scratch / "sesman.out", listens(SESMAN)):
            held_back(scratch)
            say("ok  an untrusted certificate is shown no password")
            goes_on(scratch, "alice", BAD, "uthentication", "bad password")
            goes_on(scratch, "bob", GOOD, "login denied for user bob", "not of the group")
            goes_on(scratch, "alice", GOOD, "access granted): username alice", "good password")
        with servers.child(["xrdp-sesman", "-n", "-c", str(sesman(scratch, 0))], scratch / "sesman.out", listens(SESMAN)):
            goes_on(scratch, "alice", GOOD, "max concurrent session limit exceeded", "no session left")
    say("all of a real logon")


try:
    main()
except servers.Missing as missing:
    inside.skip(str(missing))
