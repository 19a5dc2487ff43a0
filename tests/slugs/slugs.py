"""Each slug under udp, gateway and client is reached by the program from the outside: slugs.py RDPWHY CAUSES.TSV. The table below is
the list; a slug that the facts gain and it lacks is an error."""
import concurrent.futures
import contextlib
import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "real"))
import servers  # noqa: E402

RDPWHY, FACTS = os.path.abspath(sys.argv[1]), sys.argv[2]
HEALTHY = pathlib.Path(__file__).resolve().parent.parent / "golden/judge/healthy.json"
NTLM = "/etc/gss/mech.d/mech.ntlmssp.conf"
PASSWORD = "Lab-Pass-1"


@contextlib.contextmanager
def lab(folder, scenario):
    """Yields (port, a way to its certificate's fingerprint)."""
    port = servers.free_port()
    story = folder / f"{scenario}.out"
    with servers.child([RDPWHY, "lab", scenario, "--port", str(port)], story, servers.listening(port)):
        yield port, lambda: re.search(r"certificate sha256 ([0-9a-f]{64})", story.read_text())[1]


def run(folder, *arguments):
    environment = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    done = subprocess.run([RDPWHY, *arguments, "--json"], capture_output=True, text=True, check=False, timeout=120,
                          env=dict(environment, XDG_STATE_HOME=str(folder)))
    assert done.returncode in (0, 1, 2, 3), f"exit {done.returncode}: {done.stderr}"
    return json.loads(done.stdout)


def host(scenario, *options):
    def case(folder):
        with lab(folder, scenario) as (port, _):
            return run(folder, f"127.0.0.1:{port}", *options)
    return case


def gateway(scenario, name="127.0.0.1", account=False):
    def case(folder):
        password = folder / "password"
        password.write_text(PASSWORD)
        with lab(folder, scenario) as (port, fingerprint):
            options = ["--user", "alice", "--password-file", str(password), "--trust-cert", fingerprint()] if account else []
            return run(folder, f"127.0.0.1:{servers.free_port()}", "--gateway", f"{name}:{port}", *options)
    return case


def session_of_65_seconds(folder):
    """As a capture holds it, with the client's own word and a build that somebody else told."""
    document = json.loads(HEALTHY.read_text())
    document["connections"] = document["connections"][:1]
    document["connections"][0]["recorded"] = {"reach": "session", "duration_us": 66_000_000, "cut": False}
    document["client_said"] = {"code": 0x904}
    for check in document["checks"]:
        if check["id"] == "udp":
            check.update(ran="done", evidence={"sent": 1, "answered": True, "version": 2})
        if check["id"] == "nla":
            check["evidence"]["build"] = "10.0.14393"
    path = folder / "saved.json"
    path.write_text(json.dumps(document))
    return run(folder, "judge", str(path))


def file_without_nla(folder):
    with lab(folder, "healthy-nla") as (port, _):
        path = folder / "a.rdp"
        path.write_text(f"full address:s:127.0.0.1:{port}\nenablecredsspsupport:i:0\n")
        return run(folder, str(path))


TABLE = {
    "udp-transport-broken": (host("udp-small-only"), "likely"),
    "udp-65s": (session_of_65_seconds, "likely"),
    "gateway-cert": (gateway("gateway-healthy", name="localhost", account=True), "proved"),
    "gateway-denied": (gateway("gateway-rap", account=True), "likely"),
    "gateway-full": (gateway("gateway-503"), "likely"),
    "gateway-ntlm": (gateway("gateway-wrong-password", account=True), "possible"),
    "broker-down": (host("healthy-nla", "--code", "0x4"), "possible"),
    "client-too-old": (host("tls12-only-old-client", "--deep", "--client", "thin-client-old"), "possible"),
    "client-rdp-file-bad": (file_without_nla, "likely"),
}
NEED_NTLM = ("gateway-cert", "gateway-denied", "gateway-ntlm")


def one(slug, top):
    if slug in NEED_NTLM and not os.path.exists(NTLM):
        return f"{slug}: skipped: gss-ntlmssp is not installed"
    case, certainty = TABLE[slug]
    folder = top / slug
    folder.mkdir()
    document = case(folder)
    found = {cause["cause"]: cause["certainty"] for cause in document["causes"]}
    assert found.get(slug) == certainty, f"{slug}: {found}, {document['verdict']}"
    return f"{slug}: {certainty}"


def main():
    with open(FACTS, encoding="utf-8") as file:
        rows = list(csv.reader((line for line in file if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE))
    facts = {row[0] for row in rows if len(row) > 1 and row[1] in ("udp", "gateway", "client")}
    assert facts == set(TABLE), f"not the same: {facts ^ set(TABLE)}"
    with tempfile.TemporaryDirectory(prefix="rdpwhy-slugs-") as name, concurrent.futures.ThreadPoolExecutor(2) as pool:
        for words in pool.map(lambda slug: one(slug, pathlib.Path(name)), TABLE):
            print(words, flush=True)


if __name__ == "__main__":
    main()
