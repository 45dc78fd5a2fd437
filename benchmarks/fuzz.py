"""Feed every reader with what a coverage-guided fuzzer makes up: `python -m benchmarks.fuzz --minutes 10 [mp3] …`.

Each reader runs in a process of its own under libFuzzer (by atheris, which wants `pip install 'podwright[fuzz]'`) from
the samples of the tests on, for its share of the time. Prints Markdown; ends with 1 where a reader raised anything but
a PodwrightError, took a minute over one input or more than 2 GB, and leaves those inputs in --keep.

`python -m benchmarks.fuzz audio --inputs 100000` tries recordings whose boxes and frames were changed: `frames` has it.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import frames

#: Seconds over one input, MB of memory, and bytes of an input.
SLOWEST, LARGEST, LONGEST = 60, 2048, 40_000
HEAD = """\
| reader | inputs | seconds | edges of code reached | crashes |
| --- | ---: | ---: | ---: | ---: |"""


def main() -> int:
    """Fuzz, or be the process that does it for one reader."""
    options = _options()
    if options.child:
        _fuzz(options.readers[0], options.child, seconds=options.seconds)
    if options.readers == ["audio"]:
        if options.only:
            kind, _, number = options.only.partition(":")
            frames.child(kind, int(number), int(number) + 1)
            return 0
        return min(1, frames.report(options.inputs, keep=options.keep, jobs=options.jobs, start=options.start))
    from tests.hostile.readers import READERS

    chosen = [one.name for one in READERS if not options.readers or one.name in options.readers]
    share = max(1, round(60 * options.minutes / len(chosen)))
    print(HEAD, flush=True)
    total = crashes = 0
    for name in chosen:
        inputs, edges, found = _run(name, share, options.keep)
        total, crashes = total + inputs, crashes + found
        print(f"| {name} | {inputs:,} | {share} | {edges:,} | {found} |", flush=True)
    print(f"| all | {total:,} | {share * len(chosen)} | | {crashes} |", flush=True)
    return min(crashes, 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10, help="for all readers together")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-found"), help="folder of the inputs that were too much")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=int, default=1, help=argparse.SUPPRESS)
    audio = parser.add_argument_group("audio", "of recordings whose boxes and frames were changed")
    audio.add_argument("--inputs", type=int, default=10_000, help="of both kinds together")
    audio.add_argument("--start", type=int, default=0, help="the number of the first input of each kind")
    audio.add_argument("--jobs", type=int, default=1, help="processes at once")
    audio.add_argument("--only", metavar="KIND:NUMBER", help="one input, as a failure names it")
    parser.add_argument("readers", nargs="*", help="names of readers, or `audio`; all readers where none is given")
    return parser.parse_args()


def _run(name: str, seconds: int, keep: Path) -> tuple[int, int, int]:
    """Inputs tried, edges reached and inputs that were too much for one reader."""
    with tempfile.TemporaryDirectory(prefix="podwright-fuzz-") as folder:
        command = [sys.executable, "-m", "benchmarks.fuzz", "--child", folder, "--seconds", str(seconds), name]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=2 * seconds + 600)
        inputs = re.search(r"stat::number_of_executed_units: *(\d+)", done.stderr)
        edges = re.findall(r"\bcov: (\d+)", done.stderr)
        found = sorted(Path(folder, "found").iterdir())
        for path in found:
            keep.mkdir(exist_ok=True)
            (keep / f"{name}-{path.name}").write_bytes(path.read_bytes())
        if done.returncode or found or not inputs:
            print(done.stderr[-6000:], file=sys.stderr)
        crashed = max(len(found), int(done.returncode != 0 or not inputs))
    return int(inputs[1]) if inputs else 0, int(edges[-1]) if edges else 0, crashed


def _fuzz(name: str, folder: Path, *, seconds: int) -> None:
    """Fuzz one reader for some seconds, and end the process."""
    import atheris

    with atheris.instrument_imports():
        from tests.hostile.readers import READERS, take

        reader = next(one for one in READERS if one.name == name)
        corpus = folder / "corpus"
        corpus.mkdir()
        for number, seed in enumerate(reader.seeds()):
            (corpus / str(number)).write_bytes(seed)
            # Readers import what they need when they run.
            take(reader, seed)
    (folder / "found").mkdir()
    words = ["".join(f"\\x{byte:02x}" for byte in word) for word in reader.words]
    (folder / "words").write_text("".join(f'"{word}"\n' for word in words))
    limits = [f"-timeout={SLOWEST}", f"-rss_limit_mb={LARGEST}", f"-max_len={LONGEST}", f"-max_total_time={seconds}"]
    places = [f"-artifact_prefix={folder}/found/", f"-dict={folder}/words", "-print_final_stats=1", str(corpus)]
    atheris.Setup([sys.argv[0], *limits, *places], lambda data: take(reader, data))
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
