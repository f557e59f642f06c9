"""What comes, and when: a cue, then outcome A or B with some probability after some latency.

The paradigm of Yamada & Chao (arXiv 2510.14382), in numbers of our own. Time is counted from the
cue's end. A :class:`Schedule` says how likely A is and when the outcome comes, block after block of
trials; :func:`cue_spikes` draws what the reservoir hears, :func:`bumps` what a readout should say.
:func:`sample_reservoir` and :func:`reservoir_states` give states to learn from.
:func:`learn` has a rule learn from states online, and :func:`errors`, :func:`moved`,
:func:`steady`, :func:`recovery` and :func:`angles` measure what it says and has learned.
"""

from tasks.what_when.measures import angles, errors, moved, recovery, slope, steady
from tasks.what_when.reservoirs import reservoir_states, sample_reservoir, scaled
from tasks.what_when.rules import RULES, Learned, learn
from tasks.what_when.trials import (
    CUE_MS,
    JITTER_MS,
    N_CHANNELS,
    N_SPIKES,
    T_MS,
    WIDTH_MS,
    Schedule,
    Stream,
    announced,
    bumps,
    cue_spikes,
    cue_traces,
)

__all__ = [
    "CUE_MS",
    "JITTER_MS",
    "N_CHANNELS",
    "N_SPIKES",
    "RULES",
    "T_MS",
    "WIDTH_MS",
    "Learned",
    "Schedule",
    "Stream",
    "angles",
    "announced",
    "bumps",
    "cue_spikes",
    "cue_traces",
    "errors",
    "learn",
    "moved",
    "recovery",
    "reservoir_states",
    "sample_reservoir",
    "scaled",
    "slope",
    "steady",
]
