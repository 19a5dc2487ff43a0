"""Screens that can be looked at: an Xvfb whose frame buffer lies in a file (XWD, -fbdir), painted and read without any X client
but xsetroot. A picture is (width, height, rows of RGB bytes)."""
import contextlib
import os
import pathlib
import struct
import subprocess
import sys
import time
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "real"))
import servers  # noqa: E402

COLOURS = ("#2060c0", "#e0a020")


@contextlib.contextmanager
def screen(folder, width, height):
    """An X server; yields (DISPLAY, its picture file)."""
    servers.need("Xvfb")
    folder.mkdir(parents=True, exist_ok=True)
    numbers = folder / "display"
    with open(numbers, "wb") as sink:
        arguments = [
            "Xvfb", "-displayfd", str(sink.fileno()), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset",
            "-fbdir", str(folder),
        ]
        with servers.child(arguments, folder / "xvfb.out", lambda _: numbers.read_text().endswith("\n"), pass_fds=[sink.fileno()]):
            yield ":" + numbers.read_text().strip(), folder / "Xvfb_screen0"


def paint(display):
    """A plaid in two colours: not blank, and hardly there by chance."""
    servers.need("xsetroot")
    subprocess.run(
        ["xsetroot", "-mod", "16", "16", "-fg", COLOURS[0], "-bg", COLOURS[1]],
        env=dict(os.environ, DISPLAY=display), check=True, capture_output=True,
    )


def picture(path):
    """Reads an XWD file of 32 bits a pixel (X11/XWDFile.h: 25 words, then the name, then the colours)."""
    raw = path.read_bytes()
    order = ">" if struct.unpack(">I", raw[:4])[0] < 65536 else "<"
    head = struct.unpack(order + "25I", raw[:100])
    header, width, height, lsb = head[0], head[4], head[5], head[7] == 0
    bits, stride, colours = head[11], head[12], head[19]
    if bits != 32:
        raise RuntimeError(f"{path}: {bits} bits a pixel")
    start = header + colours * 12
    rows = []
    for y in range(height):
        line = raw[start + y * stride : start + y * stride + 4 * width]
        blue, green, red = (line[0::4], line[1::4], line[2::4]) if lsb else (line[3::4], line[2::4], line[1::4])
        row = bytearray(3 * width)
        row[0::3], row[1::3], row[2::3] = red, green, blue
        rows.append(bytes(row))
    return width, height, rows


def write_png(shot, path):
    width, height, rows = shot

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    body = b"".join(b"\0" + row for row in rows)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")
    )


def share_alike(shown, wanted, step=7, close=24):
    """The share of the wanted picture's pixels that the shown one has at the same place; codecs may shift a shade a little."""
    width, height = min(shown[0], wanted[0]), min(shown[1], wanted[1])
    alike = count = 0
    for y in range(0, height, step):
        for x in range(0, width, step):
            a, b = shown[2][y][3 * x : 3 * x + 3], wanted[2][y][3 * x : 3 * x + 3]
            alike += all(abs(i - j) <= close for i, j in zip(a, b))
            count += 1
    return alike / count


def is_blank(shot):
    return len({row[i : i + 3] for row in shot[2][::16] for i in range(0, len(row), 48)}) < 2


def wait_for_desktop(process, shown, server, limit_s=40, enough=0.95):
    """Polls until the client's screen shows the server's (DISPLAY, picture file); returns the share that agrees. The server's
    screen is painted anew meanwhile: FreeRDP's server sends what changes, and at times misses what was there before."""
    deadline = time.monotonic() + limit_s
    best = 0.0
    painted = time.monotonic()
    while time.monotonic() < deadline and process.poll() is None and best < enough:
        best = max(best, share_alike(picture(shown), picture(server[1])))
        if time.monotonic() - painted > 2:
            paint(server[0])
            painted = time.monotonic()
        time.sleep(0.1)
    return best
