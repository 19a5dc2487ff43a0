#!/usr/bin/env python3
"""examples.py PROGRAM: writes docs/examples.md anew, from rdpwhy's real output against each real server."""
import os
import pathlib
import re
import subprocess
import sys

import servers

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
STORIES = {
    "xrdp-negotiate": "xrdp, `security_layer=negotiate`",
    "xrdp-tls": "xrdp, `security_layer=tls`",
    "xrdp-rdp": "xrdp, `security_layer=rdp`",
    "xrdp-expired": "xrdp with a certificate that ended in 2021",
    "xrdp-rsa1024": "xrdp with an RSA key of 1024 bits, which its own TLS library refuses to use",
    "xrdp-no-key": "xrdp, `security_layer=tls`, and the key file is missing",
    "xrdp-no-key-negotiate": "xrdp, `security_layer=negotiate`, and the key file is missing",
    "shadow-nla": "FreeRDP's shadow server, `/sec:nla`",
    "shadow-nla-no-sam": "the same without a password file",
    "shadow-all": "FreeRDP's shadow server with NLA, TLS and RDP security",
    "shadow-no-nla": "FreeRDP's shadow server, `-sec-nla`",
    "shadow-rdp": "FreeRDP's shadow server, `/sec:rdp`",
    "shadow-tls": "FreeRDP's shadow server, `/sec:tls`",
    "weston-tls": "Weston's RDP backend with TLS",
    "weston-rdp4": "Weston's RDP backend with RDP security only",
    "dead-forward": "a port forward (socat) whose far end is gone",
    "plain-tls": "a TLS server without RDP (openssl s_server)",
    "refused": "a closed port",
    "silent": "a port that drops every packet",
}
HEAD = """# What rdpwhy says about real servers

Real output, made by `tests/real/examples.py`; run it again after a change. Servers and client are on one machine, so times are short.
The exact expectations for the same servers are tests (`tests/real/expected.py`).
"""


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    parts = [HEAD]
    for name, story in STORIES.items():
        with servers.serve(name) as (port, scratch):
            environment = dict(os.environ, XDG_STATE_HOME=str(scratch / "state"), NO_COLOR="1")
            done = subprocess.run(
                [program, f"127.0.0.1:{port}"], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
            )
        text = re.sub(rf"\b{port}\b", "3389", done.stdout).replace("127.0.0.1:3389", "127.0.0.1")
        text = "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")
        parts.append(f"## {story[0].upper()}{story[1:]}\n\n```\n$ rdpwhy 127.0.0.1\n\n{text}\n```\n\nExit status {done.returncode}.\n")
    (TOP / "docs/examples.md").write_text("\n".join(parts))


if __name__ == "__main__":
    main()
