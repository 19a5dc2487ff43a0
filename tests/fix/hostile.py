#!/usr/bin/env python3
"""hostile.py RDPWHY: values and saved documents made by somebody who wants his words to run. Every option of every way and
of every repair refuses them; a host name in the evidence that is no plain name is left out and said; and what is printed
then, typed into a real shell, runs nothing that it should not."""
import concurrent.futures
import json
import pathlib
import re
import subprocess
import tempfile

from repairs import catalogue, document, fix, option_of, typed

HOSTILE = [
    "", " ", "-rf", "--debug", "a'b", 'a"b', "a`b", "$(touch canary)", "`touch canary`", "a;touch canary", "a|b", "a&b",
    "a&&touch canary", "a\nb", "a\n touch canary", "a\rb", "a\tb", "\x1b[31mred", "%PATH%", "%COMSPEC:~0,1%", "!x!", "a^b",
    "a>b", "a<b", "*", "a?b", "{a,b}", "${HOME}", "a#b", "a=b", "a\u2018b", "a\u2019; calc", "a\u201ab", "a\u201bb",
    "a\u201cb", "a\u201db", "a\u00a0b", "a\u202eb", "a\u2028b", "\u0430", "@file", "~root", "..\\x", "../x", "a,b",
    "RDPWHY_END\ntouch canary", "'; Remove-Item C:\\ #", "{{ssm:x}}", "x" * 300, "' -Credential x",
]


HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def asks():
    """(words of the command line, name) for everything that can be asked."""
    remedies, ways = catalogue()
    seen = set()
    for remedy, _ in remedies:
        for way in ["console"] if seen else ways:
            status, out, _ = fix("--remedy", remedy, "--for", way, "--json")
            if status != 0:
                continue
            for missing in json.loads(out)["missing"]:
                if missing["name"] not in seen:
                    seen.add(missing["name"])
                    yield ["--remedy", remedy, "--for", way], missing["name"]


def refuses(words, name, value, as_set):
    given = ["--set", f"{name}={value}"] if as_set else [option_of(name), value]
    status, out, err = fix(*words, *given)
    assert status == 64 and out == "", (words, given, status, out[:200])
    assert not HARMFUL.search(err.rstrip("\n")), (given, err)
    assert err.count("\n") == 1, err


def options_refuse():
    jobs = [(words, name, value, (i + j) % 2 == 0) for i, (words, name) in enumerate(asks())
            for j, value in enumerate(HOSTILE)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda job: refuses(*job), jobs))
    return len(jobs)


def saved(folder, host):
    path = pathlib.Path(folder, "saved.json")
    path.write_text(json.dumps({"schema": 1, "program": "rdpwhy", "target": {"input": host, "host": host, "port": 3389},
                                "checks": []}), encoding="utf-8")
    return str(path)


def evidence_is_left_out(folder):
    remedies, _ = catalogue()
    posix = next(remedy for remedy, system in remedies if system == "xrdp")
    for host in HOSTILE:
        path = saved(folder, host)
        one = document(posix, "--for", "ssh", "--evidence", path)
        assert [missing["name"] for missing in one["missing"]] == ["computer"], (host, one["missing"])
        if host:
            assert any("left out" in note for note in one["notes"]), (host, one["notes"])
        (call,) = typed(one["steps"], folder)
        assert call == ["ssh", "YOUR-COMPUTER", 'sudo -n sh -c "$(cat)"', one["script"]], call
        status, out, err = fix(posix, "--for", "ssh", "--evidence", path)
        assert status == 0 and err == "", err
        assert not HARMFUL.search(out.replace("\n", "")), host
        if len(host) > 4:
            assert host not in out, host
    one = document(posix, "--for", "ssh", "--evidence", saved(folder, "srv-01.corp.example"))
    assert one["missing"] == []
    (call,) = typed(one["steps"], folder)
    assert call[1] == "srv-01.corp.example", call


def an_incomplete_script_runs_nothing(folder):
    """A repair of xrdp whose value is not known: typed for real, it stops before anything else."""
    remedies, _ = catalogue()
    for remedy, system in remedies:
        if system != "xrdp":
            continue
        for part in ([], ["--dry-run"]):
            one = document(remedy, "--for", "console", *part)
            if one["missing"]:
                path = pathlib.Path(folder, "script.sh")
                path.write_text(one["script"], encoding="ascii")
                done = subprocess.run(["sh", str(path)], capture_output=True, text=True, timeout=60, check=False)
                assert done.returncode == 64 and done.stdout == "", done
                assert done.stderr.startswith("fill in the line above: ask_"), done.stderr


def main():
    with tempfile.TemporaryDirectory(prefix="rdpwhy-fix-") as folder:
        count = options_refuse()
        evidence_is_left_out(folder)
        an_incomplete_script_runs_nothing(folder)
    print(f"{count} hostile options refused")


main()
