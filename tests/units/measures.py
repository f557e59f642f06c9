"""Calls with units of metrics, plasticity and pictures."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

import lsm
from lsm import metrics, plasticity
from lsm.plasticity.balance import balance, matched, mean_currents
from lsm.plasticity.ratios import calibrate_ratio, sample_balanced
from tests.units.given import (
    DT,
    ESTIMATED,
    SINE,
    SPIKES,
    WALK,
    Case,
    network_of,
    on,
    quietly,
    recording,
    reservoir,
)


def _lines(draw):
    """A call that draws, and gives what was drawn."""

    def call(**given):
        figure = Figure()
        axes = figure.subplots() if draw is not lsm.plots.plot_activity else figure
        draw(axes, **given)
        return [
            *(line.get_xydata() for one in figure.axes for line in one.lines),
            *(np.hstack(patch.get_data()[:2]) for one in figure.axes for patch in one.patches),
            *(
                points.get_sizes()
                for one in figure.axes
                for points in one.collections
                if hasattr(points, "get_sizes")
            ),
        ]

    return call


STDP = {"tau_plus_ms": 15.0, "tau_minus_ms": 30.0, "w_max_pA": 500.0}


LONG = metrics.poisson_spikes(1, 3, rate_Hz=100.0, duration_ms=400.0, random_state=0)


CURRENTS = np.random.default_rng(2).integers(1, 100, (2, 60)).astype(float)


CASES: dict[str, Case] = {
    "lsm.plasticity.balance.balance": Case(
        quietly(lambda **given: balance(reservoir(), SPIKES, max_iter=1, **given)), DT
    ),
    "lsm.plasticity.balance.matched": Case(
        lambda **given: matched(reservoir(), SPIKES, degree=1.0, rounds=1, **given),
        {"rate_Hz": 20.0},
    ),
    "lsm.plasticity.balance.mean_currents": Case(on(mean_currents), DT),
    "lsm.plasticity.ratios.calibrate_ratio": Case(
        quietly(lambda **given: calibrate_ratio(reservoir(), SPIKES, degree=1, rounds=1, **given)),
        {"rate_Hz": 20.0},
    ),
    "lsm.plasticity.ratios.sample_balanced": Case(
        network_of(sample_balanced, n=10, spikes=SPIKES, random_state=0),
        {"rate_Hz": 20.0, "excitation_pA": 300.0},
    ),
    "lsm.metrics.spiking_regime": Case(
        lambda **given: metrics.spiking_regime(LONG, max_lag=2, **given),
        {"start_ms": 10.0, "window_ms": 50.0, "bin_ms": 4.0, "follow_ms": 3.0},
    ),
    "lsm.metrics.Drift": Case(
        lambda **given: metrics.Drift(nrmse=1.0, rate=0.0, **given), {"shift_ms": 3.0}
    ),
    "lsm.metrics.at_distance": Case(
        lambda **given: metrics.at_distance(SPIKES, 0.1, random_state=0, **given), {"tau_ms": 4.0}
    ),
    "lsm.metrics.best_drift": Case(
        lambda **given: metrics.best_drift(SINE, SINE, **given), DT | {"period_ms": 50.0}
    ),
    "lsm.metrics.drift_tolerant_nrmse": Case(
        lambda **given: metrics.drift_tolerant_nrmse(SINE, SINE[::-1], **given),
        DT | {"period_ms": 50.0},
    ),
    "lsm.metrics.between": Case(
        lambda **given: metrics.between(SPIKES, **given), {"start_ms": 5.0, "stop_ms": 30.0}
    ),
    "lsm.metrics.binned_counts": Case(
        lambda **given: metrics.binned_counts(SPIKES, **given), {"bin_ms": 5.0}
    ),
    "lsm.metrics.population_rate": Case(
        lambda **given: metrics.population_rate(SPIKES, **given), {"bin_ms": 5.0}
    ),
    "lsm.metrics.fano_factor": Case(
        lambda **given: metrics.fano_factor(SPIKES, **given), {"window_ms": 10.0}
    ),
    "lsm.metrics.displaced": Case(
        lambda **given: metrics.displaced(SPIKES, random_state=0, **given), {"sd_ms": 3.0}
    ),
    "lsm.metrics.fading_memory": Case(
        on(metrics.fading_memory), DT | {"switch_ms": 12.0, "every_ms": 4.0}
    ),
    "lsm.metrics.hardware_cost": Case(on(metrics.hardware_cost), DT),
    "lsm.metrics.synaptic_operations": Case(on(metrics.synaptic_operations), DT),
    "lsm.metrics.input_responses": Case(
        lambda **given: metrics.input_responses(reservoir(), SINE[:20], **given), DT
    ),
    "lsm.metrics.kernel_quality": Case(
        lambda **given: metrics.kernel_quality(reservoir(), SPIKES, random_state=0, **given),
        DT | {"jitter_ms": 3.0},
    ),
    "lsm.metrics.kernel_ranks": Case(on(metrics.kernel_ranks), DT),
    "lsm.metrics.liquid_quality": Case(
        lambda **given: metrics.liquid_quality(
            reservoir(), SPIKES, n_steps=200, max_delay=2, random_state=0, **given
        ),
        DT | {"jitter_ms": 3.0},
    ),
    "lsm.metrics.linear_time_constant": Case(
        lambda **given: metrics.linear_time_constant(SINE[:, None], SINE[:, None] ** 2, **given),
        {"every_ms": 5.0},
    ),
    "lsm.metrics.linear_time_constants": Case(
        on(metrics.linear_time_constants), DT | {"every_ms": 4.0}
    ),
    "lsm.metrics.lyapunov_exponents": Case(
        on(metrics.lyapunov_exponents),
        DT | {"start_ms": 4.0, "horizon_ms": 8.0, "every_ms": 4.0},
    ),
    "lsm.metrics.memory_capacities": Case(
        lambda **given: metrics.memory_capacities(
            reservoir(), n_steps=200, max_delay=2, random_state=0, **given
        ),
        DT,
    ),
    "lsm.metrics.processing_capacities": Case(
        lambda **given: metrics.processing_capacities(
            reservoir(), max_delays={1: 2}, n_steps=200, random_state=0, **given
        ),
        DT,
    ),
    "lsm.metrics.separation": Case(
        lambda **given: metrics.separation(
            reservoir(), SPIKES, distances=(0.1,), random_state=0, **given
        ),
        DT | {"tau_ms": 4.0},
    ),
    "lsm.metrics.poisson_spikes": Case(
        lambda **given: metrics.poisson_spikes(2, 2, random_state=0, **given),
        {"rate_Hz": 200.0, "duration_ms": 50.0},
    ),
    "lsm.metrics.return_map": Case(
        lambda **given: metrics.return_map(SINE + np.arange(400) / 500, **given),
        DT | {"apart_ms": 10.0, "smooth_ms": 6.0},
    ),
    "lsm.metrics.spectrum_distance": Case(
        lambda **given: metrics.spectrum_distance(WALK[:, 0], WALK[:, 1], **given),
        DT | {"window_ms": 100.0},
    ),
    "lsm.metrics.spike_distances": Case(
        lambda **given: metrics.spike_distances(SPIKES[:2], SPIKES[2:], **given), {"tau_ms": 4.0}
    ),
    "lsm.metrics.loose_balance": Case(
        metrics.loose_balance, {"excitatory": CURRENTS, "inhibitory": -CURRENTS[::-1]}
    ),
    "lsm.metrics.tight_balance": Case(
        metrics.tight_balance,
        DT | {"excitatory": CURRENTS, "inhibitory": -CURRENTS[::-1], "max_lag_ms": 5.0},
    ),
    "lsm.metrics.trajectory_exponent": Case(
        lambda **given: metrics.trajectory_exponent(WALK, n_points=50, **given),
        DT | {"apart_ms": 10.0, "fit_ms": (4.0, 20.0)},
    ),
    "lsm.metrics.valid_time": Case(
        lambda **given: metrics.valid_time(SINE, SINE + np.arange(400) / 500, **given), DT
    ),
    "lsm.plasticity.critical_stdp": Case(
        lambda **given: plasticity.critical_stdp(
            reservoir(), SPIKES, every=2, max_lag=3, random_state=0, **given
        ),
        DT | STDP | {"rate_max_Hz": 60.0, "bin_ms": 4.0},
    ),
    "lsm.plasticity.stdp": Case(on(plasticity.stdp), DT | STDP),
    "lsm.plasticity.frozen": Case(
        lambda **given: plasticity.frozen(reservoir(), **given),
        {"weight_pA": np.round(reservoir().synapses.weight_pA) * 2},
    ),
    "lsm.plasticity.inhibitory": Case(
        on(plasticity.inhibitory),
        DT | {"rate_Hz": 20.0, "tau_ms": 15.0, "w_max_pA": 3000.0},
    ),
    "lsm.plasticity.intrinsic": Case(
        lambda **given: plasticity.intrinsic(reservoir(), SPIKES, rounds=2, **given),
        ESTIMATED,
    ),
    "lsm.plasticity.spike_pairs": Case(
        lambda **given: plasticity.spike_pairs(
            reservoir().synapses, np.arange(120).reshape(12, 10) % 3 == 0, **given
        ),
        DT | {"tau_plus_ms": 15.0, "tau_minus_ms": 30.0},
    ),
    "lsm.plasticity.spike_raster": Case(
        lambda **given: plasticity.spike_raster(reservoir(), SPIKES[0], **given), DT
    ),
    "lsm.plots.plot_activity": Case(
        lambda **given: _lines(lsm.plots.plot_activity)(
            reservoir=reservoir(), recording=recording(), **given
        ),
        {"bin_ms": 4.0},
    ),
    "lsm.plots.plot_currents": Case(
        _lines(lsm.plots.plot_currents),
        {
            "t_ms": np.arange(3.0),
            "excitatory_pA": np.arange(3.0),
            "inhibitory_pA": -2 * np.arange(3.0),
        },
    ),
    "lsm.plots.plot_liquid": Case(
        lambda **given: _lines(lsm.plots.plot_liquid)(reservoir=reservoir(), **given),
        {"rates_hz": np.arange(12.0)},
    ),
    "lsm.plots.plot_rates": Case(
        lambda **given: _lines(lsm.plots.plot_rates)(
            reservoir=reservoir(), recording=recording(), **given
        ),
        {"bin_ms": 4.0},
    ),
    "lsm.plots.plot_spikes": Case(
        lambda **given: _lines(lsm.plots.plot_spikes)(
            neurons=[0, 2, 1], excitatory=[True, False, True], **given
        ),
        {"times_ms": np.array([1.0, 2.0, 4.0])},
    ),
}
