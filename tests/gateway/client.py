"""The lab's RD Gateway, held against a real client: xfreerdp goes through it (/g:) to FreeRDP's shadow server, and its screen
must show the server's. Then rdpwhy goes the same way, with the same account. client.py RDPWHY SCENARIO [PICTURE]"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent / "fallback"))
sys.path.insert(0, str(here))
import desktop  # noqa: E402
from peers import servers  # noqa: E402

SKIPPED = 77
PASSWORD = "Lab-Pass-1"
SHARE = 0.9  # of the pixels: codecs shift some
NTLM = "/etc/gss/mech.d/mech.ntlmssp.conf"


def shadow(folder, display):
    servers.need("freerdp-shadow-cli")
    port = servers.free_port()
    environment = dict(os.environ, DISPLAY=display, HOME=str(folder))
    arguments = ["freerdp-shadow-cli", "/bind-address:127.0.0.1", f"/port:{port}", "-sec-nla", "-auth"]
    return port, servers.child(arguments, folder / "shadow.out", servers.listening(port), env=environment)


def gateway(rdpwhy, scenario, folder):
    port = servers.free_port()
    return port, servers.child([rdpwhy, "lab", scenario, "--port", str(port)], folder / "gateway.out", servers.listening(port))


def look_through(rdpwhy, folder, port, target):
    """rdpwhy itself: the channel must open."""
    story = (folder / "gateway.out").read_text()
    fingerprint = re.search(r"certificate sha256 ([0-9a-f]{64})", story)[1]
    password = folder / "password"
    password.write_text(PASSWORD)
    password.chmod(0o600)
    done = subprocess.run(
        [rdpwhy, f"127.0.0.1:{target}", "--gateway", f"127.0.0.1:{port}", "--user", "alice", "--password-file", str(password),
         "--trust-cert", fingerprint, "--only", "gateway", "--json"],
        capture_output=True, text=True, check=False, timeout=120, env=dict(os.environ, XDG_STATE_HOME=str(folder)))
    document = json.loads(done.stdout)
    if PASSWORD in done.stdout + done.stderr:
        raise AssertionError("the password is in the output")
    return next(check for check in document["checks"] if check["id"] == "gateway")


def main():
    rdpwhy, scenario = os.path.abspath(sys.argv[1]), sys.argv[2]
    by = "http" if scenario == "gateway-http-only" else "websocket"
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    try:
        servers.need("xfreerdp", "Xvfb", "xsetroot", "freerdp-shadow-cli")
    except servers.Missing as missing:
        print(f"skipped: {missing}")
        sys.exit(SKIPPED)
    if not os.path.exists(NTLM):
        print("skipped: gss-ntlmssp is not installed")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory(prefix="rdpwhy-gw-") as name:
        folder = pathlib.Path(name)
        with desktop.screen(folder / "server", 800, 600) as there, desktop.screen(folder / "client", 800, 600) as shown:
            desktop.paint(there[0])
            target, server = shadow(folder, there[0])
            port, door = gateway(rdpwhy, scenario, folder)
            with server, door:
                arguments = ["xfreerdp", f"/g:127.0.0.1:{port}", "/gu:alice", f"/gp:{PASSWORD}", "/gd:CORP",
                             f"/v:127.0.0.1:{target}", "/u:x", "/p:y", "/sec:tls", "/cert:ignore", "/size:800x600", "-decorations"]
                with servers.child(arguments, folder / "client.out", lambda process: True,
                                   env=dict(os.environ, DISPLAY=shown[0], HOME=name)) as client:
                    share = desktop.wait_for_desktop(client, shown[1], there, 60, SHARE)
                    if len(sys.argv) > 3:
                        desktop.write_png(desktop.picture(shown[1]), pathlib.Path(sys.argv[3]))
                    if share < SHARE:
                        raise AssertionError(f"{share:.2f} of the desktop came through\n" + (folder / "client.out").read_text()[-2000:]
                                             + (folder / "gateway.out").read_text())
                check = look_through(rdpwhy, folder, port, target)
                tunnel = check["evidence"]["tunnel"]
                if (tunnel["phase"], tunnel["by"], tunnel["scheme"], tunnel["behind"]) != ("open", by, "NTLM", "rdp"):
                    raise AssertionError(f"{tunnel}\n" + (folder / "gateway.out").read_text())


if __name__ == "__main__":
    main()
