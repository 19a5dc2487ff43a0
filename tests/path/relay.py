"""A tunnel that no program knows: packets of a TUN device in UDP datagrams, or in a TCP connection with a length before each.
Usage: relay.py serve|dial udp|tcp PORT|ADDRESS:PORT INTERFACE"""
import fcntl
import os
import select
import socket
import struct
import sys

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000


def tun(name):
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


def take(link, size):
    got = b""
    while len(got) < size:
        more = link.recv(size - len(got))
        if not more:
            sys.exit(0)
        got += more
    return got


def main(role, protocol, where, name):
    device = tun(name)
    kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
    peer = None
    if role == "serve":
        link = socket.socket(socket.AF_INET6, kind)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        link.bind(("::", int(where)))
        if protocol == "tcp":
            link.listen()
            print("ready", flush=True)
            link, _ = link.accept()
    else:
        host, port = where.rsplit(":", 1)
        host = host.strip("[]")
        link = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind)
        peer = (host, int(port))
        if protocol == "tcp":
            link.connect(peer)  # a UDP tunnel's socket stays unconnected, as those of real VPNs do
    if protocol == "tcp":
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print("ready", flush=True)
    while True:
        for ready in select.select([device, link], [], [])[0]:
            if ready == device:
                packet = os.read(device, 65535)
                if protocol == "tcp":
                    link.sendall(struct.pack(">H", len(packet)) + packet)
                elif peer:
                    link.sendto(packet, peer)
                continue
            if protocol == "tcp":
                packet = take(link, struct.unpack(">H", take(link, 2))[0])
            else:
                packet, sender = link.recvfrom(65535)
                if role == "serve":
                    peer = sender
            try:
                os.write(device, packet)
            except OSError:
                pass  # the device is not up yet, or the packet is none


main(*sys.argv[1:])
