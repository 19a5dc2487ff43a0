#!/usr/bin/env python3
"""Logons by Kerberos: a real MIT KDC, accounts in every state, KDCs that are silent or say what only Windows says, and the
lab's server with a keytab. After a proof of the password has gone to a KDC, NTLM is never tried.

  kerberos.py BINARY
"""
import pathlib
import sys
import tempfile

from kdc import GONE, Kdc, Liar, krb_error, windows_status
from lab import NTLM, PASSWORD, Look, Server, lab_password

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "lib"))
from inside import skip  # noqa: E402

BINARY = sys.argv[1]
FAILED = []


def case(what, environment, wanted, user="alice", password=None, keytab=None, server="logon", host="localhost",
         account=None):
    """`wanted`: field of the logon group or "cause", "stopped_at", "ended" ...: value; None: not there."""
    with Server(BINARY, server, keytab) as lab:
        look = Look(BINARY, f"{host}:{lab.port}", account or f"{user}@corp.example", password or PASSWORD, lab.fingerprint,
                    environment=environment)
    logon = look.logon
    kerberos = logon.get("kerberos", {})
    seen = {"cause": look.cause, "stopped_at": look.stopped_at, "kdc": kerberos.get("result"), "proof": kerberos.get("proof"),
            "package": logon.get("package"), "ended": logon.get("ended"), "sent": logon.get("proof", False),
            "nla": look.checks["nla"].get("evidence", {}).get("ended"), "right": logon.get("right"), "asked": kerberos.get("asked"), "messages": logon.get("messages"),
            "connections": [one["purpose"] for one in look.document["connections"] if one["end"]["stage"] == "logon"]}
    told = [(one["verdict"].get("cause"), one["verdict"].get("certainty")) for one in (look.document, look.redacted)]
    seen["redacted"] = told[0] == told[1] and not look.leaks
    wanted = {"redacted": True, **wanted}
    wrong = {name: seen[name] for name in wanted if seen[name] != wanted[name]}
    print(f"{'FAIL' if wrong else 'ok  '} {what}" + (f": saw {wrong}, wanted {wanted}" if wrong else ""), flush=True)
    if wrong:
        FAILED.append(what)
        print(look.checks["logon"], look.document["verdict"]["summary"], look.err, lab.story, sep="\n")


def refused(cause, kdc, proof=False):
    """The KDC's no ends it: the server sees only what it sees without a logon."""
    return {"cause": cause, "stopped_at": "logon", "kdc": kdc, "proof": proof, "package": "kerberos", "ended": "kdc-refused",
            "sent": False, "nla": "challenged"}


def by_ntlm(kdc, proof=False):
    return {"cause": None, "kdc": kdc, "proof": proof, "package": "ntlm", "ended": "accepted", "sent": True}


def real_accounts(kdc):
    # the critical path: three requests to the KDC (RFC 4120 3.1, 3.3), three messages to the server (MS-CSSP 3.1.5), one
    # connection
    ok = {"asked": 3, "messages": 3, "connections": ["first"], "cause": None, "kdc": "good", "proof": True, "package": "kerberos", "ended": "accepted", "nla": "taken",
          "right": "granted"}
    case("good", kdc.client, ok, keytab=kdc.keytab)
    case("good, by the domain's short name", kdc.client, ok, keytab=kdc.keytab, account="CORP\\alice")
    case("wrong password", kdc.client, refused("bad-password proved", "bad-password", True), password="Wrong-1",
         keytab=kdc.keytab)
    case("unknown user", kdc.client, {"kdc": "no-such-user", "proof": False, "package": "ntlm", "stopped_at": "logon",
                                      "cause": "bad-password proved"}, user="nobody", keytab=kdc.keytab)
    case("password expired", kdc.client, refused("password-expired proved", "password-expired"), user="overdue")
    case("password must change", kdc.client, refused("password-must-change proved", "password-expired"), user="change")
    case("account expired", kdc.client, refused("account-expired proved", "account-expired"), user="gone")
    case("account disabled", kdc.client, refused("account-disabled proved", "revoked"), user="disabled")
    case("first wrong password", kdc.client, refused("bad-password proved", "bad-password", True), user="locked",
         password="Wrong-1")
    case("now locked", kdc.client, refused("account-locked proved", "revoked"), user="locked")


def other_ways(kdc, folder):
    case("a name without a service", kdc.client, by_ntlm("no-such-service", True), host="LOCALHOST")
    with Liar(folder / "silent", None) as liar:
        case("no KDC answers", liar.client, by_ntlm("timed-out"))
    with Liar(folder / "half", None, kdc) as liar:
        case("silent after the proof", liar.client,
             {"kdc": "timed-out", "proof": True, "sent": False, "nla": "challenged", "ended": "failed-here"})
    with Liar(folder / "gone", GONE, kdc) as liar:
        case("gone after the proof", liar.client,
             {"kdc": "no-kdc", "proof": True, "sent": False, "nla": "challenged", "ended": "failed-here", "cause": None})
    with Liar(folder / "skew", krb_error(37), kdc) as liar:
        case("clock skew", liar.client, refused("kerberos-skew likely", "skew", True))
    for status, cause in ((0xC0000234, "account-locked proved"), (0xC0000072, "account-disabled proved"),
                          (0xC000006F, "logon-hours proved"), (0xC0000193, "account-expired proved")):
        with Liar(folder / f"w{status:x}", krb_error(18, data=windows_status(status))) as liar:
            case(f"Windows KDC, 0x{status:X}", liar.client, refused(cause, "revoked"))
    with Liar(folder / "revoked", krb_error(18)) as liar:
        case("revoked, without a word more", liar.client, refused(None, "revoked"))
    with Liar(folder / "policy", krb_error(12)) as liar:
        case("policy", liar.client, refused(None, "policy"))
    with Liar(folder / "garbage", b"\x7e\x05hello") as liar:
        case("garbage", liar.client, by_ntlm("other"))


def main():
    if not pathlib.Path(NTLM).exists():
        skip("gss-ntlmssp is not installed")
    if lab_password(BINARY) != PASSWORD:
        sys.exit(f"the lab's password is {lab_password(BINARY)}")
    with tempfile.TemporaryDirectory(prefix="rdpwhy-kdc-") as name:
        folder = pathlib.Path(name)
        (folder / "kdc").mkdir()
        with Kdc(folder / "kdc", PASSWORD) as kdc:
            real_accounts(kdc)
            other_ways(kdc, folder)
    sys.exit(1 if FAILED else 0)


main()
