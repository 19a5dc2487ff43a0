#!/usr/bin/env python3
"""The command line of every command, from the tables it is parsed by: what is refused, and what help and man page say of it.

  arguments.py BINARY
"""
import pathlib
import re
import shutil
import subprocess
import sys

from lab import environment, run_all

BINARY = pathlib.Path(sys.argv[1]).resolve()
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COMMANDS = ("check", "trace", "fallback", "explain", "fix", "read", "judge", "diff", "checklist", "collect", "lab")
SHARED = {"--json", "--quiet", "--verbose", "--color", "--help"}


def run(folder, *words, **more):
    return subprocess.run([BINARY, *words], env=environment(folder, **more), capture_output=True, timeout=60, check=False, text=True,
                          stdin=subprocess.DEVNULL)


def options_of(folder, command):
    words = run(folder, "__complete", command, "x").stdout.split("\n")
    found = [word for word in words if word.startswith("-")]
    assert SHARED <= set(found), (command, found)
    return found


def refuses(folder, words, sentence):
    said = run(folder, *words)
    assert (said.returncode, said.stdout, said.stderr) == (64, "", f"rdpwhy: {sentence}\n"), (words, said)


def the_same_words_everywhere(folder):
    for command in COMMANDS:
        refuses(folder, [command, "--frob"], f"--frob: no such option; see rdpwhy {command} --help")
        refuses(folder, [command, "-Z"], f"-Z: no such option; see rdpwhy {command} --help")
        for option in options_of(folder, command):
            if not option.startswith("--"):
                continue
            said = run(folder, command, option + "=")
            sentences = (f"rdpwhy: {option}: its value is empty; see rdpwhy {command} --help\n", f"rdpwhy: {option} takes no value\n")
            assert (said.returncode, said.stdout) == (64, "") and said.stderr in sentences, (command, option, said)
            if said.stderr == sentences[0] and option != "--color":
                refuses(folder, [command, option], f"{option} needs a value; see rdpwhy {command} --help")
    refuses(folder, ["chek", "127.0.0.1"], 'two hosts: "chek" and "127.0.0.1"; one run looks at one (rdpwhy check is a command)')
    refuses(folder, ["lab", "a", "b"], 'lab: one scenario at a time ("a" and "b")')
    refuses(folder, ["lab", "healthy-nla", "--json"], "lab: --json goes with list")


def a_slip_is_named(folder):
    for words, sentence in (
            (["--jsn"], "--jsn: no such option; see rdpwhy check --help (--json is one)"),
            (["h", "--password=secret"], "--password: no such option; see rdpwhy check --help (--password-file is one)"),
            (["fix", "--evidnce", "f"], "--evidnce: no such option; see rdpwhy fix --help (--evidence is one)"),
            (["--"], "no host given; for example: rdpwhy srv-01.corp.example"),
            (["-q"], "no host given; for example: rdpwhy srv-01.corp.example"),
            (["--save"], "--save needs a value; see rdpwhy check --help"),
            (["-"], "-: no host; rdpwhy read - takes what is on standard input"),
            (["help", "explain"], "help: no command; rdpwhy --help, or rdpwhy COMMAND --help"),
            (["collect"], "collect: from which side? rdpwhy collect client, or rdpwhy collect server"),
            (["lab", "x"], 'lab: no scenario "x"; see rdpwhy lab list')):
        refuses(folder, words, sentence)


def options_before_the_command(folder):
    for command in COMMANDS:
        plain = run(folder, command, "--help").stdout
        for before in (["-h"], ["--help"], ["-q", "-h"]):
            said = run(folder, *before, command)
            assert (said.returncode, said.stdout, said.stderr) == (0, plain, ""), (before, command, said)
    assert run(folder, "-h").stdout == run(folder, "--help").stdout != run(folder, "check", "-h").stdout
    after = run(folder, "fix", "rdp-key-unreadable", "--for", "aws")
    before = run(folder, "--for", "aws", "fix", "rdp-key-unreadable")
    assert (before.returncode, before.stdout, before.stderr) == (0, after.stdout, after.stderr) and after.stdout, before


def help_has_them_all(folder):
    for command in COMMANDS:
        said = run(folder, command, "--help")
        assert (said.returncode, said.stderr) == (0, ""), (command, said)
        assert run(folder, command, "-qvh").stdout == said.stdout, command
        assert all(len(line) <= 80 for line in said.stdout.split("\n")), command
        short = {"--quiet": "-q", "--verbose": "-v"}
        for option in options_of(folder, command):
            if command == "lab" and option in ("--verbose", "--color") or option == "--help":
                continue  # of no effect there; and who reads it has found --help
            words = set(re.findall(r"-{1,2}[a-z0-9][a-z0-9-]*", said.stdout))
            assert option in words or short.get(option) in words, f"rdpwhy {command} --help says nothing of {option}"


def section_of(page, command):
    """What the man page says of a command: its entry, its options, and those that all share."""
    texts = re.findall(rf"^\.It Cm {command}\b.*?(?=^\.It Cm |^\.El)", page, re.S | re.M)
    texts += re.findall(rf"^Options of\n\.Cm {command}\b.*?(?=^Options of|^\.Sh )", page, re.S | re.M)
    texts += re.findall(r"^Options that the commands share.*?(?=^Options of)", page, re.S | re.M)
    assert len(texts) >= 2, command
    return "\n".join(texts)


def man_page_has_them_all(folder):
    page = (ROOT / "man/rdpwhy.1").read_text(encoding="utf-8")
    for command in COMMANDS:
        text = section_of(page, command)
        if command == "fallback":
            text += section_of(page, "check")
        for option in options_of(folder, command):
            named = re.search(rf"(?m)^\..*?\bFl .*?(?<![\w-]){re.escape(option[1:])}(?![\w-])", text)
            assert named, f"the man page says nothing of {command} {option}"


def complete(shell, folder, script):
    found = shutil.which(shell)
    if not found:
        print(f"{shell}: skipped: it is not installed", flush=True)
        return None
    said = subprocess.run([found, *script], env=dict(environment(folder), TERM="dumb", PATH=f"{BINARY.parent}:/usr/bin:/bin"), cwd=folder,
                          capture_output=True, timeout=60, check=False, text=True, stdin=subprocess.DEVNULL)
    assert said.returncode == 0, (shell, said)
    return said.stdout.split()


def bash_completes(folder):
    def offered(*words):
        typed = " ".join(f"'{word}'" for word in words)
        return complete("bash", folder, ["--norc", "-c", f". {ROOT}/completions/rdpwhy.bash; COMP_WORDS=(rdpwhy {typed}); "
                                         f"COMP_CWORD={len(words)}; _rdpwhy rdpwhy; printf '%s\\n' \"${{COMPREPLY[@]}}\""])
    first = offered("che")
    if first is None:
        return
    assert first == ["check", "checklist"], first
    assert offered("trace", "--ti") == ["--time", "--ticket"]
    assert offered("host", "--client", "freerdp") == ["freerdp2", "freerdp3", "freerdp-sec-tls"]
    assert offered("fix", "rdp-key-un") == ["rdp-key-unreadable"]
    assert offered("lab", "healthy-nla-2") == ["healthy-nla-2"]
    assert offered("trace", "--port", "3") == []


def fish_completes(folder):
    first = complete("fish", folder, ["--no-config", "-c", f"source {ROOT}/completions/rdpwhy.fish; complete -C 'rdpwhy che'"])
    if first is None:
        return
    assert first == ["check", "checklist"], first
    assert complete("fish", folder, ["--no-config", "-c", f"source {ROOT}/completions/rdpwhy.fish; complete -C 'rdpwhy host --client freerdp'"]) == [
        "freerdp2", "freerdp3", "freerdp-sec-tls"]


def zsh_completes(folder):
    """The function itself, with the shell's own words for what it would see and do."""
    script = (f"compadd() {{ print -l -- ${{(P)2}} }}; _files() {{ : }}; words=(rdpwhy trace --ti); CURRENT=3; . {ROOT}/completions/_rdpwhy")
    first = complete("zsh", folder, ["-f", "-c", script])
    if first is not None:
        assert {"--time", "--ticket", "--vpn-gateway"} <= set(first) and "--code" not in first, first


sys.exit(run_all([("words", the_same_words_everywhere), ("slips", a_slip_is_named), ("before", options_before_the_command),
                  ("help", help_has_them_all), ("man", man_page_has_them_all), ("bash", bash_completes),
                  ("fish", fish_completes), ("zsh", zsh_completes)]))
