"""How often trace names the right place, and how long it takes, in the lab of tests/path; and what mtr's reader would say.

Usage: path.py RDPWHY [--cells NAME,...] [--repeats 20] [--parallel 2] [--peers N] [--user] [--out FILE.tsv] [--keep FOLDER]
       path.py --table FILE.tsv

Rows go to the TSV as they come. --keep saves the evidence of each wrong answer. --peers N: as many runs of mtr, and of
tracepath where packets of a size vanish. Every cell gets a lab of its own; `--parallel` of them run side by side.
"""
import argparse
import collections
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests/path"))
sys.path.insert(0, str(HERE.parent / "tests/lib"))
sys.dont_write_bytecode = True
from inside import enter, need  # noqa: E402  pylint: disable=wrong-import-position
from network import HOST, OUTER, Network  # noqa: E402  pylint: disable=wrong-import-position
import vpn  # noqa: E402  pylint: disable=wrong-import-position

COLUMNS = ("cell", "tool", "repeat", "right", "seconds", "whole_seconds", "said", "probes", "peak_kb")
LIMIT_S = 150

Cell = collections.namedtuple("Cell", "wanted spoil goal vpn", defaults=("wireguard",))


def losses():
    places = {"isp": ("isp", "isp"), "gateway": ("vpn-gateway", "gateway"), "tunnel": ("tunnel", "tunnel"),
              "port": ("port", "tunnel-port"), "office": ("office", "office")}
    goals = {1: (97, 35), 3: (98, 12), 10: (99, 4)}
    for percent, goal in goals.items():
        for name, (wanted, link) in places.items():
            yield f"{name}-{percent}", Cell(("loss", wanted), lambda net, link=link, percent=percent: net.loss(link, percent), goal)


CELLS = {
    "clean": Cell(("clean",), lambda net: None, (99, 13)),
    **dict(losses()),
    "limited": Cell(("clean",), lambda net: net.limit("isp2"), (100, 15)),
    "silent": Cell(("clean",), lambda net: net.silence("isp2"), (100, 15)),
    "half-silent": Cell(("clean",), lambda net: net.half_silence("isp2"), (100, 15)),
    "back-3": Cell(("loss", "isp"), lambda net: net.loss("isp", 3, back=True), (98, 35)),
    "hole-underlay": Cell(("hole", "isp"), lambda net: net.hole("isp", 1400), (99, 3)),
    "hole-tunnel": Cell(("hole", "tunnel"), lambda net: net.hole("tunnel", 1300), (99, 3)),
    "hole-office": Cell(("hole", "office"), lambda net: net.hole("office", 1300), (99, 3)),
    "narrow": Cell(("low", "isp"), lambda net: [net.rate("isp", 256), net.rate("isp", 256, back=True)], (99, 10)),
    # Further ones, without a goal in the table.
    "server-3": Cell(("loss", "server"), lambda net: net.loss("server", 3), None),
    "lan-3": Cell(("loss", "lan"), lambda net: net.loss("lan", 3), None),
    "bursts": Cell(("loss", "isp"), lambda net: net.hold("isp", burst=(0.01, 0.25, 100)), None),
    "direct-clean": Cell(("clean",), lambda net: None, None, "none"),
    "direct-isp-3": Cell(("loss", "isp"), lambda net: net.loss("isp", 3), None, "none"),
    "openvpn-port-3": Cell(("loss", "port"), lambda net: net.loss("tunnel-port", 3), None, "openvpn-udp"),
    "openvpn-gateway-3": Cell(("loss", "vpn-gateway"), lambda net: net.loss("gateway", 3), None, "openvpn-udp"),
    "ipsec-gateway-3": Cell(("loss", "vpn-gateway"), lambda net: net.loss("gateway", 3), None, "ipsec"),
}


# --- what rdpwhy says ---


def checks_of(document):
    return {check["id"]: check for check in document["checks"]}


def says(document):
    """The findings, as tuples like those of `wanted`."""
    checks = checks_of(document)
    reading = {name: checks[name].get("reading", {}) for name in ("path", "mtu", "bandwidth")}
    found = []
    if reading["path"].get("answer") == "loss" and (reading["path"].get("what") != "echo" or reading["path"].get("only_pings")):
        blamed = [item["id"] for item in reading["path"]["segments"] if item.get("blamed")]
        what = reading["path"].get("what")
        found += [("loss", "port" if what == "tunnel-port" else segment if what == "everything" or reading["path"].get("only_pings") else f"{what}:{segment}")
                  for segment in blamed or ["?"]]
        found = list(dict.fromkeys(found))
    elif reading["path"].get("answer") != "clean":
        found.append((reading["path"].get("answer", "nothing"),))
    if reading["mtu"].get("black_hole"):
        found.append(("hole", reading["mtu"].get("at_segment", "?")))
    if reading["bandwidth"].get("low"):
        found.append(("low", reading["bandwidth"].get("at_segment", "?")))
    return found or [("clean",)]


def seconds_of(document, wanted):
    checks = checks_of(document)
    name = {"hole": "mtu", "low": "bandwidth"}.get(wanted[0], "path")
    # For losses: from the first probe to the verdict. The other checks run besides.
    took = checks["path"].get("evidence", {}).get("took_us") if name == "path" else checks[name].get("took_us")
    return (took or 0) / 1e6


def peak_of(process):
    """Its own peak memory, read while it runs."""
    try:
        for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0


def trace(network, given):
    drop = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "--inh-caps=-all",
            "--bounding-set=-all"] if given.user else []
    environment = {**os.environ, "XDG_STATE_HOME": str(network.folder / ("state-user" if given.user else "state"))}
    gateway = ["--vpn-gateway", OUTER] if given.user and network.tunnel else []
    out = network.folder / "document.json"
    with open(out, "wb") as sink:
        process = subprocess.Popen(network.inside("cli", *drop, given.rdpwhy, "trace", HOST, "--json", "--again", *gateway),
                                   stdout=sink, env=environment)
    peak, end = 0, time.monotonic() + LIMIT_S
    while process.poll() is None:
        peak = max(peak, peak_of(process))
        if time.monotonic() > end:
            process.kill()
        time.sleep(0.1)
    try:
        return json.loads(out.read_text()), peak
    except ValueError:
        raise SystemExit(f"trace ended with {process.returncode} and no document") from None


# --- what mtr's reader would say ---

OUTSIDE = ("lan", "isp", "isp", "transit", "vpn-gateway")
INSIDE = ("tunnel", "office", "server")


def strict(hops):
    """The first hop from which on every later one shows loss; None: the end shows none."""
    place = None
    for index in range(len(hops) - 1, -1, -1):
        if hops[index] <= 0:
            break
        place = index
    return place


def mtr(network):
    started = time.monotonic()
    runs = [subprocess.Popen(network.inside("cli", "mtr", "-n", "-j", "-c", "100", "-i", "0.1", to), stdout=subprocess.PIPE, text=True)
            for to in ((OUTER, HOST) if network.tunnel else (HOST,))]
    reports = [json.loads(run.communicate()[0])["report"]["hubs"] for run in runs]
    took = time.monotonic() - started
    places = [strict([hub["Loss%"] for hub in report]) for report in reports]
    probes = sum(hub["Snt"] for report in reports for hub in report)
    names = (OUTSIDE, INSIDE) if network.tunnel else (OUTSIDE[:4] + ("transit", "transit", "server"),)
    for place, segments in zip(places, names):
        if place is not None:
            return [("loss", segments[min(place, len(segments) - 1)])], took, probes
    return [("clean",)], took, probes


def tracepath(network):
    started = time.monotonic()
    run = subprocess.run(network.inside("cli", "tracepath", "-n", HOST), capture_output=True, text=True, check=False)
    last = (run.stdout.strip().splitlines() or [""])[-1].strip()
    return [("pmtu", last)], time.monotonic() - started, 0


# --- runs ---


def one_cell(given):
    cell = CELLS[given.cell]
    enter("nmp")
    need("setpriv")
    hold = HERE.parent / "build/dev/tests/hold"
    with Network(hold if hold.exists() else None, direct=cell.vpn == "none") as network:
        network.xrdp()
        vpn.up(network, cell.vpn)
        cell.spoil(network)
        for repeat in range(given.repeats):
            document, peak = trace(network, given)
            found = says(document)
            right = found == [cell.wanted]
            probes = checks_of(document)["path"].get("evidence", {}).get("probes", 0)
            show(given.cell, "rdpwhy", repeat, right, seconds_of(document, cell.wanted), document["elapsed_us"] / 1e6, found, probes, peak)
            if given.keep and not right:
                pathlib.Path(given.keep, f"{given.cell}-{repeat}{'-user' if given.user else ''}.json").write_text(json.dumps(document, indent=1))
        for repeat in range(given.peers):
            found, took, probes = mtr(network)
            show(given.cell, "mtr", repeat, found == [cell.wanted], took, took, found, probes, 0)
        for repeat in range(min(given.peers, 3) if cell.wanted[0] == "hole" else 0):
            found, took, probes = tracepath(network)
            show(given.cell, "tracepath", repeat, False, took, took, found, probes, 0)


def show(cell, tool, repeat, right, seconds, whole, found, probes, peak):
    said = " ".join(":".join(item) for item in found)
    row = (cell, tool, repeat, int(right), f"{seconds:.2f}", f"{whole:.2f}", said, probes, peak)
    os.write(sys.stdout.fileno(), ("\t".join(map(str, row)) + "\n").encode())  # at once: other cells write to the same file


def run_all(given):
    names = given.cells.split(",") if given.cells else list(CELLS)
    for name in names:
        if name not in CELLS:
            sys.exit(f"path.py: no cell \"{name}\"; cells: {' '.join(CELLS)}")
    if given.keep:
        os.makedirs(given.keep, exist_ok=True)
    new = not os.path.exists(given.out)
    with open(given.out, "a", encoding="utf-8") as sink:
        if new:
            print(*COLUMNS, sep="\t", file=sink, flush=True)
        running = {}
        while names or running:
            while names and len(running) < given.parallel:
                name = names.pop(0)
                command = [sys.executable, __file__, given.rdpwhy, "--cell", name, "--repeats", str(given.repeats), "--peers", str(given.peers)]
                command += ["--keep", os.path.abspath(given.keep)] if given.keep else []
                command += ["--user"] if given.user else []
                running[name] = subprocess.Popen(command, stdout=sink)
            for name in [name for name, process in running.items() if process.poll() is not None]:
                status = running.pop(name).returncode
                print(f"{name}: {'done' if status == 0 else f'status {status}'}", file=sys.stderr, flush=True)
            time.sleep(0.2)


# --- the table ---


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(path):
    rows = collections.defaultdict(list)
    with open(path, encoding="utf-8") as source:
        for line in source:
            words = line.rstrip("\n").split("\t")
            if words[0] != "cell" and len(words) == len(COLUMNS):
                rows[words[0], words[1]].append(dict(zip(COLUMNS, words)))
    print("| case | right | goal | mean s | p95 s | goal s | whole run, mean s | runs | mtr right | mtr mean s |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, cell in CELLS.items():
        ours, peers = rows.get((name, "rdpwhy"), []), rows.get((name, "mtr"), [])
        if not ours:
            continue
        right = sum(int(row["right"]) for row in ours)
        seconds = [float(row["seconds"]) for row in ours]
        goal = (f"≥ {cell.goal[0]} %", f"≤ {cell.goal[1]}") if cell.goal else ("", "")
        other = (f"{sum(int(row['right']) for row in peers)} of {len(peers)}",
                 f"{statistics.mean(float(row['seconds']) for row in peers):.1f}") if peers else ("", "")
        print(f"| {name} | {right} of {len(ours)} | {goal[0]} | {statistics.mean(seconds):.1f} | {percentile(seconds, 0.95):.1f} | {goal[1]} | "
              f"{statistics.mean(float(row['whole_seconds']) for row in ours):.1f} | {len(ours)} | {other[0]} | {other[1]} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rdpwhy", nargs="?")
    parser.add_argument("--cells")
    parser.add_argument("--cell", help=argparse.SUPPRESS)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--parallel", type=int, default=2)
    parser.add_argument("--peers", type=int, default=0)
    parser.add_argument("--user", action="store_true", help="trace runs as nobody, without capabilities")
    parser.add_argument("--out", default="path.tsv")
    parser.add_argument("--keep")
    parser.add_argument("--table")
    given = parser.parse_args()
    if given.table:
        table(given.table)
    elif not given.rdpwhy:
        parser.error("which rdpwhy?")
    elif given.cell:
        given.rdpwhy = os.path.abspath(given.rdpwhy)
        one_cell(given)
    else:
        given.rdpwhy = os.path.abspath(given.rdpwhy)
        run_all(given)


main()
