#!/usr/bin/env python3
"""resolver.py PROGRAM CASE: the check `name` against real resolvers (dnsmasq, unbound) on loopback.

Runs in a network and a mount namespace of its own, where /etc/resolv.conf names 127.0.0.1 and 127.0.0.2. Exit status 77:
skipped, with the reason.
"""
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

for folder in ("lib", "real"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / folder))
# pylint: disable=wrong-import-position
import inside  # noqa: E402
import servers  # noqa: E402
from real import SKIPPED, look, rdpwhy  # noqa: E402

NAME = "srv.corp.example"


def bound(address, port=53):
    """Whether a UDP socket is bound to this address, seen from outside."""
    wanted = "".join(f"{int(part):02X}" for part in reversed(address.split("."))) + f":{port:04X}"
    return lambda process: process.poll() is None and any(
        line.split()[1] == wanted for line in pathlib.Path(f"/proc/{process.pid}/net/udp").read_text().splitlines()[1:]
    )


def dnsmasq(scratch, address, *options):
    """Answers for the zone by itself, and asks nobody."""
    servers.need("dnsmasq")
    arguments = [
        "dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--bind-interfaces",
        f"--listen-address={address}", "--except-interface=none", "--pid-file=", "--user=root", "--local=/corp.example/", *options,
    ]
    return servers.child(arguments, scratch / f"dnsmasq-{address}.out", bound(address))


def unbound(scratch, address, zone):
    servers.need("unbound")
    config = scratch / f"unbound-{address}.conf"
    config.write_text(
        f'server:\n interface: {address}\n do-daemonize: no\n chroot: ""\n username: ""\n directory: "{scratch}"\n pidfile: ""\n'
        " use-syslog: no\n module-config: \"iterator\"\n do-not-query-localhost: no\n"
        f"{zone}\nremote-control:\n control-enable: no\n"
    )
    return servers.child(["unbound", "-d", "-c", str(config)], scratch / f"unbound-{address}.out", bound(address))


def address_of(name, address):
    return f"--host-record={name},{address}"


# Each case: the resolvers, and what must come out. Paths as in tests/real.
def nxdomain(scratch):
    return [dnsmasq(scratch, "127.0.0.1"), dnsmasq(scratch, "127.0.0.2")]


def servfail(scratch):
    # It may only ask over IPv6, which it may not use.
    dead = ' do-ip6: no\nforward-zone:\n name: "."\n forward-addr: ::1@9'
    return [unbound(scratch, address, dead) for address in ("127.0.0.1", "127.0.0.2")]


def silent(scratch):
    zone = ' local-zone: "corp.example." deny'
    return [unbound(scratch, address, zone) for address in ("127.0.0.1", "127.0.0.2")]


def split(scratch):
    return [
        dnsmasq(scratch, "127.0.0.1", address_of(NAME, "127.0.0.1")),
        dnsmasq(scratch, "127.0.0.2", address_of(NAME, "127.0.0.9")),
    ]


def half(scratch):
    """One resolver of two knows the name."""
    return [dnsmasq(scratch, "127.0.0.1", address_of(NAME, "127.0.0.1")), dnsmasq(scratch, "127.0.0.2")]


def agree(scratch):
    return [dnsmasq(scratch, address, address_of(NAME, "127.0.0.1")) for address in ("127.0.0.1", "127.0.0.2")]


CASES = {}


def path_of(words):
    """causes__name_split_dns__certainty: two underscores are a dot; slugs have hyphens."""
    parts = words.split("__")
    return ".".join(part.replace("_", "-") if parts[at - 1] == "causes" and at else part for at, part in enumerate(parts))


def case(start, **expected):
    CASES[start.__name__] = (start, {path_of(words): value for words, value in expected.items()})


case(
    nxdomain,
    verdict__status="blocked", verdict__cause="name-not-resolved", verdict__certainty="proved",
    checks__name__status="fail", checks__name__evidence__error="not-found",
    checks__name__evidence__servers__0__rcode="not-found", checks__name__evidence__servers__1__rcode="not-found",
)
case(
    servfail,
    verdict__status="blocked", verdict__cause=None, verdict__stopped_at__check="name",
    checks__name__evidence__error="servfail", checks__name__evidence__servers__1__rcode="servfail",
)
case(
    silent,
    verdict__status="blocked", verdict__cause=None, verdict__stopped_at__check="name",
    checks__name__evidence__error="silent", checks__name__evidence__servers__0__rcode="silent",
)
# It works from here, so neither is more than possible.
case(
    split,
    verdict__status="degraded", verdict__cause=None, checks__name__status="warn", checks__name__reading__agrees=False,
    checks__name__evidence__servers__0__answers__0__address="127.0.0.1",
    checks__name__evidence__servers__1__answers__0__address="127.0.0.9",
    causes__name_split_dns__certainty="possible", causes__name_stale_address__certainty="possible",
)
case(
    half,
    verdict__status="degraded", verdict__cause=None, checks__name__status="warn", checks__name__reading__agrees=False,
    checks__name__evidence__servers__1__rcode="not-found", causes__name_split_dns__certainty="possible",
)
# The machine calls itself srv-lab.corp.example: an alias, which accuses nobody.
case(
    agree,
    verdict__status="ok", verdict__cause=None, verdict__depth="nla", checks__name__status="pass",
    checks__name__reading__agrees=True,
)


def check(program, name):
    start, expected = CASES[name]
    with contextlib.ExitStack() as stack:
        scratch = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rdpwhy-resolver-")))
        resolv = scratch / "resolv.conf"
        resolv.write_text("nameserver 127.0.0.1\nnameserver 127.0.0.2\noptions timeout:1 attempts:1\n")
        subprocess.run(["mount", "--bind", str(resolv), os.path.realpath("/etc/resolv.conf")], check=True)
        for resolver in start(scratch):
            stack.enter_context(resolver)
        lab = stack.enter_context(
            servers.child([program, "lab", "healthy-nla", "--port", "3389"], scratch / "lab.out", servers.listening(3389))
        )
        document = json.loads(rdpwhy(program, scratch, NAME, "--json")[1])
        del lab
    faults = [
        f"{path}: {json.dumps(look(document, path))}, expected {json.dumps(want)}"
        for path, want in expected.items()
        if look(document, path) != want
    ]
    if faults or os.environ.get("SHOW"):
        print("\n".join(faults))
        print(json.dumps({key: document.get(key) for key in ("checks", "verdict", "causes", "next")}, indent=1))
    return not faults


def main():
    if len(sys.argv) != 3 or sys.argv[2] not in CASES:
        print(__doc__, file=sys.stderr)
        return 64
    inside.enter("nm")
    try:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return 0 if check(sys.argv[1], sys.argv[2]) else 1
    except (servers.Missing, FileNotFoundError) as missing:
        print(f"skipped: {missing}")
        return SKIPPED


if __name__ == "__main__":
    sys.exit(main())
