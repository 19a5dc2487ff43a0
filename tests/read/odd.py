#!/usr/bin/env python3
"""Files that are cut, damaged, lying or no captures at all; frames of every kind; thousands of half-open connections."""
import json
import os
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "live"))
from lab import run_all  # noqa: E402

BINARY = os.path.abspath(sys.argv[1])
SYN, ACK, FIN, RST, PUSH = 2, 16, 1, 4, 8
REQUEST = bytes.fromhex("0300002b26e00000000000436f6f6b69653a206d737473686173683d7264707768790d0a010008000b000000")
REQUEST = REQUEST[:2] + struct.pack(">H", len(REQUEST)) + bytes([len(REQUEST) - 5]) + REQUEST[5:]
REFUSAL = bytes.fromhex("030000130ed000001234000300080002000000")


def tcp(source, target, sequence, flags, payload=b"", acknowledged=0):
    return struct.pack(">HHIIBBHHH", source, target, sequence, acknowledged, 5 << 4, flags, 1000, 0, 0) + payload


def ipv4(packet, protocol=6, client=True, number=[1], sides=(b"\x0a\0\0\x03", b"\x0a\0\0\x02")):
    number[0] += 1
    a, b = sides if client else sides[::-1]
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(packet), number[0] & 0xffff, 0, 64, protocol, 0) + a + b + packet


def ipv6(packet, client=True):
    a, b = bytes(15) + b"\1", bytes(15) + b"\2"
    return struct.pack(">IHBB", 6 << 28, len(packet), 6, 64) + (a + b if client else b + a) + packet


def pcap(frames, link=101, gap_us=1000):
    out = [struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, link)]
    for i, frame in enumerate(frames):
        at_us = i * gap_us
        out.append(struct.pack("<IIII", 1700000000 + at_us // 1000000, at_us % 1000000, len(frame), len(frame)) + frame)
    return b"".join(out)


def refusal(ip=ipv4):
    """A whole connection that the server refuses with failure 2."""
    return [
        ip(tcp(50000, 3389, 100, SYN)), ip(tcp(3389, 50000, 900, SYN | ACK), client=False),
        ip(tcp(50000, 3389, 101, ACK | PUSH, REQUEST)), ip(tcp(3389, 50000, 901, ACK | PUSH, REFUSAL), client=False),
        ip(tcp(3389, 50000, 901 + len(REFUSAL), ACK | FIN), client=False)]


def read(folder, data, *options, name="case.pcap"):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(data)
    done = subprocess.run([BINARY, "read", *options, path], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr.replace(folder + "/", "")


def is_refusal(folder, data):
    status, out, err = read(folder, data, "--json")
    assert (status, err) == (2, ""), (status, err)
    document = json.loads(out)
    assert document["verdict"]["cause"] == "security-layer-mismatch", document["verdict"]
    return document


def each_link_layer_is_taken_apart(folder):
    mac = bytes(12)
    for link, front in ((101, b""), (12, b""), (228, b""), (1, mac + b"\x08\0"),
                        (1, mac + b"\x81\0\0\x05\x08\0"), (1, mac + b"\x88\xa8\0\1\x81\0\0\2\x08\0"),
                        (1, mac + b"\x88\x64\x11\0\0\1\0\2\0\x21"), (113, bytes(14) + b"\x08\0"),
                        (276, b"\x08\0" + bytes(18)), (9, b"\xff\3\0\x21"), (9, b"\x21"), (0, b"\2\0\0\0"),
                        (108, b"\0\0\0\2")):
        is_refusal(folder, pcap([front + frame for frame in refusal()], link))
    is_refusal(folder, pcap([mac + b"\x86\xdd" + frame for frame in refusal(ipv6)], 1))
    is_refusal(folder, pcap(refusal(ipv6), 229))


def order_and_repetition_change_nothing(folder):
    frames = refusal()
    is_refusal(folder, pcap([frames[0], frames[1], frames[3], frames[2], frames[4]]))
    halves = [ipv4(tcp(50000, 3389, 101 + 20, ACK, REQUEST[20:])), ipv4(tcp(50000, 3389, 101, ACK, REQUEST[:20]))]
    document = is_refusal(folder, pcap(frames[:2] + halves + frames[3:]))
    assert document["connections"][0]["recorded"]["retransmitted"] == 0, document["connections"]
    again = ipv4(tcp(50000, 3389, 101, ACK | PUSH, REQUEST))
    document = is_refusal(folder, pcap(frames[:3] + [again] + frames[3:]))
    assert document["connections"][0]["recorded"]["retransmitted"] == 1, document["connections"]
    document = is_refusal(folder, pcap([frame for frame in frames for _ in range(2)]))
    recorded = document["connections"][0]["recorded"]
    assert (recorded["retransmitted"], recorded["duplicated"]) == (0, 5), recorded


def two_versions_of_the_same_bytes_are_told(folder):
    frames = refusal()
    other = ipv4(tcp(50000, 3389, 101, ACK | PUSH, b"\xff" * len(REQUEST)))
    document = is_refusal(folder, pcap(frames[:3] + [other] + frames[3:]))
    assert document["connections"][0]["recorded"]["contradicted"] == 1, document["connections"]


def sequence_numbers_go_round(folder):
    start = 2 ** 32 - 10
    frames = refusal()
    frames[0] = ipv4(tcp(50000, 3389, start, SYN))
    frames[2] = ipv4(tcp(50000, 3389, start + 1, ACK | PUSH, REQUEST))
    is_refusal(folder, pcap(frames))


def silence_and_cut_are_told_apart(folder):
    syns = [ipv4(tcp(50000, 3389, 100, SYN)) for _ in range(3)]
    later = ipv4(b"\0" * 8, protocol=17)
    for frames, gap, wanted in ((syns + [later] * 6, 1000000, (2, "blocked")), (syns[:1], 1000, (3, "unknown"))):
        status, out, _ = read(folder, pcap(frames, gap_us=gap), "--json")
        assert (status, json.loads(out)["verdict"]["status"]) == wanted, out


def an_icmp_error_ends_an_opening(folder):
    syn = ipv4(tcp(50000, 3389, 100, SYN))
    for code, result in ((1, "unreachable"), (13, "prohibited")):
        error = ipv4(struct.pack(">BBHI", 3, code, 0, 0) + syn[:28], protocol=1, client=False,
                     sides=(b"\x0a\0\0\x03", b"\x0a\0\0\xfe"))
        status, out, _ = read(folder, pcap([syn, error]), "--json")
        attempts = json.loads(out)["checks"][2]["evidence"]["attempts"]
        assert status == 2 and attempts == [{"address": "10.0.0.2", "result": result, "by": "10.0.0.254"}], attempts


def damaged_files_give_what_they_hold(folder):
    whole = pcap(refusal())
    status, out, _ = read(folder, whole + b"\x01\x02\x03")
    assert status == 2 and "after packet 5: truncated dump file" in out, out
    for size in range(0, len(whole), 29):
        status, out, err = read(folder, whole[:size], "--json")
        assert status in (2, 3, 65) and err == "", (size, status, err)
    lying = bytearray(whole)
    lying[24 + 8:24 + 12] = b"\xff\xff\xff\x7f"
    status, out, _ = read(folder, bytes(lying))
    assert status == 3 and "after packet 0" in out, (status, out)
    for at in range(24, len(whole), 13):
        broken = bytearray(whole)
        broken[at] ^= 0xff
        status, out, err = read(folder, bytes(broken), "--json")
        assert status in (0, 1, 2, 3) and err == "", (at, status, err)


def what_is_no_capture_is_said(folder):
    for data, words in ((b"", "it is empty"), (b"\x1f\x8b\x08\0abc", "compressed with gzip, which is not unpacked here: gzip -dc FILE | rdpwhy read -"),
                        (b"ElfFile\0" + bytes(100), "an event log that ends inside its header"),
                        (b"hello", "no kind of file that is known here, and no code and no known sentence of a client in it"),
                        (bytes(5000), "no text, whatever its name: it holds bytes that no text has; and no capture or event log"),
                        (struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 147),
                         "which this version cannot take apart")):
        status, out, err = read(folder, data)
        assert status == 65 and err == "" and " ".join(words.split()) in " ".join(out.split()), (data[:8], status, out)
    status, out, _ = read(folder, b"{\"schema\": 1, }")
    assert status == 65 and "line 1, column 15" in out, out
    done = subprocess.run([BINARY, "read", folder, os.path.join(folder, "none")], capture_output=True, text=True)
    assert done.returncode == 66 and "a folder with" in done.stdout, done
    assert "No such file or directory" in done.stdout, done


def empty_packets_and_cut_ones_are_counted(folder):
    frames = refusal()
    status, out, _ = read(folder, pcap([b""] + frames + [b""]), "--json")
    assert status == 2 and json.loads(out)["verdict"]["cause"] == "security-layer-mismatch", out
    cut = [struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 30, 101)]
    for i, frame in enumerate(frames):
        cut.append(struct.pack("<IIII", 1700000000, i * 1000, 30, len(frame)) + frame[:30])
    status, out, _ = read(folder, b"".join(cut))
    assert status == 3 and "5 packets are cut inside their headers by the snap length of 30" in " ".join(out.split()), out


def snapped(frames, size):
    cut = [struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, size, 101)]
    for i, frame in enumerate(frames):
        cut.append(struct.pack("<IIII", 1700000000, i * 1000, min(size, len(frame)), len(frame)) + frame[:size])
    return b"".join(cut)


def a_snap_length_that_cuts_a_message_is_named(folder):
    """Headers whole, the request or the answer cut: nothing of it is made up, not even that the server closed without one."""
    for size, why in ((50, None), (40 + len(REQUEST) - 8, "the snap length cuts the request short"),
                      (40 + len(REFUSAL) - 4, None), (40 + len(REFUSAL) + 2, None)):
        status, out, _ = read(folder, snapped(refusal(), size), "--json")
        document = json.loads(out)
        assert status == 3, (size, status, document.get("verdict"))
        assert any("only the first bytes were recorded (snap length)" in words for words in document["files"][0]["skipped"]), out
        for talk in document["conversations"]:
            check = next(one for one in talk["checks"] if one["id"] == "negotiation")
            assert check["status"] == "unknown" and (why is None or check["why"] == why), (size, check)
            assert talk["verdict"]["summary"].startswith("cannot tell: only the first bytes of its packets"), talk["verdict"]
    longer = refusal()
    longer[3] = longer[3][:20] + longer[3][20:40] + REFUSAL[:3] + b"\x33" + REFUSAL[4:] + bytes(32)  # an answer cut by itself
    longer[3] = longer[3][:2] + struct.pack(">H", len(longer[3])) + longer[3][4:]
    longer[4] = ipv4(tcp(3389, 50000, 901 + len(longer[3]) - 40, ACK | FIN), client=False)
    status, out, _ = read(folder, snapped(longer, 40 + len(REQUEST)), "--json")
    check = next(one for one in json.loads(out)["checks"] if one["id"] == "negotiation")
    assert (status, check["status"], check.get("why")) == (3, "unknown", "the snap length cuts the answer short"), (status, check)


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))


def pcapng(frames, link=101):
    out = [block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)), block(1, struct.pack("<HHI", link, 0, 65535))]
    for i, frame in enumerate(frames):
        at = 1700000000000000 + i * 1000
        out.append(block(6, struct.pack("<IIIII", 0, at >> 32, at & 0xffffffff, len(frame), len(frame)) + frame))
    return out


def broken_blocks_of_pcapng_give_what_came_before(folder):
    blocks = pcapng(refusal())
    is_refusal(folder, b"".join(blocks))
    is_refusal(folder, b"".join(blocks[:2] + [block(0x0bad, b"of a kind that nobody knows")] + blocks[2:]))
    for bad in (struct.pack("<III", 6, 13, 0), struct.pack("<II", 6, 0xfffffff0), block(6, bytes(4)),
                block(6, struct.pack("<IIIII", 9, 0, 0, 4, 4) + b"none"), struct.pack("<II", 6, 8) + bytes(8)):
        status, out, err = read(folder, b"".join(blocks) + bad)
        assert status == 2 and err == "" and "after packet 5" in out, (bad, status, out)
    whole = b"".join(blocks)
    for size in range(0, len(whole), 31):
        status, out, err = read(folder, whole[:size], "--json")
        assert status in (2, 3, 65) and err == "", (size, status, err)


def many_half_open_connections_stay_in_bounds(folder):
    frames = [ipv4(tcp(1024 + i % 60000, 3389, i, SYN), sides=(bytes([10, 1, i >> 8 & 255, i & 255]), b"\x0a\0\0\x02"))
              for i in range(100000)]
    path = os.path.join(folder, "many.pcap")
    with open(path, "wb") as file:
        file.write(pcap(frames + refusal(), gap_us=10))
    peak = "import resource, subprocess, sys; s = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode; " \
           "print(s, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    done = subprocess.run([sys.executable, "-c", peak, BINARY, "read", "-q", path], capture_output=True, text=True)
    status, kilobytes = map(int, done.stdout.split())
    assert status in (2, 3), done
    if "RDPWHY_PLAIN_BUILD" in os.environ:  # the sanitizers take several times as much
        assert kilobytes < 256 * 1024, kilobytes


def several_files_make_one_story(folder):
    with open(os.path.join(folder, "dialog.txt"), "w", encoding="utf-8") as file:
        file.write("This computer can't connect.\nError code: 0x904\nExtended error code: 0x7\n")
    with open(os.path.join(folder, "my.rdp"), "w", encoding="utf-8") as file:
        file.write("full address:s:10.0.0.2\nserver port:i:3390\n")
    with open(os.path.join(folder, "case.pcap"), "wb") as file:
        file.write(pcap(refusal()))
    done = subprocess.run([BINARY, "read", "--json", "dialog.txt", "case.pcap", "my.rdp"], cwd=folder, capture_output=True,
                          text=True)
    document = json.loads(done.stdout)
    assert [(f["path"], f["kind"], f["recognised"]) for f in document["files"]] == [
        ("dialog.txt", "text", True), ("case.pcap", "capture", True), ("my.rdp", "rdp-file", True)], document["files"]
    assert document["client_said"] == {"code": 0x904, "extended": 7}, document["client_said"]
    client = [check for check in document["checks"] if check["id"] == "client"][0]
    assert client["evidence"]["rdp_file"]["server_port"] == 3390, client
    piped = subprocess.run([BINARY, "read", "-q", "-"], stdin=open(os.path.join(folder, "case.pcap"), "rb"),
                           capture_output=True, text=True)
    assert piped.returncode == 2 and piped.stdout.startswith("BLOCKED at negotiation: security-layer-mismatch"), piped


def redaction_leaves_no_address(folder):
    def elsewhere(packet, client=True):
        return ipv4(packet, client=client, sides=(b"\x0a\x63\x62\x61", b"\x0a\x58\x57\x56"))
    status, out, _ = read(folder, pcap(refusal(elsewhere)), "--redact", "--json")
    assert status == 2 and "10.99.98.97" not in out and "10.88.87.86" not in out, "an address is left"
    assert "case.pcap" not in out, "the file's name is left"


def a_saved_document_is_judged_the_same(folder):
    saved = os.path.join(folder, "saved.json")
    status, out, _ = read(folder, pcap(refusal()), "-q", "--save", saved)
    again = subprocess.run([BINARY, "judge", "-q", saved], capture_output=True, text=True)
    assert (status, out) == (again.returncode, again.stdout), (out, again)


sys.exit(run_all([(test.__name__, test) for test in (
    each_link_layer_is_taken_apart, order_and_repetition_change_nothing, two_versions_of_the_same_bytes_are_told,
    sequence_numbers_go_round, silence_and_cut_are_told_apart, an_icmp_error_ends_an_opening,
    damaged_files_give_what_they_hold, empty_packets_and_cut_ones_are_counted,
    a_snap_length_that_cuts_a_message_is_named, broken_blocks_of_pcapng_give_what_came_before, what_is_no_capture_is_said,
    many_half_open_connections_stay_in_bounds,
    several_files_make_one_story, redaction_leaves_no_address, a_saved_document_is_judged_the_same)]))
