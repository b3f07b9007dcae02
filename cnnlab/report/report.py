"""A lesson report: a whole run in one HTML file that needs nothing else, to be printed, handed in or kept.

It holds what was trained, how it went, how good it is, what it mixes up, what the doctor says, and the script that does
it again. Whatever people wrote (a name, a note) is escaped. It holds no script, and fetches nothing.
"""

import platform
from collections.abc import Container, Iterable, Sequence
from contextlib import suppress
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

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
from cnnlab.report.charts import Line, chart, digit
from cnnlab.runs.records import DamagedRunError, History, RunInfo
from cnnlab.runs.store import Run

STYLE = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
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
    title = info.label.name or f"Run {run.id}"
    parts, experiment = [_head(title, info)], info.experiment
    if experiment:
        parts += [_figures(info, experiment), _curves(history), _doctor(info, experiment, history, health)]
    parts.append(_answers(run))
    if experiment:
        parts += [_network(experiment), _settings(info, experiment), _script(run, experiment)]
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body>{''.join(parts)}</body></html>\n"
    )


def _head(title: str, info: RunInfo) -> str:
    words = f"A lesson report by cnnlab. Run {info.id}, {info.state}, made on {info.created:%d %B %Y, %H:%M} UTC"
    reason = f"<p>{escape(info.reason)}</p>" if info.reason else ""
    note = f'<p class="note">{escape(info.label.note)}</p>' if info.label.note else ""
    return f'<h1>{escape(title)}</h1><p class="soft">{escape(words)}</p>{reason}{note}'


def _figures(info: RunInfo, experiment: Experiment) -> str:
    """What came out, in large."""
    figures: dict[str, str] = {}
    words = "It has not been measured on the test digits."
    if info.test_accuracy is not None and info.test_loss is not None:
        count = len(mnist.load().test.labels)
        low, high = accuracy_interval(round(info.test_accuracy * count), count)
        figures["test accuracy"] = f"{info.test_accuracy:.2%}"
        figures["test loss"] = f"{info.test_loss:.4f}"
        words = (
            f"Measured on {count:,} digits that it had never seen. With others of the same kind the accuracy would be "
            f"between {low:.2%} and {high:.2%} (Wilson's 95 % interval); another seed, and other people's pens, are "
            "not in it."
        )
    figures["parameters"] = f"{experiment.architecture.num_parameters:,}"
    figures["seed"] = str(experiment.seed)
    if info.seconds is not None:
        figures["from the start to the end"] = f"{info.seconds:,.0f} s"
    boxes = "".join(f"<div><b>{value}</b><small>{escape(name)}</small></div>" for name, value in figures.items())
    return f'<div class="figures">{boxes}</div><p>{escape(words)}</p>'


def _curves(history: History) -> str:
    """Loss and accuracy, in training and in validation."""
    batches, epochs = history.batches, history.epochs
    if not len(batches.step):
        return ""
    charts = (
        chart(
            title,
            [
                Line("batches", batches.step, getattr(batches, name), has_dots=False),
                Line("training", epochs.step, getattr(epochs, name)),
                Line("validation", epochs.step, getattr(epochs, f"val_{name}")),
            ],
            percent=name == "accuracy",
        )
        for title, name in (("Loss", "loss"), ("Accuracy", "accuracy"))
    )
    names = {"batches": "each batch", "training": "training, mean of an epoch", "validation": "validation"}
    key = "".join(f'<span class="{kind}">{words}</span>' for kind, words in names.items())
    return f'<h2>How it went</h2><p class="key">{key}</p><div class="charts">{"".join(charts)}</div>'


def _doctor(info: RunInfo, experiment: Experiment, history: History, health: NetworkHealth | None) -> str:
    """What the doctor has found, and what to try."""
    failure = info.reason if info.state == "failed" else None
    found = diagnose(history, experiment, failure=failure, health=health, learning_rates=info.learning_rates)
    said = "".join(
        f'<p class="finding"><b>{escape(one.title)}.</b> {escape(one.sentence)}'
        f"{escape(' Try ' + ', or '.join(each.words for each in one.tries) + '.') if one.tries else ''}</p>"
        for one in found
    )
    return f"<h2>What the doctor says</h2>{said}"


def _answers(run: Run) -> str:
    """What was read wrongly, as far as the answers are there and can be read."""
    try:
        answers = run.probabilities()
    except DamagedRunError as error:
        return f"<p>{escape(str(error))}</p>"
    if answers is None:
        return ""
    if not np.isfinite(answers).all():
        return "<p>Its answers to the test digits are not numbers.</p>"
    return _mixed_up(answers) + _mistakes(answers)


def _mixed_up(answers: np.ndarray) -> str:
    """The confusion matrix, its mistakes shaded."""
    test = mnist.load().test
    matrix = confusion_matrix(test.labels, answers.argmax(axis=1))
    wrong = matrix - np.diag(np.diag(matrix))
    share = DARKEST * np.sqrt(wrong / max(1, wrong.max()))  # so that a single mistake is seen beside thirty
    head = "".join(f"<th>{column}</th>" for column in range(len(matrix)))
    rows = "".join(
        f"<tr><th>{row}</th>{''.join(map(_cell, matrix[row], share[row]))}</tr>" for row in range(len(matrix))
    )
    return (
        '<section class="together"><h2>What it mixes up</h2><p>Each row is a digit, each column what it was read as; '
        f'the darker, the more mistakes.</p><div class="wide"><table class="matrix"><tr><th></th>{head}</tr>{rows}'
        "</table></div></section>"
    )


def _cell(count: int, dark: float) -> str:
    return f'<td style="background: rgba(var(--wrong), {dark:.2f})">{f"{count:,}" if count else ""}</td>'


def _mistakes(answers: np.ndarray) -> str:
    """The surest mistakes as pictures."""
    test = mnist.load().test
    wrong = mistakes(answers, test.labels)[:NUM_MISTAKES]
    words = (f"{test.labels[i]} read as {answers[i].argmax()}, {answers[i].max():.0%} sure" for i in wrong)
    pictures = "".join(map(digit, test.images[wrong, ..., 0], words))
    return f'<h2>Its surest mistakes</h2><div class="digits">{pictures}</div>' if pictures else ""


def _network(experiment: Experiment) -> str:
    """The layers, what each makes and costs, and the costs of all."""
    architecture = experiment.architecture
    lines = []
    for number, one in enumerate(architecture.summaries, 1):
        figures = one.arithmetic, f"{one.multiply_adds:,}", f"{one.receptive_field} x {one.receptive_field}"
        lines.append((f"{number}. {one.layer}", dimensions(one.output_shape), *figures))
    lines.append(("All", "", f"{architecture.num_parameters:,}", f"{architecture.multiply_adds:,}", ""))
    table = _table(("Layer", "Output", "Parameters", "Multiply-adds", "Sees"), lines, "network")
    return f"<h2>The network</h2>{table}"


def _settings(info: RunInfo, experiment: Experiment) -> str:
    """All settings beside those of the preset that is most like it; where they differ is marked."""
    name, differs = nearest_preset(experiment)
    lines = [
        (setting, _value(value), _value(differs[setting][0]) if setting in differs else "")
        for setting, value in settings(experiment).items()
    ]
    table = _table(("Setting", "Value", f"Preset {name}"), lines, "settings", differs.keys())
    by_hand = "".join(
        f"<p>The learning rate was set to {rate:g} by hand, after update {step:,}.</p>"
        for step, rate in info.learning_rates
    )
    words = f'The most similar preset is "{name}". What differs from it is marked.'
    return f"<h2>All settings</h2><p>{escape(words)}</p>{table}{by_hand}"


def _value(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else f"{value}"


def nearest_preset(experiment: Experiment) -> tuple[str, dict[str, list[object]]]:
    """Return the preset with the fewest other settings, and those, each with the preset's value and the experiment's.

    One with the same layers is nearer than any other.
    """
    found = {name: differing([preset, experiment]) for name, preset in PRESETS.items()}
    name = min(found, key=lambda name: ("layers" in found[name], len(found[name])))
    return name, found[name]


def _script(run: Run, experiment: Experiment) -> str:
    """The script that repeats the run, with what is not in it, and the experiment for cnnlab itself."""
    not_in_it = ["the learning rate that was set by hand"] if run.info.learning_rates else []
    not_in_it += ["the weights and drawings that this run began from"] if run.began_from_weights else []
    but = f" Not in it: {' and '.join(not_in_it)}." if not_in_it else ""
    return (
        "<h2>Do it again</h2><p>This script repeats the run: the same first weights, the same images in the same order."
        f" It needs tensorflow alone.{but}</p><pre>{escape(keras_script.script(experiment))}</pre>"
        "<p>The same for cnnlab itself, to be saved as a .json file and opened on its Build page:</p>"
        f"<pre>{escape(experiment.to_json())}</pre>"
        f'<p class="soft">Written with {escape(", ".join(versions()))}.</p>'
    )


def versions() -> list[str]:
    """Name and version of what is at work here, as far as it is installed."""
    found = [f"cnnlab {__version__}", f"Python {platform.python_version()}"]
    for package in PACKAGES:
        with suppress(PackageNotFoundError):
            found.append(f"{package} {version(package)}")
    return found


def _table(head: Iterable[str], lines: Iterable[Sequence[str]], kind: str, changed: Container[str] = ()) -> str:
    """A table; `changed` are the lines to be marked, by their first cells."""
    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    rows = ""
    for line in lines:
        mark = " class=changed" if line[0] in changed else ""
        rows += f"<tr{mark}>{''.join(f'<td>{escape(cell)}</td>' for cell in line)}</tr>"
    return f'<div class="wide"><table class="{kind}"><tr>{top}</tr>{rows}</table></div>'
