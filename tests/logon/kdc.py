"""A real MIT KDC with accounts in every state, on ports of its own; and one that lies. Everything is ended by its own id."""
import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
from inside import need, skip  # noqa: E402

REALM = "CORP.EXAMPLE"
START_S = 20
ACCOUNTS = {
    "alice": [],
    "overdue": ["-pwexpire", "2020-01-01 00:00:00 UTC"],
    "change": ["+needchange"],
    "gone": ["-expire", "2020-01-01 00:00:00 UTC"],
    "disabled": ["-allow_tix"],
    "locked": ["-policy", "strict"],
}


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(type=kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_client(folder, port):
    (folder / "krb5.conf").write_text(
        f"[libdefaults]\ndefault_realm = {REALM}\ndns_lookup_kdc = false\ndns_lookup_realm = false\nrdns = false\n"
        f"[realms]\n{REALM} = {{\n kdc = 127.0.0.1:{port}\n}}\n")


class Kdc:
    """krb5kdc; `client` is the environment for a program that asks it, `keytab` that of the server localhost."""

    def __init__(self, folder, password):
        need("krb5kdc", "kadmin.local", "kdb5_util")
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        self.keytab = self.folder / "server.keytab"
        write_client(self.folder, self.port)
        (self.folder / "kdc.conf").write_text(
            f"[kdcdefaults]\nkdc_listen = 127.0.0.1:{self.port}\nkdc_tcp_listen = 127.0.0.1:{self.port}\n"
            f"[realms]\n{REALM} = {{\n database_name = {folder}/principal\n key_stash_file = {folder}/stash\n"
            f" acl_file = {folder}/acl\n kdc_listen = 127.0.0.1:{self.port}\n kdc_tcp_listen = 127.0.0.1:{self.port}\n}}\n"
            f"[logging]\nkdc = FILE:{folder}/kdc.log\n")
        self.client = {"KRB5_CONFIG": str(self.folder / "krb5.conf"), "KRB5CCNAME": f"FILE:{folder}/nobody"}
        self.own = dict(os.environ, **self.client, KRB5_KDC_PROFILE=str(self.folder / "kdc.conf"))
        self.run("kdb5_util", "-r", REALM, "create", "-s", "-P", "master")
        self.admin("add_policy", "-maxfailure", "1", "-failurecountinterval", "0", "-lockoutduration", "0", "strict")
        for name, options in ACCOUNTS.items():
            self.admin("add_principal", "+requires_preauth", "-pw", password, *options, f"{name}@{REALM}")
        self.admin("add_principal", "-randkey", f"TERMSRV/localhost@{REALM}")
        self.admin("ktadd", "-k", str(self.keytab), f"TERMSRV/localhost@{REALM}")

    def run(self, *words):
        done = subprocess.run(words, env=self.own, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            skip(f"{words[0]} does not work here: {done.stderr.strip()[-300:]}")

    def admin(self, *words):
        self.run("kadmin.local", "-r", REALM, *words)

    def __enter__(self):
        self.process = subprocess.Popen(
            ["krb5kdc", "-n", "-r", REALM], env=self.own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + START_S
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return self
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"krb5kdc did not start: {self.log()}")
            time.sleep(0.05)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def log(self):
        try:
            return (self.folder / "kdc.log").read_text(encoding="utf-8")
        except OSError:
            return ""


def der(tag, *content):
    body = b"".join(content)
    length = bytes([len(body)]) if len(body) < 128 else b"\x82" + len(body).to_bytes(2, "big")
    return bytes([tag]) + length + body


def number(value):
    return der(2, value.to_bytes((value.bit_length() // 8) + 1, "big"))


def krb_error(code, text=None, data=None):
    """KRB-ERROR (RFC 4120 5.9.1)."""
    realm = der(0x1b, REALM.encode())
    name = der(0x30, der(0xa0, number(2)), der(0xa1, der(0x30, der(0x1b, b"krbtgt"), realm)))
    now = time.strftime("%Y%m%d%H%M%SZ", time.gmtime()).encode()
    fields = [der(0xa0, number(5)), der(0xa1, number(30)), der(0xa4, der(0x18, now)), der(0xa5, number(0)),
              der(0xa6, number(code)), der(0xa9, realm), der(0xaa, name)]
    if text is not None:
        fields.append(der(0xab, der(0x1b, text.encode())))
    if data is not None:
        fields.append(der(0xac, der(4, data)))
    return der(0x7e, der(0x30, *fields))


def windows_status(status):
    """KERB-ERROR-DATA with a KERB-EXT-ERROR (MS-KILE 2.2.1)."""
    return der(0x30, der(0xa1, number(3)), der(0xa2, der(4, status.to_bytes(4, "little") + bytes(4) + b"\x01\0\0\0")))


GONE = object()


class Liar:
    """Passes the first request of each client port on to a real KDC, and answers every later one itself. kdc None: answers
    all by itself; answer None: never answers what is not passed on; GONE: closes its port instead of that."""

    def __init__(self, folder, answer, kdc=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.answer, self.kdc, self.asked = answer, kdc, 0
        folder = pathlib.Path(folder)
        folder.mkdir()
        write_client(folder, self.port)
        self.client = {"KRB5_CONFIG": str(folder / "krb5.conf"), "KRB5CCNAME": f"FILE:{folder}/nobody"}
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                request, client = self.socket.recvfrom(65536)
            except OSError:
                return
            if request == b"end":
                return
            self.asked += 1
            if self.kdc is not None and self.asked == 1:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
                    way.settimeout(5)
                    way.sendto(request, ("127.0.0.1", self.kdc.port))
                    reply = way.recv(65536)
                if self.answer is GONE:
                    self.socket.sendto(reply, client)
                    self.socket.close()
                    return
                self.socket.sendto(reply, client)
            elif self.answer is not None:
                self.socket.sendto(self.answer, client)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.socket.sendto(b"end", self.socket.getsockname())
        self.thread.join()
        self.socket.close()
