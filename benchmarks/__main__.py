"""Run benchmarks by name, or all of them, and print a table for each."""

import os
import platform
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np

from benchmarks import BENCHMARKS, Row

RESULTS, TRIED = Path(__file__).with_name("RESULTS.md"), "## What was tried\n"


def table(rows: list[Row]) -> str:
    """Write rows below each other, columns aligned."""
    head = ("what", "", "against", "", "unit", "ratio", "half of them")
    cells = [
        (
            row.what,
            f"{np.median(row.figure):,.4g}",
            row.reference,
            f"{np.median(row.reference_figure):,.4g}",
            row.unit,
            f"{np.median(row.ratios):.3g}",
            "{:.3g} to {:.3g}".format(*np.quantile(row.ratios, (0.25, 0.75))),
        )
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    to_right = (False, True, False, True, False, True, False)
    return "\n".join(
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, to_right, strict=True)
        ).rstrip()
        for line in (head, *cells)
    )


def main(names: list[str]) -> None:
    """Run the benchmarks of these names, each in a process of its own: TensorFlow's threads disturb the others."""
    if names == ["all"]:
        write_results()
        return
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(unknown)}. Choose from: {', '.join(BENCHMARKS)}")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    match names:
        case [name]:
            benchmark = import_module(f"benchmarks.{name}")
            print(f"{name}: {(benchmark.__doc__ or '').splitlines()[0]}")
            print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores{load}")
            print(table(list(benchmark.rows())), end="\n\n")
        case _:
            for name in names or BENCHMARKS:
                subprocess.run([sys.executable, "-m", "benchmarks", name], check=True)


def write_results() -> None:
    """Run all, print what they print, and write it above the words on what was tried."""
    printed = []
    for name in BENCHMARKS:
        command = [sys.executable, "-m", "benchmarks", name]
        printed.append(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        print(printed[-1], end="")
    tried = RESULTS.read_text(encoding="utf-8").partition(TRIED)[2] if RESULTS.exists() else ""
    tables = "\n".join(f"```\n{one.strip()}\n```\n" for one in printed)
    RESULTS.write_text(
        f"# What was measured\n\n`python -m benchmarks all`\n\n{tables}\n{TRIED}{tried}", encoding="utf-8"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
