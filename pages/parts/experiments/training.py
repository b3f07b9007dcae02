"""Many runs with one button: what is missing is trained; meanwhile how far it is, how long it takes, and a stop."""

from collections.abc import Mapping, Sequence

import streamlit as st

from cnnlab.experiment import Experiment
from cnnlab.runs.store import RunInfo, RunState, StoreError
from cnnlab.studies import campaign
from ui import cached
from ui.computed import tell_engine_state
from ui.widgets import attempt, show_problem
from ui.words import duration, plural

TICK_SECONDS = 1.0
PROBLEM = "experiments"

Found = Mapping[Experiment, RunInfo]


def found_runs(experiments: Sequence[Experiment]) -> Found:
    """The runs that there are of these experiments."""
    return campaign.runs_of(experiments, cached.store())


def is_under_way(found: Found) -> bool:
    """Whether any of the runs trains or waits for its turn."""
    return any(info.state.is_under_way for info in found.values())


def are_done(experiments: Sequence[Experiment], found: Found) -> bool:
    """Whether every run is over and its own end was reached."""
    return all(experiment in found and found[experiment].state.is_done for experiment in experiments)


def bar(experiments: Sequence[Experiment], found: Found, expected: Sequence[float] | None) -> None:
    """Show the button that trains what is missing, or how far it is; `expected` are seconds for each experiment."""
    if is_under_way(found):
        _progress(experiments, found, expected)
    elif are_done(experiments, found):
        st.markdown(f":green-badge[:material/check: All {len(experiments)} runs are done]")
    else:
        _button(experiments, found, expected)
    show_problem(PROBLEM)


def seconds_left(experiments: Sequence[Experiment], found: Found, expected: Sequence[float]) -> float:
    """How long it will still take: as expected, corrected by how long the finished ones have really taken."""
    planned = dict(zip(experiments, expected, strict=True))
    taken = {one: seconds for one, info in found.items() if (seconds := campaign.seconds_of(info)) is not None}
    pace = sum(taken.values()) / sum(planned[one] for one in taken) if taken else 1.0
    left = sum(seconds * (1 - _share(one, found)) for one, seconds in planned.items())
    return pace * left / cached.engine().num_workers


def _button(experiments: Sequence[Experiment], found: Found, expected: Sequence[float] | None) -> None:
    if cached.engine().state == "unable":
        tell_engine_state()
    missing = [one for one in experiments if one not in found or not found[one].state.is_done]
    begun = any(found[one].state.can_go_on for one in missing if one in found)
    some = plural(len(missing), "run")
    if begun:
        label = f"Go on with {some}"
    else:
        label = f"Train {some}" if len(missing) == len(experiments) else f"Train the {some} that are missing"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(label, type="primary", icon=":material/play_arrow:", on_click=_train, args=(experiments,))
        if expected is not None:
            workers, left = cached.engine().num_workers, duration(seconds_left(experiments, found, expected))
            at_once = f", {workers} at once" if workers > 1 else ", one after the other"
            st.markdown(f":material/timer: about **{left}**{at_once}", width="content")
    if len(missing) < len(experiments):
        st.caption(f"{len(experiments) - len(missing)} of {len(experiments)} were trained on this server before.")


def _progress(experiments: Sequence[Experiment], found: Found, expected: Sequence[float] | None) -> None:
    engine = cached.engine()
    tell_engine_state()
    num_done = sum(info.state.is_done for info in found.values())
    share = sum(_share(one, found) for one in experiments) / len(experiments)
    words = f"**{num_done} of {len(experiments)} runs** are done"
    if expected is not None:
        words += f" · {duration(seconds_left(experiments, found, expected))} left"
    others = [run_id for run_id in engine.live_runs if run_id not in {info.id for info in found.values()}]
    if others and not any(info.state == RunState.RUNNING for info in found.values()):
        words += " · other runs are trained first"
    orders = [engine.orders(info.id) for info in found.values() if info.state.is_under_way]
    is_stopping = all(order is not None and order.should_stop for order in orders)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.progress(min(1.0, share), words)
        label = "Stopping …" if is_stopping else "Stop all"
        st.button(label, icon=":material/stop:", on_click=_stop, args=(found,), disabled=is_stopping, key="stop-all")


def _share(experiment: Experiment, found: Found) -> float:
    """How much of a run is done, from 0 to 1."""
    info = found.get(experiment)
    return campaign.num_updates(info, cached.store()) / experiment.num_steps if info else 0.0


def _train(experiments: Sequence[Experiment]) -> None:
    with attempt(PROBLEM, StoreError):
        campaign.train(experiments, cached.store(), cached.engine())


def _stop(found: Found) -> None:
    campaign.stop(found.values(), cached.engine())
