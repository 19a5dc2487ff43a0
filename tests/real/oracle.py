#!/usr/bin/env python3
"""oracle.py PROGRAM NAME: what rdpwhy reads from a real server, against what nmap and sslscan read from it.

Runs in a network namespace of its own, because nmap's RDP scripts want port 3389. Exit status 77: skipped, with the reason.
"""
import base64
import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
# pylint: disable=wrong-import-position
import inside  # noqa: E402
import servers  # noqa: E402
from real import SKIPPED, look, rdpwhy  # noqa: E402



def output(*arguments):
    return subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120).stdout


def by_nmap():
    """NTLM names, build and time as nmap's script reads them, by our field names. Empty when the server has no NLA."""
    text = output("nmap", "-Pn", "-n", "-p", "3389", "--script", "rdp-ntlm-info", "127.0.0.1")
    names = {
        "NetBIOS_Domain_Name": "checks.nla.evidence.target.netbios_domain",
        "NetBIOS_Computer_Name": "checks.nla.evidence.target.netbios_computer",
        "DNS_Domain_Name": "checks.nla.evidence.target.dns_domain",
        "DNS_Computer_Name": "checks.nla.evidence.target.dns_computer",
        "DNS_Tree_Name": "checks.nla.evidence.target.dns_forest",
        "Product_Version": "checks.nla.evidence.build",
        "System_Time": "checks.nla.evidence.server_time",
    }
    return {names[name]: value for name, value in re.findall(r"^\|[_ ]+(\w+): (.*)$", text, re.M) if name in names}


def by_sslscan():
    """Fingerprint, names and dates of the certificate as sslscan prints it."""
    text = output("sslscan", "--rdp", "--no-colour", "--show-certificate", "127.0.0.1:3389")
    pem = re.search(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", text, re.S)
    if not pem:
        raise AssertionError("sslscan saw no certificate\n" + text)
    dates = {}
    for name, field in (("before", "not_before"), ("after", "not_after")):
        words = re.search(rf"Not valid {name}: +(.*) GMT", text)[1]
        date = datetime.datetime.strptime(words, "%b %d %H:%M:%S %Y")
        dates[f"checks.certificate.evidence.{field}"] = date.strftime("%Y-%m-%dT%H:%M:%SZ")
    return dates | {
        "checks.certificate.evidence.sha256": hashlib.sha256(base64.b64decode(pem[1])).hexdigest(),
        "checks.certificate.evidence.signature": re.search(r"Signature Algorithm: +(\S+)", text)[1],
        "checks.certificate.evidence.key.bits": int(re.search(r"Key Strength: +(\d+)", text)[1]),
    }


def same(path, ours, theirs):
    if ours is None:
        return False
    if path.endswith("server_time"):
        # Each asked at its own moment: the server's clock, a few seconds apart.
        first, second = (datetime.datetime.fromisoformat(str(text).replace("Z", "+00:00")) for text in (ours, theirs))
        return abs((first - second).total_seconds()) < 60
    return str(ours).lower() == str(theirs).lower()


def check(program, name):
    servers.need("nmap", "sslscan")
    with tempfile.TemporaryDirectory(prefix="rdpwhy-real-") as folder:
        scratch = pathlib.Path(folder)
        with servers.SERVERS[name](scratch, 3389):
            theirs = by_sslscan() | by_nmap()
            document = json.loads(rdpwhy(program, scratch, "127.0.0.1", "--json")[1])
    faults = [
        f"{path}: {json.dumps(look(document, path))}, the oracle says {json.dumps(value)}"
        for path, value in theirs.items()
        if not same(path, look(document, path), value)
    ]
    print("\n".join(faults or [f"{len(theirs)} fields agree"]))
    return not faults


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 64
    inside.enter("n")
    try:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return 0 if check(sys.argv[1], sys.argv[2]) else 1
    except (servers.Missing, FileNotFoundError) as missing:
        print(f"skipped: {missing}")
        return SKIPPED


if __name__ == "__main__":
    sys.exit(main())
