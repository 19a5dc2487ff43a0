#!/usr/bin/env python3
"""front.py ADDRESS PORT BACKEND FAULT: what stands in front of a real server and breaks one thing of it.

  no-nla    cuts the connection at the ClientHello when the server has chosen NLA; everything else passes
  no-logon  lets TLS come up and cuts the first thing that the client says inside it
  old-tls   speaks TLS 1.0 to the client, whatever the server behind it can do
  chacha    likewise TLS 1.2, with a good suite that Windows does not offer
  camellia  likewise TLS 1.2, with one that clients of today leave out

BACKEND is HOST:PORT, or a port on 127.0.0.1. It says "listening" when it does. Every connection is told on stdout: "connection OFFER -> CHOICE".
"""
import pathlib
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading

HYBRID = (2, 8)


def whole(stream):
    """One TPKT packet (RFC 1006)."""
    head = b""
    while len(head) < 4:
        piece = stream.recv(4 - len(head))
        if not piece:
            return b""
        head += piece
    size = struct.unpack(">H", head[2:4])[0]
    body = b""
    while len(body) < size - 4:
        piece = stream.recv(size - 4 - len(body))
        if not piece:
            return b""
        body += piece
    return head + body


def block(packet):
    """The negotiation block at the end (MS-RDPBCGR 2.2.1.1.1, 2.2.1.2.1): its type and value."""
    if len(packet) >= 8 and packet[-8] in (1, 2, 3) and packet[-6] == 8:
        return packet[-8], struct.unpack("<I", packet[-4:])[0]
    return 0, 0


def pump(source, sink):
    try:
        while True:
            piece = source.recv(65536)
            if not piece:
                break
            sink.sendall(piece)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def records(stream):
    """The TLS records of a stream (RFC 8446 5.1), one by one: their type and their bytes."""
    kept = b""
    while piece := stream.recv(65536):
        kept += piece
        while len(kept) >= 5 and len(kept) >= 5 + struct.unpack(">H", kept[3:5])[0]:
            size = 5 + struct.unpack(">H", kept[3:5])[0]
            yield kept[0], kept[:size]
            kept = kept[size:]


def until_said(client, server):
    """Passes on what the client sends until its Finished, which is the record behind its ChangeCipherSpec in TLS 1.2 and, for the
    sake of old middle boxes, in TLS 1.3."""
    changed = finished = False
    for kind, record in records(client):
        if finished:
            break
        server.sendall(record)
        finished, changed = changed, changed or kind == 20
    for end in (client, server):
        end.close()


def relay(client, server):
    there = threading.Thread(target=pump, args=(client, server), daemon=True)
    there.start()
    pump(server, client)
    there.join(5)


OWN_TLS = {
    "old-tls": ("ALL:@SECLEVEL=0", ssl.TLSVersion.TLSv1),
    "chacha": ("ECDHE-RSA-CHACHA20-POLY1305", ssl.TLSVersion.TLSv1_2),
    "camellia": ("CAMELLIA256-SHA:@SECLEVEL=0", ssl.TLSVersion.TLSv1_2),
}


def own_context(folder, fault):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ciphers, version = OWN_TLS[fault]
    context.set_ciphers(ciphers)
    context.minimum_version = context.maximum_version = version
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def serve(client, backend, fault, context):
    with client, socket.create_connection(backend) as server:
        request = whole(client)
        server.sendall(request)
        confirm = whole(server)
        print(f"connection {block(request)[1]} -> {block(confirm)[1]}", flush=True)
        client.sendall(confirm)
        if fault == "no-nla" and block(confirm)[0] == 2 and block(confirm)[1] in HYBRID:
            client.recv(1)
            return
        if fault == "no-logon":
            threading.Thread(target=pump, args=(server, client), daemon=True).start()
            until_said(client, server)
            return
        if fault in OWN_TLS and block(confirm)[0] == 2 and block(confirm)[1] != 0:
            plain = ssl._create_unverified_context()  # pylint: disable=protected-access
            client = context.wrap_socket(client, server_side=True)
            server = plain.wrap_socket(server)
        relay(client, server)


def try_to_serve(*arguments):
    try:
        serve(*arguments)
    except OSError as why:
        print(f"ended: {why}", flush=True)


def main():
    address, port, backend, fault = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    host, _, own = backend.rpartition(":")
    backend = (host or "127.0.0.1", int(own))
    context = None
    with tempfile.TemporaryDirectory() as name:
        if fault in OWN_TLS:
            folder = pathlib.Path(name)
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha256", "-subj", "/CN=srv.corp.example", "-days", "30",
                 "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
                check=True, capture_output=True,
            )
            context = own_context(folder, fault)
        listener = socket.create_server((address, port))
        print("listening", flush=True)
        while True:
            client, _ = listener.accept()
            threading.Thread(target=try_to_serve, args=(client, backend, fault, context), daemon=True).start()


main()
