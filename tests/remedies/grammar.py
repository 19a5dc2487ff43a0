#!/usr/bin/env python3
"""grammar.py DIRECTORY: every PowerShell script, as assembled, parses with a real grammar, and calls no alias.

The grammar comes from npm, by the lock file beside this one, into DIRECTORY. Without node, npm or a registry: skipped."""
import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys

from assembled import ROOT, assemble, scratch

HERE = os.path.dirname(os.path.abspath(__file__))
SKIP = 77


def skip(why):
    print(f'skipped: {why}')
    sys.exit(SKIP)


def install(folder):
    """npm ci, once for each lock file. Words of the registry in the lock file would tie the project to one machine."""
    for tool in ('node', 'npm'):
        if shutil.which(tool) is None:
            skip(f'{tool} is not here')
    with open(os.path.join(HERE, 'package-lock.json'), encoding='ascii') as file:
        lock = file.read()
    assert 'resolved' not in lock and '://' not in lock, 'package-lock.json names a registry: take "resolved" out'
    stamp = os.path.join(folder, 'stamp')
    mark = hashlib.sha256(lock.encode()).hexdigest()
    if os.path.exists(stamp):
        with open(stamp, encoding='ascii') as file:
            if file.read() == mark:
                return
    os.makedirs(folder, exist_ok=True)
    for name in ('package.json', 'package-lock.json'):
        shutil.copy(os.path.join(HERE, name), folder)
    command = ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1', '--fetch-timeout=20000']
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=150)
    except subprocess.TimeoutExpired:
        skip('npm ci came to no end: no registry in reach?')
    if done.returncode != 0:
        words = done.stderr
        if 'EINTEGRITY' in words or 'EUSAGE' in words:
            sys.exit(words)
        said = [line for line in words.splitlines() if line.startswith('npm error') and len(line) > 12]
        skip('npm ci: ' + (said or ['no words'])[0])
    with open(stamp, 'w', encoding='ascii') as file:
        file.write(mark)


def parse(folder, files):
    done = subprocess.run(['node', os.path.join(HERE, 'parse.mjs'), *files], cwd=folder, capture_output=True, text=True,
                          timeout=300)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def known():
    """The cmdlets that scripts may call; each line was looked at when it was added. No alias is among them."""
    with open(os.path.join(HERE, 'cmdlets.txt'), encoding='ascii') as file:
        return {line.strip() for line in file if line.strip() and not line.startswith('#')}


def main():
    folder = sys.argv[1]
    install(folder)
    failed = 0
    cmdlets, used = known(), set()
    with scratch() as scripts:
        texts = assemble(scripts)
        files = [os.path.join(scripts, name) for name in texts if name.endswith('.ps1')]
        collect = sorted(glob.glob(os.path.join(ROOT, 'data/collect/**/*.ps1'), recursive=True))
        others = {os.path.basename(path) for path in collect}
        for name, found in parse(folder, files + collect).items():
            for bad in found['bad']:
                print(f'{name}:{bad}: does not parse')
                failed += 1
            # What collect's scripts may call is its own tests' business.
            for line, command in found['commands'] if name not in others else ():
                used.add(command)
                if command not in cmdlets and command not in found['functions']:
                    print(f'{name}:{line}: "{command}" is neither a function of the script nor in cmdlets.txt')
                    failed += 1
    assert len(files) > 100, len(files)
    for idle in sorted(cmdlets - used):
        print(f'cmdlets.txt: no script calls {idle}')
        failed += 1
    print(f'{len(files) + len(collect)} scripts parsed')
    sys.exit(1 if failed else 0)


main()
