"""The guided experiments: each is valid, fair, and about what it says."""

from dataclasses import replace

import pytest

from cnnlab.evaluation.compare import differing
from cnnlab.evaluation.seeds import Spread
from cnnlab.experiment import Experiment
from cnnlab.limits import LIMITS
from cnnlab.presets import PRESETS
from cnnlab.studies import study
from cnnlab.studies.catalogue import STUDIES
from cnnlab.studies.study import MEASURES, SEEDS, TOO_CLOSE, against, is_much_better

EVERY_STUDY = pytest.mark.parametrize("study", STUDIES.values(), ids=STUDIES)
LOW, HIGH, WIDE = Spread((0.1, 0.1, 0.11)), Spread((0.95, 0.96, 0.97)), Spread((0.05, 0.5, 0.99))


@EVERY_STUDY
def test_variants_differ_only_in_what_the_study_is_about(study):
    assert set(differing(list(study.variants.values()))) == set(study.about)
    assert {one.seed for one in study.variants.values()} == {0}


@EVERY_STUDY
def test_every_variant_is_trained_with_the_same_three_seeds(study):
    assert len(set(study.experiments)) == len(study.experiments) == len(SEEDS) * len(study.variants)
    for name in study.variants:
        assert [one.seed for one in study.runs_of(name)] == list(SEEDS)
    assert [one.seed for one in study.experiments] == sorted(one.seed for one in study.experiments)
    for one in study.experiments:
        assert Experiment.from_url(one.to_url()) == one


@EVERY_STUDY
def test_every_variant_of_a_seed_makes_as_many_updates_of_as_many_images(study):
    assert len({(one.num_steps, one.training.batch_size) for one in study.variants.values()}) == 1
    assert {one.data.validation_size for one in study.variants.values()} == {2_000}


@EVERY_STUDY
def test_a_study_names_only_what_it_has(study):
    assert 2 <= len(study.variants) <= 6
    assert study.measure in MEASURES
    assert {name for pair in study.comparisons for name in pair} == set(study.variants)
    assert set(study.broken) <= set(study.variants)
    assert study.title.endswith("?")
    assert study.notice[0].islower()
    assert study.seconds > 0


@EVERY_STUDY
@pytest.mark.parametrize("spread", [LOW, HIGH, WIDE, Spread((), num_failed=3)])
def test_every_answer_is_one_of_the_options(study, spread):
    every = dict.fromkeys(study.variants, spread)
    assert study.question.answer(every) in study.question.options
    for name in study.variants:
        assert study.question.answer({**every, name: HIGH}) in study.question.options


def test_which_asks_for_a_winner_with_every_seed():
    question = study.which("?", "a", "b")
    assert question.answer({"a": LOW, "b": HIGH, "c": HIGH}) == "b"
    assert question.answer({"a": WIDE, "b": HIGH}) == TOO_CLOSE


def test_how_much_asks_for_a_level_of_the_mean():
    question = study.how_much("?", "a", {"little": 0.0, "some": 0.25, "much": 0.9})
    assert question.answer({"a": LOW}) == "little"
    assert question.answer({"a": WIDE}) == "some"
    assert question.answer({"a": HIGH}) == "much"


def test_why_convolution_compares_equal_numbers_of_parameters():
    for key in ("why-convolution", "shifted", "permuted"):
        counts = [one.architecture.num_parameters for one in STUDIES[key].variants.values()]
        assert max(counts) <= 1.02 * min(counts)


def test_the_three_of_why_convolution_share_their_runs():
    plain = set(STUDIES["why-convolution"].experiments)
    assert plain == set(STUDIES["shifted"].experiments)
    assert plain < set(STUDIES["permuted"].experiments)


def test_the_numbers_in_the_words_are_those_of_the_settings():
    few = next(iter(STUDIES["few-images"].variants.values()))
    assert (few.num_steps, few.training.batch_size, few.data.num_train) == (300, 50, 500)
    assert next(iter(STUDIES["optimizer"].variants.values())).num_steps == 300
    assert LIMITS["train_size"][0] <= 500


def test_a_claim_holds_when_it_is_much_and_with_every_seed():
    assert is_much_better(HIGH, LOW) is True
    assert is_much_better(LOW, HIGH) is False
    assert is_much_better(HIGH, WIDE) is False
    assert is_much_better(HIGH, Spread((0.945, 0.948))) is True
    assert is_much_better(Spread((0.95, 0.951)), Spread((0.945, 0.948))) is None


def test_ones_own_network_against_a_preset():
    own = replace(PRESETS["Tiny"], seed=7)
    study = against(own, "LeNet-5")
    assert [one.architecture for one in study.variants.values()] == [
        own.architecture,
        PRESETS["LeNet-5"].architecture,
    ]
    assert set(differing(list(study.variants.values()))) == {"layers"}
    assert {one.training for one in study.experiments} == {own.training}
    with pytest.raises(ValueError, match="Your network has the same layers as 'Tiny': choose another one"):
        against(own, "Tiny")
