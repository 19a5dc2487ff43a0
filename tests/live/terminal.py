#!/usr/bin/env python3
"""The live view on a real pseudo-terminal: what moves, what never changes, and Ctrl-C.

  terminal.py BINARY
"""
import errno
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios

from lab import Lab, environment, run_all

BINARY = sys.argv[1]
PATIENCE_S = 60
MOVES = re.compile(r"\r\x1b\[K")
COLOURS = re.compile(r"\x1b\[\d+m")


class Terminal:
    """The program on a terminal of its own."""

    def __init__(self, arguments, env, columns=80):
        self.output = b""
        self.status = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            size = struct.pack("HHHH", 24, columns, 0, 0)
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execve(BINARY, [BINARY, *arguments], env)
        self.before = termios.tcgetattr(self.fd)

    def read(self):
        """False: the program is gone."""
        ready, _, _ = select.select([self.fd], [], [], PATIENCE_S)
        assert ready, f"nothing for {PATIENCE_S} s after {self.output[-300:]!r}"
        try:
            part = os.read(self.fd, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            part = b""
        self.output += part
        return bool(part)

    def wait_for(self, pattern):
        while not re.search(pattern, self.output):
            assert self.read(), f"ended without {pattern!r}: {self.output!r}"

    def end(self):
        while self.read():
            pass
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        self.status = os.waitstatus_to_exitcode(status)
        return self.output.decode("utf-8")


def lines_of(text):
    """What stands on the terminal at the end: a wiped line leaves only what came after. Fails when the program moves
    anywhere but within its last line."""
    lines = []
    for line in text.replace("\r\n", "\n").split("\n"):
        kept = MOVES.split(line)[-1]
        bare = COLOURS.sub("", kept)
        assert "\x1b" not in bare and "\r" not in bare, f"the cursor goes elsewhere: {line!r}"
        lines.append(bare)
    return lines


def check_lines(lines):
    return [line for line in lines if re.match(r"  [a-z]+ +(pass|warn|FAIL|skip|unknown)\b", line)]


def healthy(folder, columns):
    with Lab(BINARY, "healthy-nla") as where:
        terminal = Terminal([where], environment(folder, TERM="xterm"), columns)
        text = terminal.end()
    lines = lines_of(text)
    assert terminal.status == 0, terminal.status
    assert "\x1b[32mpass\x1b[0m" in text, "no colour on a terminal"
    assert MOVES.search(text), "no running step was shown"
    names = [line.split()[0] for line in check_lines(lines)]
    assert names == ["name", "route", "tcp", "negotiation", "tls", "certificate", "nla", "udp", "load"], names
    assert not any(re.search(r"[|/\\-]$", line) for line in lines if line), "a spinner was left behind"
    assert any(line.startswith("  WORKS     up to nla") for line in lines), lines
    widest = max(len(line) for line in lines)
    assert widest <= columns, f"{widest} columns of {columns}"


def at_80(folder):
    healthy(folder, 80)


def at_60(folder):
    healthy(folder, 60)


def without_colour(folder):
    with Lab(BINARY, "healthy-nla") as where:
        text = Terminal([where], environment(folder, TERM="xterm", NO_COLOR="1")).end()
    assert not COLOURS.search(text), "NO_COLOR is not obeyed"
    assert "  WORKS     up to nla" in text


def interrupted(folder, scenario, running, check):
    with Lab(BINARY, scenario) as where:
        terminal = Terminal([where], environment(folder, TERM="xterm"))
        # not before the line above it was read: the terminal drops what it still holds when Ctrl-C is typed
        terminal.wait_for(rb"(?s)  tcp +(\x1b\[\d+m)?pass.*\r\x1b\[K  " + running.encode())
        os.write(terminal.fd, b"\x03")
        text = terminal.end()
    lines = lines_of(text)
    assert terminal.status == 3, terminal.status
    assert any(re.match(rf"  {check} +unknown stopped by the user", line) for line in lines), lines
    assert any(re.match(r"  tcp +pass", line) for line in lines), lines
    assert f"Cannot tell: {check}: stopped by the user." in text, text
    assert "--timeout 60" in text, "nothing says how to go on"
    assert text.endswith("Z\r\n"), "the last line is not ended"


def interrupted_at_the_request(folder):
    interrupted(folder, "silent-after-request", "negotiation", "negotiation")


def interrupted_in_tls(folder):
    interrupted(folder, "stall-before-server-hello", r"tls +\d s ", "tls")  # a long step says how long


def interrupted_with_a_code(folder):
    """A run that the user stopped has not shown that nothing is wrong."""
    with Lab(BINARY, "silent-after-request") as where:
        terminal = Terminal([where, "--code", "0x904"], environment(folder, TERM="xterm"))
        terminal.wait_for(rb"\r\x1b\[K  negotiation")
        os.write(terminal.fd, b"\x03")
        text = terminal.end()
    assert terminal.status == 3, terminal.status
    assert "ot reproduced" not in text, text


def the_terminal_is_left_as_it_was(folder):
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    pid = os.fork()
    with Lab(BINARY, "healthy-nla") as where:
        if pid == 0:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(slave, fd)
            os.execve(BINARY, [BINARY, where], environment(folder, TERM="xterm"))
        while os.waitpid(pid, os.WNOHANG) == (0, 0):
            if select.select([master], [], [], 0.1)[0]:
                os.read(master, 65536)
    after = termios.tcgetattr(slave)
    os.close(master)
    os.close(slave)
    assert before == after, "the terminal's modes changed"


def into_a_pipe_nothing_moves(folder):
    """Standard output is a file, the terminal shows the running step and is wiped at the end."""
    saved = os.path.join(folder, "out")
    with Lab(BINARY, "healthy-nla") as where:
        pid, fd = pty.fork()
        if pid == 0:
            os.dup2(os.open(saved, os.O_WRONLY | os.O_CREAT, 0o600), 1)
            os.execve(BINARY, [BINARY, where], environment(folder, TERM="xterm"))
        shown = b""
        while True:
            try:
                part = os.read(fd, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
        os.waitpid(pid, 0)
        os.close(fd)
    with open(saved, encoding="utf-8") as file:
        text = file.read()
    assert "\x1b" not in text and "\r" not in text, "terminal controls in a file"
    assert "  WORKS     up to nla" in text, text
    assert shown.endswith(b"\r\x1b[K"), f"the running step was left: {shown[-80:]!r}"


def texts_at_40(folder):
    """Narrow: the same words, and only commands to copy are wider than the terminal."""
    for words in (["explain", "0x904", "0x7"], ["explain", "-v", "2308"], ["lab", "list"]):
        texts = {}
        for columns in (80, 40, 12):
            terminal = Terminal(words, environment(folder, NO_COLOR="1"), columns)
            texts[columns] = terminal.end().replace("\r\n", "\n")
            assert terminal.status == 0, (words, columns)
        wide = [line.strip() for line in texts[40].split("\n") if len(line) > 40]
        assert all(line in texts[80] and re.match("rdpwhy |Test-NetConnection ", line) for line in wide), (words, wide)
        assert len({"".join(text.split()) for text in texts.values()}) == 1, words


if __name__ == "__main__":
    sys.exit(run_all([(name, function) for name, function in list(globals().items()) if callable(function) and name in (
        "at_80", "at_60", "texts_at_40", "without_colour", "interrupted_at_the_request", "interrupted_in_tls",
        "interrupted_with_a_code", "the_terminal_is_left_as_it_was", "into_a_pipe_nothing_moves")]))
