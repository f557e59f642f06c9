"""Small data of every kind that the estimators take, of two classes that are easy to tell apart."""

import numpy as np

from lsm import SpikeTrains

LABELS = np.array(["left", "right"])
SENSOR = (4, 3, 2)


def labels(n, seed=0):
    return LABELS[np.random.default_rng(seed).permutation(np.arange(n) % 2)]


def pitches(n, *, n_channels=4, seed=0):
    """Spikes of 30 ms where two of the channels are busy, the lower or the upper ones."""
    rng = np.random.default_rng(seed)
    y = labels(n, seed)
    upper = np.arange(n_channels) >= n_channels / 2
    number = np.where(upper == (y == "right")[:, np.newaxis], 6, 1)
    trains = [[rng.uniform(0, 30, k) for k in sample] for sample in number]
    return SpikeTrains.from_lists(trains, duration_ms=30), y


def ramps(n, *, n_channels=2, n_steps=20, seed=0):
    """Signals (samples, channels, steps) that fall or rise, with noise."""
    rng = np.random.default_rng(seed)
    y = labels(n, seed)
    slope = np.where(y == "right", 1.0, -1.0)[:, np.newaxis, np.newaxis]
    noise = rng.normal(size=(n, n_channels, n_steps))
    return 3 * slope * np.linspace(-1, 1, n_steps) + noise, y


def ragged(X, shortest=10):
    """The same signals, each cut off elsewhere."""
    lengths = np.random.default_rng(0).integers(shortest, X.shape[-1] + 1, size=len(X))
    return [signal[..., :n] for signal, n in zip(X, lengths, strict=True)]


def gestures(n, *, sensor_size=SENSOR, n_events=40, seed=0):
    """Events in 40 ms, as tonic gives them, mostly on the left or on the right half."""
    rng = np.random.default_rng(seed)
    width, height, polarities = sensor_size
    dtype = np.dtype([("x", np.int16), ("y", np.int16), ("t", np.int64), ("p", bool)])
    y = labels(n, seed)
    samples = []
    for label in y:
        events = np.zeros(n_events, dtype=dtype)
        half = rng.random(n_events) < (0.9 if label == "right" else 0.1)
        events["x"] = rng.integers(width // 2, size=n_events) + half * (width // 2)
        events["y"] = rng.integers(height, size=n_events)
        events["p"] = rng.integers(polarities, size=n_events)
        events["t"] = np.sort(rng.integers(40_000, size=n_events))
        samples.append(events)
    return samples, y


def parity(n, seed=0):
    """Spikes of 60 ms: two bits as bursts, one after the other; are they different ones?

    Neither counts nor bins tell, nor any other sum of what each channel has done.
    """
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2, (n, 2))
    dense = np.zeros((n, 8, 60), dtype=int)
    for sample, pair in zip(dense, bits, strict=True):
        for bit, start in zip(pair, (0, 25), strict=True):
            sample[4 * bit : 4 * bit + 4, start : start + 15] = rng.random((4, 15)) < 0.3
    return SpikeTrains.from_dense(dense, dt_ms=1.0), bits[:, 0] ^ bits[:, 1]
