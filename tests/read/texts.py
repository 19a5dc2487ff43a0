#!/usr/bin/env python3
"""Texts that cannot be made by a program that is here, in the forms that their programs' sources give; bad input; and the
messages of clients from the folder that RDPWHY_REALDATA names, each against its ground truth."""
import gzip
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "live"))
from lab import run_all  # noqa: E402

BINARY = os.path.abspath(sys.argv[1])
REAL = os.environ.get("RDPWHY_REALDATA", "")


def path_of(folder, data, name="text"):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())
    return path


def read(*words, **more):
    done = subprocess.run([BINARY, "read", *words], capture_output=True, text=True, **more)
    assert done.stderr == "", done.stderr
    return done.returncode, done.stdout


def document(folder, data, *options):
    return json.loads(read("--json", *options, path_of(folder, data))[1])


def said(found):
    verdict = found["verdict"]
    return (verdict["status"], (verdict["stopped_at"] or {}).get("check"), verdict["cause"], verdict["certainty"])


def causes(found):
    return [cause["cause"] for cause in found["causes"]]


# --- FreeRDP 3: its functions and formats, by its source ---
def three(module, function, message, level="ERROR", process="2cf6:00002cf7"):
    return f"[22:55:36:641] [{process}] [{level}][com.freerdp.{module}] - [{function}]: {message}\n"


def freerdp_3_names_host_and_errno(folder):
    refused = document(folder, three("core.tcp", "freerdp_tcp_connect_timeout", "connect to srv.corp.example:3390 failed "
                                     "with error: Connection refused [111]", "WARN") +
                       three("core", "freerdp_tcp_default_connect", "ERRCONNECT_CONNECT_FAILED [0x00020006]"))
    assert said(refused)[:2] == ("blocked", "tcp"), refused["verdict"]
    assert refused["target"]["host"] == "srv.corp.example" and refused["target"]["port"] == 3390, refused["target"]
    tcp = [check for check in refused["checks"] if check["id"] == "tcp"][0]["evidence"]
    assert [attempt["result"] for attempt in tcp["attempts"]] == ["refused"], tcp
    assert refused["told"]["program"] == "FreeRDP 3" and refused["client_said"]["code"] == 0x20006, refused["told"]
    for errno, result in ((110, "silent"), (113, "unreachable")):
        other = document(folder, three("core.tcp", "f", f"connect to ::1:3389 failed with error: words [{errno}]", "WARN"))
        tcp = [check for check in other["checks"] if check["id"] == "tcp"][0]["evidence"]
        assert tcp["attempts"][0]["result"] == result and other["target"]["host"] == "::1", other["target"]


def freerdp_3_refusals(folder):
    found = document(folder, three("core.nego", "nego_process_negotiation_failure",
                                   "Error: SSL_CERT_NOT_ON_SERVER [0x00000003]") * 3 +
                     three("core.nego", "nego_connect", "Protocol Security Negotiation Failure") +
                     three("core", "rdp_client_connect", "ERRCONNECT_SECURITY_NEGO_CONNECT_FAILED [0x0002000C]"))
    assert said(found) == ("blocked", "negotiation", "cert-missing", "proved"), found["verdict"]


def a_client_that_falls_back_is_not_refused(folder):
    found = document(folder, three("core.nego", "f", "Error: SSL_NOT_ALLOWED_BY_SERVER [0x00000002]", "WARN") +
                     three("core.gcc", "gcc_read", "Server uses non-advertised encryption method 0x00000000", "WARN"))
    assert said(found) == ("ok", None, None, None), found["verdict"]


def what_only_debug_tells(folder):
    found = document(folder, three("core.nego", "f", "RequestedProtocols: [HYBRID|SSL]", "DEBUG") +
                     three("core.nego", "f", "Negotiated HYBRID security", "DEBUG") +
                     three("core", "nla_recv", "ERRCONNECT_LOGON_FAILURE [0x00020014]"))
    offers = [check for check in found["checks"] if check["id"] == "negotiation"][0]["evidence"]["offers"]
    assert [(offer["offer"], offer["selected"]) for offer in offers] == [(3, 2)], offers
    assert said(found) == ("blocked", "logon", None, None) and "bad-password" in causes(found), causes(found)


def the_servers_word_about_a_logon(folder):
    found = document(folder, "[22:55:36:644] [1:2] [WARN][com.freerdp.core.nla] - SPNEGO received NTSTATUS: "
                             "STATUS_ACCOUNT_LOCKED_OUT [0xC0000234] from server\n"
                             "[22:55:36:644] [1:2] [ERROR][com.freerdp.core] - nla_recv_pdu:freerdp_set_last_error_ex "
                             "ERRCONNECT_ACCOUNT_LOCKED_OUT [0x00020018]\n")
    assert said(found)[:3] == ("blocked", "logon", "account-locked"), found["verdict"]


def a_certificate_that_the_user_refuses(folder):
    found = document(folder, three("crypto", "tls_print_certificate_name_mismatch_error",
                                   "The hostname used for this connection (alias.corp.example:3389) ") +
                     three("crypto", "freerdp_tls_handshake", "certificate not trusted, aborting.") +
                     three("core", "transport_connect_tls", "ERRCONNECT_CONNECT_CANCELLED [0x0002000B]"))
    assert said(found)[:2] == ("unknown", None), found["verdict"]
    assert "did not take the server's certificate" in found["verdict"]["summary"], found["verdict"]["summary"]
    assert found["target"]["host"] == "alias.corp.example", found["target"]


def a_name_that_does_not_resolve(folder):
    found = document(folder, three("core.tcp", "freerdp_tcp_resolve_host", "getaddrinfo(srv.corp.example) failed with Name "
                                   "or service not known", "WARN") +
                     three("core", "freerdp_tcp_is_hostname_resolvable", "ERRCONNECT_DNS_NAME_NOT_FOUND [0x00020005]"))
    assert said(found)[:2] == ("blocked", "name") and found["target"]["host"] == "srv.corp.example", found["verdict"]


def each_process_is_a_connection(folder):
    lines = "".join(three("core", "f", "ERRCONNECT_TLS_CONNECT_FAILED [0x00020008]", process=f"{i:x}:1") for i in range(70))
    found = document(folder, lines)
    assert len(found["conversations"]) == 64, len(found["conversations"])
    assert found["files"][0]["skipped"] == ["the 6 older connections: the last 64 count"], found["files"]


def the_servers_side_of_the_library_is_no_client(folder):
    line = ("Nov 22 22:55:36 host gnome-remote-desktop-daemon[7]: [22:55:36:641] [7:8] [ERROR][com.freerdp.core.peer] - "
            "peer_recv_callback_internal: CONNECTION_STATE_NLA - nla_recv_pdu() fail\n")
    found = document(folder, line + "2026-11-22T22:55:36+0100 host gnome-remote-de[7]: [RDP] Credentials are not set, "
                                    "denying client\n")
    assert said(found)[:2] == ("blocked", "logon") and found["told"]["by"] == "server", found["told"]
    assert found["told"]["quotes"][0]["line"] == 2 and found["started"] == "2026-11-22T21:55:36Z", found["told"]


# --- xrdp ---
NEW = "[2026-11-22T22:55:31.123+0100] "
NEWER = NEW + "[INFO ] Socket 11: connection accepted from 192.0.2.7:{0}\n"


def xrdp_0_10(folder):
    found = document(folder, NEW + "[INFO ] listening to port 3389 on 0.0.0.0\n" + NEWER.format(50000) +
                     NEW + "[INFO ] Security protocol: configured [SSL|RDP], requested [SSL|HYBRID|RDP], selected [SSL]\n" +
                     NEW + "[INFO ] TLS connection established from 192.0.2.7:50000 TLSv1.2 with cipher ECDHE-RSA\n" +
                     NEW + "[INFO ] login failed for user alice\n")
    assert said(found)[:2] == ("blocked", "logon"), found["verdict"]
    visit = found["server"]["visits"][0]
    assert (visit["client"], visit["client_port"], visit["arrived"]) == (
        "192.0.2.7", 50000, "2026-11-22T21:55:31.123000Z"), visit
    assert "alice" not in json.dumps(found), "an account's name is kept"


def two_at_once_are_not_told_apart(folder):
    found = document(folder, NEWER.format(50000) + NEWER.format(50001) +
                     NEW + "[INFO ] Security protocol: configured [], requested [SSL|RDP], selected []\n" +
                     NEW + "[ERROR] xrdp_rdp_incoming: xrdp_sec_incoming failed\n")
    assert {said(talk)[:2] for talk in found["conversations"]} == {("unknown", None)}, found["conversations"]


def a_scan_of_the_port_is_no_failure(folder):
    found = document(folder, NEWER.format(50000) + NEW + "[ERROR] xrdp_rdp_incoming: xrdp_sec_incoming failed\n")
    assert said(found)[:2] == ("unknown", None) and "no RDP request" in found["verdict"]["summary"], found["verdict"]
    left = document(folder, NEWER.format(50000) +
                    NEW + "[INFO ] Security protocol: configured [SSL], requested [SSL], selected [SSL]\n" +
                    NEW + "[ERROR] SSL_accept: I/O error\n" + NEW + "[ERROR] trans_set_tls_mode: ssl_tls_accept failed\n" +
                    NEW + "[ERROR] xrdp_rdp_incoming: xrdp_sec_incoming failed\n")
    assert said(left)[:2] == ("unknown", None) and "the client left" in left["verdict"]["summary"], left["verdict"]


def sesman_refuses_a_logon(folder):
    old = "[20261122-22:55:31] "
    found = document(folder, old + "[INFO ] AUTHFAIL: user=alice ip=::ffff:192.0.2.7 time=1795388131\n" +
                     old + "[INFO ] Username or password error for user: alice\n")
    assert said(found) == ("blocked", "logon", "bad-password", "likely"), found["verdict"]
    assert len(found["conversations"]) == 1 and found["server"]["visits"][0]["client"] == "192.0.2.7", found["server"]
    assert "alice" not in json.dumps(found), "an account's name is kept"
    good = document(folder, old + "[INFO ] Access permitted for user: alice\n")
    assert said(good)[0] == "ok", good["verdict"]


def sesmans_log_as_it_is(folder):
    """The connections in it are xrdp's own: two logons, from two clients."""
    log = ("[20261123-00:24:11] [INFO ] starting xrdp-sesman with pid 12199\n"
           "[20261123-00:24:15] [INFO ] Socket 12: AF_INET6 connection received from ::1 port 50310\n"
           "[20261123-00:24:17] [ERROR] pam_authenticate failed: Authentication failure\n"
           "[20261123-00:24:17] [INFO ] AUTHFAIL: user=alice ip=::ffff:192.0.2.7 time=1795393457\n"
           "[20261123-00:24:17] [ERROR] sesman_data_in: scp_process_msg failed\n"
           "[20261123-00:24:17] [ERROR] sesman_main_loop: trans_check_wait_objs failed, removing trans\n"
           "[20261123-00:24:27] [INFO ] Socket 12: AF_INET6 connection received from ::1 port 50660\n"
           "[20261123-00:24:29] [ERROR] pam_authenticate failed: Authentication failure\n"
           "[20261123-00:24:29] [INFO ] AUTHFAIL: user=root ip=::ffff:192.0.2.8 time=1795393469\n")
    for text in (log, log[log.index("\n") + 1:]):  # whole, and after a rotation
        found = document(folder, text)
        assert [said(talk) for talk in found["conversations"]] == [("blocked", "logon", "bad-password", "likely")] * 2, found
        clients = sorted(talk["server"]["visits"][0]["client"] for talk in found["conversations"])
        assert clients == ["192.0.2.7", "192.0.2.8"], clients


def one_after_the_other(folder):
    """Two logons that xrdp refused: the first connection is over before the second comes."""
    old = "[20261123-00:24:{0}] "
    one = (old + "[INFO ] Socket 12: AF_INET6 connection received from ::ffff:192.0.2.7 port {1}\n" +
           old + "[INFO ] Security protocol: configured [SSL|RDP], requested [SSL|HYBRID|RDP], selected [SSL]\n" +
           old + "[INFO ] TLS connection established from ::ffff:192.0.2.7 port {1}: TLSv1.3 with cipher TLS_X\n" +
           old + "[INFO ] xrdp_wm_log_msg: login failed for user alice\n" +
           old + "[ERROR] SSL_read: Failure in SSL library (protocol error?)\n")
    found = document(folder, one.format(14, 59398) + one.format(26, 33272))
    assert [said(talk)[:2] for talk in found["conversations"]] == [("blocked", "logon")] * 2, found["conversations"]


# --- others ---
def mremoteng_in_any_language(folder):
    line = "2026-11-22 22:55:36,641 [1] ERROR  - {}: \"srv.corp.example\"; {}: \"{}\"; {}: \"...\"\n"
    for words in (("A connection protocol error occurred. Host", "Error code", 264, "Error Description"),
                  ("连接协议错误 主机", "错误代码", 264, "错误描述")):
        found = document(folder, line.format(*words))
        assert found["client_said"]["code"] == 264 and found["target"]["host"] == "srv.corp.example", found["client_said"]
        assert said(found)[0] == "unknown", found["verdict"]
    signed_out = document(folder, line.format("Host", "Error code", 2, "Error Description"))
    assert said(signed_out)[0] == "ok", signed_out["verdict"]
    status, _ = read(path_of(folder, "2026-11-22 22:55:36,641 [264] INFO   - process 264, port 3334, 516 bytes\n"))
    assert status == 65, "bare numbers were taken for codes"


def dialogs_of_many_clients(folder):
    for text, wanted in (
            ("Could not access the RDP server “srv”.\nAccount locked out.", "account-locked"),
            ("Could not find the address for the RDP server “srv”.", "name-not-resolved"),
            ("Dieser Computer kann keine Verbindung herstellen.\nFehlercode: 0x204\nErweiterter Fehlercode: 0x0",
             "firewall-blocks"),
            ("エラー コード: 0x904\n拡張エラー コード: 0x7", "rdp-key-unreadable"),
            ("We couldn’t connect to the remote PC. Make sure the PC is turned on.\nError code: 0x204", "host-down")):
        found = document(folder, text)
        assert said(found)[:2] == ("unknown", None) and wanted in causes(found), (text, causes(found))
        assert {cause["certainty"] for cause in found["causes"]} == {"possible"}, found["causes"]
        assert text[:12] not in json.dumps(found, ensure_ascii=False), "the user's text is kept"


def sentences_of_other_programs(folder):
    for text, wanted in (
            ("Failed to connect, CredSSP required by server (check if server has disabled old TLS versions, if yes use -V option).",
             "nla-required"),
            ("Failed to connect, SSL not allowed by server.", "security-layer-mismatch"),
            ("RDP server closed/refused connection: Server refused connection (wrong security type?)", "nla-required"),
            ("RDP server closed/refused connection: Authentication failure (invalid credentials?)", "bad-password")):
        found = document(folder, text)
        assert said(found)[:2] == ("unknown", None) and wanted in causes(found), (text, causes(found))
        assert {cause["certainty"] for cause in found["causes"]} == {"possible"}, found["causes"]
    code = document(folder, "NODE_RDP_PROTOCOL_X224_NEG_FAILURE with code: 5,see https://msdn.microsoft.com/...")
    assert said(code) == ("blocked", "negotiation", "nla-required", "likely"), code["verdict"]  # 5 is no session's end


def settings_of_a_cloud_pc(_folder):
    """FreeRDP's test file: Azure Virtual Desktop behind its gateway. No failure is in it, but where the client goes."""
    path = os.path.join(REAL, "dialogs", "freerdp-test1.rdp")
    if not os.path.isfile(path):
        print("     (skipped: RDPWHY_REALDATA names no folder with dialogs)")
        return
    status, out = read("--json", path)
    found = json.loads(out)
    assert (status, found["conversations"]) == (3, []) and "verdict" not in found, (status, found)
    assert [(row["kind"], row["recognised"], row["skipped"]) for row in found["files"]] == [("rdp-file", True, [])], found
    status, out = read(path)
    assert status == 3 and "38 settings of a saved connection" in " ".join(out.split()), out
    assert "No verdict: settings say where a client goes, not what it met there." in " ".join(out.split()), out


def the_lines_that_count_are_quoted(folder):
    text = "noise\n" + three("core", "nla_recv", "ERRCONNECT_LOGON_FAILURE [0x00020014]")
    log = path_of(folder, text)
    _, out = read("-v", log)
    assert "quoted line 2: ERRCONNECT_LOGON_FAILURE [0x00020014]" in " ".join(out.split()), out
    assert "quoted" not in read(log)[1]
    _, out = read(path_of(folder, "Error code: 0x904\n", "dialog"), log)
    assert "file 2 says itself what its client was told (0x20014): there this code does not count" in " ".join(out.split()), out
    assert "looked at: this log." in out, out
    assert "ERRCONNECT_LOGON_FAILURE [0x" not in read("-v", "--redact", log)[1]


def what_nobody_looked_at_is_no_depth(folder):
    dialog = path_of(folder, "Error code: 0x904\n")
    assert read("-q", dialog)[1] == "UNKNOWN: Cannot tell: a client's message says what it met, not why.\n"
    assert "\n\n\n" not in read(dialog)[1] and "\n  UNKNOWN\n" in read(dialog)[1], read(dialog)[1]


def azure_gives_its_answer(folder):
    windows = {"value": [{"code": "ComponentStatus/StdOut/succeeded", "displayStatus": "Provisioning succeeded",
                          "level": "Info", "message": "1 key file\nRDPWHY RESULT nothing-to-do: the key is readable",
                          "time": None},
                         {"code": "ComponentStatus/StdErr/succeeded", "message": ""}]}
    linux = {"value": [{"code": "ProvisioningState/succeeded",
                        "message": "Enable succeeded: \n[stdout]\nRDPWHY RESULT ok: it would be done\n\n[stderr]\n"}]}
    show = {"instanceView": {"executionState": "Succeeded", "exitCode": 0, "error": "",
                             "output": "RDPWHY RESULT failed: run this as administrator"}}
    for answer, words in ((windows, "found nothing to do: the key is readable"), (linux, "says: it would be done"),
                          (show, "failed: run this as administrator")):
        found = document(folder, json.dumps(answer))
        assert said(found)[0] == "unknown" and words in found["verdict"]["summary"], found["verdict"]
    collected = {"value": [{"code": "ComponentStatus/StdOut/succeeded",
                            "message": "@RDPWHY-COLLECT=1|server\n@a=1\n@END=1|server|1|271\n"}]}
    assert document(folder, json.dumps(collected))["files"][0]["kind"] == "collected"


def nmap_that_breaks_off(folder):
    head = '<?xml version="1.0"?>\n<nmaprun><host starttime="1795388482"><address addr="192.0.2.9" addrtype="ipv4"/>\n'
    port = '<ports><port protocol="tcp" portid="3389"><state state="filtered" reason="no-response"/></port>\n'
    found = document(folder, head + port + "<port")
    assert said(found)[:2] == ("blocked", "tcp") and found["target"]["address"] == "192.0.2.9", found["verdict"]
    assert "line 4" in found["files"][0]["skipped"][0], found["files"]
    bomb = '<!DOCTYPE nmaprun [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><nmaprun>&b;</nmaprun>'
    assert document(folder, bomb)["conversations"] == []


# --- codings and bad input ---
LOG = "[22:55:36:644] [1:2] [ERROR][com.freerdp.core.nego] - Error: SSL_CERT_NOT_ON_SERVER\r\n"


def any_coding(folder):
    for data in (LOG.encode(), b"\xef\xbb\xbf" + LOG.encode(), b"\xff\xfe" + LOG.encode("utf-16-le"),
                 b"\xfe\xff" + LOG.encode("utf-16-be"), b"caf\xe9\n" + LOG.encode("latin-1"), b"\n" * 100 + LOG.encode()):
        assert said(document(folder, data)) == ("blocked", "negotiation", "cert-missing", "proved"), data[:20]
    assert document(folder, b"\xff\xfe" + "Error code: 0x904\n".encode("utf-16-le"))["client_said"]["code"] == 0x904
    piped = subprocess.run([BINARY, "read", "-q", "-"], input=LOG.encode(), capture_output=True, check=False)
    assert piped.returncode == 2 and piped.stdout.startswith(b"BLOCKED at negotiation: cert-missing"), piped


def what_is_no_text_is_said(folder):
    for data, words in ((gzip.compress(LOG.encode()), "compressed with gzip, which is not unpacked here: gzip -dc FILE | rdpwhy read -"),
                        (b"MZ\x90\0\3\0\0\0" * 50, "no text, whatever its name"),
                        (b"\x7fELF\2\1\1\0" + bytes(100), "no text, whatever its name"),
                        (b"[22:55] nothing\n" * 9, "no kind of file that is known here"),
                        (b"\xff\xfe", "no kind of file that is known here"),
                        (b" \n", "no kind of file that is known here")):
        status, out = read(path_of(folder, data))
        assert status == 65 and words in " ".join(out.split()), (data[:9], status, out)


def a_folder_is_its_files(folder):
    os.makedirs(os.path.join(folder, "case", "below"))
    path_of(folder, LOG, "case/b.log")
    path_of(folder, bytes(64), "case/a.txt")
    path_of(folder, LOG, "case/below/c.log")
    status, out = read("--json", os.path.join(folder, "case"))
    found = json.loads(out)
    rows = [(os.path.basename(row["path"]), row["kind"], row["recognised"]) for row in found["files"]]
    assert rows == [("case", "folder", False), ("a.txt", "unknown", False), ("b.log", "log", True)], rows
    assert status == 2 and found["verdict"]["cause"] == "cert-missing", (status, found["verdict"])
    for i in range(80):
        path_of(folder, "x", f"case/{i}.txt")
    found = json.loads(read("--json", os.path.join(folder, "case"))[1])
    assert len(found["files"]) == 64 and "more than 64 at once" in " ".join(found["files"][0]["skipped"]), found["files"][0]


def measured(pieces):
    """Reads `pieces` from a pipe: (status, document, peak of the program in KiB)."""
    process = subprocess.Popen([BINARY, "read", "--json", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for piece in pieces:
        process.stdin.write(piece)
    process.stdin.close()
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, json.loads(out), usage.ru_maxrss


MANY = 200 if "RDPWHY_PLAIN_BUILD" in os.environ else 100  # MB; the sanitizers are slow


def a_long_log_in_bounded_memory(_folder):
    noise = "".join(f"[22:55:36:641] [{i}:2] [DEBUG][com.freerdp.core.rdp] - nothing {i}\n" for i in range(14000)).encode()
    pieces = [noise] * (MANY * 1000000 // len(noise) + 1)
    status, found, kilobytes = measured(pieces + [LOG.encode()])
    assert status == 2 and found["verdict"]["cause"] == "cert-missing", found["verdict"]
    lines = len(pieces) * 14000 + 1
    assert found["told"]["quotes"][-1]["line"] == lines, (found["told"]["quotes"], lines)
    if "RDPWHY_PLAIN_BUILD" in os.environ:
        assert kilobytes < 256 * 1024, kilobytes


def a_line_without_end(_folder):
    status, found, kilobytes = measured([b"x" * 1000000] * MANY + [b"\n" + LOG.encode()])
    assert status == 2 and found["told"]["quotes"][0]["line"] == 2, found["told"]
    assert "1 line longer than 16384 bytes, the first one line 1" in found["files"][0]["skipped"][0], found["files"]
    if "RDPWHY_PLAIN_BUILD" in os.environ:
        assert kilobytes < 256 * 1024, kilobytes


def redaction_leaves_no_words(folder):
    text = three("core.tcp", "f", "connect to srv.corp.example:3390 failed with error: Connection refused [111]", "WARN")
    found = document(folder, text, "--redact")
    assert "srv.corp.example" not in json.dumps(found) and said(found)[:2] == ("blocked", "tcp"), found


# --- the messages that people reported ---
CAUSES = {  # of the ground truth, as our slugs; what is not here has none, or one that is none of ours
    "gh-002": ["listener-missing", "rdp-disabled", "port-moved"], "gh-071": ["nla-required"], "gh-074": ["security-layer-mismatch"], "gh-077": ["firewall-blocks"],
    "gh-080": ["server-too-old"], "gh-089": ["cert-name-mismatch"],
    "gh-017": ["credssp-mismatch"], "gh-020": ["credssp-mismatch"], "gh-044": ["tls-no-common"],
    "gh-062": ["name-not-resolved"], "gh-068": ["nla-required"], "gh-095": ["cert-changed"],
    "msdoc-02": ["listener-misconfigured"], "msdoc-05": ["licence-no-server", "licence-none"],
    "msdoc-08": ["rdp-key-unreadable", "cert-renew-failed"],
}
FREERDP = {"MacFreeRDP", "wfreerdp", "xfreerdp", "xfreerdp .rdp file", "xfreerdp gateway", "xfreerdp vmconnect", "xfreerdp3"}


# where the index gives a program's message in words of its own: as that program writes it
AS_WRITTEN = {
    "gh-071": "Server requires CredSSP/NLA and we are not configured to support it. Attempting to capture ...\nConnection lost\n",
    "gh-074": "Error: NODE_RDP_PROTOCOL_X224_NEG_FAILURE\n",
    "gh-077": "Core(error): tcp_connect(), unable to connect to 192.0.2.7\n",
    "gh-080": "[Initiation] client advertised SSL | HYBRID, but server selected STANDARD_RDP_SECURITY\n",
    "gh-089": "guacd[31120]: Certificate validation failed\n",
}
# nothing in them that anybody could go by: said so, and no verdict
NOT_KNOWN = {
    "gh-005": "the report has no message and no code, only what happened",
    "gh-083": "two lines that xrdp writes at every end of a connection; the cause stands elsewhere",
    "gh-086": "one line of xrdp without its time, which every scan of the port leaves",
    "gh-098": "a version of Windows and no failure",
    "msdoc-12": "what qwinsta prints of a listener that is there",
}


def message_of(record):
    """The verbatim text where the index has it; else the codes, in the form in which such a client shows them."""
    if record["text"] is not None:
        return record["text"]
    if record["id"] in AS_WRITTEN:
        return AS_WRITTEN[record["id"]]
    lines = []
    for code in record["codes"]:
        if record["product"] in FREERDP:
            lines.append(f"[00:00:00:000] [1:2] [ERROR][com.freerdp.core] - f:freerdp_set_last_error_ex {code}")
        elif code.startswith("ext "):
            lines.append("Extended error code: " + code[4:])
        elif code[0].isdigit():
            lines.append("Error code: " + code)
        elif code == "CredSSP":
            lines.append("This could be due to CredSSP encryption oracle remediation.")
        else:
            lines.append(code)
    return "\n".join(lines) + "\n"


def reported(record):
    def test(folder):
        text = message_of(record)
        status, out = read("--json", path_of(folder, text))
        found = json.loads(out)
        wanted = CAUSES.get(record["id"], [])
        assert (status == 65) == (record["id"] in NOT_KNOWN), (text, status)
        if status == 65:
            assert not found["conversations"] and found["files"][0]["skipped"], found
            return
        verdict = found["verdict"]
        assert verdict["status"] in ("unknown", "blocked"), (text, verdict)
        # words and codes prove nothing; only an answer of the server that they repeat may be taken at its word
        assert verdict["certainty"] != "proved" or "failureCode" in text, (text, verdict)
        if verdict["cause"] is not None:
            assert wanted == [] or verdict["cause"] in wanted, (text, verdict)
        fits = not wanted or any(cause in causes(found) for cause in wanted)
        assert fits or (record["text"] is None and record["id"] not in AS_WRITTEN), (text, wanted, causes(found))
    return test


tests = [(test.__name__, test) for test in (
    freerdp_3_names_host_and_errno, freerdp_3_refusals, a_client_that_falls_back_is_not_refused, what_only_debug_tells,
    the_servers_word_about_a_logon,    a_certificate_that_the_user_refuses, a_name_that_does_not_resolve, each_process_is_a_connection,
    the_servers_side_of_the_library_is_no_client, xrdp_0_10, two_at_once_are_not_told_apart,
    a_scan_of_the_port_is_no_failure, sesman_refuses_a_logon, sesmans_log_as_it_is, one_after_the_other, mremoteng_in_any_language, dialogs_of_many_clients,
    sentences_of_other_programs, settings_of_a_cloud_pc, what_nobody_looked_at_is_no_depth, the_lines_that_count_are_quoted,
    azure_gives_its_answer, nmap_that_breaks_off, any_coding, what_is_no_text_is_said, a_folder_is_its_files,
    a_long_log_in_bounded_memory, a_line_without_end, redaction_leaves_no_words)]
index = os.path.join(REAL, "dialogs", "dialogs-dev.jsonl")
if os.path.isfile(index):
    with open(index, encoding="utf-8") as lines:
        for one in map(json.loads, lines):
            tests.append((f"reported {one['id']}", reported(one)))
else:
    print("     (the reported messages are skipped: RDPWHY_REALDATA names no folder with dialogs)")
sys.exit(run_all(tests))
