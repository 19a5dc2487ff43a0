#!/usr/bin/env python3
"""The joined story in docs/read.md is what the program really says about such files (made here). RDPWHY_GOLDEN=write puts it
there anew."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import make_evtx as make  # noqa: E402
import make_pcap as pcap  # noqa: E402

BINARY = os.path.abspath(sys.argv[1])
PAGE = HERE.parent.parent / "docs/read.md"
CORE = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS"
CLIENT, SERVER = "10.20.7.31", "10.20.4.17"
AT = 1763820131  # 2025-11-22T14:02:11Z
FILES = ("dialog.txt", "failed.pcap", "RdpCoreTS.evtx", "System.evtx")
FENCE = re.compile(r"```\n\$ rdpwhy read dialog\.txt .*?\n```", re.S)


def arrival(at, port, number):
    return make.event(131, CORE, CORE + "/Operational", at, computer="srv-fin-02.corp.example",
                      activity="{F4205BAC-1B01-40FC-AEEF-3C971C73%04X}" % number, ConnType="TCP", ClientIP=f"{CLIENT}:{port}")


def write(folder):
    capture = pcap.Capture()
    for i, port in enumerate((52202, 52203)):
        pcap.cut_at_hello(capture, AT + 2 * i, (CLIENT, port), (SERVER, 3389), "srv-fin-02.corp.example")
    schannel = [make.event(36870, "Schannel", "System", AT + 4 + 2 * i, computer="srv-fin-02.corp.example", Type="server",
                           ErrorCode="0x8009030d", ErrorState="10001") for i in range(2)]
    data = (b"Remote Desktop Connection\r\nThis computer can't connect to the remote computer.\r\n"
            b"Error code: 0x904\r\nExtended error code: 0x7\r\n",
            capture.bytes(), make.log([arrival(AT + 4, 52202, 1), arrival(AT + 6, 52203, 2)]), make.log(schannel))
    for name, content in zip(FILES, data):
        pathlib.Path(folder, name).write_bytes(content)


def main():
    with tempfile.TemporaryDirectory() as folder:
        write(folder)
        done = subprocess.run([BINARY, "read", *FILES], cwd=folder, env=dict(os.environ, NO_COLOR="1"), capture_output=True,
                              text=True)
    body = "\n".join(line.rstrip() for line in done.stdout.splitlines()).strip("\n")
    block = f"```\n$ rdpwhy read {' '.join(FILES)}\n\n{body}\n```"
    text = PAGE.read_text()
    found = FENCE.search(text)
    if found is None:
        sys.exit("docs/read.md has no such example")
    if os.environ.get("RDPWHY_GOLDEN") == "write":
        PAGE.write_text(text[:found.start()] + block + text[found.end():])
    elif found.group() != block:
        sys.exit(f"docs/read.md shows something else; RDPWHY_GOLDEN=write {sys.argv[0]} puts this there:\n{block}")
    print("ok   the example of docs/read.md")


main()
