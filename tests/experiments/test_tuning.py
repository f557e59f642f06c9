"""Tuning stage by stage: what is measured is what is there, and plasticity tightens balance."""

import numpy as np
import pytest

from experiments.benchmarks.tuning import STAGES, measured, tunable_liquid, tune, tuning_report
from lsm import InputWiring, NoWiring, Reservoir, SpikeTrains
from lsm.metrics import end_to_end, poisson_spikes
from lsm.neurons import LIF


def speech(n_samples, seed, *, n_channels=24):
    """Channels that wax and wane in groups of four, each group at times of its own."""
    rng = np.random.default_rng(seed)
    rate = np.repeat(rng.choice([5.0, 300.0], (n_samples, n_channels // 4, 8), p=[0.7, 0.3]), 4, 1)
    spiked = rng.random((n_samples, n_channels, 400)) < np.repeat(rate, 50, axis=2) / 1000
    return SpikeTrains.from_dense(spiked.astype(int), dt_ms=1.0)


@pytest.fixture(scope="module")
def stages():
    given = tunable_liquid(100, random_state=0)
    # As many spikes as 96 channels bring: a tenth of 24 would leave many neurons without any.
    inputs = InputWiring(fraction=0.2, weight_pA=60.0, weight_sd_pA=20.0, neurons="all")
    return tune(
        given.replace(inputs=inputs), speech(50, 0), learning_rate=0.02, rounds=1, max_iter=60
    )


def test_inhibitory_plasticity_tightens_balance_on_unseen_samples(stages):
    long = end_to_end(speech(40, 1))
    drawn, before, after = (
        measured(stages[name], long) for name in ("drawn", "balanced", "plastic and balanced")
    )
    assert after["tight"] > before["tight"] + 0.05
    assert 0 <= after["lag_ms"] < 5  # the time constant of the currents; it gets no shorter
    assert abs(after["cv"] - 1) < abs(before["cv"] - 1)
    assert after["loose"] > 0.7 > drawn["loose"]


def test_each_stage_changes_only_inhibition(stages):
    assert tuple(stages) == STAGES
    first = stages["drawn"].synapses
    for reservoir in stages.values():
        after = reservoir.synapses
        np.testing.assert_allclose(
            after.weight_pA[after.weight_pA > 0], first.weight_pA[first.weight_pA > 0]
        )
        assert reservoir.inputs == stages["drawn"].inputs


def test_poisson_neurons_are_measured_as_what_they_are():
    """Neurons that relay one Poisson channel each: CV 1, no synchrony, no inhibition at all."""
    n = 50
    relay = Reservoir(
        model=LIF,
        parameters={"v_threshold_mV": -69.9, "tau_syn_ms": 0.1, "t_ref_ms": 0.0},
        excitatory=np.ones(n, dtype=bool),
        positions=np.zeros((n, 2)),
        keys=np.arange(n),
        wiring=NoWiring(),
        inputs=InputWiring(fraction=0.02, weight_pA=1e4, weight_sd_pA=0.0),
    )
    long = poisson_spikes(1, 100, rate_Hz=10.0, duration_ms=60_000, random_state=0)
    row = measured(relay, long)
    assert row["cv"] == pytest.approx(1, abs=0.05)
    assert row["loose"] == 0
    assert np.isnan(row["tight"])
    assert row["synchrony"] < 0.35  # channels that two neurons share make them agree


def test_a_report_has_means_and_extremes_over_reservoirs():
    keys = ("loose", "tight", "lag_ms", "cv", "synchrony", "rate_Hz")
    rows = [
        {"stage": stage} | dict.fromkeys(keys, 0.5) | {"tight": tight}
        for stage in STAGES
        for tight in (0.25, 0.75)
    ]
    lines = tuning_report(rows)[0].text.splitlines()
    assert len(lines) == 1 + len(STAGES)
    assert lines[1].split("  ")[1] == "drawn"
    assert "  50.0% (50.0% to 50.0%)  " in lines[1]
    assert "  0.500 (0.250 to 0.750)  " in lines[1]
