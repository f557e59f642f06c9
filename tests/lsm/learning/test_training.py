"""The loop: it learns, stops when it should, and goes on from where it stopped."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from lsm.base.files import LoadError
from lsm.learning import (
    Adam,
    Devices,
    EProp,
    GradientDescent,
    LeakyReadout,
    Targets,
    Trainer,
    evaluate,
)
from lsm.learning import training as loop
from lsm.neurons import LIF, LIF_COND
from lsm.reservoir import Reservoir
from lsm.simulation import compilations
from lsm.spikes import SpikeTrains
from lsm.topology import InputWiring, MatrixWiring, RandomWiring, ShortTermPlasticity

STEPS = 60


def order_task(n, seed):
    """Which of two groups of channels comes first? Counts of spikes don't say."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    dense = np.zeros((n, 8, STEPS), dtype=int)
    for k, label in enumerate(labels):
        for group, start in ((label, 0), (1 - label, 25)):
            channels = slice(4 * group, 4 * group + 4)
            dense[k, channels, start : start + 15] = rng.random((4, 15)) < 0.3
    return SpikeTrains.from_dense(dense, dt_ms=1.0), labels


def liquid(**changes):
    """Thirty of the default neurons, whose weak input doesn't tell the order by itself."""
    return Reservoir.random(
        30,
        random_state=0,
        model=LIF,
        ranges={"tau_m_ms": (8.0, 20.0), "v_threshold_mV": (-66.0, -60.0)},
        wiring=RandomWiring(
            0.3, weight_pA=(300.0, 300.0, -300.0, -300.0), delay_ms=(1.0, 3.0, 1.0, 2.0)
        ),
        inputs=InputWiring(0.3, 400.0, 100.0),
    ).replace(**changes)


TRAINER = Trainer(EProp(), Adam(0.05), batch_size=32, iterations=25, window_ms=20.0)


@pytest.fixture(scope="module")
def trained():
    X, y = order_task(256, 0)
    return TRAINER.train(liquid(), X, y)


def test_default_neurons_learn_the_order_of_their_inputs(trained):
    X, y = order_task(200, 1)
    targets = Targets(y, "cross_entropy", 20.0)
    _, error = evaluate(trained.network, X, targets)
    alone = replace(TRAINER, rule=EProp(trains=("readout",)))
    _, of_readout = evaluate(alone.train(liquid(), *order_task(256, 0)).network, X, targets)
    assert error < 0.1
    assert error < of_readout - 0.05


def test_tasks_sizes_seeds_rules_and_settings_build_nothing(trained):
    before = compilations()
    for seed, (n, rule, optimizer, devices) in enumerate(
        [
            (3, EProp(feedback="random", rate_strength=10.0), Adam(0.1, corrected=True), None),
            (100, EProp(trains=("recurrent",), dampening=0.1), GradientDescent(0.1), None),
            (500, EProp(feedback_seed=1), Adam(), Devices(bits=3, noise=0.1)),
        ]
    ):
        shape = 6, 5 + seed, 20 + 10 * seed  # samples, channels, steps
        X = SpikeTrains.from_dense(np.random.default_rng(seed).integers(0, 2, shape), dt_ms=0.5)
        trainer = Trainer(rule, optimizer, batch_size=2 + seed, iterations=2, devices=devices)
        reservoir = Reservoir.random(n, random_state=seed, model=LIF)
        trainer.train(reservoir, X, np.arange(6) % 3, dt_ms=0.5, random_state=seed)
    assert compilations() == before


def test_only_weights_change_and_signs_stay(trained):
    before, after = liquid(), trained.reservoir
    assert trained.stopped == "iterations"
    for name in ("synapses", "input_synapses"):
        old, new = (
            r.synapses if name == "synapses" else r.input_synapses(8) for r in (before, after)
        )
        kept = dict(zip(zip(old.source, old.target, strict=True), old.delay_ms, strict=True))
        # What has come to 0 is no synapse any more.
        assert len(old) >= len(new) > 0.8 * len(old)
        for place in zip(new.source, new.target, new.delay_ms, strict=True):
            assert kept[place[:2]] == place[2]
    signs = np.where(before.excitatory, 1, -1)[after.synapses.source]
    assert np.all(after.synapses.weight_pA * signs > 0)
    np.testing.assert_array_equal(before.parameters["tau_m_ms"], after.parameters["tau_m_ms"])


def test_frozen_parts_stay(trained):
    X, y = order_task(64, 0)
    trainer = replace(TRAINER, rule=EProp(trains=("recurrent",)), iterations=2)
    start = trained.network
    network = trainer.train(start.reservoir, X, y, readout=start.readout).network
    assert network.reservoir.inputs == start.reservoir.inputs
    np.testing.assert_array_equal(network.readout.weights, start.readout.weights)
    assert network.reservoir.wiring != start.reservoir.wiring


def test_another_process_goes_on_from_a_checkpoint(tmp_path):
    path = tmp_path / "training.npz"
    line = (
        "from dataclasses import replace; from tests.lsm.learning.test_training import *;"
        "trainer = replace(TRAINER, iterations=2); "
        f"trainer.train(liquid(), *order_task(64, 0), checkpoint={str(path)!r})"
    )
    for seed in ("1", "2"):  # of the hashes of text, which order sets
        hashed = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", line], check=True, env=hashed)
    trainer = replace(TRAINER, iterations=2)
    assert trainer.train(liquid(), *order_task(64, 0), checkpoint=path).stopped == "iterations"


def test_training_goes_on_from_a_checkpoint_as_if_it_had_not_stopped(tmp_path, monkeypatch):
    X, y = order_task(96, 0)
    trainer = replace(
        TRAINER, iterations=7, validation_fraction=0.3, validate_every=2, devices=Devices(4, 0.05)
    )
    undisturbed = trainer.train(liquid(), X, y)
    path, iterate = tmp_path / "training.npz", loop._Run.iterate

    def killed(run, state, *arguments):
        if len(state.losses) == 5:
            raise KeyboardInterrupt
        iterate(run, state, *arguments)

    options = {"checkpoint": path, "checkpoint_every": 2}
    monkeypatch.setattr(loop._Run, "iterate", killed)
    with pytest.raises(KeyboardInterrupt):
        trainer.train(liquid(), X, y, **options)
    monkeypatch.setattr(loop._Run, "iterate", iterate)
    resumed = trainer.train(liquid(), X, y, **options)
    assert resumed.reservoir == undisturbed.reservoir
    for name, series in vars(undisturbed.curve).items():
        np.testing.assert_array_equal(getattr(resumed.curve, name), series)
    assert len(resumed.curve.losses) == 7
    assert trainer.train(liquid(), X, y, **options).reservoir == undisturbed.reservoir
    with pytest.raises(LoadError, match="is the checkpoint of another training"):
        replace(trainer, batch_size=16).train(liquid(), X, y, **options)


def test_training_ends_early_and_keeps_the_best_weights():
    X, y = order_task(96, 0)
    # Classes that have nothing to do with the spikes: only what isn't held out can be learned.
    y = np.random.default_rng(0).permutation(y)
    trainer = replace(TRAINER, validation_fraction=0.3, validate_every=1, patience=2)
    trained = trainer.train(liquid(), X, y)
    curve = trained.curve
    assert trained.stopped == "patience"
    best = int(np.argmin(curve.validation_losses))
    assert len(curve.losses) == curve.validated[best] + 2
    shorter = replace(trainer, iterations=int(curve.validated[best])).train(liquid(), X, y)
    assert shorter.reservoir == trained.reservoir


def test_groups_are_held_out_as_a_whole():
    groups = np.repeat(list("abcdef"), [3, 9, 2, 8, 4, 6])
    trainer = replace(TRAINER, validation_fraction=0.3, batch_size=4)
    trained, held_out = trainer.split(32, np.random.default_rng(0), groups)
    np.testing.assert_array_equal(np.sort(np.concatenate([trained, held_out])), np.arange(32))
    assert len(set(groups[held_out])) == 2
    assert not set(groups[held_out]) & set(groups[trained])
    with pytest.raises(ValueError, match=r"groups must have shape \(32,\), one a sample; got \(3"):
        trainer.split(32, np.random.default_rng(0), groups[:3])
    with pytest.raises(ValueError, match="hold out at least one of 1 groups"):
        trainer.split(32, np.random.default_rng(0), np.zeros(32))


def test_each_network_is_shown_before_it_learns():
    X, y = order_task(64, 0)
    shown = []
    trained = replace(TRAINER, iterations=3).train(
        liquid(), X, y, callback=lambda *state: shown.append(state)
    )
    assert [iteration for iteration, _ in shown] == [0, 1, 2]
    for k, (_, network) in enumerate(shown):
        batch = loop._batch(np.arange(64), 32, k, 0)
        loss, _ = evaluate(network, X[batch], Targets(y, "cross_entropy", 20.0)[batch])
        assert loss == pytest.approx(trained.curve.losses[k])


@pytest.mark.parametrize(("watched", "most"), [(True, 32 * STEPS), (True, 1e9), (False, 1)])
def test_whoever_watches_sees_that_long_samples_are_trained(watched, most, monkeypatch, capsys):
    monkeypatch.setattr(loop, "is_watched", lambda: watched)
    monkeypatch.setattr(loop, "LONG_BATCH", most)
    X, y = order_task(32, 0)
    replace(TRAINER, iterations=1).train(liquid(), X, y)
    assert ("train" in capsys.readouterr().err) == (watched and most == 32 * STEPS)


def test_a_goal_ends_training():
    X, y = order_task(96, 0)
    trainer = replace(TRAINER, validation_fraction=0.3, validate_every=1, goal=0.6)
    trained = trainer.train(liquid(), X, y)
    assert trained.stopped == "goal"
    assert trained.curve.validation_errors[-1] <= 0.6


def test_a_loss_that_is_no_number_ends_training_with_the_last_good_weights():
    X, _ = order_task(64, 0)
    targets = np.sin(np.arange(STEPS))[None, :, None].repeat(64, axis=0)
    trainer = Trainer(
        EProp(trains=("readout",)),
        GradientDescent(1e200),
        loss="squared_error",
        batch_size=32,
        iterations=20,
    )
    with pytest.warns(UserWarning, match=r"was no number in iteration 2.*learning_rate"):
        trained = trainer.train(liquid(), X, targets)
    assert trained.stopped == "diverged"
    assert np.all(np.abs(trained.readout.weights) < 10)


@pytest.mark.parametrize(
    "optimizer", [Adam(1e300), Adam(1e308), GradientDescent(1e300), Adam(1e30)]
)
def test_weights_that_no_program_can_hold_end_training_with_those_before(optimizer):
    X, y = order_task(64, 0)
    trainer = replace(
        TRAINER, optimizer=optimizer, iterations=3, validation_fraction=0.3, validate_every=1
    )
    with pytest.warns(UserWarning, match=r"weight was no number in iteration 1.*learning_rate"):
        trained = trainer.train(liquid(), X, y)
    assert trained.stopped == "diverged"
    assert trained.reservoir.synapses.weight_pA.tolist() == liquid().synapses.weight_pA.tolist()


def test_delays_are_no_longer_than_samples():
    X, y = order_task(64, 0)
    rule = EProp(trains=("delays",))
    trained = replace(TRAINER, rule=rule, optimizer=Adam(1e300), iterations=3).train(liquid(), X, y)
    assert trained.reservoir.input_synapses(8).delay_ms.max() <= STEPS + 3


def test_devices_hold_levels_of_the_weights_trained():
    X, y = order_task(64, 0)
    trainer = replace(TRAINER, iterations=3, devices=Devices(bits=2))
    trained = trainer.train(liquid(), X, y)
    assert len(np.unique(trained.readout.weights)) <= 4
    assert len(np.unique(trained.reservoir.input_synapses(8).weight_pA)) <= 4


X, Y = order_task(20, 0)
SMALL = replace(TRAINER, batch_size=4, iterations=1)


@pytest.mark.parametrize(
    ("reservoir", "targets", "trainer", "message"),
    [
        (liquid(), Y, replace(SMALL, batch_size=21), "batch_size must not be above the 20 samples"),
        (
            liquid(),
            Y,
            replace(SMALL, validation_fraction=0.01),
            "validation_fraction must hold out at least one of 20 samples, got 0.01",
        ),
        (liquid(), Y[:-1], SMALL, "targets must be 20, one a sample, got 19"),
        (liquid(), Y + 1, SMALL, "targets: no sample is of class 0"),
        (liquid(), Y * 10**12, SMALL, "targets: no sample is of class 1"),
        (
            liquid(),
            Y,
            replace(SMALL, rule=EProp(feedback=np.full((2, 30), np.nan))),
            "feedback must be finite",
        ),
        (liquid(), Y - 1, SMALL, "targets must be classes 0, 1, 2, .* -1 in it"),
        (liquid(), Y + 0.5, SMALL, "targets must hold whole numbers"),
        (
            liquid(),
            np.zeros((20, 30, 1)),
            replace(SMALL, loss="squared_error"),
            "targets must have 60 steps, as the longest sample, got 30",
        ),
        (
            liquid(),
            np.full((20, 60, 1), np.inf),
            replace(SMALL, loss="squared_error"),
            r"targets must be finite and have the shape \(samples, steps, outputs\), got",
        ),
        (
            liquid(),
            np.full((20, 60, 1), np.nan),
            replace(SMALL, loss="squared_error"),
            "targets ask for nothing in sample 0",
        ),
        (
            liquid(model=LIF_COND, parameters={}),
            Y,
            SMALL,
            "'lif_cond' has no pseudo-derivative: .* take one of if, lif, ",
        ),
        (liquid(short_term=ShortTermPlasticity()), Y, SMALL, "short_term: plastic synapses can't"),
        (
            liquid(parameters={"v_threshold_mV": -75.0, "v_reset_mV": -80.0}),
            Y,
            SMALL,
            "v_threshold_mV must lie above v_rest_mV .* -5 mV above rest in neuron 0",
        ),
        (liquid(), Y, replace(SMALL, rule=EProp(feedback=np.ones((3, 30)))), r"\(2, 30\), got \(3"),
    ],
)
def test_what_can_not_be_trained_is_refused(reservoir, targets, trainer, message):
    with pytest.raises(ValueError, match=message):
        trainer.train(reservoir, X, targets)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: EProp(trains=("bias",)), "trains must be some of inputs, recurrent, readout"),
        (lambda: EProp(trains=()), "trains must be some of"),
        (lambda: EProp(feedback="weights"), "feedback must be 'symmetric', 'random' or an array"),
        (lambda: EProp(dampening=0), "dampening must be finite and above 0"),
        (lambda: EProp(rate_strength=-1), "rate_strength must be finite and not below 0"),
        (lambda: EProp(feedback_seed=-1), "feedback_seed must not be below 0"),
        (lambda: Trainer(iterations=0), "iterations must be at least 1"),
        (lambda: Trainer(loss="hinge"), "loss must be one of cross_entropy, squared_error, got"),
        (
            lambda: Trainer(goal=np.nan, validation_fraction=0.2),
            "goal must be finite and not below 0",
        ),
        (lambda: Devices(bits=5000), "bits must be at most 32, got 5000"),
        (lambda: Trainer(patience=2), "patience and goal need a validation_fraction above 0"),
        (lambda: Trainer(validation_fraction=1.0), "validation_fraction must lie below 1"),
        (lambda: Devices(bits=0), "bits must be at least 1"),
        (lambda: Devices(noise=-0.1), "noise must be finite and not below 0"),
    ],
)
def test_settings_that_can_not_be_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"rule": EProp}, "rule must be an object with gradients, got <class"),
        ({"optimizer": "adam"}, "optimizer must be an object with move, got 'adam'"),
        ({"devices": 4}, "devices must be an object with write, got 4"),
    ],
)
def test_parts_that_can_not_do_their_work_are_refused(parts, message):
    with pytest.raises(TypeError, match=message):
        Trainer(**parts)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reservoir": None}, "must be Reservoir objects, got NoneType"),
        ({"spikes": np.zeros((20, 8, 60))}, "spikes must be SpikeTrains, got ndarray"),
        ({"readout": "leaky"}, "readout must be a LeakyReadout, got str"),
        ({"readout": LeakyReadout(np.ones((2, 7)))}, "weights of 30 neurons, got 7"),
        ({"random_state": None}, "random_state must be an integer, got None"),
        ({"checkpoint": "nowhere/run.npz"}, "checkpoint must be a file in a folder that is there"),
        ({"checkpoint": "."}, "checkpoint must be a file"),
    ],
)
def test_a_training_is_checked_before_it_starts(changes, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    X, y = order_task(20, 0)
    with pytest.raises((TypeError, ValueError), match=message):
        SMALL.train(**{"reservoir": liquid(), "spikes": X, "targets": y, **changes})


def test_a_training_that_is_done_does_not_go_on_for_ever(trained):
    shorter = replace(TRAINER, iterations=10)
    begun = trained.progress.reopened()
    with pytest.raises(ValueError, match="iterations must be above the 25 that are begun, got 10"):
        shorter.train(trained.reservoir, *order_task(256, 0), begun=begun)


def test_what_can_not_be_evaluated_is_refused(trained):
    X, y = order_task(20, 0)
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        evaluate(trained.network, X, Targets(y), batch_size=0)
    with pytest.raises(ValueError, match="spikes must hold at least one sample, got none"):
        evaluate(trained.network, X[:0], Targets(y[:0]))


def test_matrices_without_dales_law_may_change_signs():
    X, y = order_task(64, 0)
    weights = np.random.default_rng(0).normal(0, 10, (30, 30))
    start = liquid(wiring=MatrixWiring(weights, dale=False))
    trained = replace(TRAINER, optimizer=Adam(0.5), iterations=3).train(start, X, y)
    old, new = start.wiring.weight_pA.toarray(), trained.reservoir.wiring.weight_pA.toarray()
    assert np.any(np.sign(old) * np.sign(new) < 0)
