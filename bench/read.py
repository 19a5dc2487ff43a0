#!/usr/bin/env python3
"""bench/read.py [MEGABYTES]: how fast `rdpwhy read` goes through a capture of one long RDP session, beside tshark, what
memory 10 GB from a pipe take, and a million records of an event log beside evtxexport. Processor time, so that other work on
the machine counts less. Nothing here passes or fails; needs a release build in build/ or build/release/."""
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "tests/read"))
import make_evtx as make  # noqa: E402

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
    """The least processor time of some rounds, in seconds."""
    times = []
    for _ in range(rounds):
        process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        times.append(usage.ru_utime + usage.ru_stime)
    return min(times)


def event(i, every):
    """A refused logon every so many records; between them processes that begin, as audited machines write them."""
    sid = {"SubjectUserSid": "S-1-5-18", "SubjectUserName": "FS01$", "SubjectDomainName": "CORP", "SubjectLogonId": "0x3e7"}
    if i % every == 0:
        return make.security(4625, 1700000000 + i, **sid, TargetUserName="somebody", Status="0xc000006d", SubStatus="0xc000006a",
                             LogonType="3", LogonProcessName="NtLmSsp ", AuthenticationPackageName="NTLM", WorkstationName="ws",
                             ProcessId="0x0", ProcessName="-", IpAddress=f"192.0.2.{i % 200}", IpPort="0")
    return make.security(4688, 1700000000 + i, **sid, NewProcessId="0x378", NewProcessName="C:\\Windows\\System32\\cmd.exe",
                         TokenElevationType="%%1936", ProcessId="0x13e8", CommandLine="cmd /c dir", TargetUserName="-",
                         ParentProcessName="C:\\Windows\\explorer.exe", MandatoryLabel="S-1-16-16384")


def write_log(path, records, every, per_chunk=100):
    chunk = make.chunk([event(i, every) for i in range(per_chunk)], 1, share=True)
    with open(path, "wb") as file:
        file.write(make.head(records // per_chunk, records))
        for _ in range(records // per_chunk):
            file.write(chunk)


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
        log = os.path.join(folder, "bulk.evtx")
        for every, records, words in ((20, 10 ** 6, "one in 20 of use"), (1, 10 ** 6, "all of use")):
            write_log(log, records, every)
            ours = best([PROGRAM, "read", "-q", log], 1)
            theirs = best(["evtxexport", log], 1) if shutil.which("evtxexport") else 0
            print(f"{records:>7} records, {words:<17} {ours:.1f} s; evtxexport {theirs:.1f} s   (aim: a million in 10)")


main()
