import numpy as np
import pytest

from cnnlab.experiment import DataSettings, Experiment, TrainingSettings
from cnnlab.lessons import recorded_runs
from cnnlab.nn.architecture import Architecture
from cnnlab.nn.layers import Dense, Flatten
from cnnlab.runs.records import BatchHistory, EpochHistory, names_of


@pytest.fixture(scope="module")
def runs():
    return recorded_runs.load()


def test_every_run_is_complete(runs):
    assert list(runs) == list(recorded_runs.EXPERIMENTS)
    for name, run in runs.items():
        experiment, batches, epochs = run.experiment, run.history.batches, run.history.epochs
        assert experiment == recorded_runs.EXPERIMENTS[name]
        np.testing.assert_array_equal(batches.step, np.arange(1, experiment.num_steps + 1))
        np.testing.assert_array_equal(epochs.step, experiment.batches_per_epoch * np.arange(1, len(epochs.step) + 1))
        assert len(epochs.step) == experiment.training.epochs
        assert np.isfinite([batches.loss, batches.accuracy]).all()
        assert np.isfinite([epochs.loss, epochs.accuracy, epochs.val_loss, epochs.val_accuracy]).all()
        assert 0.5 < run.test_accuracy < 1


def test_one_underfits_one_fits_one_overfits(runs):
    small, fits, large, held_back = runs.values()
    assert small.history.epochs.accuracy[-1] < 0.8  # not even the digits that it learned from
    assert fits.history.epochs.val_accuracy[-1] > 0.95
    assert abs(fits.gap) < 0.1
    assert large.history.epochs.accuracy[-1] > 0.999
    assert large.best_epoch < 10  # the lowest validation loss is soon over
    assert large.gap > 10 * abs(fits.gap)
    assert held_back.gap < large.gap
    assert fits.test_accuracy > max(small.test_accuracy, large.test_accuracy, held_back.test_accuracy)


def test_a_file_of_other_experiments_is_told(monkeypatch):
    other = dict(recorded_runs.EXPERIMENTS)
    other["Fits"] = recorded_runs.EXPERIMENTS["Too small"]
    monkeypatch.setattr(recorded_runs, "EXPERIMENTS", other)
    with pytest.raises(ValueError, match=r"not made from the experiment 'Fits'\. Make it: python -m"):
        recorded_runs.load.__wrapped__()


def test_recording_keeps_what_training_told(monkeypatch, tmp_path):
    experiment = Experiment(
        Architecture((Flatten(), Dense(10, activation="softmax"))),
        DataSettings(train_size=1_000, validation_size=100),
        TrainingSettings(batch_size=500, epochs=2),
    )
    monkeypatch.setattr(recorded_runs, "EXPERIMENTS", {"One": experiment})
    monkeypatch.setattr(recorded_runs, "FILE", tmp_path / "runs.npz")
    recorded_runs.main()
    with np.load(tmp_path / "runs.npz") as arrays:
        expected = {f"One/batches/{name}" for name in names_of(BatchHistory)}
        expected |= {f"One/epochs/{name}" for name in names_of(EpochHistory)}
        assert set(arrays) == expected | {"One/experiment", "One/test_accuracy"}
    run = recorded_runs.load.__wrapped__()["One"]
    assert run.history.batches.step.tolist() == [1, 2, 3, 4]
    assert run.history.epochs.step.tolist() == [2, 4]
    mean = run.history.batches.loss[:2].mean()
    assert run.history.epochs.loss[0] == pytest.approx(mean, rel=1e-6)


def test_the_file_is_small():
    assert recorded_runs.FILE.stat().st_size < 200_000
