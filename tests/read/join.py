#!/usr/bin/env python3
"""Several files at once: what is joined to one story, what stays apart, and what the joined story says."""
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "live"))
sys.path.insert(0, os.path.dirname(__file__))
import make_evtx as make  # noqa: E402
import make_pcap as pcap  # noqa: E402
from lab import Lab, environment, run_all  # noqa: E402

BINARY = os.path.abspath(sys.argv[1])
PASTES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "collect")
REAL = os.path.join(os.environ.get("RDPWHY_REALDATA", ""), "evtx")
NOON = 1700000000
CORE = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS"
RCM = "Microsoft-Windows-TerminalServices-RemoteConnectionManager"
AX = "Microsoft-Windows-TerminalServices-ClientActiveXCore"
CLIENT, SERVER = "10.0.0.3", "10.0.0.2"


def arrival(at, port, client=CLIENT, computer="srv.lab.example", number=1):
    return make.event(131, CORE, CORE + "/Operational", at, computer=computer,
                      activity="{F4205BAC-1B01-40FC-AEEF-%012X}" % number, ConnType="TCP", ClientIP=f"{client}:{port}")


def core_log(*events):
    return make.log(sorted(events, key=lambda event: event["time"]))


def client_log(at, aim, told=2308):
    channel = "Microsoft-Windows-TerminalServices-RDPClient/Operational"
    return make.log([make.event(1024, AX, channel, at, computer="pc", Name="Server Name", Value=aim),
                     make.event(1026, AX, channel, at + 1, computer="pc", Name="Disconnect Reason", Value=str(told))])


def two_cut(at=NOON, client=CLIENT):
    capture = pcap.Capture()
    pcap.cut_at_hello(capture, at, (client, 50211), (SERVER, 3389))
    pcap.cut_at_hello(capture, at + 3, (client, 50212), (SERVER, 3389))
    return capture.bytes()


def two_cut_at(at, name):
    capture = pcap.Capture()
    for i, port in enumerate((50211, 50212)):
        pcap.cut_at_hello(capture, at + 3 * i, (CLIENT, port), (SERVER, 3389), name)
    return capture.bytes()


def put(folder, **files):
    paths = []
    for name, data in files.items():
        path = os.path.join(folder, name.replace("_", "."))
        with open(path, "wb") as out:
            out.write(data if isinstance(data, bytes) else data.encode())
        paths.append(path)
    return paths


def read(folder, *options, **files):
    done = subprocess.run([BINARY, "read", "--json", *options, *put(folder, **files)], capture_output=True, text=True)
    assert done.stderr == "", done.stderr
    return json.loads(done.stdout)


def parts(document):
    return [(part["file"], part["side"], part["by"]) for part in document.get("joined", {}).get("parts", [])]


def cause(document):
    return document["verdict"]["cause"], document["verdict"]["certainty"]


def wire_server_and_dialog_are_one_story(folder):
    """The server's clock is two seconds ahead."""
    document = read(folder, a_pcap=two_cut(), b_evtx=core_log(arrival(NOON + 2, 50211), arrival(NOON + 5, 50212, number=2)),
                    c_evtx=make.log([make.system(36870, "Schannel", NOON + 2, Type="server", ErrorCode="0x8009030d")]),
                    d_txt="Error code: 0x904\nExtended error code: 0x7\n")
    assert len(document["conversations"]) == 1, len(document["conversations"])
    assert parts(document) == [(1, "wire", "main"), (2, "server", "ports"), (3, "server", "name"),
                               (4, "words", "given")], parts(document)
    joined = document["joined"]
    assert (joined["ahead_low_us"], joined["ahead_high_us"], joined["matches"]) == (2000000, 2000000, 2), joined
    assert cause(document) == ("rdp-key-unreadable", "likely"), document["verdict"]
    assert any("36870" in reason for reason in document["verdict"]["because"]), document["verdict"]
    line = [(moment["at"][17:-1], moment["side"], moment["file"]) for moment in document["timeline"]]
    assert line == [("20", "wire", 1), ("20", "server", 2), ("20", "server", 3), ("20.041000", "wire", 1), ("23", "wire", 1),
                    ("23", "server", 2), ("23.041000", "wire", 1)], line
    assert document["client_said"]["code"] == 0x904
    seen = {row["field"]: row.get("file") for row in document["sources"]}
    assert seen["client_said"] == 4 and seen["connections"] == 1 and seen["server.events[0]"] == 2, seen


def the_system_log_alone_is_joined_by_name(folder):
    log = make.log([make.system(36870, "Schannel", NOON + 1, Type="server", ErrorCode="0x8009030d")])
    document = read(folder, a_pcap=two_cut(), b_evtx=log)
    assert parts(document) == [(1, "wire", "main"), (2, "server", "name")], parts(document)
    assert cause(document) == ("rdp-key-unreadable", "likely"), document["verdict"]
    assert "joined" in document and "ahead_low_us" not in document["joined"]
    assert all(moment.get("own_clock") for moment in document["timeline"] if moment["side"] == "server")


def another_machines_log_stays_apart(folder):
    log = make.log([make.event(36870, "Schannel", "System", NOON + 1, computer="other.lab.example", Type="server",
                               ErrorCode="0x8009030d")])
    document = read(folder, a_pcap=two_cut(), b_evtx=log)
    assert len(document["conversations"]) == 2 and "joined" not in document, parts(document)
    short = make.log([make.event(36870, "Schannel", "System", NOON + 1, computer="SRV", Type="server", ErrorCode="0x1")])
    assert len(read(folder, a_pcap=two_cut(), b_evtx=short)["conversations"]) == 2  # SRV may be any domain's


def another_days_log_stays_apart(folder):
    log = make.log([make.system(36870, "Schannel", NOON - 86400, Type="server", ErrorCode="0x8009030d")])
    assert len(read(folder, a_pcap=two_cut(), b_evtx=log)["conversations"]) == 2


def a_port_that_came_round_again_is_no_match(folder):
    far = core_log(arrival(NOON - 3600, 50211, computer="other"))
    assert len(read(folder, a_pcap=two_cut(), b_evtx=far)["conversations"]) == 2
    twice = core_log(arrival(NOON - 3600, 50211, computer="other"), arrival(NOON - 3597, 50212, computer="other", number=2))
    document = read(folder, a_pcap=two_cut(), b_evtx=twice)  # two at one distance: the clock is wrong
    assert document["joined"]["ahead_low_us"] == -3600000000, document["joined"]
    uneven = core_log(arrival(NOON - 3600, 50211, computer="other"), arrival(NOON - 3500, 50212, computer="other", number=2))
    assert len(read(folder, a_pcap=two_cut(), b_evtx=uneven)["conversations"]) == 2
    other = core_log(arrival(NOON, 50211, client="10.0.0.4", computer="other"))  # behind NAT it may be anybody
    assert len(read(folder, a_pcap=two_cut(), b_evtx=other)["conversations"]) == 2


def a_long_log_is_asked_about_the_right_time(folder):
    events = [arrival(NOON - 900 + 5 * i, 1000 + i, client="10.9.9.9", number=i + 10) for i in range(400)]
    document = read(folder, a_pcap=two_cut(), b_evtx=core_log(arrival(NOON, 50211), *events))
    assert document["joined"]["matches"] == 1, document["joined"]
    assert len(document["server"]["visits"]) == 64


def silence_of_the_whole_log_points_to_the_way(folder):
    capture = pcap.Capture()
    pcap.cut_at_request(capture, NOON, (CLIENT, 50211), (SERVER, 3389))
    rdp = "screen mode id:i:2\r\nfull address:s:srv.lab.example\r\n"
    silent = core_log(arrival(NOON - 600, 1, client="10.0.0.9"), arrival(NOON + 600, 2, client="10.0.0.9", number=2))
    document = read(folder, a_pcap=capture.bytes(), b_evtx=silent, c_rdp=rdp)
    assert cause(document) == ("forward-dead-backend", "likely"), document["verdict"]
    assert any("holds no arrival" in reason for reason in document["verdict"]["because"]), document["verdict"]
    # one arrival near, a record missing, or a log that ends before: then it says nothing
    near = core_log(arrival(NOON - 600, 1, client="10.0.0.9"), arrival(NOON + 200, 3, client="10.0.0.9", number=3),
                    arrival(NOON + 600, 2, client="10.0.0.9", number=2))
    early = core_log(arrival(NOON - 600, 1, client="10.0.0.9"), arrival(NOON + 200, 2, client="10.0.0.9", number=2))
    events = [arrival(NOON - 600, 1, client="10.0.0.9"), arrival(NOON + 600, 2, client="10.0.0.9", number=2)]
    head = make.log(events)[:4096]
    filtered = head + make.chunk(events, 1, numbers=[7, 9])
    for log in (near, early, filtered):
        document = read(folder, a_pcap=capture.bytes(), b_evtx=log, c_rdp=rdp)
        assert cause(document) == (None, None), document["verdict"]


def the_clients_log_and_the_servers_without_a_capture(folder):
    silent = core_log(arrival(NOON - 600, 1, client="10.0.0.9"), arrival(NOON + 600, 2, client="10.0.0.9", number=2))
    document = read(folder, a_evtx=client_log(NOON, "srv.lab.example"), b_evtx=silent)
    assert len(document["conversations"]) == 1 and parts(document)[1][:2] == (1, "client"), parts(document)
    assert document["verdict"]["status"] == "unknown" and "nothing of it arrived" in document["verdict"]["summary"], \
        document["verdict"]
    assert document["client_said"]["code"] == 2308
    elsewhere = read(folder, a_evtx=client_log(NOON, "gateway.lab.example"), b_evtx=silent)
    assert len(elsewhere["conversations"]) == 2


def a_clients_log_goes_to_its_own_connection(folder):
    document = read(folder, a_pcap=two_cut(), b_evtx=client_log(NOON, "srv.lab.example"))
    assert parts(document) == [(1, "wire", "main"), (2, "client", "name")], parts(document)
    assert document["client_said"]["code"] == 2308 and [m for m in document["timeline"] if m["side"] == "client"]
    late = read(folder, a_pcap=two_cut(), b_evtx=client_log(NOON + 400, "srv.lab.example"))
    assert "joined" not in late, parts(late)
    capture = pcap.Capture()  # two clients, one time: whose log it is, nobody can say
    pcap.cut_at_hello(capture, NOON, (CLIENT, 50211), (SERVER, 3389))
    pcap.cut_at_hello(capture, NOON + 1, ("10.0.0.4", 50212), (SERVER, 3389))
    both = read(folder, a_pcap=capture.bytes(), b_evtx=client_log(NOON, "srv.lab.example"))
    assert "joined" not in both and all("code" not in talk.get("client_said", {}) for talk in both["conversations"][:2])


def a_connection_recorded_twice_keeps_two_verdicts(folder):
    other = pcap.Capture()
    pcap.cut_at_hello(other, NOON + 1, (CLIENT, 50211), (SERVER, 3389))
    document = read(folder, a_pcap=two_cut(), b_pcap=other.bytes())
    assert len(document["conversations"]) == 2
    assert parts(document) == [(1, "wire", "main"), (2, "wire", "ports")], parts(document)


def contradictions_are_shown(folder):
    one = {"schema": 1, "server": {"host": "srv.lab.example", "port": 3389, "collected": "2023-11-14T22:20:00Z"}, "checks": []}
    two = json.loads(json.dumps(one))
    two["server"]["port"] = 3390
    document = read(folder, a_json=json.dumps(one), b_json=json.dumps(two))
    row = document["joined"]["contradictions"][0]
    assert (row["field"], row["kept"], row["kept_file"], row["other"], row["other_file"]) == ("server.port", "3389", 1, "3390", 2)
    done = subprocess.run([BINARY, "read", *put(folder, a_json=json.dumps(one), b_json=json.dumps(two))],
                          capture_output=True, text=True)
    assert "server.port: 3389 (file 1), 3390 (file 2); the first was kept" in " ".join(done.stdout.split()), done.stdout


def xrdp(times, when):
    """Two connections of xrdp, 0.9 or 0.10 by the form of their times."""
    port = [50211, 50212]
    return "".join(
        f"[{time.strftime(when, time.gmtime(at))}] [INFO ] Socket 12: AF_INET connection received from {CLIENT} port {port[i]}\n"
        f"[{time.strftime(when, time.gmtime(at))}] [INFO ] Security protocol: configured [SSL], requested [SSL|HYBRID], "
        "selected [SSL]\n" for i, at in enumerate(times))


def times_without_a_zone_are_said_to_be_so(folder):
    zoneless, zoned = "%Y%m%d-%H:%M:%S", "%Y-%m-%dT%H:%M:%S.000+0000"
    for when, marked in ((zoneless, True), (zoned, False)):
        files = {"a_log": xrdp([NOON], when), "b_txt": "Error code: 0x904\n"}
        document = read(folder, **files)
        assert [moment.get("no_zone", False) for moment in document["timeline"]] == [marked] * 3, document["timeline"]
        assert document["told"].get("local_time", False) == marked, document["told"]
        out = " ".join(subprocess.run([BINARY, "read", *put(folder, **files)], capture_output=True, text=True).stdout.split())
        assert ("[file 1, no zone] no zone: a local time whose zone its log does not give" in out) == marked, out
        alone = " ".join(subprocess.run([BINARY, "read", put(folder, **files)[0]], capture_output=True, text=True).stdout.split())
        assert ("2023-11-14T22:13:20 by its own clock, whose zone it does not give" in alone) == marked, alone
        assert ("2023-11-14T22:13:20Z" in alone) != marked, alone
    # by a client's address and port it is joined where its times are near; an hour away, nobody knows whether that is the zone
    near = {"a_pcap": two_cut(), "b_log": xrdp([NOON + 2], zoneless)}
    document = read(folder, **near)
    assert parts(document) == [(1, "wire", "main"), (2, "server", "ports")], parts(document)
    assert document["joined"]["ahead_low_us"] == 2000000, document["joined"]
    assert not any("no_zone" in moment for moment in document["timeline"]), document["timeline"]
    out = subprocess.run([BINARY, "read", *put(folder, **near)], capture_output=True, text=True).stdout
    assert "its log gives no zone, so that its zone is part of this" in " ".join(out.split()), out
    away = read(folder, a_pcap=two_cut(), b_log=xrdp([NOON + 3600, NOON + 3603], zoneless))
    assert len(away["conversations"]) == 3 and not parts(away), away["conversations"]
    assert any("carry no zone and are taken as UTC" in words for words in away["files"][1]["skipped"]), away["files"]


def a_saved_story_is_judged_the_same(folder):
    saved = os.path.join(folder, "saved.json")
    files = {"a_pcap": two_cut(), "b_evtx": core_log(arrival(NOON + 2, 50211)), "d_txt": "Error code: 0x904\n"}
    first = read(folder, "--save", saved, **files)
    done = subprocess.run([BINARY, "judge", "--json", saved], capture_output=True, text=True)
    again = json.loads(done.stdout)
    for key in ("verdict", "joined", "server", "client_said"):
        assert again[key] == first[key], key
    assert again["timeline"] == first["timeline"], again["timeline"]
    assert len(first["sources"]) > 3 and again["sources"] == first["sources"], (first["sources"], again["sources"])
    with open(saved) as file:
        document = json.load(file)
    document["sources"] = [{"field": "checks.nothing[9-2].x", "file": 1}]
    done = subprocess.run([BINARY, "judge", "--json", *put(folder, other_json=json.dumps(document))], capture_output=True, text=True)
    other = json.loads(done.stdout)
    assert other["sources"] == [] and not any("file" in row for row in other["timeline"]), other["sources"]
    for wrong in ({"field": "server", "file": 0}, {"field": "server"}, {"file": 1}, "server", {"field": "server", "by": "me"}):
        document["sources"] = [wrong]
        done = subprocess.run([BINARY, "judge", *put(folder, other_json=json.dumps(document))], capture_output=True, text=True)
        assert done.returncode == 65 and "sources[0]: expected a field" in done.stderr, (wrong, done)
    hidden = read(folder, "--redact", **files)
    text = json.dumps(hidden)
    assert "lab.example" not in text and folder not in text, text
    assert cause(hidden) == cause(first) and hidden["joined"]["matches"] == first["joined"]["matches"] == 1


def what_collect_printed_is_a_part_of_it(folder):
    """The paste names the machine by its short name; the certificate it made for itself has the whole one."""
    with open(os.path.join(PASTES, "server-expired.paste"), "rb") as file:
        paste = file.read()
    at = 1795367112  # seven seconds before the paste was made
    document = read(folder, a_pcap=two_cut_at(at, "srv-fin-02.corp.example"), b_txt=paste)
    assert [(file["kind"], file["recognised"], file["skipped"]) for file in document["files"]] == [
        ("capture", True, []), ("collected", True, [])], document["files"]
    assert parts(document) == [(1, "wire", "main"), (2, "server", "name")], parts(document)
    assert cause(document)[0] in ("cert-renew-failed", "rdp-key-unreadable"), document["verdict"]
    alone = read(folder, b_txt=paste)
    assert alone["server"]["host"] == "SRV-FIN-02" and len(alone["conversations"]) == 1
    late = read(folder, a_pcap=two_cut_at(at - 2 * 86400, "srv-fin-02.corp.example"), b_txt=paste)
    assert len(late["conversations"]) == 2, parts(late)
    with open(os.path.join(PASTES, "server-tail.paste"), "rb") as file:  # mailed, and its head is missing
        tail = read(folder, b_txt=file.read())
    assert "something of it got lost or changed on the way" in tail["files"][0]["skipped"], tail["files"]


def real_logs_of_one_connection(_folder):
    if not os.path.isdir(REAL):
        print("     (skipped: RDPWHY_REALDATA names no folder with real event logs)")
        return
    names = ("RDPAuth_LocalSessionManager.evtx", "RDPAuth_RemoteConnectionManager.evtx")
    done = subprocess.run([BINARY, "read", "--json", *(os.path.join(REAL, name) for name in names)], capture_output=True)
    document = json.loads(done.stdout)
    assert parts(document) == [(1, "server", "main"), (2, "server", "activity")], parts(document)
    visit = document["server"]["visits"][0]
    assert [visit[key][11:19] for key in ("arrived", "accepted", "began", "ended")] == [
        "12:34:23", "12:34:25", "12:34:30", "12:34:41"], visit


def files_are_added_to_a_live_check(folder):
    with Lab(BINARY, "rdp-key-unreadable") as where:
        host, port = where.rsplit(":", 1)
        saved = os.path.join(folder, "before.json")
        subprocess.run([BINARY, where, "-q", "--again", "--save", saved], env=environment(folder), stdout=subprocess.DEVNULL,
                       check=False)
        capture = pcap.Capture()
        pcap.cut_at_request(capture, NOON, ("127.0.0.1", 50211), ("127.0.0.1", int(port)))
        log, old = put(folder, l_evtx=client_log(int(time.time()), host), o_pcap=capture.bytes())
        done = subprocess.run([BINARY, where, "--json", "--again", "--with", log, "--with", saved, "--with", old],
                              env=environment(folder), capture_output=True, text=True)
    document = json.loads(done.stdout)
    assert done.returncode == 2 and document["command"] == "check", done
    assert parts(document) == [(0, "wire", "main"), (2, "wire", "address"), (3, "wire", "address"),
                               (1, "client", "address")], parts(document)
    assert document["client_said"]["code"] == 2308 and cause(document) == ("rdp-key-unreadable", "likely")
    stops = [(talk["verdict"]["stopped_at"] or {}).get("check") for talk in document["conversations"]]
    assert stops == ["tls", "tls", "negotiation"], stops
    seen = {row["field"]: row.get("file", row.get("by")) for row in document["sources"]}
    assert seen["client_said"] == 1 and seen["connections"] == "probe", seen
    fields = [row["field"] for row in document["joined"]["contradictions"] if row["other_file"] == 3]
    assert any(field.startswith("checks.negotiation") for field in fields), fields


def a_file_that_cannot_be_used_costs_no_connection(folder):
    for data, status in ((b"nothing here", 65), (None, 66)):
        path = put(folder, x_txt=data)[0] if data else os.path.join(folder, "not-there")
        done = subprocess.run([BINARY, "192.0.2.1", "--with", path], capture_output=True, text=True, env=environment(folder))
        assert done.returncode == status and "--with" in done.stderr and done.stdout == "", done


OWN = (times_without_a_zone_are_said_to_be_so, wire_server_and_dialog_are_one_story, the_system_log_alone_is_joined_by_name, another_machines_log_stays_apart,
       another_days_log_stays_apart, a_port_that_came_round_again_is_no_match, a_long_log_is_asked_about_the_right_time,
       silence_of_the_whole_log_points_to_the_way, the_clients_log_and_the_servers_without_a_capture,
       a_clients_log_goes_to_its_own_connection, a_connection_recorded_twice_keeps_two_verdicts, contradictions_are_shown,
       a_saved_story_is_judged_the_same, what_collect_printed_is_a_part_of_it, real_logs_of_one_connection, files_are_added_to_a_live_check, a_file_that_cannot_be_used_costs_no_connection)
sys.exit(run_all([(test.__name__, test) for test in OWN]))
