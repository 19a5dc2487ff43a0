"""The live view of `rdpwhy trace` on a terminal of its own: drawn in place, resized, ended by q and by Ctrl-C, and nothing of
it left behind.  Usage: live.py RDPWHY. Exit 77: skipped, with the reason."""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import tempfile
import termios

from network import Network
from inside import enter

PATIENCE_S = 60
COLOURS = re.compile(rb"\x1b\[\d*m")
LEAVE = b"\x1b[?25h\x1b[?1049l"


class Terminal:
    def __init__(self, command, columns=80, rows=24):
        self.output = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            self.size(columns, rows, 0)
            os.environ["TERM"] = "xterm"
            os.execvp(command[0], command)
        self.before = termios.tcgetattr(self.fd)

    def size(self, columns, rows, fd=None):
        fcntl.ioctl(self.fd if fd is None else fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self):
        ready, _, _ = select.select([self.fd], [], [], PATIENCE_S)
        assert ready, f"nothing for {PATIENCE_S} s after {self.output[-300:]!r}"
        try:
            part = os.read(self.fd, 65536)
        except OSError:
            part = b""
        self.output += part
        return bool(part)

    def wait_for(self, pattern):
        while not re.search(pattern, self.output):
            assert self.read(), f"ended without {pattern!r}: {self.output[-2000:]!r}"

    def end(self):
        after = self.before
        while self.read():
            after = termios.tcgetattr(self.fd)
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status), after


def lines_of(frame):
    return [COLOURS.sub(b"", line).replace(b"\x1b[K", b"").decode("utf-8") for line in frame.split(b"\r\n")]


def stopped_by(network, program, key):
    terminal = Terminal(network.inside("cli", program, "trace", "rdp4.lab"))
    terminal.wait_for(rb"looking for losses, \d+ s, \d+ probes")
    terminal.output = b""
    terminal.size(60, 12)
    terminal.wait_for(rb"(?s)\x1b\[H.*\x1b\[H.*\x1b\[J")
    frame = terminal.output.split(b"\x1b[H")[-2].split(b"\x1b[J")[0]
    lines = lines_of(frame)
    assert max(map(len, lines)) <= 60 and len(lines) <= 12, lines
    os.write(terminal.fd, key)
    status, after = terminal.end()
    screen, report = terminal.output.split(LEAVE)
    assert b"\x1b[H" in screen and b"\x1b[H" not in report and b"\x1b[?" not in report, "the screen was left behind"
    text = COLOURS.sub(b"", report).decode("utf-8")
    assert "\n  o  you " in text and "stopped by the user" in text, text
    assert status in (0, 1, 3), status
    assert after == terminal.before, "the terminal's modes changed"


def stopped_by_signal(network, program, number):
    """As the keys do: the terminal is as it was, and what is known is told. The program is its session's first, which is who is told
    of a terminal that goes away."""
    terminal = Terminal(network.inside("cli", program, "trace", "rdp4.lab"))
    terminal.wait_for(rb"(?s)looking for losses, \d+ s, \d+ probes.*\x1b\[J")
    os.kill(terminal.pid, number)
    status, after = terminal.end()
    assert terminal.output.count(LEAVE) == 1, (number, terminal.output[-300:])
    report = COLOURS.sub(b"", terminal.output.split(LEAVE)[1]).decode("utf-8")
    assert "\n  o  you " in report and "stopped by the user" in report, (number, report)
    assert status in (0, 1, 3), (number, status)
    assert after == terminal.before, f"{number}: the terminal's modes changed"


def ends_with_its_terminal(network, program, saved):
    """The window is closed: nothing can be shown any more, what is known is saved, and nothing hangs."""
    terminal = Terminal(network.inside("cli", program, "trace", "rdp4.lab", "--save", saved))
    terminal.wait_for(rb"(?s)looking for losses, \d+ s, \d+ probes.*\x1b\[J")
    os.close(terminal.fd)
    gone = os.pidfd_open(terminal.pid)
    assert select.select([gone], [], [], PATIENCE_S)[0], "the program outlives its terminal"
    os.close(gone)
    _, status = os.waitpid(terminal.pid, 0)
    assert os.WIFEXITED(status), f"killed by signal {os.WTERMSIG(status)}"
    with open(saved, encoding="utf-8") as file:
        path = next(check for check in json.load(file)["checks"] if check["id"] == "path")
    assert path["evidence"]["ended"] == "stopped", path["evidence"]["ended"]


def address_column(frame):
    """Where the first router's address stands: its column ends a fixed way from the right edge."""
    return next(line.index("192.168.1.1") for line in lines_of(frame) if line[3:9] == "  LAN ")


def frames_of(output):
    return [part.split(b"\x1b[J")[0] for part in output.split(b"\x1b[H")[1:] if b"\x1b[J" in part]


def fits_small_windows(network, program):
    """Below fifty columns a row's words stand below its title: no line is wider than the window, and the round trip ends two columns
    before its edge."""
    terminal = Terminal(network.inside("cli", program, "trace", "rdp4.lab"))
    terminal.wait_for(rb"(?s)LAN[^\n]*192\.168\.1\.1.*looking for losses, \d+ s, \d+ probes.*\x1b\[J")
    for columns in (49, 46, 40, 30):
        terminal.output = b""
        terminal.size(columns, 24)
        lan = rb"  \|  LAN +(< 1 ms|\d+(\.\d)? ms)$"
        told = lambda: [line.rstrip("\r") for frame in frames_of(terminal.output)[-1:] for line in lines_of(frame)][:-1]
        while not any(re.fullmatch(lan, line.encode()) and len(line) == columns - 2 for line in told()):
            assert terminal.read(), told()
        lines = told()
        assert max(map(len, lines)) <= columns, lines
        assert lines[2] == "  o  you          192.168.1.10", lines
        assert re.fullmatch(r"  \|    none of \d+ lost:( below [0-9.]+ %)?", lines[4]), lines
        assert (lines[4][-1] == "%") == (columns >= 40), lines
        assert " ".join(line.strip() for line in lines[-2:]).endswith("q stops and reports what is known"), lines  # never left out
    os.write(terminal.fd, b"q")
    terminal.end()


def follows_the_window(network, program):
    """Each change of the width is drawn, to the column, and at once: by the half-second's redraws alone forty would take twenty
    seconds of the program's own clock."""
    changes, redraws_a_second = 40, 2
    terminal = Terminal(network.inside("cli", program, "trace", "rdp4.lab"))
    terminal.wait_for(rb"(?s)LAN[^\n]*192\.168\.1\.1.*looking for losses, \d+ s, \d+ probes.*\x1b\[J")
    column = address_column(frames_of(terminal.output)[-1])
    began = int(re.findall(rb"looking for losses, (\d+) s", terminal.output)[-1])
    for change in range(changes):
        columns = 81 + change  # the last one stays, too
        terminal.output = b""
        terminal.size(columns, 24)
        while not frames_of(terminal.output) or address_column(frames_of(terminal.output)[-1]) != column + columns - 80:
            assert terminal.read(), terminal.output
    ended = int(re.findall(rb"looking for losses, (\d+) s", terminal.output)[-1])
    os.write(terminal.fd, b"q")
    terminal.end()
    assert (ended - began) * redraws_a_second < changes, f"{changes} changes drawn in {ended - began} s"


# A shell in small: starts a command in a process group of its own, in front or not, says when it stops and lets it go on.
SHELL = """
import os, signal, subprocess, sys
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
front = sys.argv[1] == "front"
child = subprocess.Popen(sys.argv[2:], preexec_fn=lambda: (os.setpgrp(), front and os.tcsetpgrp(2, os.getpgrp()), signal.signal(signal.SIGTTOU, signal.SIG_DFL)))
while True:
    _, status = os.waitpid(child.pid, os.WUNTRACED)
    os.tcsetpgrp(2, os.getpgrp())
    if not os.WIFSTOPPED(status):
        break
    print("stopped by", signal.Signals(os.WSTOPSIG(status)).name, flush=True)
    os.tcsetpgrp(2, child.pid)
    os.killpg(child.pid, signal.SIGCONT)
print("ended with", os.waitstatus_to_exitcode(status))
"""


def shares_the_terminal(network, program):
    """In the background nothing is drawn and nothing stops it; Ctrl-Z leaves the screen and the terminal as they were, and what
    comes back to the front is drawn again."""
    behind = Terminal(network.inside("cli", sys.executable, "-c", SHELL, "behind", program, "trace", "rdp4.lab", "--time", "3"))
    behind.end()
    assert b"stopped" not in behind.output and b"ended with 0" in behind.output, behind.output
    assert b"\x1b[?1049" not in behind.output and b"\x1b[H" not in behind.output, behind.output
    front = Terminal(network.inside("cli", sys.executable, "-c", SHELL, "front", program, "trace", "rdp4.lab"))
    front.wait_for(rb"looking for losses, \d+ s, \d+ probes")
    os.write(front.fd, b"\x1a")
    front.wait_for(rb"stopped by SIGTSTP")
    before, front.output = front.output.split(b"stopped by SIGTSTP")
    assert before.endswith(LEAVE), before[-200:]
    front.wait_for(rb"(?s)\x1b\[\?1049h.*looking for losses, \d+ s, \d+ probes.*\x1b\[J")
    os.write(front.fd, b"q")
    _, after = front.end()
    assert b"stopped by SIG" not in front.output and b"stopped by the user" in front.output, front.output[-2000:]
    assert after == front.before, "the terminal's modes changed"


def main():
    program = os.path.abspath(sys.argv[1])
    enter("nmp")
    with Network(direct=True) as network:
        stopped_by(network, program, b"q")
        stopped_by(network, program, b"\x03")
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            stopped_by_signal(network, program, number)
        stopped_by(network, program, b"\x1c")
        with tempfile.TemporaryDirectory() as folder:
            ends_with_its_terminal(network, program, os.path.join(folder, "saved.json"))
        follows_the_window(network, program)
        fits_small_windows(network, program)
        shares_the_terminal(network, program)
        quiet = Terminal(network.inside("cli", program, "trace", "rdp4.lab", "-q", "--time", "3"))
        quiet.end()
        assert b"\x1b[H" not in quiet.output and quiet.output.count(b"\n") == 1, quiet.output


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    main()
