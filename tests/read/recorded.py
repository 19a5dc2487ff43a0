#!/usr/bin/env python3
"""Real servers that fail, recorded by tcpdump while the program looks at them: what is read back must be the verdict that
the live check gave, as far as a capture can show it, and tshark must read the same."""
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "live"), str(HERE.parent / "real")]
import recording  # noqa: E402
import servers  # noqa: E402
from lab import environment, run_all  # noqa: E402
from recording import verdict  # noqa: E402

BINARY = os.path.abspath(sys.argv[1])

# Where the capture says less than the client saw: the verdict read back. Everywhere else it is the live one.
#   a capture holds no control off the RDP port, so that it cannot say more than that nothing answered
#   what was fine for the program, which then left, is "cannot tell" in its capture
LESS = {
    "xrdp-expired": ("unknown", None, None, None),
    "shadow-nla-no-sam": ("unknown", None, None, None),
}
NAMES = ("refused", "silent", "dead-forward", "plain-tls", "xrdp-no-key", "xrdp-no-key-negotiate", "xrdp-rdp", "xrdp-rsa1024",
         "xrdp-expired", "shadow-rdp", "shadow-nla-no-sam", "weston-rdp4")


def look(folder, name):
    path = os.path.join(folder, "real.pcap")
    with servers.serve(name) as (number, _):
        port = str(number)

        def run():
            done = subprocess.run([BINARY, f"127.0.0.1:{port}", "--json", "--again"], env=environment(folder),
                                  capture_output=True, text=True)
            live = json.loads(done.stdout)
            wanted = LESS.get(name, verdict(live))
            return live, wanted, recording.read_until(BINARY, path, port, lambda document: verdict(document) == wanted)
        live, wanted, back = recording.recorded(path, port, run)
    return live, wanted, back, recording.differences(path, port, back)


def server(name):
    def test(folder):
        try:
            live, wanted, back, differences = look(folder, name)
        except servers.Missing as missing:
            print(f"     (skipped: {missing})")
            return
        assert verdict(back) == wanted, (verdict(live), verdict(back))
        assert not differences, differences
    return test


if __name__ == "__main__":
    if not recording.possible():
        print("skipped: " + recording.NEEDS)
        sys.exit(77)
    sys.exit(run_all([(name, server(name)) for name in NAMES]))
