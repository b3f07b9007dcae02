"""The runs in one table, the best first, and which of them are chosen; it reads no more of a run than a line."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnnlab.evaluation.compare import differing
from cnnlab.presets import preset_of
from cnnlab.runs.store import RunInfo
from ui.cached import store
from ui.widgets import kept, lasting
from ui.words import message, plain, time_zone

TABLE_HEIGHT = 320
PERCENT = "%.2f %%"


@dataclass(frozen=True)
class Row:
    """A run as it is listed. `accuracy`: on the validation images after its last epoch so far; NaN: not known."""

    info: RunInfo
    accuracy: float

    @property
    def short(self) -> str:
        """The end of the run's id, as `run_name` says it."""
        return self.info.id[-6:]

    @property
    def name(self) -> str:
        """The name that somebody gave it, if any, and the short one; no two runs have the same."""
        return f"{self.info.label.name} · {self.short}" if self.info.label.name else self.short

    @property
    def preset(self) -> str:
        """The preset of which it is a run, with whatever seed; '' for others."""
        return preset_of(self.info.experiment) if self.info.experiment else ""

    @property
    def test_accuracy(self) -> float:
        """On the test digits, in [0, 1]; NaN: not known."""
        return np.nan if self.info.test_accuracy is None else self.info.test_accuracy

    @property
    def num_parameters(self) -> float:
        """Number of parameters; NaN: not known."""
        return self.info.experiment.architecture.num_parameters if self.info.experiment else np.nan

    @property
    def seconds(self) -> float:
        """How long it took; NaN: it is not over, or never began."""
        return np.nan if self.info.seconds is None else self.info.seconds


def ranked() -> list[Row]:
    """Every run: the best final validation accuracy first, then those without one, the newest first."""
    rows = [Row(info, _accuracy(info.id)) for info in store().list()]
    return sorted(rows, key=lambda row: -np.inf if np.isnan(row.accuracy) else row.accuracy, reverse=True)


def filtered(rows: Sequence[Row]) -> list[Row]:
    """Show the filters, and return the runs that pass."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        starred = lasting(st.toggle, "Starred only", key="runs-starred")
        words = st.text_input("Find", key="runs-find", persist_state="session", placeholder="name, note, preset, state")

    def passes(row: Row) -> bool:
        label = row.info.label
        there = f"{row.info.id} {label.name} {label.note} {row.preset} {row.info.state}".casefold()
        return (label.is_starred or not starred) and all(word in there for word in words.casefold().split())

    return [row for row in rows if passes(row)]


def reasons(chosen: Sequence[Row]) -> None:
    """Tell why runs are damaged, or ended as they did, and what somebody noted of them."""
    for row in chosen:
        name, reason, note = f"**{plain(row.name)}**", row.info.reason, row.info.label.note
        if reason:
            st.caption(f"{name}, {row.info.state}: {message(reason)}")
        if note:
            st.caption(f"{name}: {plain(note)}")


def choose_runs(run_ids: Sequence[str]) -> None:
    """Tick these runs and no others."""
    choice = kept("runs", ())
    choice.reset(tuple(run_ids))


def choose(rows: Sequence[Row], shown: Sequence[Row]) -> list[Row]:
    """Show the table of some of the runs; return the runs that are ticked, at first the best two.

    What was ticked and is not shown stays ticked.
    """
    choice = kept("runs", tuple(row.info.id for row in rows[:2]))
    ids = [row.info.id for row in shown]
    key = "runs-" + hashlib.blake2b("".join(ids).encode(), digest_size=8).hexdigest()  # its rows mean these runs
    key += f"-{choice.num_resets}"
    chosen = [index for index, run_id in enumerate(ids) if run_id in choice.now]
    zone = str(time_zone())
    made = f"Made ({zone})"
    event = st.dataframe(
        _columns(shown) | {made: [row.info.created for row in shown]},
        height=min(TABLE_HEIGHT, 38 + 35 * max(1, len(shown))),
        hide_index=True,
        placeholder="",
        column_config=COLUMNS | {made: st.column_config.DatetimeColumn(format="D MMM, HH:mm:ss", timezone=zone)},
        key=key,
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": chosen}},
    )
    hidden = tuple(run_id for run_id in choice.now if run_id not in ids)
    choice.now = hidden + tuple(ids[index] for index in sorted(event["selection"]["rows"]))
    ticked = [row for row in rows if row.info.id in choice.now]
    if num_hidden := sum(row.info.id in hidden for row in ticked):
        st.caption(f"Ticked as well, but not in this list: {num_hidden}.")
    return ticked


COLUMNS = {
    "★": st.column_config.TextColumn(width=32, help="Starred"),
    "Run": st.column_config.TextColumn(pinned=True),
    "Name": st.column_config.TextColumn(width=160),
    "Validation accuracy": st.column_config.NumberColumn(format=PERCENT, help="After the last epoch"),
    "Test accuracy": st.column_config.NumberColumn(format=PERCENT, help="On 10,000 digits never seen before"),
    "Parameters": st.column_config.NumberColumn(format="localized"),
    "Seconds": st.column_config.NumberColumn(format="%.0f"),
}


def _columns(rows: Sequence[Row]) -> dict[str, list[object]]:
    """The table's columns by name; of the settings only those in which the runs differ."""
    settings = differing([row.info.experiment for row in rows])
    return {
        "Run": [row.short for row in rows],
        "★": ["★" if row.info.label.is_starred else "" for row in rows],
        "Validation accuracy": [100 * row.accuracy for row in rows],
        **({"Name": [row.info.label.name for row in rows]} if any(row.info.label.name for row in rows) else {}),
        **({"Preset": [row.preset for row in rows]} if any(row.preset for row in rows) else {}),
        "Test accuracy": [100 * row.test_accuracy for row in rows],
        "State": [row.info.state.value for row in rows],
        "Parameters": [row.num_parameters for row in rows],
        "Seconds": [row.seconds for row in rows],
        **{name.capitalize(): values for name, values in settings.items()},
    }


def _accuracy(run_id: str) -> float:
    """Validation accuracy after the last epoch so far; NaN when there is none that can be read."""
    try:
        epoch = store().get(run_id).last_epoch()
    except ValueError:  # damaged or deleted just now: it is listed, without a figure
        return np.nan
    return np.nan if epoch is None or epoch.val_accuracy is None else float(epoch.val_accuracy)
