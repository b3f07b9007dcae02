"""What can be done with runs: star, name, delete and bring back, take along and bring in."""

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from cnnlab.runs.archive import check_size, from_zip, to_json, to_zip
from cnnlab.runs.records import MAX_NAME, MAX_NOTE
from cnnlab.runs.run import CURVES, CurvePart
from cnnlab.runs.store import DamagedRunError, Run, StoreError, UnknownRunError
from pages.parts.runs.listing import Row, choose_runs
from ui import cached
from ui.cached import store
from ui.state import state
from ui.widgets import attempt, control, show_problem, upload
from ui.words import message, plural

MAX_UPLOAD_MB = 400


def toolbar(chosen: Sequence[Row]) -> None:
    """Show what can be done with the chosen runs, and the way for others to come in."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if chosen:
            _star(chosen)
            _name(chosen)
            _take_along(chosen)
            st.button("Delete", icon=":material/delete:", on_click=_delete, args=(chosen,), key="delete")
        with st.popover("Bring in runs", icon=":material/upload:"):
            upload("Runs that were taken along as a zip file", "runs-zip", _opened, ["zip"], MAX_UPLOAD_MB)
            show_problem("runs-zip", "Nothing was kept.")
    _messages()


def _star(chosen: Sequence[Row]) -> None:
    are_starred = all(row.info.label.is_starred for row in chosen)
    label, icon = ("Unstar", ":material/star_outline:") if are_starred else ("Star", ":material/star:")
    st.button(label, icon=icon, on_click=_change, args=(chosen,), kwargs={"is_starred": not are_starred}, key="star")


def _name(chosen: Sequence[Row]) -> None:
    """Let one run be named; of several it would not be clear which one."""
    is_one = len(chosen) == 1
    row, label = chosen[0], chosen[0].info.label
    help_ = None if is_one else "Tick one run alone to name it."
    with st.popover("Name and note", icon=":material/edit:", disabled=not is_one, help=help_):
        if not is_one:
            return
        for widget, what, value, most in (
            (st.text_input, "name", label.name, MAX_NAME),
            (st.text_area, "note", label.note, MAX_NOTE),
        ):

            def apply(text: str, what: str = what) -> None:
                _change([row], **{what: text.strip()})

            control(widget, what.capitalize(), f"run-{what}-{row.info.id}", value, apply, max_chars=most)


def _take_along(chosen: Sequence[Row]) -> None:
    """Offer the chosen runs as a zip file; their contents are read when the button is pressed."""
    with st.popover("Take along", icon=":material/download:"):
        try:
            runs = _runs(chosen)
            check_size(runs)
        except UnknownRunError as error:
            st.warning(message(error), icon=":material/search_off:")
            return
        except ValueError as error:
            st.warning(f"{message(error)} Tick fewer of them.", icon=":material/folder_zip:")
            return
        name = chosen[0].info.id if len(chosen) == 1 else f"{len(chosen)}-runs"
        files: list[tuple[str, Any, str, str, str]] = [
            (f"{plural(len(chosen), 'run')}, whole (.zip)", partial(_zip, chosen), ".zip", "application/zip", "zip")
        ]
        if len(runs) == 1:
            files += [
                (f"Its curves, a line a {kind} (.csv)", partial(_csv, chosen, kind), f"-{kind}.csv", "text/csv", kind)
                for kind in CURVES
            ]
            settings = "Its settings and curves (.json)", partial(_json, chosen)
            files.append((*settings, ".json", "application/json", "json"))
        for label, content, end, mime, key in files:
            file = f"cnnlab-{name}{end}"
            st.download_button(label, content, file, mime, on_click=_look, args=(chosen,), key=f"take-{key}")


def _runs(chosen: Sequence[Row]) -> list[Run]:
    return [store().get(row.info.id) for row in chosen]


def _look(chosen: Sequence[Row]) -> None:
    """Say so when a run has been deleted that was to be taken along."""
    with attempt("take"):
        _runs(chosen)


def _zip(chosen: Sequence[Row]) -> bytes:
    return to_zip(_runs(chosen))


def _csv(chosen: Sequence[Row], part: CurvePart) -> bytes:
    return _runs(chosen)[0].csv(part)


def _json(chosen: Sequence[Row]) -> str:
    (run,) = _runs(chosen)
    try:
        return to_json(run)
    except DamagedRunError as error:
        return json.dumps({"run": run.id, "error": str(error)}, allow_nan=False)


def _change(chosen: Sequence[Row], **changes: Any) -> None:
    """Change the labels of some runs. Raises ValueError."""
    with attempt("label", (OSError, UnknownRunError)):
        for run in _runs(chosen):
            run.change_label(**changes)


def _delete(chosen: Sequence[Row]) -> None:
    run_ids = tuple(row.info.id for row in chosen)
    with attempt("delete", (ValueError, OSError)):
        cached.engine().delete(run_ids)
        state().deleted_runs = run_ids


def _restore() -> None:
    visitor = state()
    with attempt("restore", OSError):
        back, deleted = store().restore(visitor.deleted_runs), visitor.deleted_runs
        choose_runs(back)
        visitor.deleted_runs = ()
        if len(back) < len(deleted):
            st.toast(f"Of {plural(len(deleted), 'run')}, {len(back)} could be brought back.")


def _opened(file: Any) -> None:
    with attempt("runs-zip", (ValueError, StoreError)):
        if file is None:
            return
        before = {info.id for info in store().list()}
        run_ids = from_zip(file.getvalue(), store())
        choose_runs(run_ids)
        num_known = len(before.intersection(run_ids))
        parts = {"came in": len(run_ids) - num_known, "here before": num_known}
        said = ", ".join(f"{plural(count, 'run')} {what}" for what, count in parts.items() if count)
        st.toast(f"{said}: ticked in the table.", icon=":material/check:")


def _messages() -> None:
    """Say what has just been done, or why it could not be."""
    show_problem("label", "It was not kept.")
    show_problem("delete", "Nothing was deleted.")
    show_problem("restore", "They are still put aside.")
    show_problem("take", "It cannot be taken along.")
    if count := len(state().deleted_runs):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{plural(count, 'run')} deleted.")
            st.button("Bring back", icon=":material/undo:", on_click=_restore, key="restore")
