"""States that are kept: those that would come out, of no other liquid, and not too many."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from sklearn.model_selection import cross_val_score

from lsm import LSMClassifier, simulate
from lsm.metrics import poisson_spikes
from lsm.neurons import LIF, LIF_ALPHA
from lsm.simulation import state_cache
from lsm.simulation.state_cache import CACHE, StateCache, cached_states
from lsm.states import FilteredTraces, SpikeCounts, TimeBins
from lsm.topology import NoWiring, ShortTermPlasticity
from tests.lsm.liquids import liquid

SPIKES = poisson_spikes(12, 4, rate_Hz=60, duration_ms=60, random_state=0)
SETTINGS = {"state": FilteredTraces((10.0, 30.0)), "dt_ms": 1.0, "target": "auto"}


@pytest.fixture
def heard(monkeypatch):
    """How many samples each simulation hears, from an empty cache on."""
    numbers = []

    def listen(reservoir, spikes, **settings):
        numbers.append(len(spikes))
        return simulate(reservoir, spikes, **settings)

    CACHE.clear()
    monkeypatch.setattr(state_cache, "simulate", listen)
    yield numbers
    CACHE.clear()


@pytest.mark.parametrize("noise_pA", [0.0, 200.0])
def test_states_are_those_of_simulate_and_only_new_ones_are_simulated(heard, noise_pA):
    reservoir = liquid(0, model=LIF_ALPHA, noise_pA=noise_pA)
    for samples in ([0, 1, 2, 3], [3, 2, 7, 7, 0], [7, 1], slice(None)):
        states = cached_states(reservoir.replace(), SPIKES[samples], **SETTINGS)
        expected = simulate(reservoir, SPIKES[samples], **SETTINGS)[0]
        assert states.tobytes() == expected.tobytes()
        assert states.dtype == expected.dtype
        assert states.shape == expected.shape
    assert heard == [4, 2, 7]


def test_whatever_states_depend_on_makes_them_new(heard):
    reservoir, plain = liquid(0, model=LIF_ALPHA, noise_pA=200.0), liquid(0)
    tau_m_ms = reservoir.parameters["tau_m_ms"] * 1.1
    others = [
        reservoir,
        reservoir.replace(seed=1),
        reservoir.replace(wiring=NoWiring()),
        reservoir.replace(wiring=reservoir.wiring.scaled(1.1)),
        reservoir.replace(inputs=reservoir.inputs.scaled(1.1)),
        reservoir.replace(excitatory=~reservoir.excitatory),
        reservoir.replace(positions=reservoir.positions * 0.9),
        reservoir.replace(keys=reservoir.keys + np.uint64(1)),
        reservoir.replace(parameters={**reservoir.parameters, "tau_m_ms": tau_m_ms}),
        plain,
        plain.replace(short_term=ShortTermPlasticity()),
    ]
    settings = [
        SETTINGS,
        SETTINGS | {"state": SpikeCounts()},
        SETTINGS | {"state": TimeBins(3)},
        SETTINGS | {"state": FilteredTraces((10.0, 31.0))},
        SETTINGS | {"dt_ms": 0.5},
    ]
    cases = [(r, SETTINGS) for r in others] + [(reservoir, other) for other in settings[1:]]
    for _ in range(2):
        for other, options in cases:
            states = cached_states(other, SPIKES, **options)
            np.testing.assert_array_equal(states, simulate(other, SPIKES, **options)[0])
    assert heard == [len(SPIKES)] * len(cases)


def test_a_sample_is_known_by_its_times_channels_and_duration(heard):
    reservoir, other = liquid(0), type(SPIKES)
    parts = SPIKES.times_ms, SPIKES.channels, SPIKES.offsets, SPIKES.durations_ms, 4
    later = other(parts[0] * 1.001, *parts[1:])
    swapped = other(parts[0], 3 - parts[1], *parts[2:])
    longer = other(*parts[:3], parts[3] + 5, 4)
    wider = other(*parts[:4], 5)
    for spikes in (SPIKES, later, swapped, longer, wider):
        states = cached_states(reservoir, spikes, **SETTINGS)
        np.testing.assert_array_equal(states, simulate(reservoir, spikes, **SETTINGS)[0])
    assert heard == [12] * 5


def test_what_may_change_is_simulated_each_time(heard):
    @dataclass
    class Changing(SpikeCounts.__base__):
        neurons: str = "all"
        at: tuple[float, ...] = field(default=(1.0,))

    model = type(LIF)(**{name: getattr(LIF, name) for name in LIF.__dataclass_fields__})
    for _ in range(2):
        cached_states(liquid(0), SPIKES, **SETTINGS | {"state": Changing()})
        cached_states(liquid(0, model=model), SPIKES, **SETTINGS)  # one's own, of the same name
    assert heard == [12] * 4


def test_the_oldest_liquids_go_first():
    cache = StateCache(most_bytes=100)
    rows = np.arange(8, dtype=np.float32).reshape(2, 4)
    for liquid_name in ("a", "b", "c"):
        cache.keep(liquid_name, [b"x", b"y"], rows)
        cache.keep("a", [b"x"], rows[:1])  # used again
    np.testing.assert_array_equal(cache.rows("a", [b"y", b"x"]), rows[::-1])
    assert cache.rows("b", [b"x"])[0] is not None
    cache.keep("d", [b"x"], rows[:1])
    assert cache.rows("b", [b"x", b"y"]) == [None, None]
    cache.keep("large", [b"x"], np.zeros((1, 20), dtype=np.float32))
    assert cache.rows("large", [b"x"]) == [None]
    assert cache.rows("a", [b"x"])[0] is not None


def test_folds_share_what_their_liquid_has_heard(heard):
    spikes = poisson_spikes(40, 4, rate_Hz=60, duration_ms=60, random_state=1)
    labels = np.arange(40) % 2
    model = LSMClassifier(liquid(0), random_state=0)
    shared = cross_val_score(model, spikes, labels, cv=4)
    assert sum(heard) == 40
    apart = []
    for k in range(4):
        CACHE.clear()
        apart.append(cross_val_score(model, spikes, labels, cv=4)[k])
    np.testing.assert_array_equal(shared, apart)
