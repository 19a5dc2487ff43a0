#!/usr/bin/env python3
"""Saved .rdp files as targets: the checks run with what the file says, and what stands against the server is named."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "live"))
from lab import Lab, environment, run_all  # noqa: E402

BINARY = os.path.abspath(sys.argv[1])


def check(folder, text, *options, encoding="utf-8", name="my.rdp"):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(text.encode(encoding) if isinstance(text, str) else text)
    done = subprocess.run([BINARY, path, *options], env=environment(folder), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr.replace(folder + "/", "")


def verdict(folder, text, **more):
    status, out, err = check(folder, text, "--json", "--again", **more)
    document = json.loads(out)
    client = [check for check in document["checks"] if check["id"] == "client"][0]
    assert err == "", err
    return status, document["verdict"], client, document


def the_file_names_host_and_port(folder):
    with Lab(BINARY, "healthy-nla") as where:
        host, port = where.split(":")
        for text in (f"full address:s:{where}\r\n", f"full address:s:{host}\r\nserver port:i:{port}\r\n"):
            status, said, client, document = verdict(folder, text, encoding="utf-16")
            assert (status, said["status"], said["cause"]) == (0, "ok", None), (status, said)
            assert document["target"]["port"] == int(port), document["target"]
            assert client["status"] == "pass", client
            assert client["summary"] == "nothing in the .rdp file stands against this connection", client


def a_file_without_nla_does_not_fit_a_server_that_insists(folder):
    with Lab(BINARY, "healthy-nla") as where:
        text = f"full address:s:{where}\nenablecredsspsupport:i:0\n"
        status, said, client, _ = verdict(folder, text)
        assert (status, said["status"], said["cause"], said["certainty"]) == \
            (2, "blocked", "client-rdp-file-bad", "likely"), (status, said)
        assert said["stopped_at"]["check"] == "client" and client["status"] == "fail", (said, client)
    with Lab(BINARY, "healthy-nla-optional") as where:
        status, said, client, _ = verdict(folder, f"full address:s:{where}\nenablecredsspsupport:i:0\n")
        assert said["status"] != "blocked" and said["cause"] is None and client["status"] == "pass", (said, client)


def contradictions_are_named_and_block_nothing(folder):
    with Lab(BINARY, "healthy-nla") as where:
        port = where.split(":")[1]
        text = f"full address:s:{where}\nserver port:i:3389\nodd\n"
        status, said, client, document = verdict(folder, text)
        assert (status, said["status"]) == (1, "degraded"), (status, said)
        assert client["status"] == "warn", client
        assert client["summary"] == (
            f'two ports: {port} in "full address", 3389 in "server port"; line 3 is not name:type:value'), client["summary"]
        causes = {cause["cause"]: cause for cause in document["causes"]}
        assert causes["client-rdp-file-bad"]["certainty"] == "possible", causes


def a_gateway_whose_name_is_nobodys_stops_it_and_accuses_no_gateway(folder):
    with Lab(BINARY, "healthy-nla") as where:
        text = f"full address:s:{where}\ngatewayusagemethod:i:1\ngatewayhostname:s:gw.invalid\n"
        status, said, _, document = verdict(folder, text)
        assert (status, said["stopped_at"]["check"]) == (2, "gateway"), said
        assert said["summary"].startswith("blocked at gateway: the gateway's name gw.invalid does not resolve"), said
        assert document["causes"] == [], document["causes"]
        assert "gateway-cert" in [cause["cause"] for cause in said["ruled_out"]], said


def a_port_on_the_command_line_stands_above_the_file(folder):
    with Lab(BINARY, "healthy-nla") as where:
        host, port = where.split(":")
        status, out, _ = check(folder, f"full address:s:{host}:1\n", "--port", port, "--json", "--again")
        assert status in (0, 1) and json.loads(out)["target"]["port"] == int(port), out


def what_cannot_be_used_is_refused_with_its_place(folder):
    for text, status, words in (
            ("full address:s:\n", 65, 'my.rdp:1: "full address" is empty; give the host itself'),
            ("audiomode:i:0\n", 65, 'my.rdp: it has no "full address"; give the host itself'),
            ("\nfull address:s:a b\n", 65,
             'my.rdp:2: "full address": host "a b": byte 2 cannot be part of a DNS name'),
            (b"full address:s:host:a\x01\\c\n", 65,
             'my.rdp:1: "full address": port "a\\x01\\\\c": a port is a number from 1 to 65535'),
            (b"full address:s:ho\x01st\n", 65,
             'my.rdp:1: "full address": host "ho\\x01st": byte 3 cannot be part of a DNS name'),
            ("full address:s:a\nserver port:i:70000\n", 65,
             'my.rdp:2: "server port" is 70000; a port is a number from 1 to 65535'),
            (b"\x7fELF\x00\x01", 65, "my.rdp: line 1: a zero byte; this is no text, so no .rdp file"),
            ("", 65, "my.rdp: not one line of it reads name:type:value, so it is no .rdp file"),
            ("full address:s:rdgateway-r1.wvd.microsoft.com\n", 64,
             "my.rdp: it connects through Azure Virtual Desktop or Windows 365 (rdgateway-r1.wvd.microsoft.com), where no "
             "machine has an open RDP port; looking at that service is not in this version")):
        seen = check(folder, text)
        assert seen == (status, "", f"rdpwhy: {words}\n"), seen
    done = subprocess.run([BINARY, "none.rdp"], cwd=folder, env=environment(folder), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (66, "rdpwhy: none.rdp: No such file or directory\n"), done
    os.mkdir(os.path.join(folder, "dir.rdp"))
    done = subprocess.run([BINARY, "dir.rdp"], cwd=folder, env=environment(folder), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (66, "rdpwhy: dir.rdp: Is a directory\n"), done


def the_saved_document_is_judged_the_same(folder):
    with Lab(BINARY, "healthy-nla") as where:
        saved = os.path.join(folder, "saved.json")
        text = f"full address:s:{where}\nenablecredsspsupport:i:0\n"
        for more in ((), ("--redact",)):
            live = check(folder, text, "--again", "-q", "--save", saved, *more)
            again = subprocess.run([BINARY, "judge", "-q", saved], capture_output=True, text=True)
            assert (live[0], live[1]) == (again.returncode, again.stdout), (live, again)


sys.exit(run_all([(name, function) for name, function in list(globals().items())
                  if callable(function) and getattr(function, "__module__", None) == "__main__"
                  and name not in ("check", "verdict")]))
