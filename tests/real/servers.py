"""Real RDP servers on loopback: xrdp, FreeRDP's shadow server, Weston's RDP backend, and a few honest ruins.

Each server is a context manager that yields its port once it listens (seen in /proc/net/tcp: a connect would use up a short
backlog, and some servers count it). Every process is ended by its own id. Missing programs raise Missing.

As a program: servers.py NAME starts one, prints "listening on 127.0.0.1:PORT" and keeps it until its stdin ends.
"""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

START_S = 30


class Missing(Exception):
    """A program that this server needs is not installed."""


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Missing(f"{program} is not here")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port, process_id="self"):
    """Whether something listens on this TCP port, without touching it."""
    for table in ("tcp", "tcp6"):
        for line in pathlib.Path(f"/proc/{process_id}/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and int(words[1].rsplit(":", 1)[1], 16) == port:
                return True
    return False


@contextlib.contextmanager
def child(arguments, log, ready, **options):
    """Runs a program until the block ends. `ready` is asked until it says yes; the program must not end before."""
    with open(log, "wb") as output:
        process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, **options
        )
    try:
        deadline = time.monotonic() + START_S
        while not ready(process):
            if process.poll() is not None or time.monotonic() > deadline:
                tail = pathlib.Path(log).read_text(errors="replace")[-1500:]
                raise RuntimeError(f"{arguments[0]} did not start (status {process.returncode})\n{tail}")
            time.sleep(0.02)
        yield process
    finally:
        # Its own session: what it forked (xrdp does, per connection) goes with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def listening(port):
    return lambda process: listens(port, process.pid) if process.poll() is None else False


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def certificate(scratch, kind="good"):
    """Makes scratch/cert.pem and scratch/key.pem. Kinds: good, expired, rsa1024."""
    need("openssl")
    key, cert = scratch / "key.pem", scratch / "cert.pem"
    bits, digest = ("1024", "-sha1") if kind == "rsa1024" else ("2048", "-sha256")
    openssl("genrsa", "-out", str(key), bits)
    if kind != "expired":
        openssl("req", "-x509", "-new", "-key", str(key), "-subj", "/CN=real.test", digest, "-days", "365", "-out", str(cert))
        return
    (scratch / "index.txt").write_text("")
    (scratch / "serial").write_text("01\n")
    (scratch / "ca.cnf").write_text(
        f"[ca]\ndefault_ca=c\n[c]\ndatabase={scratch}/index.txt\nserial={scratch}/serial\nnew_certs_dir={scratch}\n"
        "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n[req]\ndistinguished_name=d\n[d]\n"
    )
    request = scratch / "request.pem"
    openssl("req", "-new", "-key", str(key), "-subj", "/CN=real.test", "-config", str(scratch / "ca.cnf"), "-out", str(request))
    openssl(
        "ca", "-batch", "-selfsign", "-notext", "-config", str(scratch / "ca.cnf"), "-keyfile", str(key), "-in", str(request),
        "-startdate", "20200101000000Z", "-enddate", "20210101000000Z", "-out", str(cert),
    )


@contextlib.contextmanager
def xrdp(scratch, port, layer, kind="good", key_present=True):
    need("xrdp")
    certificate(scratch, kind)
    if not key_present:
        (scratch / "key.pem").unlink()
    (scratch / "xrdp.ini").write_text(
        f"[Globals]\nini_version=1\nfork=true\nport=tcp://127.0.0.1:{port}\nsecurity_layer={layer}\ncrypt_level=high\n"
        f"certificate={scratch}/cert.pem\nkey_file={scratch}/key.pem\nssl_protocols=TLSv1.2, TLSv1.3\nmax_bpp=32\n"
        f"[Logging]\nLogFile={scratch}/xrdp.log\nLogLevel=INFO\nEnableSyslog=false\n"
        "[Xorg]\nname=Xorg\nlib=libxup.so\nusername=ask\npassword=ask\nip=127.0.0.1\nport=-1\ncode=20\n"
    )
    with child(["xrdp", "-n", "-c", str(scratch / "xrdp.ini")], scratch / "xrdp.out", listening(port)):
        yield port


@contextlib.contextmanager
def screen(scratch):
    need("Xvfb")
    numbers = scratch / "display"
    with open(numbers, "wb") as sink:
        arguments = ["Xvfb", "-displayfd", str(sink.fileno()), "-screen", "0", "800x600x24", "-nolisten", "tcp", "-noreset"]
        # The display number is written once the screen answers.
        with child(arguments, scratch / "xvfb.out", lambda _: numbers.read_text().endswith("\n"), pass_fds=[sink.fileno()]):
            yield ":" + numbers.read_text().strip()


@contextlib.contextmanager
def shadow(scratch, port, *options, sam=True):
    need("freerdp-shadow-cli", "winpr-hash")
    if sam:
        done = subprocess.run(
            ["winpr-hash", "-u", "alice", "-p", "not-a-secret", "-f", "sam"], check=True, capture_output=True, text=True
        )
        (scratch / "sam.txt").write_text(done.stdout)
        options = (f"/sam-file:{scratch}/sam.txt", *options)
    with screen(scratch) as display:
        # Its key and certificate go below the configuration folder: its own, and thus a fresh pair each time.
        environment = dict(os.environ, DISPLAY=display, HOME=str(scratch), XDG_CONFIG_HOME=str(scratch / "config"))
        arguments = ["freerdp-shadow-cli", "/bind-address:127.0.0.1", f"/port:{port}", *options]
        with child(arguments, scratch / "shadow.out", listening(port), env=environment):
            yield port


@contextlib.contextmanager
def weston(scratch, port, rdp4=False):
    need("weston")
    if rdp4:
        openssl("genrsa", "-traditional", "-out", str(scratch / "rdp4.key"), "1024")
        keys = [f"--rdp4-key={scratch}/rdp4.key"]
    else:
        certificate(scratch)
        keys = [f"--rdp-tls-cert={scratch}/cert.pem", f"--rdp-tls-key={scratch}/key.pem"]
    arguments = ["weston", "--backend=rdp-backend.so", "--address=127.0.0.1", f"--port={port}", *keys, "--no-config", "--socket=w"]
    environment = dict(os.environ, XDG_RUNTIME_DIR=str(scratch))
    os.chmod(scratch, 0o700)
    with child(arguments, scratch / "weston.out", listening(port), env=environment):
        yield port


@contextlib.contextmanager
def dead_forward(scratch, port):
    """A port forward whose far end is gone."""
    need("socat")
    arguments = ["socat", f"TCP-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr", f"TCP:127.0.0.1:{free_port()}"]
    with child(arguments, scratch / "socat.out", listening(port)):
        yield port


@contextlib.contextmanager
def plain_tls(scratch, port):
    """TLS from the first byte, without X.224: what an HTTPS server on the port would be."""
    certificate(scratch)
    arguments = [
        "openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", str(scratch / "cert.pem"),
        "-key", str(scratch / "key.pem"), "-quiet",
    ]
    with child(arguments, scratch / "s_server.out", listening(port)):
        yield port


@contextlib.contextmanager
def refused(_scratch, port):
    yield port


@contextlib.contextmanager
def silent(_scratch, port):
    """A listener whose backlog is full: the kernel drops every further SYN, as a filter would. No privileges needed."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", port))
        listener.listen(0)
        full = False
        while not full:
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0.5)
            try:
                filler.connect(("127.0.0.1", port))
            except TimeoutError:
                full = True
        yield port


SERVERS = {
    "xrdp-negotiate": lambda s, p: xrdp(s, p, "negotiate"),
    "xrdp-tls": lambda s, p: xrdp(s, p, "tls"),
    "xrdp-rdp": lambda s, p: xrdp(s, p, "rdp"),
    "xrdp-expired": lambda s, p: xrdp(s, p, "tls", "expired"),
    "xrdp-rsa1024": lambda s, p: xrdp(s, p, "tls", "rsa1024"),
    "xrdp-no-key": lambda s, p: xrdp(s, p, "tls", key_present=False),
    "xrdp-no-key-negotiate": lambda s, p: xrdp(s, p, "negotiate", key_present=False),
    "shadow-nla": lambda s, p: shadow(s, p, "/sec:nla", "+auth"),
    "shadow-nla-no-sam": lambda s, p: shadow(s, p, "/sec:nla", "+auth", sam=False),
    "shadow-all": lambda s, p: shadow(s, p, "+auth", "+sec-nla"),
    "shadow-no-nla": lambda s, p: shadow(s, p, "-sec-nla", "-auth"),
    "shadow-rdp": lambda s, p: shadow(s, p, "/sec:rdp", "-auth"),
    "shadow-tls": lambda s, p: shadow(s, p, "/sec:tls", "-auth"),
    "weston-tls": lambda s, p: weston(s, p),
    "weston-rdp4": lambda s, p: weston(s, p, rdp4=True),
    "dead-forward": dead_forward,
    "plain-tls": plain_tls,
    "refused": refused,
    "silent": silent,
}


@contextlib.contextmanager
def serve(name):
    """Starts the server on a free port; yields (port, scratch folder)."""
    with tempfile.TemporaryDirectory(prefix="rdpwhy-real-") as folder:
        scratch = pathlib.Path(folder)
        with SERVERS[name](scratch, free_port()) as port:
            yield port, scratch


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in SERVERS:
        sys.exit("servers.py NAME, one of: " + " ".join(SERVERS))
    with serve(sys.argv[1]) as (listening_port, _):
        print(f"listening on 127.0.0.1:{listening_port}", flush=True)
        sys.stdin.read()
