"""Targets against their formulas and equations, and published settings."""

from functools import partial

import numpy as np
import pytest

from tasks.targets import TARGETS, make_target, timing_inputs

DRAWN = {"product-noisy", "lorenz", "songbird", "pitchfork", "classification"}


def made(name, duration_ms=2000, dt_ms=1.0, random_state=0, **options):
    return make_target(
        name, duration_ms=duration_ms, dt_ms=dt_ms, random_state=random_state, **options
    )


def dense(inputs):
    return inputs if isinstance(inputs, np.ndarray | None) else inputs.toarray()


@pytest.mark.parametrize("name", TARGETS)
def test_target_is_as_it_says(name):
    target = made(name, duration_ms=400, dt_ms=0.25)
    assert target.values.shape[0] == 1600
    assert np.isfinite(target.values).all()
    if target.inputs is not None:
        assert target.inputs.shape[0] == 1600
    assert target.period_ms is TARGETS[name].period_ms
    text = str(target)
    assert text.startswith(f"{name}: {TARGETS[name].description}\n")
    assert f"{target.values.shape[1]} outputs, 1600 steps of 0.25 ms" in text


@pytest.mark.parametrize("name", TARGETS)
def test_one_seed_one_target_and_another_where_something_is_drawn(name):
    first, same, other = (made(name, 3000, 5.0, seed) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first.values, same.values)
    np.testing.assert_array_equal(dense(first.inputs), dense(same.inputs))
    assert np.array_equal(first.values, other.values) == (name not in DRAWN)


@pytest.mark.parametrize("name", sorted(set(TARGETS) - DRAWN | {"songbird"}))
def test_it_repeats_after_its_period(name):
    period = TARGETS[name].period_ms
    target = made(name, duration_ms=2 * period, dt_ms=period / 1000)
    first, second = np.split(target.values, 2)
    # Ends of pulses are in one slot or the next, as rounding has it.
    np.testing.assert_allclose(first, second, atol=1e-5)
    if target.inputs is not None:
        np.testing.assert_allclose(
            target.inputs[:1000].toarray(), target.inputs[1000:].toarray(), atol=1e-9
        )
    # And not before: no part of the period is one.
    halves = [np.abs(first - np.roll(first, 1000 // n, axis=0)).max() for n in (2, 3, 5)]
    assert min(halves) > 0.01


@pytest.mark.parametrize("name", sorted(set(TARGETS) - {"product-noisy"} - DRAWN))
def test_the_step_decides_where_it_is_read_and_nothing_else(name):
    np.testing.assert_allclose(
        made(name, 2000, 0.5).values[1::2], made(name, 2000, 1.0).values, atol=1e-9
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sine", lambda t: np.sin(10 * np.pi * t)),
        ("sawtooth", lambda t: np.arcsin(np.sin(10 * np.pi * t))),
        ("product", lambda t: np.sin(8 * np.pi * t) * np.sin(12 * np.pi * t)),
    ],
)
def test_sines(name, expected):
    np.testing.assert_allclose(
        made(name).values[:, 0], expected(np.arange(1, 2001) / 1000), atol=1e-12
    )


def test_noise_is_of_its_own_at_each_step():
    noise = made("product-noisy", 20_000).values - made("product", 20_000).values
    assert noise.std() == pytest.approx(0.05, rel=0.03)
    assert abs(np.corrcoef(noise[1:, 0], noise[:-1, 0])[0, 1]) < 0.03


# Integrated


@pytest.mark.parametrize(
    ("name", "mu", "period"),
    # Periods as in the literature (Strogatz; Andersen & Geer 1982): 6.3807, 11.6122.
    [("van-der-pol-harmonic", 0.5, 6.3807), ("van-der-pol-relaxation", 5.0, 11.6122)],
)
def test_van_der_pol_follows_its_equation(name, mu, period):
    assert TARGETS[name].period_ms == pytest.approx(period * 50, rel=1e-4)
    x, y = made(name, 1000, 0.05).values.T
    assert np.abs(x).max() == pytest.approx(0.2, abs=0.003)  # An amplitude of 2.
    # As the authors' program writes it, scaled: space by 10, time by 20.
    dx = 20 * mu * (x - x**3 * 100 / 3 - y)
    dy = 20 * x / mu
    for value, slope in ((x, dx), (y, dy)):
        np.testing.assert_allclose(np.gradient(value, 5e-5)[1:-1], slope[1:-1], atol=0.05)


def test_lorenz_follows_its_equations_scaled_by_70():
    x, y, z = made("lorenz", 3000, 0.1).values.T
    slopes = (10 * (y - x), 28 * x - 70 * x * z - y, 70 * x * y - 8 / 3 * z)
    for value, slope in zip((x, y, z), slopes, strict=True):
        np.testing.assert_allclose(np.gradient(value, 1e-4)[1:-1], slope[1:-1], atol=2e-3)


def test_lorenz_is_on_its_attractor():
    z = made("lorenz", 100_000, 10.0).values[:, 2]
    assert 70 * z.mean() == pytest.approx(23.55, abs=0.7)


def test_pitchfork_follows_its_normal_form():
    target = made("pitchfork", 5000, 0.05)
    x, u = target.values[:, 0], target.inputs[:, 0]
    residual = np.gradient(x, 0.05) - (x - x**3 + u) / 10
    # Where a pulse begins or ends, the slope jumps.
    assert np.mean(np.abs(residual) > 1e-3) < 0.01
    largest = np.abs(x - x**3).max() + np.abs(u).max()
    assert np.abs(np.diff(x)).max() < 0.05 * largest / 10
    # After the first pulse: in one of both states nearly always, and in each at some time.
    later = made("pitchfork", 60_000, 1.0).values[1000:, 0]
    assert np.mean(np.abs(np.abs(later) - 1) < 0.05) > 0.7
    assert 0.1 < np.mean(later > 0) < 0.9


def test_pulses_are_as_published():
    pulses = made("pitchfork", 120_000, 0.5).inputs[:, 0]
    edges = np.flatnonzero(np.diff(pulses))
    begins, ends = edges[::2], edges[1::2]
    n = min(len(begins), len(ends))
    lengths, gaps = (ends[:n] - begins[:n]) * 0.5, np.diff(begins) * 0.5
    assert 4.5 <= lengths.min() < lengths.max() <= 10.5
    assert 99 <= gaps.min() < gaps.max() <= 501
    assert gaps.mean() == pytest.approx(300, rel=0.05)
    assert pulses[begins + 1].std() == pytest.approx(2, rel=0.15)


# Songs


def test_ode_to_joy_plays_its_notes():
    values = made("ode-to-joy", 4000, 1.0).values
    middles = values[124::250]  # 125 ms into each slot
    notes = np.array(list("CDEFG"))[middles.argmax(axis=1)]
    assert "".join(notes) == "EEFGGFEDCCDEEDDD"
    np.testing.assert_allclose(middles.max(axis=1)[:14], 1, atol=1e-9)
    # The last note takes half a second: its peak is at the border of its slots.
    assert values[3500:, 1].argmax() == 249
    np.testing.assert_allclose(middles.max(axis=1)[14:], np.sqrt(0.5), atol=1e-9)
    assert np.all(np.count_nonzero(np.abs(values) > 1e-9, axis=1) <= 1)


def test_timed_ode_to_joy_marks_each_slot_beside_the_melody():
    timed = made("ode-to-joy-timed", 8000, 1.0).values
    np.testing.assert_array_equal(timed[:, :5], made("ode-to-joy", 8000, 1.0).values)
    expected = timing_inputs(np.arange(1.0, 8001), n_channels=16, period_ms=4000).toarray()
    np.testing.assert_allclose(timed[:, 5:], expected, atol=1e-12)


def test_timing_inputs_are_half_sines_one_after_another():
    t = 0.5 * np.arange(1, 41)
    found = timing_inputs(t, n_channels=4, period_ms=20.0)
    expected = np.zeros((40, 4))
    for k in range(4):
        inside = (t >= 5 * k) & (t < 5 * k + 5)
        expected[inside, k] = np.sin(np.pi * (t[inside] - 5 * k) / 5)
    np.testing.assert_allclose(found.toarray(), expected, atol=1e-12)
    later = timing_inputs(t + 20, n_channels=4, period_ms=20.0)
    np.testing.assert_allclose(later.toarray(), expected, atol=1e-12)


def test_songbird_sings_on_many_channels():
    target = made("songbird", 5000, 1.0, n_channels=32)
    values = target.values
    assert values.shape == (5000, 32)
    assert values.min() >= 0
    assert values.max() == 1
    assert target.inputs.shape == (5000, 500)
    assert np.all(target.inputs.sum(axis=1) <= 1 + 1e-12)
    sung = values.max(axis=1) > 0.05
    assert 0.4 < sung.mean() < 0.95  # There are gaps.
    assert np.mean(values.max(axis=0) > 0.3) > 0.3
    # Channels are not copies of each other: it takes several directions to hold the song.
    strength = np.linalg.svd(values, compute_uv=False)
    assert strength[5] > 0.05 * strength[0]


# Points


@pytest.mark.parametrize("boundary", ["line", "circle"])
def test_points_are_told_apart_by_their_pulse(boundary):
    target = made("classification", 200_000, 5.0, boundary=boundary)
    slots = np.arange(1, 40_001) * 5.0 // 250
    shown = slots[:-1] % 2 == 1
    inputs, values = target.inputs[:-1], target.values[:-1, 0]
    assert not inputs[~shown].any()
    np.testing.assert_allclose(values[~shown], 0, atol=1e-9)
    x, y = inputs[24 + 50 :: 100].T
    heights = values[24 + 50 :: 100]
    np.testing.assert_allclose(np.abs(heights), 0.5, atol=1e-9)
    outside = x + y > 0 if boundary == "line" else np.hypot(x, y) > np.sqrt(2 / np.pi)
    np.testing.assert_array_equal(heights > 0, outside)
    assert np.mean(outside) == pytest.approx(0.5, abs=0.08)
    assert np.abs(inputs).max() <= 1


# Settings


@pytest.mark.parametrize(
    ("name", "model", "G", "Q"),
    [
        ("sine", "lif", 0.1, 30),
        ("sine", "izhikevich", 5e3, 5e3),
        ("sine", "theta", 10, 1e4),
        ("sawtooth", "izhikevich", 5e3, 4e3),
        ("van-der-pol-harmonic", "izhikevich", 1e4, 9e3),
        ("van-der-pol-relaxation", "izhikevich", 1e4, 2e4),
        ("van-der-pol-relaxation", "lif", 0.05, 30),
        ("product", "lif", 0.1, 30),
        ("lorenz", "theta", 15, 1e4),
        ("ode-to-joy", "izhikevich", 1e4, 4e3),
    ],
)
def test_settings_are_as_published(name, model, G, Q):
    settings = TARGETS[name].settings[model]
    assert (settings.G, settings.Q) == (G, Q)
    dt_ms, every, p0, p0_hz = {
        "lif": (0.05, 50, 0.05 * 5e-5, 2.5e-6),
        "izhikevich": (0.04, 20, 2.0, 2e-6),
        "theta": (0.01, 50, 1e-5, 1e-5),
    }[model]
    every = 100 if name == "ode-to-joy" else every
    assert settings.dt_ms == dt_ms
    assert settings.every == every
    assert (settings.p0, settings.p0_hz) == pytest.approx((p0, p0_hz))


def test_settings_of_programs_in_ms_are_the_same_network_in_s():
    """The state grows a thousandfold with the unit: r'Pr, and the current of a spike, must not."""
    settings = TARGETS["sine"].settings["izhikevich"]
    per_ms = np.random.default_rng(0).random(4)
    hz = 1000 * per_ms
    assert per_ms @ per_ms * settings.p0 == pytest.approx(hz @ hz * settings.p0_hz)
    # What G times a state is a current in pA, whatever the state's unit.
    np.testing.assert_allclose(settings.G * per_ms, settings.G_pA_s * hz)
    theta = TARGETS["sine"].settings["theta"]
    assert (theta.G_pA_s, theta.p0_hz) == (theta.G, theta.p0)


def test_settings_can_be_run():
    for task in TARGETS.values():
        for settings in task.settings.values():
            begin, end = settings.learn_ms
            assert 0 <= begin < end < settings.duration_ms
            steps = settings.duration_ms / settings.dt_ms
            assert steps == pytest.approx(round(steps))
            assert (settings.input_gain is None) == (made_inputs(task) is None), task.description


def made_inputs(task):
    return task.make(np.arange(1.0, 500.0), np.random.default_rng(0))[1]


# Bad input


@pytest.mark.parametrize(
    ("name", "options", "error", "message"),
    [
        ("Sine", {}, ValueError, "one of sine, .* got 'Sine'; did you mean 'sine'"),
        ("tango", {}, ValueError, "got 'tango'$"),
        ("sine", {"duration_ms": 0}, ValueError, "duration_ms must be finite and above 0"),
        ("sine", {"dt_ms": -1}, ValueError, "dt_ms must be finite and above 0"),
        ("sine", {"dt_ms": 0.3, "duration_ms": 1}, ValueError, "multiple of dt_ms = 0.3, got 1"),
        ("sine", {"random_state": "1"}, TypeError, "random_state must be"),
        ("sine", {"noise": 1}, TypeError, "options of target sine are none; got noise"),
        ("product-noisy", {"noise": 1}, TypeError, "product-noisy are none; got noise"),
        ("songbird", {"n_channels": 0}, ValueError, "n_channels must be at least 1"),
        ("songbird", {"x": 0}, TypeError, "options of target songbird are n_channels; got x"),
        ("classification", {"boundary": "oval"}, ValueError, "'line' or 'circle', got 'oval'"),
    ],
)
def test_bad_input(name, options, error, message):
    with pytest.raises(error, match=message):
        made(name, **options)


def test_a_new_target_is_one_entry(monkeypatch):
    def ramp(times_ms, _, *, slope=1.0):
        return slope * times_ms[:, np.newaxis], None

    task = type(TARGETS["sine"])(partial(ramp), "ramp", "here")
    monkeypatch.setitem(TARGETS, "ramp", task)
    np.testing.assert_array_equal(made("ramp", 3).values[:, 0], [1, 2, 3])
