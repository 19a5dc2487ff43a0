"""Captures made for the tests: one client's connections to one server, packet by packet."""
import struct

SYN, ACK, FIN, RST, PUSH = 2, 16, 1, 4, 8
REQUEST = bytes.fromhex("0300002b26e00000000000436f6f6b69653a206d737473686173683d7264707768790d0a010008000b000000")
REQUEST = REQUEST[:2] + struct.pack(">H", len(REQUEST)) + bytes([len(REQUEST) - 5]) + REQUEST[5:]


def confirm(selected=2, flags=0x1f):
    return bytes.fromhex("030000130ed000001234000200080000000000")[:11] + struct.pack("<BBHI", 2, flags, 8, selected)


def client_hello(name=""):
    """As small as one can be: one suite, TLS 1.2, perhaps a name (RFC 6066 3)."""
    extensions = b""
    if name:
        raw = name.encode()
        entry = struct.pack(">BH", 0, len(raw)) + raw
        listed = struct.pack(">H", len(entry)) + entry
        extensions += struct.pack(">HH", 0, len(listed)) + listed
    body = b"\3\3" + bytes(32) + b"\0" + struct.pack(">HH", 2, 0xc02f) + b"\1\0"
    body += struct.pack(">H", len(extensions)) + extensions if extensions else b""
    message = b"\1" + struct.pack(">I", len(body))[1:] + body
    return b"\x16\3\1" + struct.pack(">H", len(message)) + message


class Capture:
    """Raw IPv4; times are seconds since 1970."""

    def __init__(self):
        self.out = [struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101)]
        self.number = 0

    def packet(self, at, source, target, flags, sequence, payload=b"", acknowledged=0):
        self.number += 1
        segment = struct.pack(">HHIIBBHHH", source[1], target[1], sequence, acknowledged, 5 << 4, flags, 1000, 0, 0) + payload
        sides = b"".join(bytes(map(int, side[0].split("."))) for side in (source, target))
        head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(segment), self.number & 0xffff, 0, 64, 6, 0)
        frame = head + sides + segment
        micros = round(at * 1000000)
        self.out.append(struct.pack("<IIII", micros // 1000000, micros % 1000000, len(frame), len(frame)) + frame)

    def connection(self, at, client, server, *steps, ending="fin"):
        """Steps: (who, bytes), each 10 ms behind the one before; then the server ends it: "fin", "rst", or not ("")."""
        sequence = {client: 1000, server: 9000}
        self.packet(at, client, server, SYN, 999)
        self.packet(at + 0.010, server, client, SYN | ACK, 8999, acknowledged=1000)
        when = at + 0.010
        for who, data in steps:
            when += 0.010
            other = server if who == client else client
            self.packet(when, who, other, ACK | PUSH, sequence[who], data, sequence[other])
            sequence[who] += len(data)
        if ending:
            flag = FIN if ending == "fin" else RST
            self.packet(when + 0.001, server, client, ACK | flag, sequence[server], acknowledged=sequence[client])
        return self

    def bytes(self):
        return b"".join(self.out)


def cut_at_hello(capture, at, client, server, name="srv.lab.example"):
    """What a server that cannot use its key does."""
    return capture.connection(at, client, server, (client, REQUEST), (server, confirm()), (client, client_hello(name)))


def cut_at_request(capture, at, client, server, ending="fin"):
    return capture.connection(at, client, server, (client, REQUEST), ending=ending)
