"""A machine of its own to break and repair: namespaces for mounts, processes and the network, with private copies of /etc, /var,
/root and /tmp over the real ones, the real xrdp started by its real init script, and a real sshd with keys of its own. Nothing outside
can be seen from here or ended."""
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import inside  # noqa: E402

SCRATCH = pathlib.Path("/run/rdpwhy-apply")
XRDP = pathlib.Path("/etc/xrdp")
INI = XRDP / "xrdp.ini"
WAIT_S = 40


def run(*arguments, check=True, **options):
    done = subprocess.run([str(each) for each in arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False, **options)
    if check and done.returncode != 0:
        raise RuntimeError(f"{arguments[0]} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def as_child_of_a_reaper():
    """The first process of a namespace inherits every orphan and has to bury it; the test goes on in a child."""
    child = os.fork()
    if child == 0:
        return
    while True:
        ended, status = os.wait()
        if ended == child:
            os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def enter(*programs):
    inside.need("mount", "nft", "xrdp", "sshd", "ssh", "ssh-keygen", "openssl", "setpriv", *programs)
    if os.geteuid() != 0 or pathlib.Path("/proc/self/uid_map").read_text().split() != ["0", "0", "4294967295"]:
        inside.skip("needs root: xrdp changes its user")
    if not pathlib.Path("/etc/init.d/xrdp").exists():
        inside.skip("xrdp has no init script here")
    first = not os.environ.get(inside.INSIDE)
    if first:
        inside.enter("mnpf")
    run("mount", "-t", "proc", "proc", "/proc")
    as_child_of_a_reaper()
    # Below /run, so that nothing of it is left anywhere.
    run("mount", "-t", "tmpfs", "tmpfs", "/run")
    for folder in ("etc", "var", "root", "tmp"):
        upper, work = SCRATCH / folder, SCRATCH / f"{folder}.work"
        upper.mkdir(parents=True)
        upper.chmod(pathlib.Path("/", folder).stat().st_mode & 0o7777)  # it becomes the folder's own
        work.mkdir()
        options = f"lowerdir=/{folder},upperdir={upper},workdir={work}"
        if run("mount", "-t", "overlay", "overlay", "-o", options, f"/{folder}", check=False).returncode != 0:
            inside.skip("no overlay file system here")
    for folder in ("lock", "sshd", "own"):
        (pathlib.Path("/run") / folder).mkdir()
    run("ip", "link", "set", "lo", "up")
    os.environ["HOME"] = "/root"
    os.environ.pop("XDG_STATE_HOME", None)


def until(what, condition):
    deadline = time.monotonic() + WAIT_S
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited in vain: {what}")
        time.sleep(0.05)


def listens(port):
    for table in ("tcp", "tcp6"):
        for line in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and int(words[1].rsplit(":", 1)[1], 16) == port:
                return True
    return False


def setting(name, value):
    """One line of xrdp.ini, changed in place: same file, same mode."""
    lines = INI.read_text().splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if line.startswith(f"{name}="))
    lines[at] = f"{name}={value}\n"
    INI.write_text("".join(lines))


def own_pair(key_bits=2048, expired=False, owner="xrdp"):
    """A certificate and key of xrdp's own in the place of the links to the machine's common ones."""
    key, cert, conf = XRDP / "key.pem", XRDP / "cert.pem", SCRATCH / "ca.cnf"
    key.unlink()
    cert.unlink()
    run("openssl", "genrsa", "-out", key, key_bits)
    (SCRATCH / "index.txt").write_text("")
    (SCRATCH / "serial").write_text("01\n")
    conf.write_text(
        f"[ca]\ndefault_ca=c\n[c]\ndatabase={SCRATCH}/index.txt\nserial={SCRATCH}/serial\nnew_certs_dir={SCRATCH}\n"
        "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n[req]\ndistinguished_name=d\n[d]\n"
    )
    run("openssl", "req", "-new", "-key", key, "-subj", "/CN=real.test", "-config", conf, "-out", SCRATCH / "request.pem")
    dates = ["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"] if expired else ["-days", "300"]
    run("openssl", "ca", "-batch", "-selfsign", "-notext", "-config", conf, "-keyfile", key, "-in", SCRATCH / "request.pem", *dates, "-out", cert)
    run("chown", f"root:{owner}", key)
    key.chmod(0o640)
    cert.chmod(0o644)


def start_xrdp(port=3389):
    with open(SCRATCH / "init.log", "ab") as log:
        subprocess.run(["/etc/init.d/xrdp", "start"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True)
    until("xrdp listens", lambda: listens(port))


def stop_xrdp(port=3389):
    with open(SCRATCH / "init.log", "ab") as log:
        subprocess.run(["/etc/init.d/xrdp", "stop"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=True)
    until("xrdp is gone", lambda: not listens(port))


def picture():
    """All that a repair might touch: kind, mode, owner and content, as text to compare."""
    lines = []
    for path in sorted([*XRDP.iterdir(), pathlib.Path("/etc/group"), pathlib.Path("/etc/gshadow")]):
        status = path.lstat()
        content = os.readlink(path) if path.is_symlink() else path.read_bytes().hex() if path.is_file() else ""
        lines.append(f"{path} {status.st_mode:o} {status.st_uid}:{status.st_gid} {content}")
    for link in ("cert.pem", "key.pem"):
        real = (XRDP / link).resolve()
        if real.exists():
            lines.append(f"{real} {real.stat().st_mode:o} {real.stat().st_uid}:{real.stat().st_gid} {real.read_bytes().hex()}")
    return "\n".join(lines)


class Sshd:
    """sshd on loopback with its own host key; the client's key opens root and one ordinary user."""

    PORT = 2222

    def __init__(self):
        for name in ("host", "client"):
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", SCRATCH / name)
        run("useradd", "-M", "-d", "/run/own", "-s", "/bin/sh", "-p", "*", "guest")
        # a password of "!" is a locked account to sshd
        run("usermod", "-p", "*", "root")
        (SCRATCH / "sshd.conf").write_text(
            f"ListenAddress 127.0.0.1:{self.PORT}\nHostKey {SCRATCH}/host\nAuthorizedKeysFile {SCRATCH}/client.pub\nStrictModes no\n"
            f"UsePAM no\nPermitRootLogin yes\nPidFile {SCRATCH}/sshd.pid\nPasswordAuthentication no\n"
        )
        host = (SCRATCH / "host.pub").read_text()
        (SCRATCH / "known").write_text(f"[127.0.0.1]:{self.PORT} {host}")
        self.client("ssh.conf", SCRATCH / "known")
        self.client("stranger.conf", SCRATCH / "known-nobody")
        SCRATCH.chmod(0o755)
        with open(SCRATCH / "sshd.log", "ab") as log:
            self.process = subprocess.Popen(
                ["/usr/sbin/sshd", "-D", "-e", "-f", SCRATCH / "sshd.conf"], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        until("sshd listens", lambda: listens(self.PORT))

    def client(self, name, known):
        (SCRATCH / name).write_text(
            f"Host far\n HostName 127.0.0.1\n Port {self.PORT}\n IdentityFile {SCRATCH}/client\n IdentitiesOnly yes\n"
            f" UserKnownHostsFile {known}\n GlobalKnownHostsFile /dev/null\n"
        )

    def options(self, user="root", config="ssh.conf"):
        return ["--ssh", f"{user}@far", "--ssh-config", str(SCRATCH / config)]

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def instead_of(program, script):
    """Another program in the place of an installed one, which is to be had as /run/own/NAME. /run/own/calls counts."""
    name = pathlib.Path(program).name
    fake = SCRATCH / f"{name}.fake"
    real = pathlib.Path("/run/own") / name
    real.write_bytes(pathlib.Path(program).read_bytes())
    real.chmod(0o755)
    fake.write_text(f"#!/bin/sh\nreal={real}\n{script}\n")
    fake.chmod(0o755)
    pathlib.Path("/run/own").chmod(0o777)
    run("mount", "--bind", fake, program)
