"""What a liquid is worth: spikes, memory, separation, chaos, balance and cost.

=====================  ============================================================================
spikes                 :func:`firing_rates`, :func:`interval_cv`, :func:`cv2`,
                       :func:`local_variation`, :func:`fano_factor`, :func:`population_rate`,
                       :func:`synchrony`, :func:`branching_factor`
memory                 :func:`memory_capacity`, :func:`processing_capacity`,
                       :func:`linear_time_constant` of any states; :func:`memory_capacities`,
                       :func:`processing_capacities`, :func:`linear_time_constants` of reservoirs
telling inputs apart   :func:`state_rank`; :func:`kernel_ranks`, :func:`kernel_quality`,
                       :func:`separation`
in common              :func:`canonical_correlations` of two sets of states
forgetting and chaos   :func:`fading_memory`, :func:`lyapunov_exponent` of any map,
                       :func:`lyapunov_exponents` of reservoirs
how it fires           :func:`spiking_regime`, the most of it in four numbers
balance                :func:`synaptic_currents`, :func:`loose_balance`, :func:`tight_balance`
hardware               :func:`hardware_cost`, :func:`synaptic_operations` alone
outputs and targets    :func:`nrmse`, :func:`drift_tolerant_nrmse`, :func:`best_drift`; of chaotic
                       ones :func:`valid_time`, :func:`return_map`, :func:`trajectory_exponent`,
                       :func:`spectrum_distance`
over repeats           :func:`peak_place`, :func:`advantage_at_zero`, :func:`hinge_slopes`,
                       :func:`rank_correlations` of a measure against a parameter; intervals,
                       effects and verdicts on claims in :mod:`lsm.metrics.statistics`
=====================  ============================================================================

Functions of reservoirs take one or a sequence of one model and one size, simulate them together,
and give one value for each; :func:`liquid_quality` gives ranks, separation and memory at once.
Their inputs are any :class:`lsm.SpikeTrains`, or what :func:`poisson_spikes` draws;
:func:`end_to_end` makes one long sample of many.
"""

from lsm.metrics.balance import (
    Currents,
    TightBalance,
    loose_balance,
    synaptic_currents,
    tight_balance,
)
from lsm.metrics.branching import Branching, branching_factor
from lsm.metrics.canonical import CanonicalCorrelations, canonical_correlations
from lsm.metrics.capacity import ProcessingCapacity, memory_capacity, processing_capacity
from lsm.metrics.cost import (
    HardwareCost,
    footprint_bytes,
    hardware_cost,
    synaptic_operations,
)
from lsm.metrics.curves import Peak, advantage_at_zero, hinge_slopes, peak_place, rank_correlations
from lsm.metrics.distances import FadingMemory, fading_memory, separation, state_distances
from lsm.metrics.drift import Drift, best_drift, drift_tolerant_nrmse
from lsm.metrics.inputs import (
    at_distance,
    displaced,
    end_to_end,
    joined,
    poisson_spikes,
    spike_distances,
)
from lsm.metrics.lyapunov import lyapunov_exponent, lyapunov_exponents
from lsm.metrics.memory import input_responses, memory_capacities, processing_capacities
from lsm.metrics.quality import LiquidQuality, liquid_quality
from lsm.metrics.rank import KernelQuality, kernel_quality, kernel_ranks, state_rank
from lsm.metrics.regime import SpikingRegime, spiking_regime
from lsm.metrics.spiking import (
    as_spike_trains,
    between,
    binned_counts,
    cv2,
    fano_factor,
    firing_rates,
    interval_cv,
    local_variation,
    population_rate,
    synchrony,
)
from lsm.metrics.state_space import linear_time_constant, linear_time_constants
from lsm.metrics.trajectories import (
    nrmse,
    return_map,
    return_map_distance,
    spectrum_distance,
    trajectory_exponent,
    valid_time,
)

__all__ = [
    "Branching",
    "CanonicalCorrelations",
    "Currents",
    "Drift",
    "FadingMemory",
    "HardwareCost",
    "KernelQuality",
    "LiquidQuality",
    "Peak",
    "ProcessingCapacity",
    "SpikingRegime",
    "TightBalance",
    "advantage_at_zero",
    "as_spike_trains",
    "at_distance",
    "best_drift",
    "between",
    "binned_counts",
    "branching_factor",
    "canonical_correlations",
    "cv2",
    "displaced",
    "drift_tolerant_nrmse",
    "end_to_end",
    "fading_memory",
    "fano_factor",
    "firing_rates",
    "footprint_bytes",
    "hardware_cost",
    "hinge_slopes",
    "input_responses",
    "interval_cv",
    "joined",
    "kernel_quality",
    "kernel_ranks",
    "linear_time_constant",
    "linear_time_constants",
    "liquid_quality",
    "local_variation",
    "loose_balance",
    "lyapunov_exponent",
    "lyapunov_exponents",
    "memory_capacities",
    "memory_capacity",
    "nrmse",
    "peak_place",
    "poisson_spikes",
    "population_rate",
    "processing_capacities",
    "processing_capacity",
    "rank_correlations",
    "return_map",
    "return_map_distance",
    "separation",
    "spectrum_distance",
    "spike_distances",
    "spiking_regime",
    "state_distances",
    "state_rank",
    "synaptic_currents",
    "synaptic_operations",
    "synchrony",
    "tight_balance",
    "trajectory_exponent",
    "valid_time",
]
