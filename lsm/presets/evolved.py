"""20 neurons as evolution begins with them."""

from __future__ import annotations

from lsm.neurons import LIF_ALPHA
from lsm.presets.sampling import RandomState
from lsm.reservoir import Reservoir
from lsm.topology import DistanceWiring, InputWiring


def evolved2026(
    n: int = 20, *, random_state: RandomState = None, inputs: InputWiring | None = None
) -> Reservoir:
    """20 neurons as the evolved liquid begins (Lopez-Herrera et al. 2026, MCA 31(2):65).

    Alpha synapses of 2 ms, noisy background, 6 x 6 square with p = exp(-D^2 / 2) and no synapses
    among inhibitory neurons; membrane times of 6 to 14 ms, refractory times of .5 to 4 ms and
    thresholds from -69 to -10 mV drawn uniformly, as the search draws them first. Many a draw is
    nearly silent: the paper's search is what makes them fire.

    Parameters
    ----------
    n : int
        In a square that keeps the in-degree of 20.
    random_state : int, Generator or None
    inputs : InputWiring, optional
    """
    return Reservoir.random(
        n,
        random_state=random_state,
        model=LIF_ALPHA,
        ranges={"t_ref_ms": (0.5, 4.0), "tau_m_ms": (6.0, 14.0), "v_threshold_mV": (-69.0, -10.0)},
        parameters={"tau_syn_ms": 2.0, "i_background_pA": 100.0, "noise_pA": 10.0},
        wiring=DistanceWiring(),
        inputs=inputs or InputWiring(fraction=0.5, weight_pA=50.0, weight_sd_pA=2.0),
    )
