#!/usr/bin/env python3
"""What a repair must never do, and what each of them has to do. Words about a rule are in docs/add-a-remedy.md."""
import glob
import os
import re
import shutil
import subprocess
import sys

from assembled import ROOT, assemble, generate, inputs, scratch, section_of

problems = []


def say(where, what):
    problems.append(f'{where}: {what}')


# In no script and in no line to copy, whatever it is written in.
NEVER = [
    (r'0\.0\.0\.0/0|::/0|source-address-prefixes \*|remoteip=any|-RemoteAddress Any', 'opens a port to everybody'),
    (r'Set-NetFirewallProfile|advfirewall set \w+ state|AllowLocalFirewall\w+ ', 'switches the firewall about'),
    (r'Set-MpPreference|DisableRealtimeMonitoring|Uninstall-WindowsFeature', 'switches protection off'),
    (r'Restart-Computer|Stop-Computer|\bshutdown\b', 'restarts the machine'),
    (r'takeown[^\n]*/r|icacls[^\n]*(/t\b|/T\b)|MachineKeys[^\n]*-Recurse', 'works on all of MachineKeys'),
    (r'Remove-Item[^\n]*-Recurse|rmdir /s|rd /s|del /s|rm -rf? /(?!\w)', 'removes a whole folder'),
    (r'(Remove-Item|reg delete|New-Item)[^\n]*(GracePeriod|MSLicensing)', 'deletes licences'),
    (r'EnforceChannelBinding|DisableRestrictedAdmin[^\n]* 0 */f', 'lowers what protects a logon'),
    (r'\bwmic\b', 'wmic is gone from new Windows'),
    (r'Protocols\\+(SSL|TLS 1\.0|TLS 1\.1)', 'touches old TLS'),
]
POWERSHELL = [
    (r'Invoke-Expression|\biex\b|DownloadString|Invoke-WebRequest', 'runs text from elsewhere'),
    (r"-DisplayGroup|-Group '(?!@)", 'a firewall group by its translated name'),
    (r"'(BUILTIN\\\\?)?(Administrators|Everyone|Users|NETWORK SERVICE|Remote Desktop Users)'", 'a name that is translated'),
    (r'[^@]\((Get|Find)-\w+[^()]*\)\.Count', 'Count of what may be nothing'),
    (r'(?m)^\s*\$\w+ = (?:Get-ChildItem|Get-WinEvent)\b[^\n]*\n[^\n]*\.Count', 'Count of what may be nothing'),
    (r'\?\?|\?\.|&&|\|\|', 'not in PowerShell 5.1'),
    (r'-Parallel|ForEach-Object -Parallel|-AsByteStream|ConvertFrom-Json -AsHashtable|Test-Json', 'not in PowerShell 5.1'),
]
CHANGES = (r'\b(Set|Remove|Rename|Restart|Stop|Start|Enable|Disable|Add|Move|Register|Unregister|Clear|Import|Write|Save'
           r'|New|Restore)-(?!Object\b|Run\b|Host\b|Sleep\b|TimeSpan\b)\w+')


def without_words(text):
    """PowerShell without its comments and single-quoted strings, so that words for people do not count."""
    text = re.sub(r"(?m)^\s*#.*$", '', text)
    return re.sub(r"'(?:[^'\n]|'')*'", "''", text)


def lint_powershell(path, name):
    parts = section_of(path)
    own = parts.get('setup', '')
    for section in ('look', 'verify'):
        for found in re.finditer(CHANGES, without_words(parts[section])):
            say(name, f'{section} changes something: {found.group(0)}')
    apply = without_words(parts['apply'])
    if 'undo' in parts:
        order = [apply.find(word) for word in ('New-Saved', 'Save-Manifest')]
        if -1 in order or order != sorted(order):
            say(name, 'apply does not save: New-Saved, then Save-Manifest')
        first = min((m.start() for m in re.finditer(CHANGES, apply) if m.group(0) not in ('New-Saved', 'Save-Manifest')),
                    default=len(apply))
        # A change before the manifest is one that undo cannot know of; starting what is stopped is none.
        if first < order[1] and 'Start-Service' not in apply[first:first + 20]:
            say(name, f'apply changes before it saves: {apply[first:first + 40]!r}')
        undo = without_words(parts['undo'])
        if 'Open-Saved' not in undo or 'Close-Saved' not in undo:
            say(name, 'undo has to open and to close the saved state')
        # What an administrator changed since is theirs: undo compares before it sets.
        if re.search(r'\bSet-(?!CimInstance)\w+|netsh\.exe .*\b(add|set)\b', parts['undo']) and 'Skip-Changed' not in undo:
            say(name, 'undo sets something without looking whether it was changed since (Skip-Changed)')
        if 'ask_' in undo:
            say(name, 'undo works from the saved state, not from what is asked')
    elif 'New-Saved' in apply:
        say(name, 'saves, but has no undo')
    if 'Register-PutBack' in apply and apply.find('Register-PutBack') > apply.find('Set-Wanted'):
        say(name, 'the end of the test has to be registered before anything is changed')
    header = parts['header']
    if '# timed:' in header and 'Register-PutBack' not in apply:
        say(name, 'a downgrade without an end')
    for section in ('look', 'apply', 'undo', 'verify'):
        if section in parts and not re.search(r'Complete-(Run|Fresh)', parts[section]):
            say(name, f'{section} comes to no result')
    for section in ('apply', 'undo'):
        if section in parts and 'HKCU' not in own and 'Assert-Admin' not in parts[section] and 'cmdkey' not in own + parts[section] \
                and 'flushdns' not in parts[section]:
            say(name, f'{section} does not ask whether it is the administrator')


def lint_assembled_powershell(name, text):
    for pattern, why in POWERSHELL:
        for found in re.finditer(pattern, re.sub(r'(?m)^\s*#.*$', '', text)):
            say(name, f'{why}: {found.group(0).strip()!r}')
    if text.count('2>&1') != 1:
        say(name, '2>&1 belongs in Invoke-Tool only')
    # Functions of modules do not see $ErrorActionPreference; an undo that fails must not close the saved state.
    if "'*:ErrorAction' = 'Stop'" not in text:
        say(name, 'errors of cmdlets that are functions would go unseen')
    if len(text) > 20000:
        say(name, f'{len(text)} characters: too long to deliver')


def lint_cmd(name, text):
    """Each line also has to work when it is typed, so there are no labels, loops or blocks."""
    for line in text.splitlines():
        if re.search(r'(?i)\bgoto\b|^:|\bcall :|^for |%%|^\(|\)$', line) or line.endswith('^'):
            say(name, f'does not work when typed: {line}')
        if re.search(r'(?i)\breg (import|restore|export)\b|\bdump >', line):
            say(name, f'saves or puts back more than it changed: {line}')
        if re.match(r'reg unload', line):
            say(name, f'unloads a hive that somebody else may have loaded: {line}')
        changes = re.search(r'(?i)\breg (add|delete|import|load|export)\b|\bnetsh (?!.* show ).*\b(add|set|delete)\b|netsh -f|\bsc config|'
                            r'\bnet (stop|start)\b|\bmd |\bmove |\bdel ', line)
        if changes and not re.match(r'(if (not )?exist "[^"]+" )?if defined rdpwhy_go ', line):
            say(name, f'changes without "if defined rdpwhy_go": {line}')
        if 'reg load' in line and 'the hive is still loaded' not in text:
            say(name, 'does not look whether the hive was unloaded')
        if name.endswith(('.look.cmd', '.verify.cmd')) and changes and not re.search('reg load', line):
            say(name, f'changes something: {line}')


def lint_words(path, name):
    parts = section_of(path)
    for section in ('look', 'verify'):
        for line in parts.get(section, '').splitlines():
            if re.match(r'\$ .*\b(delete|add|create|authorize|reset|Set-|Remove-|Unlock-|Enable-ADA)', line) and 'describe' not in line:
                say(name, f'{section} changes something: {line}')
    if len(parts['apply'].strip()) < 20:
        say(name, 'says too little')


def table(name):
    with open(os.path.join(ROOT, 'data', name), encoding='utf-8') as file:
        return [line.rstrip('\n').split('\t') for line in file][1:]


def lint_folk(remedies):
    """What folk advice is answered with names repairs and sources that exist."""
    sources = {row[0] for row in table('sources.tsv')}
    for row in table('folk.tsv'):
        for source in row[5].split():
            if source not in sources:
                say('folk.tsv', f'{row[0]}: no source {source}')
        for name in re.findall(r'\b[a-z][a-z0-9]*(?:-[a-z0-9]+)+\b', row[4]):
            if name not in remedies:
                say('folk.tsv', f'{row[0]}: no repair {name}')


def lint_page():
    with open(os.path.join(ROOT, 'docs/remedies.md'), encoding='utf-8') as file:
        if generate('md', files=['data/folk.tsv', *inputs()]).stdout != file.read():
            say('docs/remedies.md', 'out of date: cmake --build --preset dev --target remedies-page')


def main():
    lint_page()
    files = sorted(glob.glob(os.path.join(ROOT, 'data/remedies/*.*')))
    lint_folk({os.path.splitext(os.path.basename(path))[0] for path in files})
    for path in files:
        name = os.path.basename(path)
        with open(path, encoding='ascii') as file:
            body = '\n'.join(line for line in file.read().splitlines() if not line.startswith('# '))
        for pattern, why in NEVER:
            for found in re.finditer(pattern, body):
                say(name, f'{why}: {found.group(0)!r}')
        if name.startswith('frame.'):
            continue
        if name.endswith('.ps1'):
            lint_powershell(path, name)
        if name.endswith('.txt'):
            lint_words(path, name)
    with scratch() as folder:
        for name, text in assemble(folder).items():
            if name.endswith('.ps1'):
                lint_assembled_powershell(name, text)
            if name.endswith('.cmd'):
                lint_cmd(name, text)
        shell = [file for part in ('apply', 'undo') for file in sorted(glob.glob(os.path.join(folder, f'*.{part}.sh')))]
        if shutil.which('shellcheck') and shell:
            # 2317, 2034: what one repair does not use, the shared part still holds.
            done = subprocess.run(['shellcheck', '-s', 'sh', '-e', 'SC2317,SC2034', *shell], capture_output=True, text=True)
            if done.returncode != 0:
                say('shellcheck', done.stdout)
    print('\n'.join(problems) or f'{len(files)} files, nothing to say')
    sys.exit(1 if problems else 0)


main()
