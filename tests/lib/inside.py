"""Starts a test again inside namespaces of its own, and knows what is installed. Exit status 77: skipped, with the reason."""
import os
import shutil
import subprocess
import sys

SKIPPED = 77
INSIDE = "RDPWHY_TEST_INSIDE"


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def need(*programs):
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    for program in programs:
        if shutil.which(program) is None:
            skip(f"{program} is not installed")


def enter(kinds):
    """kinds: "n" for a network namespace, "m" for mounts, "p" for process ids, which ends whatever is left behind when this
    process ends; as its root, when this user is not."""
    if os.environ.get(INSIDE):
        return
    need("unshare", "ip")
    flags = [("-" if os.geteuid() == 0 else "-r") + kinds]
    if "p" in kinds:
        flags += ["--fork", "--mount-proc", "--kill-child"]
    if subprocess.run(["unshare", *flags, "true"], capture_output=True, check=False).returncode != 0:
        skip("no namespaces for this user")
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", *flags, sys.executable, *sys.argv])
