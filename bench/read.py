#!/usr/bin/env python3
"""bench/read.py [MEGABYTES]: how fast `rdpwhy read` goes through a capture of one long RDP session, beside tshark, and what
memory 10 GB from a pipe take. Nothing here passes or fails; needs a release build in build/ or build/release/."""
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = next(path for path in (TOP / "build/rdpwhy", TOP / "build/release/rdpwhy") if path.exists())
SEGMENT = 1400
CLIENT, SERVER = b"\x0a\0\0\3", b"\x0a\0\0\2"
REQUEST = bytes.fromhex("030000130ee000000000000100080000000000")
CONFIRM = bytes.fromhex("030000130ed000001234000200080000000000")


def frame(at_us, from_server, sequence, flags, data, number):
    ports = (3389, 50000) if from_server else (50000, 3389)
    sides = (SERVER, CLIENT) if from_server else (CLIENT, SERVER)
    segment = struct.pack(">HHIIBBHHH", *ports, sequence & 0xffffffff, 0, 0x50, flags, 1000, 0, 0) + data
    packet = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), number & 0xffff, 0, 64, 6, 0, *sides) + segment
    whole = bytes(12) + b"\x08\0" + packet
    return struct.pack("<IIII", 1700000000 + at_us // 1000000, at_us % 1000000, len(whole), len(whole)) + whole


def write(path, megabytes):
    data = os.urandom(SEGMENT)
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        file.write(frame(0, False, 100, 2, b"", 1) + frame(1000, True, 900, 18, b"", 1))
        file.write(frame(2000, False, 101, 24, REQUEST, 2) + frame(3000, True, 901, 24, CONFIRM, 2))
        sequence = 901 + len(CONFIRM)
        for number in range(3, 3 + megabytes * 1000000 // (SEGMENT + 70)):
            file.write(frame(number * 100 + 4000, True, sequence, 24, data, number))
            sequence += SEGMENT


def best(arguments, rounds):
    times = []
    for _ in range(rounds):
        before = time.monotonic()
        subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        times.append(time.monotonic() - before)
    return min(times)


def pipe(path, total):
    """The same bytes again and again, behind one file header, until `total` bytes went through."""
    reader = subprocess.Popen([PROGRAM, "read", "-q", "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    before = time.monotonic()
    sent = 0
    with open(path, "rb") as file:
        while sent < total:
            file.seek(24 if sent else 0)
            while block := file.read(1 << 20):
                reader.stdin.write(block)
                sent += len(block)
    reader.stdin.close()
    _, _, usage = os.wait4(reader.pid, 0)
    return time.monotonic() - before, sent, usage.ru_maxrss / 1024


def main():
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bulk.pcap")
        write(path, megabytes)
        size = os.path.getsize(path)
        ours = best([PROGRAM, "read", "-q", path], 3)
        print(f"rdpwhy read, {size / 1e6:.0f} MB     {ours:.2f} s, {size / 1e6 / ours:.0f} MB/s   (aim: 400)")
        if shutil.which("tshark"):
            theirs = best(["tshark", "-r", path, "-T", "fields", "-e", "tcp.stream", "-e", "rdp.negReq.selectedProtocol"], 1)
            print(f"tshark, the same            {theirs:.2f} s, {theirs / ours:.0f} x ours   (aim: 20)")
        took, sent, peak = pipe(path, 10 * 10 ** 9)
        print(f"{sent / 1e9:.0f} GB from a pipe          {took:.1f} s, peak memory {peak:.0f} MB   (aim: 256)")


main()
