"""One account, two doors: a host and a gateway of the lab, and rdpwhy with --user at both. logons.py RDPWHY CASE"""
import contextlib
import hashlib
import json
import os
import pathlib
import re
import ssl
import subprocess
import sys
import tempfile

import peers
from peers import servers

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "logon"))
import kdc  # noqa: E402

SKIPPED = 77
PASSWORD = "Lab-Pass-1"
NTLM = "/etc/gss/mech.d/mech.ntlmssp.conf"


@contextlib.contextmanager
def lab(rdpwhy, scenario, folder, needs_certificate=True):
    """Yields (port, fingerprint or None, the file with its story)."""
    port = servers.free_port()
    story = folder / f"{scenario}.out"
    with servers.child([rdpwhy, "lab", scenario, "--port", str(port)], story,
                       lambda process: ("certificate sha256" if needs_certificate else f"{scenario}: ") in story.read_text()):
        found = re.search(r"certificate sha256 ([0-9a-f]{64})", story.read_text())
        yield port, found[1] if found else None, story


def rdp_file(folder, host, gateway, name="127.0.0.1"):
    """A gateway that is used when the host cannot be reached directly."""
    path = folder / "when-needed.rdp"
    path.write_text(f"full address:s:{name}:{host}\ngatewayhostname:s:127.0.0.1:{gateway}\n"
                    "gatewayusagemethod:i:2\ngatewayprofileusagemethod:i:1\n")
    return str(path)


def look(rdpwhy, folder, host, gateway, trusted, when_needed=False, environment=(), name="127.0.0.1", user="alice"):
    password = folder / "password"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    to = ([rdp_file(folder, host, gateway, name)] if when_needed
          else [f"127.0.0.1:{host}", "--gateway", f"127.0.0.1:{gateway}"])
    arguments = [rdpwhy, *to, "--user", user, "--password-file", str(password), "--json"]
    for one in trusted:
        arguments += ["--trust-cert", one]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=150,
                          env=dict(os.environ, XDG_STATE_HOME=str(folder), **dict(environment)))
    document = json.loads(done.stdout)
    if PASSWORD in done.stdout + done.stderr:
        raise AssertionError("the password is in the output")
    return document, next(check for check in document["checks"] if check["id"] == "gateway")


def both(rdpwhy, folder):
    with lab(rdpwhy, "logon", folder) as host, lab(rdpwhy, "gateway-healthy", folder) as gateway:
        document, check = look(rdpwhy, folder, host[0], gateway[0], [host[1], gateway[1]])
        tunnel = check["evidence"]["tunnel"]
        assert (tunnel["phase"], tunnel["behind"], tunnel["selected"]) == ("open", "rdp", 8), check
        assert document["verdict"]["cause"] is None, document["verdict"]
        assert document["through"]["logon"]["ended"] == "accepted", document["through"]["logon"]
        direct = next(check for check in document["checks"] if check["id"] == "logon")
        assert "evidence" not in direct and "knows alice" not in "".join(
            line for line in host[2].read_text().splitlines() if line.lstrip().startswith("1 ")), direct


def withheld(rdpwhy, folder):
    """What the host refused is not tried at the gateway: a second try counts towards a lockout."""
    with lab(rdpwhy, "logon-wrong-password", folder) as host, lab(rdpwhy, "gateway-healthy", folder) as gateway:
        document, check = look(rdpwhy, folder, host[0], gateway[0], [host[1], gateway[1]], when_needed=True)
        assert check["evidence"]["tunnel"] == {"phase": "withheld"}, check
        assert document["verdict"]["cause"] == "bad-password", document["verdict"]
        assert "and a logon" not in gateway[2].read_text(), gateway[2].read_text()


def withheld_after_a_proof(rdpwhy, folder):
    """A KDC has a proof of the password and says no more: it may have refused it, so the gateway is not shown it as well."""
    (folder / "kdc").mkdir()
    with contextlib.ExitStack() as all_of:
        real = all_of.enter_context(kdc.Kdc(folder / "kdc", PASSWORD))
        gone = all_of.enter_context(kdc.Liar(folder / "gone", kdc.GONE, real))
        host = all_of.enter_context(lab(rdpwhy, "logon", folder))
        gateway = all_of.enter_context(lab(rdpwhy, "gateway-healthy", folder))
        document, check = look(rdpwhy, folder, host[0], gateway[0], [host[1], gateway[1]], when_needed=True,
                               environment=gone.client, name="localhost", user="alice@corp.example")
        logon = next(check for check in document["checks"] if check["id"] == "logon")["evidence"]
        assert (logon["ended"], logon["kerberos"]["proof"], logon["proof"]) == ("failed-here", True, False), logon
        assert check["evidence"]["tunnel"] == {"phase": "withheld"}, check
        assert "and a logon" not in gateway[2].read_text(), gateway[2].read_text()


def failed_here(rdpwhy, folder):
    """A library here that knows no NTLM is no fault of the gateway's, and nothing was refused by it."""
    none = folder / "no-mechanisms"
    none.write_text("")
    with lab(rdpwhy, "gateway-healthy", folder) as gateway:
        document, check = look(rdpwhy, folder, servers.free_port(), gateway[0], [gateway[1]], environment={"GSS_MECH_CONFIG": str(none)})
        tunnel = check["evidence"]["tunnel"]
        assert (tunnel["phase"], "status" in tunnel) == ("failed-here", False), tunnel
        assert tunnel["problem"] in check["summary"] and "could not make the logon" in check["summary"], check["summary"]
        assert check["status"] == "warn" and "broken" not in check["summary"], check
        assert document["verdict"]["status"] == "unknown", document["verdict"]
        assert not [item for item in document["verdict"]["ruled_out"] if item["cause"] in ("gateway-denied", "gateway-full")]
        assert "and a logon" not in gateway[2].read_text(), gateway[2].read_text()


def rejects(rdpwhy, folder):
    """SPNEGO's "reject" is the gateway's word: nothing failed here."""
    cert, key = peers.certificate(folder)
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pathlib.Path(cert).read_text())).hexdigest()
    rules = ('location /remoteDesktopGateway/ { set $say "Negotiate"; if ($http_authorization) { set $say "Negotiate oQcwBaADCgEC"; } '
             'add_header WWW-Authenticate $say always; return 401; } location / { return 404; }')
    with peers.nginx(folder, rules, cert, key) as gateway:
        _, check = look(rdpwhy, folder, servers.free_port(), gateway, [digest])
        tunnel = check["evidence"]["tunnel"]
        assert (tunnel["phase"], tunnel.get("status")) == ("logon", 401), tunnel
        assert "could not make" not in check["summary"], check["summary"]


def untrusted(rdpwhy, folder):
    """No password leaves for a certificate that nobody vouched for; the check says which one it is, in words that a line of
    a terminal holds. All 64 digits are where they can be copied: on stderr, with -v, in the document."""
    with lab(rdpwhy, "gateway-basic", folder) as gateway:
        _, check = look(rdpwhy, folder, servers.free_port(), gateway[0], [])
        assert check["evidence"]["tunnel"] == {"phase": "certificate"}, check
        assert check["evidence"]["certificate"]["sha256"] == gateway[1], check["evidence"]
        assert gateway[1] not in check["summary"] and f"SHA-256 begins with {gateway[1][:16]})" in check["summary"], check["summary"]
        assert "and a logon" not in gateway[2].read_text(), gateway[2].read_text()


def refused(rdpwhy, folder):
    """One 401 for all of it: that the account may not log on there at all (0xC000015B) is looked at before the password is."""
    with lab(rdpwhy, "gateway-wrong-password", folder) as gateway:
        document, check = look(rdpwhy, folder, servers.free_port(), gateway[0], [gateway[1]])
        assert (check["evidence"]["tunnel"]["phase"], check["evidence"]["tunnel"]["status"]) == ("logon", 401), check
        for words in (check["summary"], document["verdict"]["summary"]):
            assert 0 < words.index("no right to log on") < words.index("password"), words
        step = document["next"][0]
        assert step["where"] == "server" and "Id=4625" in step["command"], document["next"]
        assert step["do"].index("0xC000015B") < step["do"].index("password"), step


def no_rdp(rdpwhy, folder):
    """The channel leads to something else: another gateway, which closes at what is no TLS."""
    with lab(rdpwhy, "gateway-basic", folder) as other, lab(rdpwhy, "gateway-healthy", folder) as gateway:
        document, check = look(rdpwhy, folder, other[0], gateway[0], [gateway[1]])
        tunnel = check["evidence"]["tunnel"]
        assert (tunnel["phase"], tunnel["behind"]) in (("open", "closed"), ("open", "not-rdp")), check
        assert check["status"] == "warn", check
        assert document["verdict"]["stopped_at"]["check"] == "negotiation", document["verdict"]
        assert document["through"]["negotiation"]["offers"][0]["ended"] in ("closed", "not-rdp"), document["through"]


CASES = {"no-rdp": no_rdp, "refused": refused, "both": both, "withheld": withheld, "withheld-after-proof": withheld_after_a_proof, "untrusted": untrusted, "failed-here": failed_here, "rejects": rejects}


def main():
    if not os.path.exists(NTLM):
        print("skipped: gss-ntlmssp is not installed")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory(prefix="rdpwhy-gw-") as name:
        CASES[sys.argv[2]](os.path.abspath(sys.argv[1]), pathlib.Path(name))


if __name__ == "__main__":
    main()
