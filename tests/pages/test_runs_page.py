"""Runs: the table, the choice, and what is said of the chosen ones."""

from dataclasses import replace

import numpy as np
import pytest
import streamlit as st

from cnnlab import mnist
from cnnlab.evaluation.compare import McNemar
from cnnlab.runs.archive import to_zip
from cnnlab.runs.records import Label
from cnnlab.runs.store import RunStore, UnknownRunError
from pages.parts.runs.beside import MAX_CHOSEN, in_words
from tests.cnnlab.runs.test_archive import keras_file
from tests.pages.runs import TINY, finished, make_run, some_training
from tests.pages.seen import click, labelled, text

LABELS = mnist.load().test.labels


def make(store, *, wrong=(), accuracy=0.9, **settings):
    """A finished run that misread these test digits, and its short name."""
    probabilities = np.eye(10, dtype=np.float32)[LABELS]
    probabilities[list(wrong)] = np.roll(probabilities[list(wrong)], 1, axis=1)
    run = store.create(replace(TINY, **settings))
    *before, last = some_training()
    for event in [*before, replace(last, val_accuracy=accuracy), replace(finished(), probabilities=probabilities)]:
        run.record(event)
    return run, run.id[-6:]


def table(at):
    return at.dataframe[0].value


def choose(at, *rows):
    at.session_state[at.dataframe[0].key] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    at.run()


def links(at):
    return [link.query_string for link in at.get("page_link") if link.query_string]


def test_without_runs_it_says_what_to_do(visit):
    at = visit("runs")
    assert "No runs yet: train a network" in text(at)
    assert [link.label for link in at.get("page_link")] == ["Train a network"]
    assert not at.dataframe


def test_the_best_come_first_with_only_the_settings_that_differ(visit, store):
    _, worse = make(store, accuracy=0.7, seed=3)
    _, best = make(store, accuracy=0.9, seed=4)
    queued = make_run(store, "queued")
    at = visit("runs")
    assert table(at)["Run"].tolist() == [best, worse, queued.id[-6:]]
    assert table(at)["Validation accuracy"].tolist()[:2] == [90, 70]
    assert np.isnan(table(at)["Validation accuracy"][2])
    assert table(at)["Seed"].tolist() == [4, 3, TINY.seed]
    assert table(at)["Test accuracy"].tolist()[:2] == pytest.approx([98.76, 98.76])
    assert set(table(at)["Parameters"]) == {TINY.architecture.num_parameters}
    assert "Optimizer" not in table(at).columns
    assert f"On the front: **{best}**" in text(at)


def test_the_best_two_are_beside_each_other_at_first(visit, store):
    (first, a), (second, b) = (
        make(store, wrong=range(20), seed=1),
        make(store, wrong=range(15, 25), seed=2, accuracy=0.8),
    )
    at = visit("runs")
    assert links(at) == [f"run={first.id}", f"run={second.id}"]
    assert f"Run **{b}** reads **15** digits that run **{a}** misses, and misses **5**" in text(at)
    assert at.table[0].value.to_numpy().tolist() == [["Seed", "1", "2"]]


def test_a_choice_of_another_number_is_asked_for_and_stays_when_a_run_joins(visit, store):
    runs = [make(store, accuracy=0.9 - 0.01 * n) for n in range(MAX_CHOSEN + 1)]
    at = visit("runs")
    assert "the same settings" in text(at)
    choose(at, 2)
    assert "Ticked now: 1" in text(at)
    choose(at, *range(MAX_CHOSEN + 1))
    assert f"Ticked now: {MAX_CHOSEN + 1}" in text(at)
    choose(at, 1, 3, 5)
    chosen = [f"run={runs[n][0].id}" for n in (1, 3, 5)]
    assert links(at) == chosen
    assert text(at).count("exactly the same digits") == 3
    assert [part.label for part in at.expander] == ["1 other pair"]
    assert "Among 3 comparisons" in text(at)
    make(store, accuracy=0.99)
    at.run()
    assert links(at) == chosen


def test_other_curves_and_costs(visit, store):
    make(store), make(store)
    at = visit("runs")
    at.button_group[0].set_value("Training loss").run()
    at.button_group[1].set_value("Seconds").run()
    assert at.button_group[0].value == "Training loss"
    assert at.button_group[1].value == "Seconds"


def test_a_run_without_an_epoch_has_no_curve(visit, store):
    make(store)
    queued = make_run(store, "queued")
    assert f"Nothing to draw of {queued.id[-6:]}" in text(visit("runs"))


@pytest.mark.parametrize("state", ["queued", "running", "failed", "interrupted"])
def test_runs_without_answers_are_told(visit, store, state):
    make(store, accuracy=0.99)
    run = make_run(store, state)
    at = visit("runs")
    assert run.id[-6:] in table(at)["Run"].tolist()
    assert f"Without answers to the test digits: {run.id[-6:]}" in text(at)


@pytest.mark.parametrize("name", ["state.json", "experiment.json", "epochs.csv", "history.csv", "evaluation.npz"])
def test_a_damaged_run_harms_nothing(visit, store, name):
    (_, good), (bad, bad_name) = make(store), make(store)
    bad._files.write(name, b"1,2\nnot, what it\nshould be\n")
    at = visit("runs")
    assert sorted(table(at)["Run"]) == sorted([good, bad_name])
    if name in ("state.json", "experiment.json"):
        assert f"**{bad_name}**, damaged: This run cannot be read" in text(at)
    is_damaged = "damaged" in table(at)["State"].tolist()
    assert is_damaged == (name in ("state.json", "experiment.json"))


def test_answers_that_are_not_numbers_are_left_out(visit, store):
    make(store)
    run, name = make(store)
    run.record(replace(finished(), probabilities=np.full((10_000, 10), np.nan, np.float32)))
    assert f"Without answers to the test digits: {name}" in text(visit("runs"))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            McNemar(34, 21, 0.108),
            ("Run **a** reads **34** digits that run **b** misses", "**21**", "**11 %**", "may well"),
        ),
        (McNemar(0, 40, 1e-12), ("Run **b** reads **40** digits that run **a**", "less than 0.1 %", "too rare")),
        (McNemar(8, 20, 0.0357), ("**3.6 %**", "too rare")),
        (McNemar(50, 51, 0.996), ("**100 %**", "may well")),
        (McNemar(1, 0, 1.0), ("**1** digit that", "**100 %**", "may well")),
        (McNemar(0, 0, 1.0), ("exactly the same digits",)),
    ],
)
def test_a_comparison_in_words(found, words):
    sentence = in_words("a", "b", found)
    assert all(word in sentence for word in words), sentence


# What can be done with runs


def upload(at, name, content):
    at.get("file_uploader")[0].set_value((name, content, "application/zip")).run()


def test_a_run_is_named_starred_and_found(visit, store):
    (first, _), (second, short) = make(store, accuracy=0.99), make(store, accuracy=0.5, seed=1)
    at = visit("runs")
    choose(at, 1)
    labelled(at.text_input, "Name").set_value("my *best* | <b>one</b>").run()
    labelled(at.text_area, "Note").set_value("with patience").run()
    click(at, "Star")
    assert second.info.label == Label("my *best* | <b>one</b>", "with patience", is_starred=True)
    assert first.info.label == Label()
    assert table(at)["★"].tolist() == ["", "★"]
    assert table(at)["Name"].tolist() == ["", "my *best* | <b>one</b>"]
    assert any(link.label == f"my \\*best\\* \\| \\<b>one\\</b> · {short} in Train" for link in at.get("page_link"))
    for words, expected in [
        ("PATIENCE", [short]),
        ("best one", [short]),
        ("tiny", [first.id[-6:], short]),
        ("star wars", []),
    ]:
        labelled(at.text_input, "Find").set_value(words).run()
        assert table(at)["Run"].tolist() == expected
    labelled(at.text_input, "Find").set_value("").run()
    labelled(at.toggle, "Starred only").set_value(True).run()
    assert table(at)["Run"].tolist() == [short]
    assert links(at) == [f"run={second.id}"]  # still ticked
    assert "with patience" in text(at)
    labelled(at.text_input, "Find").set_value("nobody").run()
    assert "Ticked as well, but not in this list: 1." in text(at)
    assert links(at) == [f"run={second.id}"]
    labelled(at.text_input, "Find").set_value("").run()
    click(at, "Unstar")
    assert table(at)["Run"].tolist() == []


def test_a_name_that_the_disk_refuses_is_told(visit, store, monkeypatch):
    run, _ = make(store, accuracy=0.99)
    at = visit("runs")
    choose(at, 0)

    def no_space(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cnnlab.runs.run.Run.set_label", no_space)
    click(at, "Star")
    assert not at.exception
    assert "No space left on device. It was not kept." in text(at)
    assert run.info.label == Label()
    monkeypatch.undo()
    click(at, "Star")
    assert "It was not kept" not in text(at)
    assert run.info.label.is_starred


def test_runs_are_deleted_and_brought_back(visit, store):
    runs = [make(store, accuracy=0.9 - 0.1 * n)[0] for n in range(3)]
    at = visit("runs")
    choose(at, 0, 2)
    click(at, "Delete")
    assert table(at)["Run"].tolist() == [runs[1].id[-6:]]
    assert "2 runs deleted." in text(at)
    click(at, "Bring back")
    assert table(at)["Run"].tolist() == [run.id[-6:] for run in runs]
    assert links(at) == [f"run={runs[0].id}", f"run={runs[2].id}"]  # ticked as before
    assert "deleted" not in text(at)


def test_too_much_for_one_file_is_told(visit, store, monkeypatch):
    make(store), make(store)
    monkeypatch.setattr("cnnlab.runs.archive.MAX_RUNS", 1)
    at = visit("runs")
    assert "One file takes at most 1 runs. Received: 2 runs. Tick fewer of them." in at.warning[0].value
    assert not at.get("download_button")
    choose(at, 0)
    assert len(at.get("download_button")) == 4


def test_a_live_run_is_not_deleted(visit, store):
    make(store)
    make_run(store, "running")
    at = visit("runs")
    choose(at, 0, 1)
    click(at, "Delete")
    assert "stop it first" in at.error[0].value
    assert len(table(at)) == 2


def test_runs_are_taken_along_and_brought_in(visit, store):
    run, _ = make(store)
    store.get(run.id)._files.write("model.keras", keras_file())
    content = to_zip([run])
    store.delete([run.id])
    make(store, seed=1)
    at = visit("runs")
    choose(at, 0)
    assert len(at.get("download_button")) == 4
    upload(at, "runs.zip", content)
    assert len(table(at)) == 2
    (new,) = [info.id for info in store.list() if info.experiment == TINY]
    assert links(at) == [f"run={new}"]
    assert at.toast[0].value == "1 run came in: ticked in the table."
    upload(at, "again.zip", content)
    assert len(table(at)) == 2
    assert links(at) == [f"run={new}"]
    assert at.toast[0].value == "1 run here before: ticked in the table."
    upload(at, "other.zip", b"no zip")
    assert len(at.toast) == 0
    assert "not a whole, plain zip file" in at.error[0].value
    assert at.error[0].value.endswith("Nothing was kept.")
    assert len(table(at)) == 2


@pytest.mark.usefixtures("store")
def test_runs_come_in_where_there_are_none(visit, tmp_path):
    run, _ = make(RunStore(tmp_path / "elsewhere"))
    run._files.write("model.keras", keras_file())
    at = visit("runs")
    upload(at, "runs.zip", to_zip([run]))
    assert table(at)["Run"].tolist() == [run.id[-6:]]


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"name": 7, "note": "", "is_starred": false}'])
def test_a_damaged_label_is_told(visit, store, content):
    make(store)
    run, name = make(store)
    run._files.write("label.json", content)
    at = visit("runs")
    assert dict(zip(table(at)["Run"], table(at)["State"], strict=True))[name] == "damaged"


# Somebody else deletes a run that is looked at


@pytest.mark.parametrize("act", ["Star", "Delete", "Name", "Note"])
def test_a_run_that_has_just_been_deleted_is_told(visit, store, act):
    (run, _), (_, other) = make(store), make(store, accuracy=0.5)
    at = visit("runs")
    choose(at, 0)
    store.delete([run.id])
    if act in ("Star", "Delete"):
        click(at, act)
    else:
        labelled([*at.text_input, *at.text_area], act).set_value("mine").run()
    assert "There is no run of this name here" in at.error[0].value
    assert table(at)["Run"].tolist() == [other]


@pytest.mark.parametrize("kind", ["zip", "batch", "epoch", "json"])
def test_a_run_that_is_deleted_before_it_is_taken_along_is_told(visit, store, monkeypatch, kind):
    offered = {}
    run, _ = make(store)
    make(store, accuracy=0.5)
    download = st.download_button

    def note(label, content, *arguments, key, **options):
        offered[key] = content
        return download(label, content, *arguments, key=key, **options)

    monkeypatch.setattr(st, "download_button", note)
    at = visit("runs")
    choose(at, 0)
    content = offered[f"take-{kind}"]
    assert content()
    store.delete([run.id])
    with pytest.raises(UnknownRunError):
        content()
    next(button for button in at.get("download_button") if button.key == f"take-{kind}").click().run()
    assert "There is no run of this name here" in at.error[0].value
    assert "cannot be taken along" in at.error[0].value


def test_a_run_that_is_deleted_while_the_page_is_drawn_is_passed_over(visit, store, monkeypatch):
    make(store), make(store, accuracy=0.5)
    gone, _ = make(store, accuracy=0.99)
    infos = store.list()
    monkeypatch.setattr(store, "list", lambda: infos)
    (store.root / gone.id).rename(store.root / "elsewhere")
    at = visit("runs")
    choose(at, 1, 2)
    assert "There is no run of this name here" in text(at)
    assert len(table(at)) == 3


def test_what_cannot_be_brought_back_is_told(visit, store):
    runs = [make(store, accuracy=0.9 - 0.1 * n)[0] for n in range(2)]
    at = visit("runs")
    choose(at, 0, 1)
    click(at, "Delete")
    store.restore([runs[0].id])  # by somebody else
    click(at, "Bring back")
    assert at.toast[0].value == "Of 2 runs, 1 could be brought back."
    assert len(table(at)) == 2


def test_a_paused_run_is_deleted_by_the_engine(visit, store, engine, monkeypatch):
    run, deleted = make_run(store, "paused"), []
    monkeypatch.setattr(engine, "delete", deleted.append)
    at = visit("runs")
    choose(at, 0)
    click(at, "Delete")
    assert deleted == [(run.id,)]
