"""A lesson report: a whole run in one HTML file that needs nothing else, to be printed, handed in or kept.

It holds what was trained, how it went, how good it is, what it mixes up, what the doctor says, and the script that does
it again: `report.html` is its template. Whatever people wrote (a name, a note) is escaped. It holds no script, and
fetches nothing.
"""

import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from cnnlab import __version__, mnist
from cnnlab.design import keras_script
from cnnlab.doctor.diagnosis import diagnose
from cnnlab.doctor.unit_health import NetworkHealth
from cnnlab.evaluation.compare import differing, settings
from cnnlab.evaluation.metrics import accuracy_interval, confusion_matrix, mistakes
from cnnlab.experiment import Experiment
from cnnlab.nn.layers import dimensions
from cnnlab.presets import PRESETS
from cnnlab.report.charts import TEMPLATES, Line, chart, digit
from cnnlab.runs.records import DamagedRunError, History, RunInfo
from cnnlab.runs.run import Run
from cnnlab.runs.states import RunState

NUM_MISTAKES = 16
PACKAGES = ("keras", "tensorflow", "tensorflow-cpu", "numpy")
DARKEST = 0.6
"""Of a cell of the matrix, so that its number can be read."""


def report(run: Run, health: NetworkHealth | None = None) -> str:
    """Return the report of a run as an HTML document.

    Args:
        run: any run; what it does not have (no result yet, no validation images) is left out.
        health: what the doctor is to know of the network's inside.

    Raises:
        DamagedRunError: when its curves cannot be read.
    """
    info, history = run.info, run.history()
    parts: dict[str, Any] = {"title": info.label.name or f"Run {run.id}", "info": info, "experiment": info.experiment}
    parts |= _answers(run)
    if info.experiment:
        failure = info.reason if info.state == RunState.FAILED else None
        parts |= (
            _results(info, info.experiment)
            | _network(info.experiment)
            | {
                "charts": _curves(history),
                "findings": diagnose(
                    history, info.experiment, failure=failure, health=health, learning_rates=info.learning_rates
                ),
                "script": keras_script.script(info.experiment),
                "not_in_script": [
                    *(["the learning rate that was set by hand"] if info.learning_rates else []),
                    *(["the weights and drawings that this run began from"] if run.began_from_weights else []),
                ],
                "versions": versions(),
            }
        )
    return TEMPLATES.get_template("report.html").render(parts)


def _results(info: RunInfo, experiment: Experiment) -> dict[str, Any]:
    """What came out, in large, and how far it can be trusted."""
    figures: dict[str, str] = {}
    count, interval = len(mnist.load().test.labels), None
    if info.test_accuracy is not None and info.test_loss is not None:
        interval = accuracy_interval(round(info.test_accuracy * count), count)
        figures = {"test accuracy": f"{info.test_accuracy:.2%}", "test loss": f"{info.test_loss:.4f}"}
    figures |= {"parameters": f"{experiment.architecture.num_parameters:,}", "seed": str(experiment.seed)}
    if info.seconds is not None:
        figures["from the start to the end"] = f"{info.seconds:,.0f} s"
    return {"figures": figures, "num_test": count, "interval": interval}


def _curves(history: History) -> list[str]:
    """Loss and accuracy, in training and in validation."""
    batches, epochs = history.batches, history.epochs
    if not len(batches.step):
        return []
    return [
        chart(
            name.capitalize(),
            [
                Line("batches", batches.step, getattr(batches, name), has_dots=False),
                Line("training", epochs.step, getattr(epochs, name)),
                Line("validation", epochs.step, getattr(epochs, f"val_{name}")),
            ],
            percent=name == "accuracy",
        )
        for name in ("loss", "accuracy")
    ]


def _answers(run: Run) -> dict[str, Any]:
    """What was read wrongly, as far as the answers are there and can be read."""
    nothing: dict[str, Any] = {"trouble": None, "matrix": None, "mistakes": None}
    try:
        answers = run.probabilities()
    except DamagedRunError as error:
        return nothing | {"trouble": error}
    if answers is None:
        return nothing
    if not np.isfinite(answers).all():
        return nothing | {"trouble": "Its answers to the test digits are not numbers."}
    test = mnist.load().test
    matrix = confusion_matrix(test.labels, answers.argmax(axis=1))
    wrong = matrix - np.diag(np.diag(matrix))
    share = DARKEST * np.sqrt(wrong / max(1, wrong.max()))  # so that a single mistake is seen beside thirty
    shown = mistakes(answers, test.labels)[:NUM_MISTAKES]
    words = (f"{test.labels[i]} read as {answers[i].argmax()}, {answers[i].max():.0%} sure" for i in shown)
    pictures = list(map(digit, test.images[shown, ..., 0], words))
    rows = [list(zip(*row, strict=True)) for row in zip(matrix, share, strict=True)]
    return nothing | {"matrix": rows, "mistakes": pictures}


def _network(experiment: Experiment) -> dict[str, Any]:
    """The layers, what each makes and costs; all settings beside those of the preset that is most like it."""
    architecture = experiment.architecture
    layers = []
    for number, one in enumerate(architecture.summaries, 1):
        figures = one.arithmetic, f"{one.multiply_adds:,}", f"{one.receptive_field} x {one.receptive_field}"
        layers.append((f"{number}. {one.layer}", dimensions(one.output_shape), *figures))
    layers.append(("All", "", f"{architecture.num_parameters:,}", f"{architecture.multiply_adds:,}", ""))
    preset, differs = nearest_preset(experiment)
    lines = [
        (name, _value(value), _value(differs[name][0]) if name in differs else "")
        for name, value in settings(experiment).items()
    ]
    return {"layers": layers, "preset": preset, "differs": differs, "settings": lines}


def _value(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else f"{value}"


def nearest_preset(experiment: Experiment) -> tuple[str, dict[str, list[object]]]:
    """Return the preset with the fewest other settings, and those, each with the preset's value and the experiment's.

    One with the same layers is nearer than any other.
    """
    found = {name: differing([preset, experiment]) for name, preset in PRESETS.items()}
    name = min(found, key=lambda name: ("layers" in found[name], len(found[name])))
    return name, found[name]


def versions() -> list[str]:
    """Name and version of what is at work here, as far as it is installed."""
    found = [f"cnnlab {__version__}", f"Python {platform.python_version()}"]
    for package in PACKAGES:
        with suppress(PackageNotFoundError):
            found.append(f"{package} {version(package)}")
    return found
