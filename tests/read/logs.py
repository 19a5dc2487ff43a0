#!/usr/bin/env python3
"""Event logs of Windows: made here, damaged here, and real ones from the folder that RDPWHY_REALDATA names."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "live"))
sys.path.insert(0, os.path.dirname(__file__))
import make_evtx as make  # noqa: E402
from lab import run_all  # noqa: E402

BINARY = os.path.abspath(sys.argv[1])
REAL = os.path.join(os.environ.get("RDPWHY_REALDATA", ""), "evtx")
NOON = 1700000000
RCM = "Microsoft-Windows-TerminalServices-RemoteConnectionManager"
LSM = "Microsoft-Windows-TerminalServices-LocalSessionManager"
CORE = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS"
CLIENT = "Microsoft-Windows-TerminalServices-ClientActiveXCore"

# file: exit status, verdict, check it stops at, depth, cause, words of the summary; (event, code, logon): how often
EXPECTED = {
    "RDPAuth_LocalSessionManager.evtx": (0, "ok", None, "session", None, "in this log", {
        (21, None, None): 1, (22, None, None): 1, (23, None, None): 2, (24, None, None): 2, (25, None, None): 1,
        (40, 5, None): 2, (40, 0, None): 1, (40, 12, None): 1}),
    "RDPAuth_RemoteConnectionManager.evtx": (3, "unknown", None, "name", None, "connections arrive", {
        (258, None, None): 1, (261, None, None): 1, (1149, None, None): 1}),
    "dfir_rdpsharp_target_RdpCoreTs_168_68_131.evtx": (0, "ok", None, "session", None, "in this log", {
        (131, None, None): 22, (68, None, None): 9}),
    "ID4625-failed_login_with_denied_access_due_to_account_restriction.evtx": (
        2, "blocked", "logon", "logon", None, "A restriction of the account forbids this logon", {
            (4625, 0xc000006e, 10): 2}),
    "Security_short_selected.evtx": (2, "blocked", "logon", "logon", "bad-password", "logon: bad-password, likely", {
        (4625, 0xc000006a, 10): 1, (4776, 0xc000006a, None): 1}),
    "DE_RDP_Tunneling_4624.evtx": (0, "ok", None, "logon", None, "in this log", {(4624, None, 10): 1}),
    "ID4688_4778_4779_RDP_hijack_direct.evtx": (0, "ok", None, "session", None, "in this log", {
        (4778, None, None): 1, (4779, None, None): 1}),
}


def read(folder, data, *options, name="case.evtx"):
    path = os.path.join(folder, name)
    with open(path, "wb") as out:
        out.write(data)
    return read_files([path], *options)


def read_files(paths, *options):
    done = subprocess.run([BINARY, "read", "--json", *options, *paths], capture_output=True, text=True)
    assert done.stderr == "", done.stderr
    return done.returncode, json.loads(done.stdout)


def counts(document):
    return {(row["id"], row.get("code"), row.get("logon_type")): row["count"] for row in document["server"]["events"]}


def verdict(document):
    said = document["verdict"]
    cause = said["cause"] and said["cause"]["id"] if isinstance(said["cause"], dict) else said["cause"]
    return said["status"], (said["stopped_at"] or {}).get("check"), cause


def says_what_is_true(name):
    def test(_folder):
        if not os.path.isdir(REAL):
            print("     (skipped: RDPWHY_REALDATA names no folder with real event logs)")
            return
        status, depth, summary, wanted = EXPECTED[name][0], EXPECTED[name][3], EXPECTED[name][5], EXPECTED[name][6]
        code, document = read_files([os.path.join(REAL, name)])
        assert code == status, (code, document["verdict"])
        assert verdict(document) == (EXPECTED[name][1], EXPECTED[name][2], EXPECTED[name][4]), document["verdict"]
        assert document["verdict"]["depth"] == depth and summary in document["verdict"]["summary"], document["verdict"]
        found = counts(document)
        assert {key: found.get(key) for key in wanted} == wanted, found
    return test


def each_status_names_its_cause(folder):
    for status, cause in (("0xc000006a", "bad-password"), ("0xc0000064", "bad-password"),
                          ("0xc0000234", "account-locked"), ("0xc0000072", "account-disabled"),
                          ("0xc0000193", "account-expired"), ("0xc0000071", "password-expired"),
                          ("0xc0000224", "password-must-change"), ("0xc000006f", "logon-hours"),
                          ("0xc0000070", "workstation-restricted"), ("0xc000015b", "logon-type-denied"),
                          ("0xc000006e", None), ("0xc000006d", None)):
        code, document = read(folder, make.log([make.refused(NOON, status)]))
        assert (code, *verdict(document)) == (2, "blocked", "logon", cause), (status, document["verdict"])
    code, document = read(folder, make.log([make.security(4825, NOON, AccountName="somebody", ClientAddress="192.0.2.7")]))
    assert verdict(document) == ("blocked", "logon", "no-rdp-right"), document["verdict"]


def a_share_may_be_what_was_refused(folder):
    code, document = read(folder, make.log([make.refused(NOON, "0xc000006a", kind=3)]))
    assert (code, *verdict(document)) == (3, "unknown", None, None), document["verdict"]
    assert "so does a share" in document["verdict"]["summary"], document["verdict"]


def a_logon_after_the_refusal_clears_it(folder):
    both = [make.refused(NOON, "0xc000006a"), make.security(4624, NOON + 9, LogonType=10, IpAddress="192.0.2.7")]
    code, document = read(folder, make.log(both))
    assert (code, *verdict(document)) == (0, "ok", None, None), document["verdict"]
    later = [make.security(4624, NOON, LogonType=10), make.refused(NOON + 9, "0xc000006a")]
    assert verdict(read(folder, make.log(later))[1]) == ("blocked", "logon", "bad-password")


def services_and_shares_are_no_remote_desktop(folder):
    code, document = read(folder, make.log([make.security(4624, NOON, LogonType=kind) for kind in (2, 3, 4, 5, 11)]))
    assert code == 3 and document["conversations"] == [], document


def guessing_is_recognised_and_accuses_no_user(folder):
    guesses = [make.refused(NOON + i, "0xc000006a", address=f"198.51.100.{i % 40}") for i in range(60)]
    code, document = read(folder, make.log(guesses))
    assert (code, *verdict(document)) == (1, "degraded", None, "brute-force"), document["verdict"]
    assert document["verdict"]["summary"].startswith("in this log a fault shows: brute-force: "), document["verdict"]
    row = document["server"]["events"][0]
    assert (row["count"], row["busiest_hour"], row["clients"]) == (60, 60, 40), row
    code, document = read(folder, make.log(guesses[:59]))
    assert verdict(document) == ("blocked", "logon", "bad-password"), document["verdict"]
    slow = [make.refused(NOON + 120 * i, "0xc000006a") for i in range(100)]
    assert verdict(read(folder, make.log(slow))[1]) == ("blocked", "logon", "bad-password")


def the_servers_own_faults_are_told(folder):
    events = [make.system(36870, "Schannel", NOON, Type="server", ErrorCode="0x8009030d"),
              make.system(1057, RCM, NOON + 1), make.system(1058, RCM, NOON + 2)]
    path = os.path.join(folder, "system.evtx")
    with open(path, "wb") as out:
        out.write(make.log(events))
    done = subprocess.run([BINARY, "read", path], capture_output=True, text=True)
    assert done.returncode == 3, done
    for words in ("event 36870 0x8009030d (System), 1 time", "speaks for rdp-key-unreadable",
                  "speaks for cert-renew-failed"):
        assert words in done.stdout, done.stdout


def the_clients_own_log_gives_target_and_code(folder):
    channel = "Microsoft-Windows-TerminalServices-RDPClient/Operational"
    events = [make.event(1024, CLIENT, channel, NOON, computer="pc", Name="Server Name", Value="srv.lab.example"),
              make.event(1026, CLIENT, channel, NOON + 3, computer="pc", Name="Disconnect Reason", Value="2308")]
    code, document = read(folder, make.log(events))
    assert code == 3 and document["target"]["host"] == "srv.lab.example", document
    assert document["client_said"]["code"] == 2308, document["client_said"]


def forwarded_logs_hold_several_machines(folder):
    events = [make.event(261, RCM, RCM + "/Operational", NOON, computer="a.lab.example", listenerName="RDP-Tcp"),
              make.event(21, LSM, LSM + "/Operational", NOON, computer="b.lab.example", Address="192.0.2.7", SessionID=2)]
    _, document = read(folder, make.log(events))
    hosts = [(talk["server"]["host"], talk["verdict"]["status"]) for talk in document["conversations"]]
    assert hosts == [("a.lab.example", "unknown"), ("b.lab.example", "ok")], hosts


def accounts_stay_in_the_log(folder):
    _, document = read(folder, make.log([make.refused(NOON, "0xc000006a")]))
    assert "somebody" not in json.dumps(document) and "192.0.2.7" in json.dumps(document)
    _, document = read(folder, make.log([make.refused(NOON, "0xc000006a")]), "--redact")
    assert "192.0.2.7" not in json.dumps(document) and "lab.example" not in json.dumps(document), document


def damage_costs_no_more_than_itself(folder):
    whole = make.log([make.refused(NOON + 120 * i, "0xc000006a") for i in range(100)], per_chunk=20)
    at = 4096 + 65536

    def rows(data):
        _, document = read(folder, data)
        skipped = document["files"][0]["skipped"] if "skipped" in document["files"][0] else []
        events = document["server"]["events"] if document.get("server") else []
        return sum(row["count"] for row in events), skipped

    assert rows(whole) == (100, []), rows(whole)
    beheaded = b"ElfFile\0" + bytes(4088) + whole[4096:]
    assert rows(beheaded) == (100, ["the head of the file is damaged; every chunk behind it was tried"]), rows(beheaded)
    count, skipped = rows(whole[:at] + b"\xff" * 65536 + whole[at + 65536:])
    assert (count, skipped) == (80, ["1 damaged chunk of 64 KiB passed over"]), (count, skipped)
    count, skipped = rows(whole[:-1000])
    assert (count, skipped) == (80, ["the file is cut: its last 64536 bytes are no whole chunk"]), (count, skipped)
    count, skipped = rows(whole[:at + 700] + b"\xee" * 9000 + whole[at + 9700:])
    assert 80 <= count < 100 and len(skipped) >= 1, (count, skipped)
    spare = whole + bytes(65536 * 3)
    assert rows(spare) == (100, []), rows(spare)
    code, document = read(folder, whole[:3000])
    assert code == 65 and not document["files"][0]["recognised"], document


def it_is_read_from_a_pipe(_folder):
    done = subprocess.run([BINARY, "read", "-q", "-"], input=make.log([make.refused(NOON, "0xc000006a")]),
                          capture_output=True)
    assert done.returncode == 2 and b"bad-password" in done.stdout, done


OWN = (each_status_names_its_cause, a_share_may_be_what_was_refused, a_logon_after_the_refusal_clears_it,
       services_and_shares_are_no_remote_desktop, guessing_is_recognised_and_accuses_no_user,
       the_servers_own_faults_are_told, the_clients_own_log_gives_target_and_code,
       forwarded_logs_hold_several_machines, accounts_stay_in_the_log, damage_costs_no_more_than_itself,
       it_is_read_from_a_pipe)
sys.exit(run_all([(test.__name__, test) for test in OWN] + [(name, says_what_is_true(name)) for name in EXPECTED]))
