"""A program on a terminal of its own."""
import os
import pty
import select
import signal
import time

WAIT_S = 40


def talk(binary, folder, words, script):
    """Runs the program on a terminal of its own; `script`: (what it says, what is typed). All it said, and its status."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(XDG_STATE_HOME=str(folder), HOME=str(folder), NO_COLOR="1", TERM="dumb")
        os.execv(binary, [binary, *words])
    said, at, deadline = "", 0, time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        if script and script[0][0] in said[at:]:
            at = len(said)
            os.write(terminal, script.pop(0)[1].encode())
        ready, _, _ = select.select([terminal], [], [], 0.05)
        if ready:
            try:
                piece = os.read(terminal, 65536)
            except OSError:
                piece = b""
            if not piece:
                break
            said += piece.decode("utf-8", "replace")
    else:
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(terminal)
    return said, status
