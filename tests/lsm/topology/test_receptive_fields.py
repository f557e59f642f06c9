"""Receptive fields: who hears which places, by which weights."""

from dataclasses import replace

import numpy as np
import pytest

from lsm import (
    NoWiring,
    ReceptiveFieldInputs,
    Reservoir,
    SpikeTrains,
    UniformDelays,
    record,
    simulate,
)
from lsm.states import SpikeCounts
from lsm.topology import grid

WIDTH, HEIGHT, POLARITIES = SENSOR = (7, 6, 2)


def reservoir_of(inputs, positions, side, **changes):
    drawn = Reservoir.random(len(positions), random_state=0, wiring=NoWiring(), inputs=inputs)
    return drawn.replace(positions=np.asarray(positions, float), side=side, **changes)


def weights_of(reservoir, sensor=SENSOR):
    """Weights (neurons, polarities, rows, columns), NaN where there is no synapse."""
    width, height, polarities = sensor
    synapses = reservoir.input_synapses(width * height * polarities)
    weights = np.full((width * height * polarities, reservoir.n_neurons), np.nan)
    weights[synapses.source, synapses.target] = synapses.weight_pA
    assert np.count_nonzero(~np.isnan(weights)) == len(synapses)
    assert np.all(np.diff(synapses.source.astype(int) * 1000 + synapses.target) > 0)
    return weights.T.reshape(-1, polarities, height, width)


def test_a_neuron_hears_the_places_around_its_own():
    # Fields of 3 x 3 have their centres from column 1 to 5 and from row 1 to 4.
    positions = [[0, 0], [4, 3], [4, 0], [2, 1]]
    reservoir = reservoir_of(ReceptiveFieldInputs(SENSOR, size=3), positions, (4.0, 3.0))
    heard = ~np.isnan(weights_of(reservoir))
    for neuron, (x, y) in enumerate(positions):
        expected = np.zeros((HEIGHT, WIDTH), bool)
        expected[y : y + 3, x : x + 3] = True
        for polarity in range(POLARITIES):
            np.testing.assert_array_equal(heard[neuron, polarity], expected)


def test_fields_by_default_are_half_as_wide_as_the_sensor_and_large_ones_end_at_it():
    positions = np.random.default_rng(0).random((20, 3))  # the third coordinate doesn't count
    for size, (rows, columns) in ((None, (3, 3)), (1, (1, 1)), (6, (6, 6)), (50, (6, 7))):
        reservoir = reservoir_of(ReceptiveFieldInputs(SENSOR, size=size), positions, 1.0)
        heard = ~np.isnan(weights_of(reservoir))[:, 0]
        np.testing.assert_array_equal(heard.any(axis=2).sum(axis=1), rows)
        np.testing.assert_array_equal(heard.any(axis=1).sum(axis=1), columns)
        np.testing.assert_array_equal(heard.sum(axis=(1, 2)), rows * columns)


@pytest.mark.parametrize("weights", ["gabor", "normal"])
def test_weights_are_the_same_for_all_polarities_and_as_large_for_all_neurons(weights):
    inputs = ReceptiveFieldInputs(SENSOR, size=4, weights=weights, weight_pA=20.0)
    reservoir = reservoir_of(inputs, np.random.default_rng(0).random((30, 2)), 1.0)
    values = weights_of(reservoir)
    np.testing.assert_array_equal(values[:, 0], values[:, 1])
    np.testing.assert_allclose(np.sqrt(np.nansum(values**2, axis=(1, 2, 3))), 20.0)
    louder = weights_of(reservoir.scaled(2.0))
    np.testing.assert_allclose(louder, 2 * values)


def test_gabor_weights_follow_their_equation():
    size, sensor = 8, (40, 40, 1)
    inputs = ReceptiveFieldInputs(sensor, size=size)
    reservoir = reservoir_of(inputs, np.random.default_rng(1).random((4, 2)), 1.0)
    x0, y0 = ((size - 1) / 2 + (40 - size) * reservoir.positions).T
    for neuron, values in enumerate(weights_of(reservoir, sensor)[:, 0]):
        y, x = np.nonzero(~np.isnan(values))
        dx, dy = x - x0[neuron], y - y0[neuron]
        wave = values[y, x] * np.exp((dx**2 + dy**2) / (2 * (size / 4) ** 2))
        # A plane wave: a sum of a cosine and a sine of k (dx, dy), for the best of many k.
        misfits = [
            np.linalg.lstsq(
                np.column_stack([np.cos(kx * dx + ky * dy), np.sin(kx * dx + ky * dy)]),
                wave,
                rcond=None,
            )[1].sum()
            for angle in np.linspace(0, np.pi, 60, endpoint=False)
            for k in 2 * np.pi / np.linspace(size / 2, size, 30)
            for kx, ky in [(k * np.cos(angle), k * np.sin(angle))]
        ]
        assert min(misfits) < 0.01 * np.sum(wave**2)


@pytest.mark.parametrize(
    ("sensor", "coordinate"), [((12, 1, 2), 0), ((1, 12, 2), 1), ((12, 1, 1), None)]
)
@pytest.mark.parametrize("size", [None, 5])
def test_a_row_of_taxels_or_bands_has_fields_along_it(sensor, coordinate, size):
    positions = np.random.default_rng(2).random((30, 2))
    along = positions[:, coordinate or 0]
    if coordinate is None:
        positions = positions[:, :1]  # neurons along a line
    reservoir = reservoir_of(ReceptiveFieldInputs(sensor, size=size), positions, 1.0)
    heard = ~np.isnan(weights_of(reservoir, sensor).reshape(30, sensor[2], 12))
    size = size or 6
    first = np.floor((size - 1) / 2 + along * (12 - size) - size / 2).astype(int) + 1
    places = np.arange(12)
    expected = (places >= first[:, np.newaxis]) & (places < first[:, np.newaxis] + size)
    for polarity in range(sensor[2]):
        np.testing.assert_array_equal(heard[:, polarity], expected)


def test_along_a_row_waves_are_as_long_as_was_drawn():
    sensor, size = (60, 1, 1), 20
    inputs = ReceptiveFieldInputs(sensor, size=size)
    reservoir = reservoir_of(inputs, np.random.default_rng(1).random((40, 1)), 1.0)
    centre = (size - 1) / 2 + (60 - size) * reservoir.positions[:, 0]
    for neuron, values in enumerate(weights_of(reservoir, sensor).reshape(40, 60)):
        x = np.flatnonzero(~np.isnan(values)) - centre[neuron]
        wave = values[~np.isnan(values)] * np.exp(x**2 / (2 * (size / 4) ** 2))
        misfits = [
            np.linalg.lstsq(np.column_stack([np.cos(k * x), np.sin(k * x)]), wave, rcond=None)[1]
            for k in 2 * np.pi / np.linspace(size / 2, size, 60)
        ]
        assert min(map(np.sum, misfits)) < 0.01 * np.sum(wave**2)


def test_what_is_further_from_the_centre_arrives_later():
    drawn = ReceptiveFieldInputs(SENSOR, size=5, delay_ms=UniformDelays(2, 9))
    positions = np.random.default_rng(3).random((12, 2))
    at_once = reservoir_of(drawn, positions, 1.0).input_synapses(84)
    far = reservoir_of(replace(drawn, velocity=0.25), positions, 1.0).input_synapses(84)
    y, x = np.divmod(at_once.source % (WIDTH * HEIGHT), WIDTH)
    x0, y0 = (2 + (np.array([WIDTH, HEIGHT]) - 5) * positions[at_once.target]).T
    later = np.sqrt((x - x0) ** 2 + (y - y0) ** 2) / 0.25
    np.testing.assert_allclose(far.delay_ms - at_once.delay_ms, later)
    assert len(np.unique(at_once.delay_ms)) == len(at_once)


def test_a_neuron_keeps_its_field_whatever_others_there_are():
    positions = np.random.default_rng(0).random((10, 2))
    whole = reservoir_of(ReceptiveFieldInputs(SENSOR), positions, 1.0)
    part = reservoir_of(ReceptiveFieldInputs(SENSOR), positions[4:], 1.0, keys=whole.keys[4:])
    np.testing.assert_array_equal(weights_of(whole)[4:], weights_of(part))


@pytest.mark.parametrize("late", [{}, {"delay_ms": 1.0, "velocity": 0.5}])
def test_compiled_and_numpy_give_the_same_counts(late):
    rng = np.random.default_rng(0)
    trains = [[np.sort(rng.uniform(0, 50, 3)) for _ in range(84)] for _ in range(3)]
    spikes = SpikeTrains.from_lists(trains, duration_ms=50)
    positions = grid((5, 4))
    inputs = ReceptiveFieldInputs(SENSOR, weight_pA=3000.0, **late)
    reservoir = reservoir_of(inputs, positions, (4.0, 3.0))
    counts = simulate(reservoir, spikes, state=SpikeCounts(), target="numpy")
    assert counts.sum() > 100
    compiled = simulate(reservoir, spikes, state=SpikeCounts(), target="cpp")
    np.testing.assert_array_equal(compiled, counts)
    counted = np.bincount(record(reservoir, spikes[[0]]).spike_neurons, minlength=20)
    np.testing.assert_array_equal(counted, counts[0, 0])


@pytest.mark.parametrize("late", [{}, {"delay_ms": UniformDelays(1, 4), "velocity": 0.5}])
def test_saved_reservoirs_have_the_same_fields(tmp_path, late):
    inputs = ReceptiveFieldInputs(SENSOR, size=5, weights="normal", weight_pA=70.0, **late)
    assert ("velocity" in inputs.describe()) == bool(late)
    reservoir = reservoir_of(inputs, np.random.default_rng(0).random((9, 2)), 1.0)
    reservoir.save(tmp_path / "fields.npz")
    loaded = Reservoir.load(tmp_path / "fields.npz")
    assert loaded == reservoir
    assert loaded.inputs == inputs
    np.testing.assert_array_equal(weights_of(loaded), weights_of(reservoir))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sensor_size": None}, r"receptive fields need a sensor_size, \(width, height"),
        ({"sensor_size": (34, 34)}, r"sensor_size must be \(width, height, polarities\)"),
        ({"sensor_size": (34, 0, 2)}, "sensor_size must be"),
        ({"sensor_size": SENSOR, "size": 0}, "size must be"),
        ({"sensor_size": SENSOR, "weights": "round"}, "weights must be 'gabor' or 'normal'"),
        ({"sensor_size": SENSOR, "weight_pA": 0.0}, "weight_pA must be"),
        ({"sensor_size": SENSOR, "delay_ms": -1.0}, "delay_ms must"),
        ({"sensor_size": SENSOR, "velocity": 0.0}, "velocity must be"),
    ],
)
def test_bad_values_are_refused_by_name(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        ReceptiveFieldInputs(**arguments)


def test_other_channels_and_neurons_along_a_line_are_refused():
    inputs = ReceptiveFieldInputs(SENSOR)
    with pytest.raises(ValueError, match=r"\(7, 6, 2\) has 84 places, got 83 channels"):
        reservoir_of(inputs, [[0, 0]], 1.0).input_synapses(83)
    with pytest.raises(ValueError, match="two coordinates, but on a sensor of one row"):
        reservoir_of(inputs, [[0.5], [0.2]], 1.0).input_synapses(84)


def test_more_synapses_than_can_be_simulated_are_refused_before_they_are_made():
    inputs = ReceptiveFieldInputs((20_000, 20_000, 1), size=20_000)
    with pytest.raises(ValueError, match="synapses can be simulated"):
        reservoir_of(inputs, [[0, 0]], 1.0).input_synapses(20_000**2)
