"""rdpwhy against real web servers and proxies: fronts.py RDPWHY CASE. What a gateway answers is told apart by status, scheme
and error, transport by transport; what stands in between is named."""
import contextlib
import json
import os
import subprocess
import sys
import tempfile

import peers
from peers import servers

SKIPPED = 77
ASKS = ('location /remoteDesktopGateway/ { add_header WWW-Authenticate "Negotiate" always; '
        'add_header WWW-Authenticate "NTLM" always; return 401; } location /rpc/ { return 404; }')


def run(rdpwhy, folder, gateway, *more, trust=True, env=None):
    environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    environment.update(env or {})
    if trust:
        environment["SSL_CERT_FILE"] = f"{folder}/ca.pem"
    dead = servers.free_port()
    done = subprocess.run([rdpwhy, f"127.0.0.1:{dead}", "--json", "--gateway", gateway, *more], env=environment,
                          capture_output=True, text=True, check=False, timeout=90)
    if done.returncode not in (0, 1, 2, 3):
        raise AssertionError(f"exit {done.returncode}\n{done.stderr}")
    return done.returncode, json.loads(done.stdout)


def check_of(document):
    return next(check for check in document["checks"] if check["id"] == "gateway")


def transports(document):
    """{"websocket": 401, "http": "closed", ...}"""
    seen = check_of(document)["evidence"]["transports"]
    return {name: part.get("status", part.get("error")) for name, part in seen.items()}


def equal(have, want, what):
    if have != want:
        raise AssertionError(f"{what}: {have!r}, not {want!r}")


def all_three(value):
    return {"websocket": value, "http": value, "rpc": value}


def verdict(document, code, want):
    have = document["verdict"]
    equal((code, have["status"], have["cause"], have["certainty"]), want, "verdict")


UNKNOWN = (3, "unknown", None, None)
UNDECIDED = (2, "blocked", None, None)


def asks(rdpwhy, folder):
    with peers.nginx(folder, ASKS, *peers.certificate(folder)) as port:
        code, document = run(rdpwhy, folder, f"localhost:{port}")
        equal(transports(document), {"websocket": 401, "http": 401, "rpc": 404}, "transports")
        check = check_of(document)
        equal(check["evidence"]["transports"]["http"]["schemes"], ["Negotiate", "NTLM"], "schemes")
        equal(check["status"], "pass", "status")
        equal(check["reading"]["certificate"]["trusted"], True, "trusted")
        equal(check["reading"]["on_way"], True, "on_way")
        verdict(document, code, UNKNOWN)
        code, document = run(rdpwhy, folder, f"localhost:{port}", trust=False)
        equal(check_of(document)["status"], "warn", "status without trust")
        verdict(document, code, UNKNOWN)


def status(number, cause=None, certainty=None):
    def case(rdpwhy, folder):
        rule = f"return {number} https://portal.example/login;" if number == 302 else f"return {number};"
        with peers.nginx(folder, f"location / {{ {rule} }}", *peers.certificate(folder)) as port:
            code, document = run(rdpwhy, folder, f"localhost:{port}")
            equal(transports(document), all_three(number), "transports")
            verdict(document, code, (2, "blocked", cause, certainty))
            if number == 302:
                equal(check_of(document)["evidence"]["transports"]["http"]["location"], "https://portal.example/login", "location")
    return case


def closes(rdpwhy, folder):
    with peers.nginx(folder, "location / { return 444; }", *peers.certificate(folder)) as port:
        code, document = run(rdpwhy, folder, f"localhost:{port}")
        equal(transports(document), all_three("closed"), "transports")
        verdict(document, code, UNDECIDED)


def expired(rdpwhy, folder):
    cert = peers.certificate(folder, dates=("20200101000000Z", "20210101000000Z"))
    with peers.nginx(folder, ASKS, *cert) as port:
        code, document = run(rdpwhy, folder, f"localhost:{port}")
        verdict(document, code, (2, "blocked", "gateway-cert", "likely"))  # this web server only looks like one
        equal(transports(document), {"websocket": 401, "http": 401, "rpc": 404}, "transports")


def wrong_name(rdpwhy, folder):
    with peers.nginx(folder, ASKS, *peers.certificate(folder, host="other.example")) as port:
        code, document = run(rdpwhy, folder, f"localhost:{port}")
        verdict(document, code, (2, "blocked", "gateway-cert", "likely"))  # this web server only looks like one
        # whoever types an address did not ask for a name
        code, document = run(rdpwhy, folder, f"127.0.0.1:{port}")
        verdict(document, code, UNKNOWN)


def wrong_name_of_no_gateway(rdpwhy, folder):
    """As a hotel's portal does it: its page, and its own certificate."""
    with peers.nginx(folder, "location / { return 404; }", *peers.certificate(folder, host="other.example")) as port:
        code, document = run(rdpwhy, folder, f"localhost:{port}")
        verdict(document, code, UNDECIDED)
        equal([cause["cause"] for cause in document["causes"]], ["gateway-cert"], "possible causes")


def page(rdpwhy, folder):
    with peers.nginx(folder, "location / { default_type text/html; return 200 'welcome'; }", *peers.certificate(folder)) as port:
        code, document = run(rdpwhy, folder, f"localhost:{port}")
        equal(transports(document), all_three(200), "transports")
        equal(check_of(document)["evidence"]["transports"]["http"]["page"], True, "page")
        verdict(document, code, UNDECIDED)


def basic(rdpwhy, folder):
    """The 401 of any web server."""
    rule = "location / { add_header WWW-Authenticate 'Basic realm=\"a, b\"' always; return 401; }"
    with peers.nginx(folder, rule, *peers.certificate(folder)) as port:
        code, document = run(rdpwhy, folder, f"localhost:{port}")
        equal(check_of(document)["evidence"]["transports"]["http"]["schemes"], ["Basic"], "schemes")
        equal(check_of(document)["status"], "warn", "status")
        verdict(document, code, UNKNOWN)


def refused(rdpwhy, folder):
    code, document = run(rdpwhy, folder, f"127.0.0.1:{servers.free_port()}")
    equal(transports(document), all_three("refused"), "transports")
    verdict(document, code, UNDECIDED)
    equal(document["causes"][0]["cause"], "gateway-full", "possible cause")


def plain_http(rdpwhy, folder):
    """A listener without TLS answers HTTP to a ClientHello."""
    with peers.nginx(folder, ASKS, *peers.certificate(folder), tls="") as port:
        code, document = run(rdpwhy, folder, f"127.0.0.1:{port}")
        equal(transports(document), all_three("not-tls"), "transports")
        verdict(document, code, UNDECIDED)


def ipv6(rdpwhy, folder):
    with peers.nginx(folder, ASKS, *peers.certificate(folder), listen="[::1]") as port:
        _, document = run(rdpwhy, folder, f"[::1]:{port}")
        equal(transports(document), {"websocket": 401, "http": 401, "rpc": 404}, "transports")
        equal(check_of(document)["evidence"]["address"], "::1", "address")


def proxy(rdpwhy, folder):
    with peers.nginx(folder, ASKS, *peers.certificate(folder)) as port, peers.tinyproxy(folder) as by:
        code, document = run(rdpwhy, folder, f"localhost:{port}", "--proxy", f"127.0.0.1:{by}")
        equal(transports(document), {"websocket": 401, "http": 401, "rpc": 404}, "transports")
        seen = check_of(document)["evidence"]["proxy"]
        equal((seen["host"], seen["port"], seen["from"], seen["status"]), ("127.0.0.1", by, "--proxy", 200), "proxy")
        verdict(document, code, UNKNOWN)
        env = {"HTTPS_PROXY": f"http://localhost:{by}"}
        _, document = run(rdpwhy, folder, f"localhost:{port}", env=env)
        equal(check_of(document)["evidence"]["proxy"]["from"], "HTTPS_PROXY", "from")
        equal(transports(document)["http"], 401, "by the variable")
        env["no_proxy"] = "example.org, localhost"
        _, document = run(rdpwhy, folder, f"localhost:{port}", env=env)
        equal(check_of(document)["evidence"]["proxy"], {"from": "no_proxy", "spared": True}, "spared")
        equal(transports(document)["http"], 401, "direct")


def proxy_asks(rdpwhy, folder):
    with peers.nginx(folder, ASKS, *peers.certificate(folder)) as port, peers.tinyproxy(folder, "BasicAuth u secret4") as by:
        code, document = run(rdpwhy, folder, f"localhost:{port}", "--proxy", f"127.0.0.1:{by}")
        equal(transports(document), all_three("proxy-says-no"), "transports")
        seen = check_of(document)["evidence"]["proxy"]
        equal((seen["status"], seen["schemes"]), (407, ["Basic"]), "proxy")
        verdict(document, code, UNDECIDED)
        equal(document["causes"][0]["cause"], "gateway-ntlm", "possible cause")
        env = {"https_proxy": f"http://u:secret4@127.0.0.1:{by}"}
        _, document = run(rdpwhy, folder, f"localhost:{port}", env=env)
        equal(transports(document)["http"], 401, "with its logon")
        if "secret4" in json.dumps(document):
            raise AssertionError("the proxy's password is in the document")


def proxy_refuses(rdpwhy, folder):
    with peers.nginx(folder, ASKS, *peers.certificate(folder)) as port, peers.tinyproxy(folder, "ConnectPort 563") as by:
        code, document = run(rdpwhy, folder, f"localhost:{port}", "--proxy", f"127.0.0.1:{by}")
        equal(transports(document), all_three("proxy-says-no"), "transports")
        equal(check_of(document)["evidence"]["proxy"]["status"], 403, "proxy")
        verdict(document, code, UNDECIDED)


def proxy_dead(rdpwhy, folder):
    code, document = run(rdpwhy, folder, "localhost:443", "--proxy", f"127.0.0.1:{servers.free_port()}")
    equal(transports(document), all_three("refused"), "transports")
    verdict(document, code, UNDECIDED)
    equal(document["causes"], [], "nothing of the gateway was seen")


def rdp_file(rdpwhy, folder):
    """A file that uses the gateway always, and one that uses it when needed."""
    with peers.nginx(folder, ASKS, *peers.certificate(folder, host="other.example")) as port:
        for usage, want in ((1, "always"), (2, "when-needed"), (4, None)):
            path = f"{folder}/a{usage}.rdp"
            with open(path, "w", encoding="utf-8") as out:
                out.write(f"full address:s:127.0.0.1:{servers.free_port()}\ngatewayhostname:s:localhost:{port}\n"
                          f"gatewayusagemethod:i:{usage}\ngatewayprofileusagemethod:i:1\n")
            done = subprocess.run([rdpwhy, path, "--json"], capture_output=True, text=True, check=False, timeout=90,
                                  env={**os.environ, "SSL_CERT_FILE": f"{folder}/ca.pem"})
            document = json.loads(done.stdout)
            equal(check_of(document).get("evidence", {}).get("use"), want, "use")
            equal(document["verdict"]["cause"], "gateway-cert" if want else None, f"cause with {usage}")


CASES = {
    "asks": asks, "403": status(403), "404": status(404), "410": status(410), "503": status(503, "gateway-full", "likely"),
    "302": status(302), "closes": closes, "expired": expired, "wrong-name": wrong_name,
    "wrong-name-of-no-gateway": wrong_name_of_no_gateway, "page": page, "basic": basic, "refused": refused, "plain-http": plain_http, "ipv6": ipv6,
    "proxy": proxy, "proxy-asks": proxy_asks, "proxy-refuses": proxy_refuses, "proxy-dead": proxy_dead, "rdp-file": rdp_file,
}


def main():
    rdpwhy, case = os.path.abspath(sys.argv[1]), sys.argv[2]
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    with tempfile.TemporaryDirectory(prefix="rdpwhy-gw-") as folder, contextlib.ExitStack():
        os.environ["XDG_STATE_HOME"] = folder
        try:
            CASES[case](rdpwhy, folder)
        except servers.Missing as missing:
            print(f"skipped: {missing}")
            sys.exit(SKIPPED)


if __name__ == "__main__":
    main()
