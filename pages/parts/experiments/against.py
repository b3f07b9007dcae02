"""Your network against a preset: a study made of the draft."""

from cnnlab.presets import PRESETS
from cnnlab.studies.study import SEEDS, against
from pages.parts.experiments import guided
from pages.parts.experiments.own import measured_seconds, own_experiment
from ui.controls import choose_in_address


def show() -> None:
    """Choose a preset; the rest is a study."""
    own = own_experiment()
    if own is None:
        return
    names = {preset.architecture: name for name, preset in reversed(PRESETS.items())}  # each network once
    others = [name for name in reversed(names.values()) if PRESETS[name].architecture != own.architecture]
    chosen = choose_in_address("preset", others, "Against", first=others[0], wrap=True)
    each = measured_seconds(tuple(against(own, chosen).variants.values()))
    seconds = None if each is None else sum(each) * len(SEEDS)
    guided.show(against(own, chosen, seconds), f"against-{chosen}")
