"""Run benchmarks by name, or all of them, and print a table for each."""

import os
import platform
import subprocess
import sys
from importlib import import_module

from benchmarks import BENCHMARKS, Row


def table(rows: list[Row]) -> str:
    """Write rows below each other, columns aligned."""
    head = ("what", "", "against", "", "unit", "ratio")
    cells = [
        (row.what, f"{row.figure:,.4g}", row.reference, f"{row.reference_figure:,.4g}", row.unit, f"{row.ratio:.3g}")
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    to_right = (False, True, False, True, False, True)
    return "\n".join(
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, to_right, strict=True)
        ).rstrip()
        for line in (head, *cells)
    )


def main(names: list[str]) -> None:
    """Run the benchmarks of these names, each in a process of its own: TensorFlow's threads disturb the others."""
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


if __name__ == "__main__":
    main(sys.argv[1:])
