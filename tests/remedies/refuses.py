#!/usr/bin/env python3
"""What the generator refuses: each broken remedy ends with status 1, nothing usable, and words that name file and fault."""
import os
import sys
import tempfile

from assembled import ROOT, generate

GOOD = '''# remedy: one
# for: rdp-disabled host-down
# where: server
# system: windows
# order: 10
# risk: low
# asks: port | port | 3389 | the RDP port
# title: a title
# why: because
#    of two lines
# when: seen
# needs: nothing
# saves: the value
# reverts: undo writes it back
# restarts: nothing
# source: ms-general field
#: look
$ask_port
#: apply
"a \\ backslash and a question?"
#: undo
1
#: verify
1
'''
FRAME = '#: begin\nb\n#: open\no\n#: close\nc\n#: end\ne\n'


def run(text, name='one.ps1', also=None):
    with tempfile.TemporaryDirectory() as folder:
        for table in ('causes.tsv', 'sources.tsv'):
            os.symlink(os.path.join(ROOT, 'data', table), os.path.join(folder, table))
        files = {'frame.ps1': FRAME, name: text, **(also or {})}
        os.mkdir(os.path.join(folder, 'with'))
        for file, content in files.items():
            with open(os.path.join(folder, file), 'w', encoding='utf-8') as out:
                out.write(content)
        ordered = ['causes.tsv', 'sources.tsv'] + sorted(f for f in files if f.startswith('with/')) + ['frame.ps1'] \
            + sorted(f for f in files if not f.startswith('with/') and f != 'frame.ps1')
        return generate('c', files=ordered, cwd=folder)


def line(key):
    """The header line of one key, with its continuation."""
    lines = GOOD.splitlines(keepends=True)
    at = next(i for i, text in enumerate(lines) if text.startswith(f'# {key}:'))
    return ''.join(lines[at:at + (2 if key == 'why' else 1)])


def without(key):
    return GOOD.replace(line(key), '')


def swap(old, new):
    assert old in GOOD
    return GOOD.replace(old, new)


CASES = [(without(key), f'no "{key}:"') for key in
         ('remedy', 'for', 'where', 'system', 'order', 'risk', 'title', 'why', 'when', 'needs', 'saves', 'reverts', 'restarts', 'source')]
CASES += [
    (swap('remedy: one', 'remedy: two'), "is not the file's name"),
    (swap('rdp-disabled', 'rdp-disabld'), 'no cause "rdp-disabld"'),
    (swap('ms-general', 'ms-genral'), 'no "ms-genral" in data/sources.tsv'),
    (swap('where: server', 'where: moon'), 'where:'),
    (swap('risk: low', 'risk: tiny'), 'risk:'),
    (swap('order: 10', 'order: 0'), 'order:'),
    (swap('order: 10', 'order: first'), 'order:'),
    (swap('system: windows', 'system: beos'), 'system:'),
    (swap('risk: low', 'risk: downgrade'), 'timed:'),
    (swap('# risk: low', '# timed: never\n# risk: low'), 'timed:'),
    (swap('#: undo\n1\n', ''), 'no section "undo"'),
    (swap('reverts: undo writes it back', 'reverts: nothing to put back, because so'), 'a section "undo", but'),
    (swap('#: look\n$ask_port\n', '#: setup\n$ask_port\n'), 'no section "look"'),
    (swap('#: verify\n1\n', ''), 'no section "verify"'),
    (swap('#: verify', '#: verfy'), 'no section may be called "verfy"'),
    (swap('#: verify\n1\n', '#: verify\n1\n#: verify\n2\n'), 'a second section'),
    (swap('$ask_port', '$ask_prt'), 'the value "prt" is used'),
    (swap('$ask_port', '1'), 'asks for "port", which no section uses'),
    (swap('| port |', '| prt |'), 'no type "prt"'),
    (swap('| 3389 | the RDP port', ''), 'asks: NAME | TYPE'),
    (swap('# title: a title', '# titel: a title'), 'no key "titel"'),
    (swap('# title: a title', '# title: a title\n# title: another'), 'a second "title:"'),
    (swap('# title: a title', 'title: a title'), 'neither'),
    (swap('a title', 'a t\u00eftle'), 'plain ASCII'),
    (swap('$ask_port', '\t$ask_port'), 'plain ASCII'),
    (swap('# risk: low', '# with: nobody\n# risk: low'), 'there is no data/remedies/with/nobody.ps1'),
]


def main():
    problems = []
    good = run(GOOD)
    if good.returncode != 0 or '"a \\\\ backslash and a question\\?\\"\\n"' not in good.stdout.replace('\\"a', '"a'):
        problems.append(f'the whole one is refused, or not quoted: {good.stderr} {good.stdout}')
    shared = run(swap('# risk: low', '# with: part\n# risk: low'), also={'with/part.ps1': '# words\nshared\n'})
    if shared.returncode != 0 or '"shared\\n"' not in shared.stdout:
        problems.append(f'with: {shared.stderr}')
    for text, words in CASES:
        done = run(text)
        if done.returncode != 1 or words not in done.stderr or 'one.ps1' not in done.stderr:
            problems.append(f'{words!r}: status {done.returncode}, {done.stderr.strip()!r}')
    for name, words in (('one.bat', 'not a .ps1'), ('One.ps1', 'lower-case')):
        done = run(GOOD, name=name)
        if done.returncode != 1 or words not in done.stderr:
            problems.append(f'{name}: {done.stderr!r}')
    quoted = run(GOOD.replace('$ask_port', '{port}').replace('| port |', '| label |', 1), name='one.txt')
    if 'words cannot quote' not in quoted.stderr:
        problems.append(f'a label in words: {quoted.stderr!r}')
    twice = run(GOOD, also={'one.sh': GOOD})
    if 'a second remedy of this name' not in twice.stderr:
        problems.append(f'two of one name: {twice.stderr!r}')
    print('\n'.join(problems) or f'{len(CASES) + 4} refused')
    sys.exit(1 if problems else 0)


main()
