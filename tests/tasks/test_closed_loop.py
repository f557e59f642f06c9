"""Networks that learn targets: what is trained, measures of known outputs, pictures."""

from types import SimpleNamespace

import numpy as np
import pytest

from lsm.force import force_reservoir
from readouts import ForceReadout
from tasks.closed_loop import Course, measures_of, run_alone, train_target, training
from tasks.closed_loop.plots import plot_course
from tasks.targets import TARGETS, make_protocol, make_target


def course(outputs, wanted, made, *, dt_ms=0.5, **trained):
    """A course whose outputs are given; all but its first half is the test."""
    n = len(outputs)
    times = dt_ms * np.arange(1, n + 1)
    end = n // 2 * dt_ms
    records = {"t_ms": times, "outputs": outputs, "diverged": "", "time_ms": n * dt_ms}
    records |= {"spike_times_ms": np.empty(0), "spike_neurons": np.empty(0, dtype=int)}
    records |= {"probe_t_ms": times[::40], "weights": np.zeros((len(times[::40]), 10, 1))}
    changed = {"learn_ms": (end / 2, end), "duration_ms": n * dt_ms, "dt_ms": dt_ms}
    fake = SimpleNamespace(**records | trained)
    return Course(made.changed(n_neurons=10, **changed), fake, wanted)


def drawn(course):
    """All pictures of a course, drawn to the end."""
    figures = {name: plot() for name, plot in plot_course(course).items()}
    for figure in figures.values():
        figure.canvas.draw()
    return figures


def test_the_training_is_that_of_the_library(monkeypatch):
    """What `train_target` hands to train_force, for settings in ms as in s."""
    calls = []

    def remember(reservoir, target, **rest):
        calls.append((reservoir, target, rest))
        raise InterruptedError

    monkeypatch.setattr(training, "train_force", remember)
    made = make_protocol(
        "songbird", "izhikevich", n_neurons=40, duration_ms=200.0, learn_ms=(10.0, 100.0)
    )
    with pytest.raises(InterruptedError):
        train_target(made, random_state=3)
    ((reservoir, target, rest),) = calls
    published = TARGETS["songbird"].settings["izhikevich"]
    assert rest["readout"].get_params() == (
        ForceReadout(alpha=1e6 / published.p0, gain="nicola-clopath").get_params()
    )
    assert (rest["feedback"], rest["every"], rest["dt_ms"]) == (1e3, 100, 0.04)
    assert target.shape == (5000, 20)
    assert rest["inputs"].shape == (5000, 500)
    assert 7e3 < np.abs(rest["input_weights"]).max() < 8e3
    neurons = dict(published.neuron)
    expected = force_reservoir("izhikevich", 40, gain=published.G, parameters=neurons)
    for name, values in expected.parameters.items():
        np.testing.assert_array_equal(reservoir.parameters[name], values)
    scale = np.abs(expected.synapses.weight_pA).mean()
    assert np.abs(reservoir.synapses.weight_pA).mean() == pytest.approx(scale, rel=0.2)


def test_points_are_heard_from_a_random_direction(monkeypatch):
    options = {}

    def remember(reservoir, target, **rest):
        options.update(rest)
        raise InterruptedError

    monkeypatch.setattr(training, "train_force", remember)
    made = make_protocol(
        "classification", "izhikevich", n_neurons=300, duration_ms=1000.0, learn_ms=(0.0, 500.0)
    )
    with pytest.raises(InterruptedError):
        train_target(made, random_state=0)
    lengths = np.linalg.norm(options["input_weights"], axis=1)
    np.testing.assert_allclose(lengths, made.settings.input_gain)
    assert np.abs(options["input_weights"].mean(axis=0)).max() < 0.2 * made.settings.input_gain


def test_rates_learn_and_are_counted():
    made = make_protocol("sine", "rate", n_neurons=200, alpha=4e4, learn_ms=(500.0, 1500.0))
    learned = train_target(made, random_state=0)
    assert measures_of(learned)["nrmse_drift_tolerant"] < 0.1
    assert 20 < learned.rate_Hz < 60
    assert set(drawn(learned)) == {"outputs", "error", "weights", "raster"}


def test_a_drifting_sine_is_only_plainly_wrong():
    wanted = make_target("sine", duration_ms=4000, dt_ms=0.5).values
    outputs = np.roll(wanted, 67)  # a sixth of the period
    measured = measures_of(course(outputs, wanted, make_protocol("sine", "lif")))
    assert measured["nrmse"] == pytest.approx(2 * np.sin(np.pi * 67 / 400), rel=1e-3)
    assert measured["nrmse_drift_tolerant"] == pytest.approx(0, abs=1e-3)


def test_a_rate_is_that_of_the_test():
    wanted = make_target("sine", duration_ms=4000, dt_ms=0.5).values
    times = np.array([500.0, 2100.0, 2500.0, 3900.0])
    alone = course(wanted, wanted, make_protocol("sine", "lif"), spike_times_ms=times)
    assert alone.rate_Hz == pytest.approx(3 / 10 / 2)


def test_a_noisy_target_is_tested_without_its_noise():
    made = make_protocol(
        "product-noisy", "lif", n_neurons=100, learn_ms=(50.0, 90.0), duration_ms=150.0
    )
    trained = train_target(made, random_state=0)
    clean = make_target("product", duration_ms=150, dt_ms=0.05).values
    np.testing.assert_array_equal(trained.wanted, clean[::10])
    assert trained.dt_ms == 0.5
    np.testing.assert_allclose(trained.trained.t_ms, 0.05 + 0.5 * np.arange(300))
    assert (trained.test.start, trained.test.stop) == (180, 300)


@pytest.fixture(scope="module")
def chaos():
    """Two trajectories of 80 s each."""
    return [
        make_target("lorenz", duration_ms=80_000, dt_ms=2, random_state=seed).values
        for seed in (0, 1)
    ]


def test_other_motion_of_the_same_kind_is_the_lorenz_system(chaos, tmp_path):
    wanted, other = chaos
    near = course(other, wanted, make_protocol("lorenz", "theta"), dt_ms=2.0)
    measured = measures_of(near)
    assert measured["nrmse"] > 1
    assert measured["valid_time_ms"] < 2000
    assert measured["return_map_distance"] < 0.02
    assert measured["spectrum_distance"] < 0.2
    assert measured["exponent_per_s"] == pytest.approx(0.906, abs=0.25)
    assert measured["target_exponent_per_s"] == pytest.approx(0.906, abs=0.25)
    assert "lorenz" in drawn(near)


def test_a_sine_is_not_the_lorenz_system(chaos):
    wanted, _ = chaos
    phase = 2 * np.pi * 0.002 / 0.75 * np.arange(len(wanted))[:, None]
    outputs = 0.3 + 0.3 * np.sin(phase + np.array([0.0, 1.0, 2.0]))
    measured = measures_of(course(outputs, wanted, make_protocol("lorenz", "theta"), dt_ms=2.0))
    assert measured["return_map_distance"] > 0.05
    assert measured["spectrum_distance"] > 0.5
    still = measures_of(
        course(np.zeros_like(wanted), wanted, make_protocol("lorenz", "theta"), dt_ms=2.0)
    )
    assert still["return_map_distance"] is None
    assert still["exponent_per_s"] is None


def test_a_yes_or_no_is_judged_by_its_sign():
    wanted = np.tile([0.0, 0.5, 0.5, -0.5, -0.5], 400)[:, None]
    outputs = np.tile([9.0, 0.1, -0.1, -0.1, -0.1], 400)[:, None]
    measured = measures_of(course(outputs, wanted, make_protocol("classification", "izhikevich")))
    assert measured["same_sign"] == pytest.approx(3 / 4)


def test_many_outputs_are_drawn_as_images(tmp_path):
    wanted = make_target("songbird", duration_ms=12_000, dt_ms=1, random_state=0).values
    made = make_protocol("songbird", "izhikevich")
    figure = drawn(course(0.9 * wanted, wanted, made, dt_ms=1.0))["outputs"]
    assert sum(len(axes.images) for axes in figure.axes) == 8
    figure.savefig(tmp_path / "outputs.png")
    assert (tmp_path / "outputs.png").stat().st_size > 20_000


def test_a_network_goes_on_alone_with_its_own_decoder_or_none():
    made = make_protocol("sine", "rate", n_neurons=100, alpha=4e4, learn_ms=(100.0, 700.0))
    settings = made.settings
    target = make_target("sine", duration_ms=1400.0, dt_ms=settings.dt_ms)
    network = training.train_network(
        made,
        target,
        network=0,
        duration_ms=settings.learn_ms[1],
        probes=training.Probes(filtered=None),
        random_state=0,
        progress=False,
    )
    own = run_alone(network, target, settle_ms=100.0)
    assert run_alone(network, target, settle_ms=100.0, decoder=network.decoder) == own
    errors, rate = own
    assert errors["nrmse_any_tempo"] - 1e-6 < errors["nrmse_drift_tolerant"] <= errors["nrmse"]
    assert errors["tempo"] == pytest.approx(1, abs=0.1)
    assert 5 < rate < 100
    nothing, _ = run_alone(
        network, target, settle_ms=100.0, decoder=np.zeros_like(network.decoder), taught=True
    )
    assert nothing["nrmse"] == pytest.approx(1, abs=0.01)
    assert nothing["tempo"] is None
    lost = run_alone(network, target, settle_ms=0.0, decoder=np.full_like(network.decoder, np.nan))
    assert lost == (dict.fromkeys(errors), None)
