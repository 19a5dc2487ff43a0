#!/usr/bin/env python3
"""A logon by NTLM inside SPNEGO, on a machine that has a realm of its own: its KDC hears nothing of it, not even a name.

  nobody_asked.py BINARY
"""
import os
import pathlib
import select
import socket
import sys
import tempfile

from lab import NTLM, Look, Server, lab_password

BINARY = str(pathlib.Path(sys.argv[1]).resolve())
CONFIG = """[libdefaults]
  default_realm = OWN.EXAMPLE
  dns_lookup_kdc = false
[realms]
  OWN.EXAMPLE = {{
    kdc = 127.0.0.1:{port}
  }}
"""


def listeners():
    tcp = socket.create_server(("127.0.0.1", 0))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(tcp.getsockname())
    return tcp, udp


def main():
    if not os.path.exists(NTLM):
        print("skipped: the NTLM mechanism of GSSAPI (gss-ntlmssp) is not installed")
        return 77
    with tempfile.TemporaryDirectory(prefix="rdpwhy-nobody-") as folder:
        tcp, udp = listeners()
        config = pathlib.Path(folder) / "krb5.conf"
        config.write_text(CONFIG.format(port=tcp.getsockname()[1]), encoding="utf-8")
        with Server(BINARY, "logon-spnego-only") as server:
            for user in ("alice", "CORP\\alice", "alice@corp.example"):
                look = Look(BINARY, f"127.0.0.1:{server.port}", user, lab_password(BINARY), server.fingerprint, "--again", "--only", "logon",
                            environment={"KRB5_CONFIG": str(config)})
                heard, _, _ = select.select([tcp, udp], [], [], 0)
                assert not heard, f"{user}: the KDC of this machine's own realm was asked: {udp.recv(2000) if udp in heard else 'by TCP'}"
                assert look.logon["package"] == "spnego-ntlm", look.logon
                if user == "alice":
                    assert look.logon["ended"] == "accepted", look.logon
    return 0


if __name__ == "__main__":
    sys.exit(main())
