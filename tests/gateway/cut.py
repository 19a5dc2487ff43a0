"""Every connection to a gateway is cut behind so many bytes of its answers, by FIN or RST: cut.py RDPWHY [STEP]. The run must end
by itself, say something that can be read, and blame nobody beyond "possible". A way that is cut nowhere is open."""
import concurrent.futures
import contextlib
import json
import os
import pathlib
import socket
import struct
import subprocess
import sys
import tempfile
import threading

import logons
from peers import servers

SKIPPED = 77
STEP = int(sys.argv[2]) if len(sys.argv) > 2 else 401
WHOLE = 1 << 20


class Relay:
    """127.0.0.1:port, to `to`; hands back `most` bytes on each connection."""

    def __init__(self, to, most, reset):
        self.to, self.most, self.reset = to, most, reset
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.to))
            up = threading.Thread(target=self.pump, args=(client, server), daemon=True)
            up.start()
            threading.Thread(target=self.answer, args=(client, server, up), daemon=True).start()

    def pump(self, client, server):
        try:
            while data := client.recv(65536):
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def answer(self, client, server, up):
        left = self.most
        try:
            while left > 0 and (data := server.recv(min(65536, left))):
                client.sendall(data)
                left -= len(data)
        except OSError:
            pass
        reset = self.reset and left == 0
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RD if reset else socket.SHUT_RDWR)  # ends recv() above; without a FIN when RST comes
        up.join()
        if reset:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        server.close()

    def __enter__(self):
        return self.port

    def __exit__(self, *_):
        self.listener.close()


def look(rdpwhy, folder, host, port, trusted):
    own = folder / f"at-{port}"
    own.mkdir()
    password = folder / "password"
    done = subprocess.run([rdpwhy, f"127.0.0.1:{host}", "--again", "--only", "tcp,gateway", "--gateway", f"127.0.0.1:{port}", "--user", "alice",
                           "--password-file", str(password), "--trust-cert", trusted, "--json", "--timeout", "40"],
                          capture_output=True, text=True, check=False, timeout=120, env=dict(os.environ, XDG_STATE_HOME=str(own)))
    assert done.returncode in (0, 1, 2, 3), f"exit {done.returncode}: {done.stdout} {done.stderr}"
    assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr
    document = json.loads(done.stdout)
    return document, next(check for check in document["checks"] if check["id"] == "gateway")


def one(rdpwhy, folder, host, gateway, most, reset):
    with Relay(gateway[0], most, reset) as port:
        document, check = look(rdpwhy, folder, host[0], port, gateway[1])
    what = f"cut behind {most} bytes by {'RST' if reset else 'FIN'}: {check}"
    phase = check["evidence"].get("tunnel", {}).get("phase")
    for cause in document["causes"]:
        assert not cause["cause"].startswith("gateway") or cause["certainty"] == "possible", f"{what}: {cause}"
    if most == WHOLE:
        assert (phase, check["evidence"]["tunnel"]["behind"]) == ("open", "rdp"), what
        return True
    through = phase == "open" and check["evidence"]["tunnel"]["behind"] == "rdp"
    assert through or check["status"] != "pass" or phase is None, what
    return through


def main():
    if not os.path.exists(logons.NTLM):
        print("skipped: gss-ntlmssp is not installed")
        sys.exit(SKIPPED)
    rdpwhy = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="rdpwhy-cut-") as name:
        folder = pathlib.Path(name)
        for scenario in ("gateway-healthy", "gateway-http-only"):
            own = folder / scenario
            own.mkdir()
            (own / "password").write_text(logons.PASSWORD)
            (own / "password").chmod(0o600)
            with logons.lab(rdpwhy, "logon", own) as host, logons.lab(rdpwhy, scenario, own) as gateway:
                sizes = [WHOLE, *range(0, 3000, STEP)]
                with concurrent.futures.ThreadPoolExecutor(3) as pool:
                    runs = [pool.submit(one, rdpwhy, own, host, gateway, most, i % 2 == 1) for i, most in enumerate(sizes)]
                    through = sum(run.result() for run in runs)
                print(f"{scenario}: {len(sizes)} runs, {through} of them through")
                assert 1 <= through <= len(sizes) // 2, through


if __name__ == "__main__":
    main()
