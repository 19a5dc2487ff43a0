#!/usr/bin/env python3
"""Options at the edges of what they are for.

  options.py BINARY
"""
import pathlib
import subprocess
import sys

from lab import environment, run_all

BINARY = sys.argv[1]
MOST = 64


def run(folder, *words):
    return subprocess.run([BINARY, *map(str, words)], env=environment(folder), capture_output=True, timeout=60, check=False, text=True)


def version_anywhere(folder):
    said = run(folder, "--version")
    assert said.returncode == 0 and said.stdout.startswith("rdpwhy "), said
    for words in (["check", "--version"], ["-v", "--version"], ["lab", "--version"], ["trace", "host", "--version"]):
        assert run(folder, *words).stdout == said.stdout, words
    assert run(folder, "read", "--", "--version").returncode == 66  # a file of that name


def as_many_files_as_promised(folder):
    paths = [pathlib.Path(folder, f"{number}.rdp") for number in range(MOST + 1)]
    for path in paths:
        path.write_text("full address:s:192.0.2.1\n")
    for most in (["--", *paths[:MOST]], [*paths[:MOST], "--"], paths[:MOST]):
        assert run(folder, "read", *most).returncode == 3, most[:2]
    for more in (["--", *paths], paths):
        done = run(folder, "read", *more)
        assert (done.returncode, done.stderr) == (64, f"rdpwhy: read: more than {MOST} files at once\n"), done


sys.exit(run_all([("version", version_anywhere), ("files", as_many_files_as_promised)]))
