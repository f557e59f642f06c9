"""Two small networks that bring samples of one class together, in NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.special import softmax

Array = NDArray[Any]
Parameters = list[Array]

_RATE, _DECAYS, _TINY = 1e-3, (0.9, 0.999), 1e-8
#: Under the root of a length, which then is never 0.
_LEAST = 1e-6


def untrained(n_features: int, hidden: int, dimensions: int, rng: Generator) -> Parameters:
    """Weights and biases of two layers, drawn as He et al. 2015 have them."""
    layers = ((n_features, hidden), (hidden, dimensions))
    weights = [rng.normal(0, np.sqrt(2 / n), (n, m)) for n, m in layers]
    return [weights[0], np.zeros(hidden), weights[1], np.zeros(dimensions)]


def project(x: Array, parameters: Parameters) -> Array:
    """Samples on the unit sphere, (samples, dimensions)."""
    return _forward(x, parameters)[-1]


def _forward(x: Array, parameters: Parameters) -> tuple[Array, Array, Array]:
    first, bias, second, other = parameters
    hidden = np.maximum(0, x @ first + bias)
    raw = hidden @ second + other
    return hidden, raw, raw / _length(raw)


def _length(raw: Array) -> Array:
    return np.sqrt((raw**2).sum(axis=1, keepdims=True) + _LEAST)


def loss_and_gradients(
    x: Sequence[Array], y: Array, parameters: Sequence[Parameters]
) -> tuple[float, list[Parameters]]:
    """The symmetric cross entropy of a batch, temperature 1, and what follows for all parameters.

    Parameters
    ----------
    x : two arrays (samples, features)
        Of two modalities; row k of both is of the class y[k].
    y : array (samples,)
        Rows of one class are all each other's targets, in equal shares.
    parameters : two lists
    """
    passes = [_forward(one, its) for one, its in zip(x, parameters, strict=True)]
    (_, _, a), (_, _, b) = passes
    logits = a @ b.T
    target = (y[:, None] == y).astype(float)
    target /= target.sum(axis=1, keepdims=True)
    rows, columns = softmax(logits, axis=1), softmax(logits, axis=0)
    n = len(y)
    loss = -(target * (np.log(rows) + np.log(columns))).sum() / (2 * n)
    slope = (rows + columns - 2 * target) / (2 * n)
    gradients = []
    for one, (hidden, raw, z), upstream, its in zip(
        x, passes, (slope @ b, slope.T @ a), parameters, strict=True
    ):
        d_raw = (upstream - z * (upstream * z).sum(axis=1, keepdims=True)) / _length(raw)
        d_hidden = (d_raw @ its[2].T) * (hidden > 0)
        gradients.append([one.T @ d_hidden, d_hidden.sum(0), hidden.T @ d_raw, d_raw.sum(0)])
    return float(loss), gradients


def train(
    x: Sequence[Array],
    y: Sequence[Array],
    parameters: Sequence[Parameters],
    *,
    epochs: int,
    each: int,
    rng: Generator,
) -> list[Parameters]:
    """Both networks after Adam's steps on batches of `each` pairs of every class.

    Parameters
    ----------
    x, y : two arrays (samples, features), and their classes
        Samples are paired anew in each batch; an epoch is as many pairs as the larger has samples.
    """
    trained = [[part.copy() for part in its] for its in parameters]
    moments = [[[np.zeros_like(part) for part in its] for its in trained] for _ in range(2)]
    classes = np.unique(y[0])
    members = [[np.flatnonzero(labels == c) for c in classes] for labels in y]
    batches = -(-max(map(len, y)) // (each * len(classes)))
    for step in range(1, epochs * batches + 1):
        chosen = [np.concatenate([rng.choice(m, each) for m in some]) for some in members]
        batch = [one[rows] for one, rows in zip(x, chosen, strict=True)]
        _, gradients = loss_and_gradients(batch, y[0][chosen[0]], trained)
        for k, its in enumerate(trained):
            for i, part in enumerate(its):
                for moment, power, decay in zip(moments, (1, 2), _DECAYS, strict=True):
                    moment[k][i] += (1 - decay) * (gradients[k][i] ** power - moment[k][i])
                mean, square = (
                    moment[k][i] / (1 - decay**step)
                    for moment, decay in zip(moments, _DECAYS, strict=True)
                )
                part -= _RATE * mean / (np.sqrt(square) + _TINY)
    return trained


def canonical(
    x: Sequence[Array], y: Sequence[Array], *, dimensions: int, rng: Generator, ridge: float = 0.1
) -> list[Array]:
    """Matrices of a canonical correlation analysis of paired samples (features, dimensions).

    Samples are paired at random within classes. `ridge`: share of the mean variance that is added
    to each feature's.
    """
    rows = np.arange(max(map(len, y)))
    pairs = []
    order = y[0] if len(y[0]) == len(rows) else y[1]
    for one, labels in zip(x, y, strict=True):
        members = {c: np.flatnonzero(labels == c) for c in np.unique(labels)}
        pairs.append(one[[rng.choice(members[c]) for c in order]])
    pairs = [one - one.mean(axis=0) for one in pairs]
    whitening = []
    for one in pairs:
        covariance = one.T @ one / len(one)
        values, vectors = np.linalg.eigh(covariance)
        floor = ridge * values.mean()
        whitening.append(vectors / np.sqrt(np.maximum(values, 0) + floor + _TINY))
    cross = (pairs[0] @ whitening[0]).T @ (pairs[1] @ whitening[1]) / len(rows)
    left, strengths, right = np.linalg.svd(cross, full_matrices=False)
    kept = slice(0, min(dimensions, len(strengths)))
    return [
        whitening[0] @ left[:, kept] * strengths[kept],
        whitening[1] @ right.T[:, kept] * strengths[kept],
    ]
