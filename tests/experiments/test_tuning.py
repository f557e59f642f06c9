"""Tuning stage by stage: what is measured is what is there, and plasticity tightens balance."""

import numpy as np
import pytest
from matplotlib import image

from experiments.benchmarks.tuning import (
    STAGES,
    end_to_end,
    measured,
    tunable_liquid,
    tune,
    tuning_table,
)
from experiments.benchmarks.tuning_report import plot_tuning, tuning_report
from lsm import InputWiring, NoWiring, Reservoir, SpikeTrains
from lsm.metrics import poisson_spikes
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


def test_end_to_end_samples_keep_their_spikes_and_their_order():
    spikes = SpikeTrains.from_lists([[[1.0, 3.0], [2.0]], [[], [4.0]]], duration_ms=[5.0, 10.0])
    long = end_to_end(spikes)
    assert len(long) == 1
    assert long.durations_ms.tolist() == [15.0]
    assert [times.tolist() for times in long.to_lists()[0]] == [[1.0, 3.0], [2.0, 9.0]]


def test_inhibitory_plasticity_tightens_balance_on_unseen_samples(stages):
    long = end_to_end(speech(40, 1))
    drawn, before, after = (
        measured(stages[name], long) for name in ("drawn", "balanced", "plastic and balanced")
    )
    assert after["tight_low"] > before["tight"]
    assert after["tight"] > before["tight"] + 0.05
    assert 0 <= after["lag_ms"] < 5  # the time constant of the currents; it gets no shorter
    assert abs(after["cv"] - 1) < abs(before["cv"] - 1)
    assert after["loose_excitatory"] > 0.8 > drawn["loose_excitatory"]


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
    assert row["cv2"] == pytest.approx(1, abs=0.05)
    heard = np.unique(relay.input_synapses(100).target)  # a neuron that is silent has no CV
    assert row["irregular"] == len(heard) / n
    assert row["loose"] == 0
    assert np.isnan(row["tight"])
    assert row["synchrony_spikes"] < 0.35  # channels that two neurons share make them agree


def test_the_table_has_a_row_for_each_reservoir_and_stage():
    spikes = speech(4, 0)
    given = [tunable_liquid(20, random_state=seed) for seed in (0, 1)]
    tuned = [tune(one, spikes[:2], rate_Hz=10.0, max_iter=2) for one in given]
    rows = tuning_table(tuned, spikes[2:])
    assert [(row["reservoir"], row["stage"]) for row in rows] == [
        (number, stage) for number in (0, 1) for stage in STAGES
    ]
    expected = measured(given[1], end_to_end(spikes[2:]))
    np.testing.assert_equal({key: rows[4][key] for key in expected}, expected)


def test_a_report_has_means_and_extremes_over_reservoirs():
    keys = ("loose", "loose_excitatory", "tight", "lag_ms", "cv", "irregular", "cv2")
    keys += ("synchrony", "synchrony_spikes", "rate_Hz")
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


def test_the_picture_shows_a_neuron_before_and_after(stages, tmp_path):
    path = tmp_path / "currents.png"
    plot_tuning(stages, speech(1, 2)).savefig(path, dpi=150)
    picture = image.imread(path)
    assert picture.shape[0] > 500
    assert np.ptp(picture) == 1
