"""Connections of the program recorded by tcpdump, what `rdpwhy read` makes of them, and what tshark says about the same."""
import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import time

WAIT_S = 10
TRIES = 4
NEEDS = "recording needs tcpdump and root"


def possible():
    return shutil.which("tcpdump") is not None and os.geteuid() == 0


@contextlib.contextmanager
def dumping(path, port):
    """tcpdump at work. At the end the list that it yields says how many frames the kernel dropped."""
    # In immediate mode every frame takes a slot of the snapshot's length: the usual buffer has eight of them.
    dump = subprocess.Popen(["tcpdump", "-i", "lo", "-n", "-U", "-w", path, "--immediate-mode", "-s", "65535", "-B", "32768",
                             "tcp", "port", port], stderr=subprocess.PIPE, text=True)
    dropped = []
    try:
        dump.stderr.readline()
        yield dropped
    finally:
        dump.send_signal(signal.SIGINT)
        dropped += map(int, re.findall(r"(\d+) packets? dropped by kernel", dump.communicate()[1]))


def recorded(path, port, run):
    """What `run` returns, with its frames in `path`. A recording that the kernel dropped frames of is made again: a busy
    machine does that, and what is missing there says nothing about the program."""
    for _ in range(TRIES):
        with dumping(path, port) as dropped:
            result = run()
        if dropped == [0]:
            return result
    raise AssertionError(f"tcpdump: frames dropped in each of {TRIES} recordings, or none counted: {dropped}")


def read(binary, path, port):
    done = subprocess.run([binary, "read", "--json", "--port", port, path], capture_output=True, text=True)
    return json.loads(done.stdout) if done.stdout else {}


def read_until(binary, path, port, good):
    """What is read back: tried until the recording has caught up (`good` says so), or time is up."""
    until = time.monotonic() + WAIT_S
    while True:
        back = read(binary, path, port)
        if good(back) or time.monotonic() > until:
            return back
        time.sleep(0.05)


def verdict(document):
    said = document.get("verdict", {})
    return said.get("status"), (said.get("stopped_at") or {}).get("check"), said.get("cause"), said.get("certainty")


def numbers(text):
    return [int(word, 0) for word in text.split(",") if word]


def tshark_rows(path, port, dissector, fields):
    """(source port, target port, [text of each field]) for each packet."""
    options = [word for field in ("tcp.srcport", "tcp.dstport", *fields) for word in ("-e", field)]
    out = subprocess.run(["tshark", "-r", path, "-d", f"tcp.port=={port},{dissector}", "-T", "fields", *options],
                         capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        source, target, *rest = (line.split("\t") + [""] * len(fields))[:2 + len(fields)]
        yield source, target, rest


def tshark_fields(path, port, dissector, fields):
    """(client's port, [text of each field]) for each packet."""
    for source, target, rest in tshark_rows(path, port, dissector, fields):
        yield int(target if source == port else source), rest


def tshark_says(path, port):
    """{client's port: {"asked", "chose", "failed", "alerts": set of numbers, "certificate": its SHA-256 or None}}. It does not
    find TLS behind X.224 on a port that is not 3389, so it is asked twice."""
    said = {}
    names = ("asked", "chose", "failed")
    for client, words in tshark_fields(path, port, "tpkt", ("rdp.negReq.requestedProtocols", "rdp.negReq.selectedProtocol",
                                                            "rdp.negFailure.failureCode")):
        row = said.setdefault(client, {"asked": set(), "chose": set(), "failed": set(), "alerts": set(), "certificate": None})
        for name, text in zip(names, words):
            row[name] |= set(numbers(text))
    for client, (certificate, alert) in tshark_fields(path, port, "tls", ("tls.handshake.certificate", "tls.alert_message.desc")):
        said[client]["alerts"] |= set(numbers(alert))
        if certificate:
            said[client]["certificate"] = hashlib.sha256(bytes.fromhex(certificate.split(",")[0].replace(":", ""))).hexdigest()
    return said


def we_say(document):
    """The same of ours; the document keeps one certificate, the first."""
    said = {}
    for talk in document["conversations"]:
        groups = {check["id"]: check.get("evidence", {}) for check in talk["checks"]}
        ports = [connection["recorded"]["client_port"] for connection in talk["connections"]]
        for client in ports:
            said[client] = {"asked": set(), "chose": set(), "failed": set(), "alerts": set(),
                            "certificate": groups["certificate"].get("sha256")}
        for offer in groups["negotiation"].get("offers", []):
            row = said[ports[offer["connection"]]]
            if not offer["asked_nothing"]:
                row["asked"].add(offer["offer"])
            row["chose"] |= {offer["selected"]} if "selected" in offer else set()
            row["failed"] |= {offer["failure"]} if "failure" in offer else set()
        for hello in groups["tls"].get("hellos", []):
            said[ports[hello["connection"]]]["alerts"] |= {hello["alert"]} if "alert" in hello else set()
    return said


def differences(path, port, document):
    """Where tshark and we read a stream differently; empty: nowhere."""
    if shutil.which("tshark") is None:
        print("     (tshark is not here)")
        return []
    theirs, ours = tshark_says(path, port), we_say(document)
    wrong = [(client, "not ours") for client in theirs if client not in ours]
    for client, row in ours.items():
        other = theirs.get(client)
        if other is None:
            wrong.append((client, "not tshark's"))
            continue
        wrong += [(client, key, row[key], other[key]) for key in ("asked", "chose", "failed", "alerts")
                  if row[key] != other[key] and (key != "alerts" or row["chose"])]  # TLS from the first byte is not ours
        if other["certificate"] not in (None, row["certificate"]):
            wrong.append((client, "certificate", row["certificate"], other["certificate"]))
    if document["conversations"] and not any(other["certificate"] for other in theirs.values()):
        wrong += [(client, "certificate", row["certificate"], None) for client, row in ours.items() if row["certificate"]]
    return wrong


SESSION_FIELDS = ("rdp.encryptionMethod", "rdp.encryptionLevel", "rdp.MCSChannelId", "rdp.client.build",
                  "t124.channelJoinConfirm_element", "t124.reason", "t124.userData")
REQUEST, CHALLENGE, NEW, UPGRADE, ALERT = 1, 2, 3, 4, 255


def licences_of(sent):
    """[(type, code or None)] of the licensing messages in what was sent on channels, by its security header. tshark itself takes
    the first eight bytes (FIPS: twelve) of such a message for a MAC wherever the session has keys, though the header says that
    this one is not encrypted (SEC_ENCRYPT, MS-RDPBCGR 2.2.8.1.1.2.1)."""
    for text in sent.split(","):
        data = bytes.fromhex(text.replace(":", ""))
        if len(data) >= 12 and data[0] & 0x88 == 0x80:
            yield data[4], int.from_bytes(data[8:12], "little") if data[4] == ALERT else None


def tshark_session(path, port):
    """The start of the session by tshark's fields: {"method", "level", "io_channel", "build": sets of numbers, "joined": how
    many confirms, "licences": types of the server's licensing messages, "codes": of its alerts, "reasons": of its ultimata}."""
    said = {"method": set(), "level": set(), "io_channel": set(), "build": set(), "joined": 0, "licences": [], "codes": set(),
            "reasons": set()}
    for _, target, words in tshark_rows(path, port, "tpkt", SESSION_FIELDS):
        method, level, channels, build, joined, reason, sent = words
        said["build"] |= set(numbers(build))
        if target == port:
            continue
        said["method"] |= set(numbers(method))
        said["level"] |= set(numbers(level))
        said["io_channel"] |= set(numbers(channels)[:1])  # the others are those of virtual channels
        said["joined"] += len([word for word in joined.split(",") if word])
        licences = list(licences_of(sent)) if not method else []  # the Connect-Response's user data goes by the same name
        said["licences"] += [kind for kind, _ in licences]
        said["codes"] |= {code for _, code in licences if code is not None}
        said["reasons"] |= set(numbers(reason))
    return said


METHODS = {"none": 0, "rc4-40": 1, "rc4-128": 2, "rc4-56": 8, "fips": 16}
LEVELS = ["none", "low", "client-compatible", "high", "fips"]


def session_differences(path, port, document, talk=0):
    """Where tshark and we read the start of a session in the clear differently. Of what we refuse to read (`problem`) only
    what came before is compared."""
    if shutil.which("tshark") is None:
        print("     (tshark is not here)")
        return []
    theirs = tshark_session(path, port)
    ours = next(check for check in document["conversations"][talk]["checks"] if check["id"] == "session").get("evidence", {})
    licence = ours.get("licence", {})
    encryption = ours.get("encryption", {})
    rows = {
        "method": ({METHODS[encryption["method"]]} if encryption else set(), theirs["method"]),
        "level": ({LEVELS.index(encryption["level"])} if encryption else set(), theirs["level"]),
        "io_channel": ({ours["io_channel"]} if "io_channel" in ours else set(), theirs["io_channel"]),
        "build": ({ours["client"]["build"]} if "client" in ours else set(), theirs["build"]),
        "joined": (ours.get("channels", 0) + ("refused" in ours), theirs["joined"]),
        "requests": (licence.get("requests", 0), theirs["licences"].count(REQUEST)),
        "challenged": (licence.get("challenged", False), CHALLENGE in theirs["licences"]),
        "issued": (licence.get("issued", False), NEW in theirs["licences"] or UPGRADE in theirs["licences"]),
        "codes": ({licence["code"]} if "code" in licence else set(), theirs["codes"]),
        "reasons": ({ours["reason"]} if "reason" in ours else set(), theirs["reasons"]),
    }
    unread = [name for name, row in rows.items() if "problem" in ours and not row[0]]
    if ours.get("ended") == "error-info" or ours.get("ended_by") == "client":
        unread.append("reasons")  # the last word that counts came before
    return [(name, *row) for name, row in rows.items() if row[0] != row[1] and name not in unread]
