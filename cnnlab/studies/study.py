"""A guided experiment: a question, the variants that answer it, what to predict before, and what to notice.

Every study trains each variant with three seeds; variants of one seed see the same batches in the same order and differ
only in what the study is about. What came out is computed from the runs, never written here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from cnnlab.evaluation.seeds import Spread, best
from cnnlab.experiment import Experiment
from cnnlab.presets import PRESETS

SEEDS = (0, 1, 2)
TEST, TRAINING, SHIFTED = "test", "training", "shifted"
MEASURES = {
    TEST: "the 10,000 test digits",
    TRAINING: "its own training digits, in the last epoch",
    SHIFTED: "the 10,000 test digits, shifted by 3 pixels",
}
"""What a study counts: the share that is read rightly of these."""
SHIFT, MOST_SHIFT = 3, 6
"""Pixels."""
TOO_CLOSE = "Too close to tell"
MUCH = 0.01
"""A point: from here on a difference in accuracy counts as "much" where a claim says so."""


@dataclass(frozen=True)
class Question:
    """What is asked before. `answer` gives one of the options, from what came out."""

    text: str
    options: tuple[str, ...]
    answer: Callable[[Mapping[str, Spread]], str]


@dataclass(frozen=True)
class Study:
    """A guided experiment.

    Args:
        name: in a few words.
        title: the question that it answers.
        variants: by their names, two to six, each with seed 0.
        about: the settings in which variants differ, by the names of `comparison.differing`.
        why: what is compared, and how.
        notice: what to look at; a sentence without its first word.
        question: what to predict.
        seconds: how long all its runs took when it was measured, one after the other on two cores.
        measure: which of MEASURES decides.
        pairs: the comparisons that are put into words; empty: the first variant with each other one.
        claim: what the study notes say of the first variant against the second, to be tested here.
        broken: variants that the doctor looks at.
    """

    name: str
    title: str
    variants: Mapping[str, Experiment]
    about: tuple[str, ...]
    why: str
    notice: str
    question: Question
    seconds: float | None
    measure: str = TEST
    pairs: tuple[tuple[str, str], ...] = ()
    claim: str = ""
    broken: tuple[str, ...] = ()

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        """All runs: every variant with the first seed, then with the next."""
        return tuple(replace(one, seed=seed) for seed in SEEDS for one in self.variants.values())

    def runs_of(self, variant: str) -> Iterator[Experiment]:
        """A variant with each seed."""
        return (replace(self.variants[variant], seed=seed) for seed in SEEDS)

    @property
    def comparisons(self) -> tuple[tuple[str, str], ...]:
        """The pairs that are put into words."""
        first, *others = self.variants
        return self.pairs or tuple((first, other) for other in others)


def which(text: str, *among: str) -> Question:
    """Ask which variant is best among some; it must be better with every seed."""

    def answer(spreads: Mapping[str, Spread]) -> str:
        return best({name: spreads[name] for name in among}) or TOO_CLOSE

    return Question(text, (*among, TOO_CLOSE), answer)


def how_much(text: str, variant: str, levels: Mapping[str, float]) -> Question:
    """Ask how much a variant reaches on average; `levels` are answers with the least share of each, rising from 0."""

    def answer(spreads: Mapping[str, Spread]) -> str:
        mean = spreads[variant].mean if spreads[variant].values else 0.0
        return [name for name, least in levels.items() if mean >= least][-1]

    return Question(text, tuple(levels), answer)


def is_much_better(first: Spread, second: Spread) -> bool | None:
    """Whether the first is much better than the second; None: better with every seed, but not by much."""
    if not first.is_above(second):
        return False
    return True if first.mean - second.mean >= MUCH else None


def against(own: Experiment, preset: str, seconds: float | None = None) -> Study:
    """One's own network against a preset's, both trained as one's own is; `seconds` as in `Study`, None: not known.

    Raises ValueError when they are the same.
    """
    other = replace(own, architecture=PRESETS[preset].architecture)
    if other == own:
        raise ValueError(f"Your network has the same layers as {preset!r}: choose another one")
    yours = "Your network"
    return Study(
        "Yours or a preset",
        "Your network against a preset",
        {yours: replace(own, seed=0), preset: replace(other, seed=0)},
        ("layers",),
        f"The network that you have built and that of {preset!r}, trained with your settings: the same images in the "
        "same batches, three seeds each.",
        "what the better one costs: parameters, multiply-adds and seconds.",
        which("Which one will read more of the test digits?", yours, preset),
        seconds=seconds,
    )
