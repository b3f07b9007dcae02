"""Runs as one zip file, to take them to another machine. Nothing of a zip is written before all of it was checked.

    content = to_zip([run, ...])
    run_ids = from_zip(content, store)

A zip holds `<run id>/<file>` for the files that a run has and no others. Checked are names, number and sizes (also of
the archives within), that every array is one of numbers (never a pickle), that a `.keras` file holds layers of Keras
alone (never code), and that the same constructors accept the contents that read a run on disk.
"""

import io
import json
import re
import zipfile
import zlib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from cnnlab.experiment import Experiment
from cnnlab.nn.layers import LAYERS
from cnnlab.nn.weights import Weights
from cnnlab.runs import records
from cnnlab.runs.files import from_npz
from cnnlab.runs.handwriting import Handwriting
from cnnlab.runs.records import BatchHistory, Columns, EpochHistory
from cnnlab.runs.states import RunState
from cnnlab.runs.store import Run, RunStore

MAX_RUNS = 50
MAX_FILES = 100
"""Of one run."""
MAX_LINES = 300_000
"""Of its curves: more than the longest run has updates."""
MAX_BYTES = 400_000_000
"""Of everything in a zip, unpacked; and of everything in an archive within it. The largest run has 360 million."""

NAME = re.compile(r"(?:[^./][^/]*/){0,2}(?P<run>\d{8}-\d{6}-[0-9a-f]{6})/(?P<file>[\w./]+)", re.ASCII)
"""A file of a run; who unpacked a zip and packed it again may have put folders above."""
LITTER = re.compile(r"(?:.*/)?(?:__MACOSX/.*|\._[^/]*|\.DS_Store|desktop\.ini|Thumbs\.db|)", re.IGNORECASE)
"""What systems put beside the files when they pack a folder, and the folders themselves."""
SNAPSHOT = re.compile(r"weights/\d{6,9}\.npz", re.ASCII)
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Those of which no more is unpacked than is asked for."""
KERAS_FILES = {"metadata.json", "config.json", "model.weights.h5"}
KERAS_CLASSES: dict[str, set[str] | None] = {
    "keras": {"Sequential", "DTypePolicy"},
    "keras.layers": {"InputLayer", *LAYERS, "RandomTranslation", "RandomRotation", "RandomZoom", "GaussianNoise"},
    "keras.initializers": None,
    "keras.regularizers": None,
    "keras.optimizers": None,
}
"""What a model may be made of, by module; None: anything. A Lambda layer or somebody's own object could run code."""
CUT = "It was exported while it was running."


def check_size(runs: Sequence[Run]) -> None:
    """Raise a ValueError when these runs are too many or too large for one zip file."""
    if len(runs) > MAX_RUNS:
        raise ValueError(f"One file takes at most {MAX_RUNS} runs. Received: {len(runs)} runs")
    size = sum(run.size() for run in runs)
    if size > MAX_BYTES:
        raise ValueError(f"One file takes at most {MAX_BYTES / 1e6:.0f} MB. Received: runs of {size / 1e6:,.0f} MB")


def to_zip(runs: Iterable[Run]) -> bytes:
    """Return the content of a zip file with some runs."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:  # weights hardly get smaller
        for run in runs:
            for name, content in run.contents(_is_known):
                archive.writestr(f"{run.id}/{name}", content)
    return buffer.getvalue()


def to_json(run: Run) -> str:
    """Return a run's settings and curves as JSON: one list of numbers a column, null for what is no number."""
    info, history = run.info, run.history()
    experiment = json.loads(info.experiment.to_json()) if info.experiment else None
    return json.dumps({"run": run.id, "experiment": experiment, **records.from_history(history)}, allow_nan=False)


def from_zip(content: bytes, store: RunStore) -> list[str]:
    """Check a zip file, keep its runs, and return their ids in order.

    A run that is in the store already is not kept twice; another one whose id is taken gets another id.

    Raises ValueError when anything in it is not what it should be (nothing is kept then), or StoreError.
    """
    checked = {run_id: _checked(run_id, files) for run_id, files in _unpacked(content).items()}
    return [store.add(run_id, files).id for run_id, files in checked.items()]


def _is_known(name: str) -> bool:
    return name in CHECKS or bool(SNAPSHOT.fullmatch(name))


def _unpacked(content: bytes) -> dict[str, dict[str, bytes]]:
    """The files of each run, by run and name."""
    runs: dict[str, dict[str, bytes]] = {}
    for name, part in _members(content, "The file").items():
        if LITTER.fullmatch(name):
            continue
        found = NAME.fullmatch(name.replace("\\", "/"))
        if not found or not _is_known(found["file"]):
            raise ValueError(f"The file must hold runs and nothing else. Received: {name[:80]!r}")
        files = runs.setdefault(found["run"], {})
        if found["file"] in files:
            raise ValueError(f"The file holds run {found['run']} twice")
        files[found["file"]] = part.removeprefix(BOM_UTF8) if name.endswith((".json", ".csv")) else part
    if not 0 < len(runs) <= MAX_RUNS:
        raise ValueError(f"The file must hold from 1 to {MAX_RUNS} runs. Received: {len(runs)}")
    return runs


def _members(content: bytes, what: str) -> dict[str, bytes]:
    """What is in a zip, as long as it is small and plain; of no file more than its `file_size`."""
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MAX_RUNS * MAX_FILES or sum(member.file_size for member in members) > MAX_BYTES:
                raise ValueError(f"{what} unpacks to too much: at most {MAX_BYTES / 1e6:,.0f} MB are allowed")
            for member in members:
                if member.filename in found:
                    raise ValueError(f"{what} holds two files of the same name")
                if member.compress_type not in PACKINGS:
                    why = f"{member.filename[:80]!r} is packed in another way than deflate"
                    raise ValueError(f"{what} is not a whole, plain zip file ({why})")
                with archive.open(member) as file:
                    found[member.filename] = file.read(member.file_size)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise ValueError(f"{what} is not a whole, plain zip file ({error})") from error
    return found


def _checked(run_id: str, files: dict[str, bytes]) -> dict[str, bytes]:
    """The files as they are to be kept. Raises ValueError."""
    if not {"state.json", "experiment.json"} <= files.keys() or len(files) > MAX_FILES:
        raise ValueError(f"Run {run_id} must have state.json, experiment.json and at most {MAX_FILES} files")
    try:
        state = records.to_state(files["state.json"])
        info = records.to_info(run_id, state, files["experiment.json"])
        experiment = Experiment.from_json(files["experiment.json"])
    except (ValueError, RecursionError) as error:
        raise ValueError(f"Run {run_id} cannot be read: {error}") from error
    for name, content in files.items():
        try:
            CHECKS.get(name, _check_weights)(content, experiment)
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError, MemoryError) as error:
            raise ValueError(f"`{name}` of run {run_id} cannot be read: {error}") from error
    state.pop("owner", None)
    if not info.is_over:
        state |= {"state": RunState.INTERRUPTED, "reason": CUT}
    written = {"state.json": json.dumps(state, indent=1, allow_nan=False), "experiment.json": experiment.to_json()}
    return files | {name: text.encode() for name, text in written.items()}


def _arrays(content: bytes) -> dict[str, Any]:
    _members(content, "It")  # how large it will be
    return from_npz(content)


def _check_weights(content: bytes, experiment: Experiment) -> None:
    Weights(_arrays(content)).check(experiment.architecture)


def _check_start(content: bytes, experiment: Experiment) -> None:
    start = records.to_start(_arrays(content))
    start.weights.check(experiment.architecture)
    Handwriting(start.images, start.labels)


def _check_curve(columns: type[Columns], content: bytes, _: Experiment) -> None:
    if content.count(b"\n") > MAX_LINES:
        raise ValueError(f"It must have at most {MAX_LINES:,} lines")
    records.to_columns(columns, content)


def _check_answers(content: bytes, _: Experiment) -> None:
    answers = _arrays(content)["probabilities"]
    if answers.shape != (10_000, 10):
        raise ValueError(f"`probabilities` must be of shape (10000, 10). Received: {answers.shape}")


def _check_keras(content: bytes, _: Experiment) -> None:
    """A model as Keras saves it, made of KERAS_CLASSES."""
    members = _members(content, "It")
    if members.keys() != KERAS_FILES:
        raise ValueError(f"A .keras file holds {', '.join(sorted(KERAS_FILES))}. Received: {', '.join(members)[:200]}")
    for part in _objects(json.loads(members["config.json"])):
        if {"module", "class_name", "registered_name"} & part.keys() and not _is_of_keras(part):
            raise ValueError(f"Only layers of this app are allowed. Received: {str(part.get('class_name'))[:60]!r}")


def _is_of_keras(part: dict[str, Any]) -> bool:
    module, name = part.get("module"), part.get("class_name")
    if part.get("registered_name") or not isinstance(module, str) or not isinstance(name, str):
        return False
    names = KERAS_CLASSES.get(module, set())
    return names is None or name in names


def _objects(value: object) -> Iterable[dict[str, Any]]:
    """All JSON objects in a value, itself included."""
    if isinstance(value, dict):
        yield value
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _objects(part)


CHECKS: dict[str, Callable[[bytes, Experiment], object]] = {
    "state.json": lambda *_: None,  # these two are read before
    "experiment.json": lambda *_: None,
    "label.json": lambda content, _: records.to_label(content),
    "history.csv": partial(_check_curve, BatchHistory),
    "epochs.csv": partial(_check_curve, EpochHistory),
    "checkpoint.npz": lambda content, _: records.to_checkpoint(_arrays(content)),
    "start.npz": _check_start,
    "evaluation.npz": _check_answers,
    "model.keras": _check_keras,
}
"""What is read of a run beside its weights, and how it is checked."""
