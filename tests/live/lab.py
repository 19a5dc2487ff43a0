"""A server of the lab, and an environment of its own, for the scripts beside this file."""
import os
import re
import subprocess
import tempfile


class Lab:
    """`with Lab(binary, name) as where`: where it listens."""

    def __init__(self, binary, name):
        self.process = subprocess.Popen(
            [binary, "lab", name, "--port", "0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        found = re.fullmatch(r"listening on (\S+)\n", self.process.stdout.readline())
        assert found, "the server of the lab does not listen"
        return found[1]

    def __exit__(self, *_):
        self.process.terminate()
        self.process.stdout.read()
        self.process.wait()


def environment(folder, **more):
    """Nothing of the caller's: no saved budget, no colours."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    return dict(kept, XDG_STATE_HOME=folder, XDG_RUNTIME_DIR=folder, HOME=folder, **more)


def run_all(tests):
    """Runs each (name, function with a folder of its own); the exit status."""
    failed = 0
    for name, function in tests:
        with tempfile.TemporaryDirectory(prefix="rdpwhy-live-") as folder:
            try:
                function(folder)
                print(f"ok   {name}", flush=True)
            except (AssertionError, OSError) as wrong:
                failed += 1
                print(f"FAIL {name}: {wrong}", flush=True)
    return 1 if failed else 0
