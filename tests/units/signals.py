"""Calls with units of encoders and front ends."""

from __future__ import annotations

import numpy as np

from lsm import encoders
from tests.units.given import SIGNALS, Case

WAVE = np.sin(np.arange(2000) / 3)[np.newaxis]


def _encoded(encoder):
    """A call that fits an encoder, encodes, decodes, and encodes in parts."""

    def call(**given):
        made = encoder(**given).fit(SIGNALS)
        spikes = made.transform(SIGNALS)
        back = made.inverse_transform(spikes) if hasattr(made, "_decode") else None
        return spikes, back, made.stream().push(SIGNALS[0]) if made.causal else None

    return call


def _heard(**given):
    front = encoders.AudioFrontEnd(**given)
    return front.fit(WAVE).transform(WAVE), front.step_ms, front(WAVE[0])


def _envelopes(**given):
    front = encoders.EnvelopeFrontEnd(n_filters=4, random_state=0, **given)
    return front.fit(SIGNALS).transform(SIGNALS), front.step_ms


def encoder(kind, **given):
    return Case(_encoded(kind), {"step_ms": 2.0, "silence_ms": 5.0} | given)


AUDIO = {
    "rate_Hz": 4000.0,
    "low_Hz": 200.0,
    "high_Hz": 1800.0,
    "window_ms": 40.0,
    "hop_ms": 10.0,
    "floor_dB": 50.0,
    "slope_ms": 20.0,
}


CASES: dict[str, Case] = {
    "lsm.encoders.AudioFrontEnd": Case(_heard, AUDIO),
    "lsm.encoders.MelFrontEnd": Case(lambda **given: encoders.MelFrontEnd(**given)(WAVE[0]), AUDIO),
    "lsm.encoders.EnvelopeFrontEnd": Case(
        _envelopes, {"rate_Hz": 200.0, "window_ms": 40.0, "hop_ms": 20.0, "floor_dB": 30.0}
    ),
    "lsm.encoders.Encoder": encoder(encoders.StepForward),  # the others' parent
    "lsm.encoders.BensSpiker": encoder(encoders.BensSpiker),
    "lsm.encoders.GaussianPopulation": encoder(encoders.GaussianPopulation, max_rate_Hz=100.0),
    "lsm.encoders.IntegrateAndFire": encoder(encoders.IntegrateAndFire, rate_Hz=100.0),
    "lsm.encoders.Latency": encoder(encoders.Latency),
    "lsm.encoders.LevelCrossing": encoder(encoders.LevelCrossing),
    "lsm.encoders.SignMagnitude": encoder(encoders.SignMagnitude),
    "lsm.encoders.StepForward": encoder(encoders.StepForward),
    "lsm.encoders.PoissonRate": encoder(
        lambda **given: encoders.PoissonRate(random_state=0, **given), max_rate_Hz=100.0
    ),
    "lsm.encoders.erb_centres": Case(
        lambda **given: encoders.erb_centres(3, **given), {"low_Hz": 100.0, "high_Hz": 900.0}
    ),
    "lsm.encoders.erb_number": Case(encoders.erb_number, {"frequency_Hz": np.array([100.0, 200])}),
    "lsm.encoders.mel": Case(encoders.mel, {"frequency_Hz": 100.0}),
    "lsm.encoders.gammatone_filters": Case(
        lambda **given: encoders.gammatone_filters(3, **given),
        {"rate_Hz": 4000.0, "low_Hz": 100.0, "high_Hz": 900.0},
    ),
    "lsm.encoders.mel_bank": Case(
        lambda **given: encoders.mel_bank(3, **given),
        {"frequencies_Hz": 40.0 * np.arange(50), "low_Hz": 100.0, "high_Hz": 900.0},
    ),
    "lsm.encoders.integrate_and_fire": Case(
        lambda **given: encoders.integrate_and_fire(SIGNALS, **given),
        {"step_ms": 2.0, "spikes_per_ms": 0.5, "silence_ms": 5.0},
    ),
}
