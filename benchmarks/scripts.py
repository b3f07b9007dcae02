"""The exported script of every preset against the run that it repeats: the final test accuracies, in per cent.

    python -m benchmarks scripts                      every preset as it is; on two cores half an hour
    python -m benchmarks.scripts --epochs 1 Tiny      some of them, cut to fewer epochs

The script runs as a process of its own, with MNIST's file named on its command line. Both begin from the same first
weights and see the same batches; they may differ by 0.3 points at most, else the benchmark ends in an error.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import Row
from benchmarks.__main__ import table
from cnnlab import mnist
from cnnlab.design.keras_script import script
from cnnlab.experiment import Experiment
from cnnlab.presets import PRESETS
from cnnlab.training.events import Event, Finished

MOST = 0.3
"""Points by which they may differ."""


def rows(names: Sequence[str] = tuple(PRESETS), epochs: int | None = None) -> Iterator[Row]:
    """One row a preset, cut to so many epochs: the script's accuracy against the run's."""
    for name in names:
        experiment = _cut(PRESETS[name], epochs)
        of_script, of_run = by_script(experiment), by_run(experiment)
        print(f"{name}: {of_script - of_run:+.2f} points", flush=True)
        yield Row(f"{name}, {experiment.training.epochs} epochs: script", of_script, "run", of_run, "% right")
        if abs(of_script - of_run) > MOST:
            sys.exit(f"The script of {name!r} comes to {of_script:.2f} %, its run to {of_run:.2f} %.")


def _cut(experiment: Experiment, epochs: int | None) -> Experiment:
    epochs = min(epochs or experiment.training.epochs, experiment.training.epochs)
    return replace(experiment, training=replace(experiment.training, epochs=epochs))


def by_script(experiment: Experiment) -> float:
    """Run the exported script as anyone would; return the test accuracy that it prints, in per cent."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "this_file.py"
        file.write_text(script(experiment), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, file, mnist.FILE], cwd=folder, capture_output=True, text=True, check=False
        )
    found = re.search(r"test accuracy ([\d.]+)%", done.stdout)
    if found is None:
        sys.exit(f"The script has not come to its end:\n{done.stderr[-2_000:]}")
    return float(found[1])


def by_run(experiment: Experiment) -> float:
    """Train as the app does; return the test accuracy in per cent."""
    from cnnlab.training import loop  # noqa: PLC0415 - TensorFlow is imported when it is measured

    ends: list[float] = []

    def emit(event: Event) -> None:
        if isinstance(event, Finished):
            ends.append(event.test_accuracy)

    loop.train(experiment, emit)
    return 100 * ends[0]


def main() -> None:
    """Read what is asked for, and print the table."""
    parser = argparse.ArgumentParser("python -m benchmarks.scripts")
    parser.add_argument("presets", nargs="*", metavar="preset", help=f"without any, all: {', '.join(PRESETS)}")
    parser.add_argument("--epochs", type=int, help="at most so many epochs")
    asked = parser.parse_args()
    if unknown := set(asked.presets) - set(PRESETS):
        parser.error(f"There is no preset {', '.join(sorted(unknown))}. Choose from: {', '.join(PRESETS)}")
    print(table(list(rows(asked.presets or tuple(PRESETS), asked.epochs))))


if __name__ == "__main__":
    main()
