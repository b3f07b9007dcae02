from dataclasses import replace
from itertools import count

import pytest

from cnnlab import calibration
from cnnlab.experiment import DataSettings
from cnnlab.presets import PRESETS

TINY = PRESETS["Tiny"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (DataSettings(), 500 * 0.01 + 20 * 0.01),  # 500 batches of 100, 20 looks at 500 of 10,000 validation images
        (DataSettings(validation_size=0), 600 * 0.01),
        (DataSettings(train_size=1_050, validation_size=250, shift=2), 11 * 0.01 + 0.5 * 0.01),
    ],
)
def test_every_batch_and_every_look_is_counted(monkeypatch, data, expected):
    ticks = count()
    monkeypatch.setattr(calibration.time, "perf_counter", lambda: next(ticks) * 0.01)  # whatever is done takes a tick
    assert calibration.seconds_per_epoch(replace(TINY, data=data)) == pytest.approx(expected)


def test_it_is_measured():
    assert 0 < calibration.seconds_per_epoch(TINY) < 600
