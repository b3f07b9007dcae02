"""A guided experiment on the page: predict, train with one click, watch the picture fill, read what came out."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from cnnlab.evaluation import seeds
from cnnlab.evaluation.seeds import Spread
from cnnlab.experiment import Experiment
from cnnlab.runs.store import RunInfo, RunState
from cnnlab.studies.campaign import seconds_of
from cnnlab.studies.study import MEASURES, MUCH, SEEDS, SHIFT, SHIFTED, TEST, TRAINING, Question, Study, is_much_better
from pages.parts.experiments.pictures import epochs_of, picture, shifted_accuracies
from pages.parts.experiments.training import TICK_SECONDS, Found, are_done, bar, found_runs, is_under_way
from ui import cached, trouble
from ui.lesson import notes_say, prediction_of
from ui.state import Prediction
from ui.widgets import lasting
from ui.words import message, percent

FIGURE_WIDTH = 160
BUILD, TRAIN = "pages/build.py", "pages/train.py"


def show(study: Study, key: str) -> None:
    """Show a study, from the prediction to the doctor."""
    found = found_runs(study.experiments)
    st.markdown(study.why)
    prediction = _ask(study.question, key)
    tick = TICK_SECONDS if is_under_way(found) else None
    st.fragment(_runs, run_every=tick)(study, key, prediction, was_live=tick is not None)


def _runs(study: Study, key: str, prediction: Prediction, *, was_live: bool) -> None:
    """What is drawn again while it trains."""
    found = found_runs(study.experiments)
    if was_live != is_under_way(found):
        st.rerun()
    num_runs = len(study.experiments)
    bar(study.experiments, found, [study.seconds / num_runs] * num_runs if study.seconds else None)
    is_done = are_done(study.experiments, found)
    prediction.revealed |= was_live  # the picture has filled before one's eyes
    if is_done and prediction.given is None and not prediction.revealed:
        st.info("What do you expect? The answer is here already.", icon=":material/visibility_off:")
        if st.button("Show me", type="tertiary"):
            prediction.revealed = True
            st.rerun()
        return
    with st.container():  # what follows stays in its place
        shifted = shifted_accuracies(study, found) if study.measure == SHIFTED else {}
    spreads = {measure: _spreads(study, found, shifted, measure) for measure in MEASURES}
    is_told = is_done and all(spread.num_runs == len(SEEDS) for spread in spreads[study.measure].values())
    if is_told:
        _tell(study, prediction, spreads[study.measure])
    picture(study, found, shifted, key)
    _table(study, found, spreads)
    if is_told:
        _words(study, spreads)
        _doctor(study, found)
    _open(study, found)


def _ask(question: Question, key: str) -> Prediction:
    """Ask for a prediction; it is kept for the visit."""
    prediction = prediction_of(f"study-{key}", question.text)
    with st.container(border=True):
        st.markdown(f"**Predict** · {question.text}")
        prediction.given = lasting(
            st.segmented_control,
            "Your answer",
            question.options,
            key=f"predict-{key}",
            label_visibility="collapsed",
            wrap=True,
        )
    return prediction


def _tell(study: Study, prediction: Prediction, spreads: Mapping[str, Spread]) -> None:
    """Say whether the prediction was right."""
    answer = study.question.answer(spreads)
    if prediction.given == answer:
        st.markdown(f":green-badge[:material/check: You were right] **{answer}**.")
    elif prediction.given is None:
        st.markdown(f":blue-badge[:material/visibility: Shown] **{answer}**.")
    else:
        st.markdown(f":orange-badge[:material/close: It came out otherwise] **{answer}**.")


def _spreads(study: Study, found: Found, shifted: Mapping[Experiment, np.ndarray], measure: str) -> dict[str, Spread]:
    """What the runs of each variant that are over have reached."""

    def figure(experiment: Experiment, info: RunInfo) -> float | None:
        if info.state == RunState.FAILED or measure == TEST:
            return info.test_accuracy
        if measure == TRAINING:
            epochs = epochs_of(info)
            return float(epochs.accuracy[-1]) if epochs is not None and len(epochs.accuracy) else None
        return float(shifted[experiment][SHIFT])

    def figures(variant: str) -> list[float | None]:
        known = ((one, found[one]) for one in study.runs_of(variant) if one in found)
        return [
            figure(one, info)
            for one, info in known
            if info.state == RunState.FAILED
            or (info.state == RunState.FINISHED and (measure != SHIFTED or one in shifted))
        ]

    return seeds.spreads_of({variant: figures(variant) for variant in study.variants})


def _table(study: Study, found: Found, spreads: Mapping[str, Mapping[str, Spread]]) -> None:
    """Show what each variant has reached, and what it costs."""
    measures = {TEST: "Test digits", SHIFTED: f"Shifted by {SHIFT}", TRAINING: "Own digits"}
    shown = [measure for measure in measures if measure != SHIFTED or study.measure == SHIFTED]
    rows = []
    for name, experiment in study.variants.items():
        seconds = [taken for one in study.runs_of(name) if one in found and (taken := seconds_of(found[one]))]
        failed = spreads[TEST][name].num_failed
        rows.append(
            {
                "Variant": name,
                **{measures[measure]: _of(spreads[measure][name]) for measure in shown},
                **({"Failed": f"{failed} of {len(SEEDS)}"} if failed else {}),
                "Parameters": f"{experiment.architecture.num_parameters:,}",
                "Multiply-adds": f"{experiment.architecture.multiply_adds:,}",
                "Seconds a run": f"{sum(seconds) / len(seconds):.1f}" if seconds else "",
            }
        )
    widths = {name: st.column_config.TextColumn(width=FIGURE_WIDTH) for name in measures.values()}
    st.dataframe(rows, hide_index=True, key="study-results", column_config=widths)
    st.caption(f"Read rightly: the mean of {len(SEEDS)} seeds, and from the least to the largest in brackets.")


def _of(spread: Spread) -> str:
    return str(spread) if spread.values else ""


def _words(study: Study, spreads: Mapping[str, Mapping[str, Spread]]) -> None:
    """Put into words what came out, on what decides and on the test digits."""
    for measure in dict.fromkeys((study.measure, TEST)):
        st.markdown(f"**What came out** · counted on {MEASURES[measure]}")
        pairs = (seeds.compare(one, other, spreads[measure]) for one, other in study.comparisons)
        st.markdown("\n".join(f"- {words}" for words in pairs))
    first, second = (spreads[study.measure][name] for name in list(study.variants)[:2])
    if study.claim and first.values and second.values:
        measured = (
            f"{100 * (first.mean - second.mean):+.1f} points, {percent(first.mean)} against "
            f"{percent(second.mean)}. A difference of {100 * MUCH:g} point with every seed would be much here."
        )
        notes_say(study.claim, measured, is_much_better(first, second))


def _doctor(study: Study, found: Found) -> None:
    """Let the doctor look at the first run of each variant that is there to be broken."""
    for name in study.broken:
        st.markdown(f"**What the doctor says** of {name}, seed {SEEDS[0]}")
        try:
            run = cached.store().get(found[next(study.runs_of(name))].id)
            trouble.show(trouble.of_run(run, trouble.inside(run)), run.id)
        except ValueError as error:  # damaged, or deleted just now
            st.warning(message(error), icon=":material/broken_image:")


def _open(study: Study, found: Found) -> None:
    """Show the way to Build and Train for each variant."""
    with st.expander("Open a variant", icon=":material/open_in_new:"):
        for name, experiment in study.variants.items():
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.markdown(f"**{name}**", width="content")
                link = {"experiment": experiment.to_url()}
                st.page_link(BUILD, label="In Build", icon=":material/view_column:", query_params=link)
                st.page_link(TRAIN, label="In Train", icon=":material/trending_up:", query_params=link)
                for one in study.runs_of(name):
                    if one in found:
                        label, query = f"Run of seed {one.seed}", {"run": found[one].id}
                        st.page_link(TRAIN, label=label, icon=":material/show_chart:", query_params=query)
