"""The repairs as the program would print them, with sample values: NAME.PART.EXT -> text; and the files they came from."""
import glob
import os
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def inputs():
    """The generator's input files, in the order in which the build gives them."""
    def some(pattern):
        return sorted(os.path.relpath(f, ROOT) for f in glob.glob(os.path.join(ROOT, 'data/remedies', pattern)))
    frames = some('frame.*')
    return (['data/causes.tsv', 'data/sources.tsv'] + some('with/*.*') + frames
            + [f for f in some('*.*') if f not in frames])


def generate(mode, *more, files=None, cwd=ROOT):
    return subprocess.run(
        ['awk', '-f', os.path.join(ROOT, 'tools/remedies.awk'), '-v', f'mode={mode}', *more, *(files or inputs())],
        cwd=cwd, env={**os.environ, 'LC_ALL': 'C'}, capture_output=True, text=True, timeout=60)


def assemble(folder):
    """Writes all assembled scripts into folder; name -> text."""
    done = generate('assemble', '-v', f'out={folder}')
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    scripts = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding='ascii') as file:
            scripts[name] = file.read()
    assert len(scripts) > 100, len(scripts)
    return scripts


def section_of(path):
    """A remedy's file: section -> its own lines."""
    sections, current = {}, 'header'
    with open(path, encoding='ascii') as file:
        for line in file:
            if line.startswith('#: '):
                current = line[3:].strip()
            sections[current] = sections.get(current, '') + ('' if line.startswith('#: ') else line)
    return sections


def scratch():
    return tempfile.TemporaryDirectory(prefix='rdpwhy-remedies-')
