#!/usr/bin/env python3
"""Pipes that close, disks that are full, streams that are missing, and input that is bad: the right words and the exit
status of the contract.

  streams.py BINARY
"""
import json
import os
import subprocess
import sys

from lab import Lab, environment, run_all

BINARY = sys.argv[1]
USAGE, BAD_DATA, NO_INPUT, INTERNAL = 64, 65, 66, 70
LIMIT_S = 60


def run(folder, *arguments, **streams):
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    return subprocess.run([BINARY, *arguments], env=environment(folder), timeout=LIMIT_S, check=False, **streams)


def says(folder, arguments, status, words):
    done = run(folder, *arguments)
    seen = (done.stdout + done.stderr).decode("utf-8")
    assert done.returncode == status, f"{arguments}: status {done.returncode}, not {status}: {seen[:300]}"
    assert words in seen, f"{arguments}: {words!r} is not in {seen[:400]!r}"
    assert "\x1b" not in seen, f"{arguments}: a raw escape in {seen[:200]!r}"


def a_closed_pipe_ends_it_quietly(folder):
    with Lab(BINARY, "rdp-key-unreadable") as where:
        for extra in ([], ["--json"], ["-q"], ["--ticket"]):
            reader, writer = os.pipe()
            os.close(reader)
            done = run(folder, where, *extra, stdout=writer)
            os.close(writer)
            assert done.returncode in (-13, INTERNAL), (extra, done.returncode)
            assert b"Sanitizer" not in done.stderr and b"ssert" not in done.stderr, done.stderr


def a_full_disk_is_an_error(folder):
    with Lab(BINARY, "rdp-key-unreadable") as where, open("/dev/full", "wb") as full:
        for arguments in ([where], [where, "-q"], [where, "--json"], [where, "--ticket"], ["0x904"], ["--help"],
                          ["check", "--help"], ["--version"], ["lab", "list"], ["explain", "0x904", "--json"]):
            done = run(folder, *arguments, stdout=full)
            assert done.returncode == INTERNAL, (arguments, done.returncode)
            assert b"standard output" in done.stderr or b"cannot write" in done.stderr, (arguments, done.stderr)


def missing_streams_do_no_harm(folder):
    with Lab(BINARY, "rdp-key-unreadable") as where:
        for redirection, status in (("2>&-", 2), ("<&-", 2), ("<&- 2>&-", 2), (">&-", INTERNAL), (">&- 2>&-", INTERNAL)):
            done = subprocess.run(["sh", "-c", f'exec "$0" "$1" -q {redirection}', BINARY, where],
                                  env=environment(folder), timeout=LIMIT_S, check=False, capture_output=True)
            assert done.returncode == status, (redirection, done.returncode, done.stderr)


def what_cannot_be_saved_is_still_told(folder):
    with Lab(BINARY, "rdp-key-unreadable") as where:
        done = run(folder, where, "-q", "--save", os.path.join(folder, "no", "such", "folder.json"))
    assert done.returncode == INTERNAL, done.returncode
    assert b"cannot save" in done.stderr, done.stderr
    assert done.stdout.startswith(b"BLOCKED at tls: rdp-key-unreadable"), done.stdout


def bad_hosts(folder):
    for host, words in (("a" * 300, "a DNS name has at most 253"), ("host:0", "from 1 to 65535"),
                        ("host:65536", "from 1 to 65535"), ("host:ssh", "from 1 to 65535"), ("host:", "from 1 to 65535"),
                        ("[::1", "the bracket is not closed; write [v6]"), ("[::1]x", "only :PORT"), ("", "it is empty"),
                        ("999.1.1.1", "not an IPv4 address"), ("b" * 64 + ".example", "longer than 63 bytes"),
                        ("ho\x1b[31mst", "byte 3"), ("https://srv/", "give the host alone")):
        says(folder, ["check", host], USAGE, words)
    says(folder, ["check", os.path.join(folder, "none.rdp")], NO_INPUT, "No such file")
    says(folder, ["a", "b"], USAGE, 'two hosts: "a" and "b"')
    says(folder, ["check"], USAGE, "no host given")


def bad_options(folder):
    for arguments, words in ((["-6"], "-6: 127.0.0.1 is an IPv4 address"), (["--only", "bogus"], "no check"),
                             (["-4", "-6"], "exclude each other"),
                             (["--timeout", "0"], "whole seconds from 1 to 3600"), (["--color"], "--color=auto"),
                             (["--client", "foo"], "mstsc-win11"), (["--code", "zzz"], "0x904/0x7"),
                             (["--json", "--ticket"], "exclude each other"), (["--frob"], "--frob: no such option")):
        says(folder, ["127.0.0.1:9", *arguments], USAGE, words)
    says(folder, ["--frob"], USAGE, "--frob: no such option")


def unknown_codes(folder):
    says(folder, ["0x940"], 0, "Near it: 0x904")
    says(folder, ["0x409", "0x7"], 0, "The server denied the connection.")  # swapped digits in the first
    says(folder, ["0xC0000999"], 0, "NTSTATUS")
    says(folder, ["0x1FFFFFFFFF"], USAGE, "at most 32 bits")
    says(folder, ["explain", "Fehlercode: 0x904\nErweiterter Fehlercode: 0x7"], 0, "server denied the connection")
    says(folder, ["explain", "\u30a8\u30e9\u30fc\u30b3\u30fc\u30c9: 0x204"], 0, "was not established")
    says(folder, ["explain", "nothing in here"], BAD_DATA, "no code")


def bad_documents(folder):
    saved = os.path.join(folder, "saved.json")
    with Lab(BINARY, "rdp-key-unreadable") as where:
        assert run(folder, where, "-q", "--save", saved).returncode == 2
    with open(saved, encoding="utf-8") as file:
        good = file.read()
    wrong = json.loads(good)
    wrong["connections"][0]["rtt_us"] = "soon"
    for text, words in ((good[:500], "line "), ('{"a": 1}', "not a document of rdpwhy"), ("[]", "not a document of rdpwhy"),
                        ('{"schema": 99}', "reads schema 1"), ("", "line 1"), ("[" * 100000, "nested deeper"),
                        ("\0" * 1000, "NUL"), (json.dumps(wrong), "connections[0].rtt_us: expected an integer")):
        path = os.path.join(folder, "bad.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        says(folder, ["judge", path], BAD_DATA, words)
    says(folder, ["judge", os.path.join(folder, "none.json")], NO_INPUT, "No such file")
    says(folder, ["judge", folder], NO_INPUT, "Is a directory")


def a_run_that_does_not_connect_does_not_say_works(folder):
    says(folder, ["127.0.0.1:9", "--only", "route", "-q"], 0, "FINE up to route")


if __name__ == "__main__":
    sys.exit(run_all([(one.__name__, one) for one in (
        a_closed_pipe_ends_it_quietly, a_full_disk_is_an_error, missing_streams_do_no_harm,
        what_cannot_be_saved_is_still_told, bad_hosts, bad_options, unknown_codes, bad_documents,
        a_run_that_does_not_connect_does_not_say_works)]))
