"""Real VPNs between cli and vgw of the lab (network.py). Each fills network.tunnel: the interfaces of both ends, and the
nft matches of its own packets on the way out and back."""
import os
import sys

from network import HERE, OUTER, OUTER6, run, until
from inside import need, skip

OFFICE4 = ("10.20.0.0/24", "10.30.0.0/24")
OFFICE6 = ("fd00:20::/64", "fd00:30::/64")
KINDS = ("none", "wireguard", "openvpn-udp", "openvpn-tcp", "ipsec", "unknown-udp", "unknown-tcp")


def tunnel(network, client, gateway, protocol, port):
    network.tunnel = {"client": client, "gateway": gateway, "out": f"{protocol} dport {port}", "back": f"{protocol} sport {port}",
                      "protocol": protocol, "port": port}


def office_routes(network, device, families=(4, 6)):
    nets = (OFFICE4 if 4 in families else ()) + (OFFICE6 if 6 in families else ())
    for net in nets:
        network.do("cli", "ip", "route", "add", net, "dev", device, "metric", "50")


def need_tun():
    if not os.path.exists("/dev/net/tun"):
        skip("no /dev/net/tun")


def wireguard(network, outer=OUTER, routes=True, everything=False):
    """`everything`: as wg-quick does it, all goes into the tunnel but for packets with its mark."""
    need("wireguard-go", "wg")
    need_tun()
    keys = {}
    for side in ("c", "s"):
        secret = run(["wg", "genkey"])
        path = network.folder / f"{side}.key"
        path.write_text(secret)
        keys[side] = (path, run(["wg", "pubkey"], input=secret).strip())
    for name, device in (("cli", "wgc"), ("vgw", "wgs")):
        network.start(name, "wireguard-go", "-f", device, log=device)
        until(lambda device=device: os.path.exists(f"/run/wireguard/{device}.sock"), "WireGuard")
    run(["wg", "set", "wgs", "listen-port", "51820", "private-key", keys["s"][0], "peer", keys["c"][1],
         "allowed-ips", "10.8.0.2/32,fd00:8::2/128"])
    at = f"[{outer}]" if ":" in outer else outer
    run(["wg", "set", "wgc", "private-key", keys["c"][0], "peer", keys["s"][1], "endpoint", f"{at}:51820", "allowed-ips",
         ",".join(("10.8.0.0/24", "fd00:8::/64") + OFFICE4 + OFFICE6), "persistent-keepalive", "25"])
    for name, device, end in (("cli", "wgc", 2), ("vgw", "wgs", 1)):
        network.script(name, [f"ip addr add 10.8.0.{end}/24 dev {device}", f"ip addr add fd00:8::{end}/64 dev {device} nodad",
                              f"ip link set {device} mtu 1420 up"])
    if everything:
        peer = run(["wg", "show", "wgc", "peers"]).strip()
        run(["wg", "set", "wgc", "fwmark", "51820", "peer", peer, "allowed-ips", "0.0.0.0/0,::/0"])
        network.script("cli", ["ip route add default dev wgc table 51820", "ip rule add not fwmark 51820 table 51820",
                               "ip rule add table main suppress_prefixlength 0"])
    elif routes:
        office_routes(network, "wgc")
    tunnel(network, "wgc", "wgs", "udp", 51820)
    until(lambda: network.answers("cli", "10.8.0.1"), "answer through WireGuard")


def openvpn(network, protocol, management=True, config=False, outer=OUTER, remote=None, routes=True):
    """`config`: the client's settings lie in a file. `remote`: the name or address that they give."""
    need("openvpn", "openssl")
    need_tun()
    prints = {}
    for side in ("oc", "os"):
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
             f"/CN={side}", "-keyout", network.folder / f"{side}.key", "-out", network.folder / f"{side}.crt"])
        text = run(["openssl", "x509", "-in", network.folder / f"{side}.crt", "-noout", "-fingerprint", "-sha256"])
        prints[side] = text.strip().split("=", 1)[1]
    six = "6" if ":" in outer else ""
    here, there = ("tcp%s-client" % six, "tcp%s-server" % six) if protocol == "tcp" else ("udp" + six, "udp" + six)
    common = lambda side, peer: ["dev-type tun", f"cert {network.folder}/{side}.crt", f"key {network.folder}/{side}.key",
                                 f"peer-fingerprint {prints[peer]}", "keepalive 5 30", "verb 3"]
    gateway = ["dev tuns", f"proto {there}", "lport 1194", "tls-server", "dh none", "ifconfig 10.9.0.1 10.9.0.2",
               "ifconfig-ipv6 fd00:9::1/64 fd00:9::2", *common("os", "oc")]
    client = ["dev tunc", f"proto {here}", f"remote {remote or outer} 1194", "nobind", "tls-client", "ifconfig 10.9.0.2 10.9.0.1",
              "ifconfig-ipv6 fd00:9::2/64 fd00:9::1", *common("oc", "os")]
    if management:
        client.append(f"management {network.folder}/management unix")
    as_words = lambda lines: [word for line in lines for word in ("--" + line).split()]
    network.start("vgw", "openvpn", *as_words(gateway), log="openvpn-gateway")
    until(lambda: "Listening" in network.log("openvpn-gateway") or "link local (bound)" in network.log("openvpn-gateway"), "OpenVPN")
    if config:
        path = network.folder / "client.ovpn"
        path.write_text("# the client's settings\n" + "\n".join(client) + "\n")
        network.start("cli", "openvpn", "--config", path, log="openvpn-client")
    else:
        network.start("cli", "openvpn", *as_words(client), log="openvpn-client")
    until(lambda: "Initialization Sequence Completed" in network.log("openvpn-client"), "OpenVPN tunnel")
    if routes:
        office_routes(network, "tunc")
    tunnel(network, "tunc", "tuns", protocol, 1194)
    until(lambda: network.answers("cli", "10.9.0.1"), "answer through OpenVPN")


CHARON = "/usr/lib/ipsec/charon"
PLUGINS = ("random nonce aes sha1 sha2 hmac gcm openssl kdf curve25519 pem pkcs1 x509 kernel-libipsec kernel-netlink "
           "socket-default vici updown resolve")


def charon(network, name, side, connection):
    folder = network.folder / f"ipsec-{side}"
    folder.mkdir()
    (folder / "strongswan.conf").write_text(
        f"charon {{\n install_virtual_ip = yes\n load = {PLUGINS}\n plugins {{\n  vici {{ socket = unix:///run/charon.vici }}\n"
        "  kernel-libipsec { load = yes }\n  kernel-netlink { fwmark = !0x42 }\n  socket-default { fwmark = 0x42 }\n }\n"
        f" filelog {{ f {{\n path = {folder}/charon.log\n default = 1\n flush_line = yes\n }} }}\n}}\n")
    (folder / "swanctl.conf").write_text(connection)
    environment = {**os.environ, "STRONGSWAN_CONF": str(folder / "strongswan.conf")}
    # The gateway's daemon gets a /run of its own; the client's stays where a real one would be found.
    own = ["unshare", "-m", "sh", "-c", f"mount --bind {folder} /mnt && mount -t tmpfs none /run && mkdir -p {network.folder} "
           f"&& mkdir {folder} && mount --bind /mnt {folder} && exec {CHARON}"] if side == "s" else [CHARON]
    child = network.start(name, *own, log=f"charon-{side}", env=environment)
    view = ["nsenter", "-t", child.pid, "-m"] if side == "s" else []
    control = [*map(str, view), "swanctl"]
    until(lambda: os.path.exists(f"/proc/{child.pid}/root/run/charon.vici"), "strongSwan")
    run([*control, "--load-all", "--uri", "unix:///run/charon.vici", "--file", folder / "swanctl.conf"], env=environment)
    return control, environment


def ipsec(network, outer=OUTER):
    """strongSwan with ESP in the program: most kernels of test machines lack it."""
    need("swanctl")
    need_tun()
    if not os.path.exists(CHARON):
        skip("strongSwan's charon is not installed")
    for plugin in ("kernel-libipsec", "openssl"):
        if not os.path.exists(f"/usr/lib/ipsec/plugins/libstrongswan-{plugin}.so"):
            skip(f"strongSwan's plugin {plugin} is not installed")
    secret = 'secrets { ike { secret = "not-a-secret" } }\n'
    # The gateway needs an address inside what it offers: 10.16.0.0/12 holds 10.20 and 10.30.
    charon(network, "vgw", "s", f"connections {{ v {{\n version = 2\n local_addrs = {outer}\n pools = p\n encap = yes\n"
           " local {\n auth = psk\n id = s\n }\n remote {\n auth = psk\n id = c\n }\n"
           " children { n { local_ts = 10.16.0.0/12 } }\n} }\npools { p { addrs = 10.7.0.0/24 } }\n" + secret)
    control, environment = charon(network, "cli", "c", f"connections {{ v {{\n version = 2\n remote_addrs = {outer}\n vips = 0.0.0.0\n"
                                  " encap = yes\n local {\n auth = psk\n id = c\n }\n remote {\n auth = psk\n id = s\n }\n"
                                  " children { n { remote_ts = 10.16.0.0/12 } }\n} }\n" + secret)
    run([*control, "--initiate", "--child", "n", "--uri", "unix:///run/charon.vici"], env=environment)
    tunnel(network, "ipsec0", "ipsec0", "udp", 4500)
    until(lambda: network.answers("cli", "10.20.0.1"), "answer through IPsec")


def unknown(network, protocol, outer=OUTER, host_route=False, everything=False, name="corpvpn0"):
    """A program nobody knows, with a tunnel device and a socket (relay.py). `host_route`: it keeps its own packets out of
    the tunnel by a route of its own; `everything`: the default way goes into the tunnel."""
    need_tun()
    at = f"{outer}:443" if ":" not in outer else f"[{outer}]:443"
    network.start("vgw", sys.executable, HERE / "relay.py", "serve", protocol, "443", "relays", log="relay-gateway")
    until(lambda: "ready" in network.log("relay-gateway"), "relay")
    network.start("cli", sys.executable, HERE / "relay.py", "dial", protocol, at, name, log="relay-client")
    until(lambda: "ready" in network.log("relay-client"), "relay")
    for place, device, end in (("cli", name, 2), ("vgw", "relays", 1)):
        network.script(place, [f"ip addr add 10.6.0.{end}/24 dev {device}", f"ip addr add fd00:6::{end}/64 dev {device} nodad",
                               f"ip link set {device} mtu 1400 up"])
    if host_route or everything:
        network.do("cli", "ip", "route", "add", f"{outer}/{128 if ':' in outer else 32}", "via",
                   "2001:db8:1::1" if ":" in outer else f"{network.lan4}.1")
    if everything:
        for half in ("0.0.0.0/1", "128.0.0.0/1"):
            network.do("cli", "ip", "route", "add", half, "dev", name)
    office_routes(network, name)
    tunnel(network, name, "relays", protocol, 443)
    until(lambda: network.answers("cli", "10.6.0.1"), "answer through the relay")


def up(network, kind, **options):
    if kind == "wireguard":
        wireguard(network, **options)
    elif kind.startswith("openvpn-"):
        openvpn(network, kind.split("-")[1], **options)
    elif kind == "ipsec":
        ipsec(network, **options)
    elif kind.startswith("unknown-"):
        unknown(network, kind.split("-")[1], **options)
