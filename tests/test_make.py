"""What `make` does about the virtual environment, whatever it finds in `.venv`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parents[1] / "Makefile"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with this Makefile, in which everything was once installed, into an environment that has no Python."""
    shutil.copy(MAKEFILE, tmp_path)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (0, 0))
    for stamp in ("app", "dev"):
        (tmp_path / ".venv" / stamp).touch()
    return tmp_path


def commands(folder: Path, target: str) -> str:
    """What `make` would run, had it not been begun by another `make`."""
    command = ["make", "-n", f"PYTHON={sys.executable}", target]
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=True).stdout


def never_made(folder: Path) -> None:
    shutil.rmtree(folder / ".venv")


def unfinished(folder: Path) -> None:
    """What Debian's Python leaves behind without `python3-venv`: all but pip."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)


def exchanged(folder: Path) -> None:
    """The system's Python is another version now, which does not find what was installed."""
    answers(folder, "echo No module named pip >&2; exit 1")


def gone(folder: Path) -> None:
    """The Python that it was made from has been taken away."""
    (folder / ".venv/bin/python").symlink_to("/nowhere/python3")


def answers(folder: Path, line: str) -> None:
    """The environment's Python is this line of a shell script."""
    program = folder / ".venv/bin/python"
    program.write_text(f"#!/bin/sh\n{line}\n")
    program.chmod(0o755)


@pytest.mark.parametrize("target", ["app", "test"])
@pytest.mark.parametrize("found", [never_made, unfinished, exchanged, gone])
def test_an_environment_that_cannot_be_used_is_made_anew_and_filled(folder, found, target):
    found(folder)
    ran = commands(folder, target)
    assert 0 < ran.find("-m venv") < ran.find("-m pip install")


def test_an_environment_that_is_complete_is_left_alone_until_it_needs_other_packages(folder):
    answers(folder, "echo pip 25.3 from somewhere")
    assert commands(folder, "app") == ".venv/bin/streamlit run app.py\n"
    os.utime(folder / "requirements.txt")
    ran = commands(folder, "app")
    assert "-m pip install" in ran
    assert "-m venv" not in ran
