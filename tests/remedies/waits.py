#!/usr/bin/env python3
"""The wait for a restarted server: xrdp listens once to try, closes, and listens for good two seconds later. The wait must
not end at the first of the two. Every pause of the script is a question to this test, so nothing here depends on time."""
import os
import socket
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PARTS = os.path.join(HERE, "..", "..", "data", "remedies", "with", "server.sh")
SCRIPT = """
. "$1"
server_port() { echo "$port"; }
port=$2
sleep() { echo pause; read -r go; }
server_wait && echo "socket $server_socket"
"""


def listener(port=0):
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", port))
    server.listen()
    return server


def inode(server):
    return os.fstat(server.fileno()).st_ino


def main():
    trial = listener()
    port = trial.getsockname()[1]
    script = subprocess.Popen(
        ["sh", "-c", SCRIPT, "sh", PARTS, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )

    def paused():
        line = script.stdout.readline()
        assert line == "pause\n", f"the wait was over too early: {line!r}"

    def go_on():
        script.stdin.write("\n")

    paused()  # it saw the trial
    trial.close()
    go_on()
    paused()  # it saw nothing
    server = listener(port)
    go_on()
    paused()  # it saw the server, once
    go_on()
    line = script.stdout.readline()
    assert line == f"socket {inode(server)}\n", (line, inode(server))
    assert script.wait() == 0


if __name__ == "__main__":
    sys.exit(main())
