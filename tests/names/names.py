"""What the check `name` records of real resolvers (unbound, dnsmasq) in namespaces of its own: resolv.conf and hosts are bound
over the machine's for this process tree only. Usage: names.py RDPWHY CASE. Exit 77: skipped, with the reason."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
from inside import enter, need  # noqa: E402  pylint: disable=wrong-import-position


class World:
    """What this machine believes about names, and the servers it asks."""

    def __init__(self, folder):
        self.folder = folder
        self.started = []
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        self.hosts("127.0.0.1 localhost\n")

    def bind(self, text, over):
        path = os.path.join(self.folder, os.path.basename(over))
        new = not os.path.exists(path)
        with open(path, "w") as file:
            file.write(text)
        if new:
            subprocess.run(["mount", "--bind", path, os.path.realpath(over)], check=True)

    def hosts(self, text):
        self.bind(text, "/etc/hosts")

    def resolv_conf(self, text):
        self.bind(text, "/etc/resolv.conf")

    def wait_until_answers(self, address, port=53):
        """Any answer will do: the question is whether somebody is there."""
        question = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x05ready\x04test\x00\x00\x01\x00\x01"
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                probe.settimeout(0.1)
                try:
                    probe.connect((address, port))
                    probe.send(question)
                    probe.recv(512)
                    return
                except OSError:
                    pass
        raise SystemExit(f"the resolver on {address} did not start")

    def start(self, command):
        log = open(os.path.join(self.folder, f"log{len(self.started)}"), "w")
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        log.close()
        self.started.append(process)
        return process

    def dnsmasq(self, address, *options, port=53):
        process = self.start(
            ["dnsmasq", "--no-daemon", "--no-hosts", "--no-resolv", "--bind-interfaces", "--pid-file=",
             f"--listen-address={address}", f"--port={port}", "--conf-file=/dev/null",
             *options])
        self.wait_until_answers(address, port)
        return process

    def unbound(self, address, *lines):
        config = os.path.join(self.folder, f"unbound-{address}.conf")
        with open(config, "w") as file:
            file.write("\n".join([
                "server:", f"  interface: {address}", "  do-daemonize: no", "  chroot: \"\"", "  username: \"\"",
                "  pidfile: \"\"", f"  directory: \"{self.folder}\"", "  use-syslog: no", "  do-not-query-localhost: no",
                "  access-control: 127.0.0.0/8 allow", "  module-config: \"iterator\"",
                "  local-zone: \"ready.test.\" static", *lines, ""]))
        process = self.start(["unbound", "-d", "-c", config])
        self.wait_until_answers(address)
        return process

    def silent(self, address):
        """Takes questions, answers none."""
        self.sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sink.bind((address, 53))

    def stop(self):
        for process in self.started:
            process.kill()
            process.wait()


def check(rdpwhy, host, *options):
    """The saved document of a run, as far as the name."""
    done = subprocess.run([rdpwhy, "--json", "--only", "name", *options, host], capture_output=True, text=True,
                          timeout=60, env={**os.environ, "XDG_STATE_HOME": os.environ["RDPWHY_STATE"]})
    if done.returncode not in (0, 1, 2, 3):
        raise SystemExit(f"exit status {done.returncode}: {done.stderr}")
    document = json.loads(done.stdout)
    name = next(item for item in document["checks"] if item["id"] == "name")
    return document, name["evidence"], name.get("reading", {}), name["status"]


def equal(got, wanted):
    if got != wanted:
        raise SystemExit(f"got {got!r}, wanted {wanted!r}")


def known(evidence):
    return sorted(answer["address"] for answer in evidence["answers"])


def servers(evidence):
    return [(server["address"], server["rcode"], sorted(answer["address"] for answer in server.get("answers", [])))
            for server in evidence["servers"]]


def found(world, rdpwhy):
    world.unbound("127.0.0.1", "  local-data: \"srv.corp.test. 300 IN A 127.0.0.9\"",
                  "  local-data: \"srv.corp.test. 60 IN AAAA fd00::9\"")
    world.resolv_conf("nameserver 127.0.0.1\n")
    _, evidence, reading, status = check(rdpwhy, "srv.corp.test")
    equal(evidence["form"], "fqdn")
    equal(evidence["error"], "ok")
    equal(known(evidence), ["127.0.0.9", "fd00::9"])
    equal(servers(evidence), [("127.0.0.1", "ok", ["127.0.0.9", "fd00::9"])])
    equal(sorted((answer["address"], answer["ttl_s"]) for answer in evidence["servers"][0]["answers"]),
          [("127.0.0.9", 300), ("fd00::9", 60)])
    equal(reading["agrees"], True)
    equal(status, "pass")
    _, evidence, _, _ = check(rdpwhy, "srv.corp.test", "-4")
    equal(known(evidence), ["127.0.0.9"])
    equal(servers(evidence), [("127.0.0.1", "ok", ["127.0.0.9"])])


def not_found(world, rdpwhy):
    world.unbound("127.0.0.1", "  local-zone: \"corp.test.\" static",
                  "  local-data: \"other.corp.test. 300 IN A 127.0.0.9\"")
    world.resolv_conf("nameserver 127.0.0.1\n")
    document, evidence, _, status = check(rdpwhy, "srv.corp.test")
    equal(evidence["error"], "not-found")
    equal(servers(evidence), [("127.0.0.1", "not-found", [])])
    equal(status, "fail")
    equal(document["verdict"]["status"], "blocked")
    equal(document["verdict"]["cause"], "name-not-resolved")
    _, evidence, _, _ = check(rdpwhy, "other.corp.test", "-6")
    equal(evidence["error"], "no-data")
    equal(servers(evidence), [("127.0.0.1", "no-data", [])])


def servfail(world, rdpwhy):
    # It may only ask over IPv6, which it may not use. (unbound answers for test. by itself.)
    world.unbound("127.0.0.1", "  do-ip6: no", "forward-zone:", "  name: \"corp.example.\"", "  forward-addr: ::1@9")
    world.resolv_conf("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    _, evidence, _, status = check(rdpwhy, "srv.corp.example")
    equal(evidence["error"], "servfail")
    equal(servers(evidence), [("127.0.0.1", "servfail", [])])
    equal(status, "fail")


def refused(world, rdpwhy):
    world.dnsmasq("127.0.0.1")
    world.resolv_conf("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    _, evidence, _, status = check(rdpwhy, "srv.corp.test")
    equal(evidence["error"], "refused")
    equal(servers(evidence), [("127.0.0.1", "refused", [])])
    equal(status, "fail")


def silent(world, rdpwhy):
    world.silent("127.0.0.1")
    world.resolv_conf("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    _, evidence, _, status = check(rdpwhy, "srv.corp.test")
    equal(evidence["error"], "silent")
    equal(servers(evidence), [("127.0.0.1", "silent", [])])
    equal(status, "fail")


def first_silent(world, rdpwhy):
    """A dead resolver before a live one: slow, not wrong."""
    world.silent("127.0.0.1")
    world.dnsmasq("127.0.0.2", "--host-record=srv.corp.test,127.0.0.9,300")
    world.resolv_conf("nameserver 127.0.0.1\nnameserver 127.0.0.2\noptions timeout:1 attempts:1\n")
    _, evidence, _, _ = check(rdpwhy, "srv.corp.test")
    equal(evidence["error"], "ok")
    equal(known(evidence), ["127.0.0.9"])
    live = [server for server in servers(evidence) if server[0] == "127.0.0.2"]
    equal(live, [("127.0.0.2", "ok", ["127.0.0.9"])])


def split(world, rdpwhy):
    world.dnsmasq("127.0.0.1", "--host-record=srv.corp.test,127.0.0.9,300")
    world.unbound("127.0.0.2", "  local-data: \"srv.corp.test. 300 IN A 127.0.0.10\"")
    world.resolv_conf("nameserver 127.0.0.1\nnameserver 127.0.0.2\n")
    _, evidence, reading, status = check(rdpwhy, "srv.corp.test")
    equal(known(evidence), ["127.0.0.9"])
    equal(servers(evidence), [("127.0.0.1", "ok", ["127.0.0.9"]), ("127.0.0.2", "ok", ["127.0.0.10"])])
    equal(reading["agrees"], False)
    equal(status, "warn")


def stale(world, rdpwhy):
    """A cache keeps the old address after the host moved; the zone's own server knows better."""
    zone = world.dnsmasq("127.0.0.2", "--host-record=srv.corp.test,127.0.0.9,3600")
    world.dnsmasq("127.0.0.1", "--server=127.0.0.2")
    world.resolv_conf("nameserver 127.0.0.1\nnameserver 127.0.0.2\n")
    _, evidence, reading, _ = check(rdpwhy, "srv.corp.test")
    equal(reading["agrees"], True)
    zone.kill()
    zone.wait()
    world.dnsmasq("127.0.0.2", "--host-record=srv.corp.test,127.0.0.10,3600")
    _, evidence, reading, _ = check(rdpwhy, "srv.corp.test")
    equal(known(evidence), ["127.0.0.9"])
    equal(servers(evidence), [("127.0.0.1", "ok", ["127.0.0.9"]), ("127.0.0.2", "ok", ["127.0.0.10"])])
    equal(reading["agrees"], False)


def short(world, rdpwhy):
    world.unbound("127.0.0.1", "  local-zone: \"test.\" static",
                  "  local-data: \"srv.corp.test. 300 IN A 127.0.0.9\"")
    world.resolv_conf("search nothing.test corp.test\nnameserver 127.0.0.1\n")
    _, evidence, reading, _ = check(rdpwhy, "srv")
    equal(evidence["form"], "short")
    equal(evidence["error"], "ok")
    equal(evidence["canonical"], "srv.corp.test")
    equal(known(evidence), ["127.0.0.9"])
    equal(servers(evidence), [("127.0.0.1", "ok", ["127.0.0.9"])])
    equal(reading["agrees"], True)


def hosts(world, rdpwhy):
    """The hosts file answers first; a resolver that does not know the name is not in disagreement."""
    world.unbound("127.0.0.1", "  local-zone: \"corp.test.\" static")
    world.resolv_conf("nameserver 127.0.0.1\n")
    world.hosts("127.0.0.1 localhost\n127.0.0.9 other Srv.Corp.Test # a comment\n")
    _, evidence, reading, status = check(rdpwhy, "srv.corp.test")
    equal(known(evidence), ["127.0.0.9"])
    equal(evidence.get("servers", []), [])
    equal("agrees" in reading, False)
    equal(status, "pass")


CASES = {
    "found": (found, ["unbound"]), "not-found": (not_found, ["unbound"]), "servfail": (servfail, ["unbound"]),
    "refused": (refused, ["dnsmasq"]), "silent": (silent, []), "first-silent": (first_silent, ["dnsmasq"]),
    "split": (split, ["unbound", "dnsmasq"]), "stale": (stale, ["dnsmasq"]), "short": (short, ["unbound"]),
    "hosts": (hosts, ["unbound"]),
}


def main(argv):
    run, programs = CASES[argv[2]]
    need("mount", *programs)
    enter("nm")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RDPWHY_STATE"] = folder
        world = World(folder)
        try:
            run(world, os.path.abspath(argv[1]))
        finally:
            world.stop()


main(sys.argv)
