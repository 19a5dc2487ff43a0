#!/usr/bin/env python3
"""deliveries.py RDPWHY: every repair by every way and in every part, decoded back: what arrives at the machine must be the
script byte for byte, and every value the one that was given. Lines for a shell are typed into a real one, whose az, aws,
virsh, ssh, scp and sudo write down how they were called."""
import base64
import concurrent.futures
import json
import pathlib
import re
import tempfile

from repairs import PARTS, catalogue, document, good, repair, typed

PLAIN_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


def utf16(text):
    return base64.b64decode(text, validate=True).decode("utf-16-le")


def written(one, folder):
    """The files of --write, by name."""
    target = pathlib.Path(folder, "written")
    good(*one["options"], "--write", str(target))
    files = {path.name: path.read_bytes() for path in target.iterdir()}
    for path in target.iterdir():
        path.unlink()
    target.rmdir()
    return files


def script_file(one, name, files):
    data = files[name]
    if name.endswith(".ps1"):
        assert data.startswith(b"\xef\xbb\xbf"), name
        data = data[3:]
    if name.endswith((".ps1", ".cmd")):
        assert data.count(b"\n") == data.count(b"\r\n"), name
        data = data.replace(b"\r\n", b"\n")
    assert data.decode("ascii") == one["script"], f"{name} is not the script"


def powershell_words(line):
    """A line of PowerShell made of bare words, '...' and (...) only."""
    words = re.findall(r"'((?:[^']|'')*)'|(\([^()]*\))|([^\s'()]+)", line)
    return [quoted.replace("''", "'") if quoted else call or bare for quoted, call, bare in words]


def console(one, files, _values, _folder):
    name = one["files"][0]
    script_file(one, name, files)
    assert one["steps"][0].endswith(name), one["steps"]


def azure(one, files, values, folder):
    (call,) = typed(one["steps"], folder)
    assert call[:3] == ["az", "vm", "run-command"] and call[-1] == "", call
    options = dict(zip(call[4:-1:2], call[5:-1:2]))
    assert options["--resource-group"] == values["resource-group"] and options["--name"] == values["vm"], options
    expected = "RunPowerShellScript" if one["language"] == "powershell" else "RunShellScript"
    assert options["--command-id"] == expected
    assert options["--scripts"][0] == "@"
    script_file(one, options["--scripts"][1:], files)


def cmd_echoes(lines):
    """What cmd.exe writes for lines `>FILE echo WORDS`; anything cmd would act on is refused."""
    written_by_cmd = []
    for number, line in enumerate(lines):
        match = re.fullmatch(r'(>>?)"%TEMP%\\rdpwhy\.b64" echo ([A-Za-z0-9+/=]+)', line)
        assert match, line
        assert match[1] == (">" if number == 0 else ">>"), line
        assert len(line) <= 120, "a serial console loses long lines"
        written_by_cmd.append(match[2])
    return "".join(written_by_cmd)


def azure_serial(one, _files, _values, folder):
    steps = one["steps"]
    if one["language"] == "sh":
        # the real shell: the script reaches sudo as a file that is the script
        steps = [line.replace('sudo sh "$HOME/rdpwhy.sh"', 'sudo sh <"$HOME/rdpwhy.sh"') for line in steps]
        (call,) = typed(steps, folder)
        assert call == ["sudo", "sh", one["script"]], call
        assert "rdpwhy: the end" in one["steps"][-2]
        return
    assert steps[:2] == ["cmd", "ch -si 1"]
    if one["language"] == "cmd":
        assert "\n".join(steps[2:]) + "\n" == one["script"]
        return
    decoded = base64.b64decode(cmd_echoes(steps[2:-3]), validate=True).decode("ascii")
    assert decoded == one["script"]
    assert steps[-3] == r'certutil -f -decode "%TEMP%\rdpwhy.b64" "%TEMP%\rdpwhy.ps1"'
    assert steps[-2].startswith('findstr /c:"# rdpwhy: the end" "%TEMP%\\rdpwhy.ps1" && powershell ')
    assert one["script"].endswith("\n# rdpwhy: the end\n")


def aws(one, files, values, folder):
    send, ask = typed(one["steps"], folder)
    assert send[:3] == ["aws", "ssm", "send-command"] and ask[:3] == ["aws", "ssm", "get-command-invocation"]
    for call in (send, ask):
        assert values["instance"] in call, call
    name = send[send.index("--parameters") + 1]
    assert name.startswith("file://"), name
    parameters = json.loads(files[name[len("file://"):]])
    assert list(parameters) == ["commands"]
    assert "\n".join(parameters["commands"]) + "\n" == one["script"]
    assert "{{" not in one["script"], "Systems Manager would replace it"


def hyperv(one, files, values, _folder):
    words = powershell_words(one["steps"][0])
    assert words[:3] == ["Invoke-Command", "-VMName", values["vm"]], words
    script_file(one, words[-1].removeprefix(".\\"), files)


def vmware(one, files, values, _folder):
    words = powershell_words(one["steps"][0])
    assert words[:3] == ["Invoke-VMScript", "-VM", values["vm"]], words
    name = re.search(r"Get-Content -Raw '\.\\([^']+)'", one["steps"][0])[1]
    script_file(one, name, files)


def winrm(one, files, values, _folder):
    words = powershell_words(one["steps"][0])
    assert words[:3] == ["Invoke-Command", "-ComputerName", values["computer"]], words
    script_file(one, words[-1].removeprefix(".\\"), files)


def qemu(one, _files, values, folder):
    run, _ = typed(one["steps"], folder)
    assert run[:3] == ["virsh", "qemu-agent-command", values["vm"]], run[:3]
    arguments = json.loads(run[3])["arguments"]
    if one["language"] == "powershell":
        assert arguments["path"] == "powershell.exe"
        assert arguments["arg"][-2] == "-EncodedCommand"
        command = utf16(arguments["arg"][-1])
        if "input-data" in arguments:  # too long for a line: a short command reads it
            assert command == '& ([ScriptBlock]::Create((@($input) -join "`n")))', command
            assert len(one["script"]) > 12000, "this would have fitted"
            command = base64.b64decode(arguments["input-data"], validate=True).decode("ascii")
        assert command == one["script"]
        assert len("powershell.exe " + " ".join(arguments["arg"])) < 32767, "CreateProcess takes no longer line"
    else:
        assert arguments["path"] == "/bin/sh" and arguments["arg"] == ["-c", 'eval "$(cat)"']
        assert base64.b64decode(arguments["input-data"], validate=True).decode("ascii") == one["script"]
    assert json.loads(one["steps"][1].split("'")[-2].replace("PID", "1"))["execute"] == "guest-exec-status"


def ssh(one, files, values, folder):
    calls = typed(one["steps"], folder)
    target = values["computer"]
    if one["language"] == "sh":
        (call,) = calls
        assert call == ["ssh", target, 'sudo -n sh -c "$(cat)"', one["script"]], call
    elif len(calls) == 1:
        command = calls[0][2:-1]
        assert calls[0][1] == target and len(" ".join(command)) < 8191, "cmd.exe takes no longer line"
        assert utf16(command[-1]) == one["script"]
    else:
        copy, run, clean = calls
        bracketed = f"[{target}]" if ":" in target else target
        far = copy[2].removeprefix(bracketed + ":")
        assert copy[0] == "scp" and far != copy[2], copy
        script_file(one, copy[1], files)
        assert run[1] == target and run[-2] == far and clean[1:] == [target, "cmd", "/c", "del", far, ""], (run, clean)


def cmd_bare(line):
    """The line without its quoted parts: where cmd.exe acts on special characters."""
    assert line.count('"') % 2 == 0, line
    return re.sub(r'"[^"]*"', '""', line)


def rpc(one, files, values, _folder):
    for line in one["steps"]:
        assert not re.search(r"[&|<>^%!]", cmd_bare(line)), line
        assert "%" not in line and "!" not in line, line
        assert values["computer"] in line, line
    name = re.match(r'copy /y (\S+) "\\\\', one["steps"][0])[1]
    script_file(one, name, files)
    run = re.search(r'/tr "([^"]*)"', one["steps"][1])[1]
    assert len(run) <= 261, "schtasks takes no longer /tr"
    assert len(one["steps"][1]) < 8191


def offline(one, files, _values, _folder):
    script_file(one, one["files"][0], files)
    assert one["steps"][0].endswith(one["files"][0]), one["steps"]


WAYS = {"console": console, "azure": azure, "azure-serial": azure_serial, "aws": aws, "hyperv": hyperv, "vmware": vmware,
        "qemu": qemu, "winrm": winrm, "ssh": ssh, "rpc": rpc, "offline": offline}


ALL_PARTS = 2  # repairs of each language that are decoded in every part and way; of the others it is apply (which holds
# verify), as a file and by the ways that put the script itself into a line
EMBEDDING = ("console", "offline", "azure-serial", "aws", "qemu", "ssh")


def decode(remedy, way, part):
    """The language of what was decoded, or None when this way cannot carry it."""
    one, values = repair(remedy, way, part)
    if one is None or one["language"] == "words":
        return None
    assert one["remedy"] == remedy and one["part"] == part and one["delivery"] == way
    own = set(values) - {"resource-group", "vm", "instance", "computer"}
    assert all(values[name] in one["script"] for name in own), (remedy, values)
    with tempfile.TemporaryDirectory(prefix="rdpwhy-fix-") as folder:
        WAYS[way](one, written(one, folder), values, folder)
    return one["language"]


def jobs(remedies, ways):
    whole = {}
    for remedy, _ in remedies:
        language = document("--remedy", remedy)["language"]
        whole[language] = whole.get(language, 0) + 1
        every = whole[language] <= ALL_PARTS
        for way in ways if every else EMBEDDING:
            for part in PARTS if every else ("apply",):
                yield remedy, way, part


def main():
    remedies, ways = catalogue()
    assert set(ways) == set(WAYS), ways
    seen = {way: 0 for way in ways}
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        todo = list(jobs(remedies, ways))
        for (_, way, _), language in zip(todo, pool.map(lambda job: decode(*job), todo)):
            seen[way] += language is not None
    print(f"{len(remedies)} repairs;", ", ".join(f"{way} {count}" for way, count in sorted(seen.items())))
    missing = [way for way, count in seen.items() if count == 0]
    assert not missing, f"nothing goes by {missing}"


main()
