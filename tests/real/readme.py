#!/usr/bin/env python3
"""readme.py PROGRAM: puts rdpwhy's real output into the places of README.md that show it."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent


def shown(program, command, *arguments, replace=""):
    with tempfile.TemporaryDirectory() as state:
        environment = dict(os.environ, XDG_STATE_HOME=state, NO_COLOR="1")
        done = subprocess.run(
            [program, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
    text = done.stdout.replace(f"127.0.0.1:{replace}", "127.0.0.1") if replace else done.stdout
    text = re.sub(rf"\b{replace}\b", "3389", text) if replace else text
    body = "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")
    return f"$ {command}\n\n{body}"


def lab(program, name):
    with subprocess.Popen([program, "lab", name, "--port", "0"], stdout=subprocess.PIPE, text=True) as server:
        address = server.stdout.readline().split()[-1]
        out = shown(program, "rdpwhy 127.0.0.1", address, replace=address.rsplit(":", 1)[1])
        server.terminate()
    return out


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    blocks = [
        lab(program, "rdp-key-unreadable"),
        lab(program, "healthy-nla"),
        shown(program, "rdpwhy 0x904 0x7", "0x904", "0x7"),
    ]
    readme = TOP / "README.md"
    # The fenced blocks that begin with the command, or with a place to fill in.
    fence = re.compile(r"```\n(?:\$ rdpwhy|@[A-Z]+@).*?\n```", re.S)
    # what stands behind these is put there by others
    text = fence.sub(lambda old: "```\n" + blocks.pop(0) + "\n```" if blocks else old[0], readme.read_text())
    if blocks:
        sys.exit("README.md has fewer examples than expected")
    readme.write_text(text)


if __name__ == "__main__":
    main()
