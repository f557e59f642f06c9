"""Input synapses from a part of a sensor around each neuron's own place."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from lsm.base.checks import not_negative, positive, positive_int
from lsm.spikes.address_events import SensorSize, n_places
from lsm.topology.delays import DelayRule, channel_delays, described_delays
from lsm.topology.hashing import INPUT_WEIGHT, ORIENTATION, PHASE, WAVELENGTH, uniform
from lsm.topology.population import Population
from lsm.topology.synapses import Synapses, refuse_too_many


@dataclass(frozen=True)
class ReceptiveFieldInputs:
    """Input synapses from ``size`` x ``size`` places of a sensor around a neuron's own place.

    Neurons lie over the sensor: the space of their positions, of which the first two coordinates
    count, is stretched to where a field's centre can be so that the field is wholly on the sensor.
    A sensor may be a camera, a skin, or a row of places, such as taxels or the bands of a
    spectrogram: (12, 1, 1) has fields of `size` places, and neurons may then lie along a line.
    All polarities of a place have the same weight: whether a contour gets brighter or darker
    depends on where it moves to, not on what it is. Where they are to be told apart,
    :class:`PartitionedInputs` has neurons for each.

    With ``"gabor"`` weights a neuron prefers contours of one orientation: exp(-r^2 / 2 sigma^2)
    cos(2 pi u / wavelength + phase), where u is along a random direction (of a row or a column of
    places, along it), sigma is a quarter of `size`, the phase is uniform, and the wavelength from
    half to all of `size` (Jones & Palmer 1987, Journal of Neurophysiology 58:1233). With
    ``"normal"`` ones each weight is drawn for itself, with mean 0. What is drawn is a hash of a
    neuron's key, and the place.

    Parameters
    ----------
    sensor_size : (width, height, polarities)
        Channels are its places, as :meth:`lsm.SpikeTrains.from_events` numbers them.
    size : int, optional
        Places along a side of a field; by default half of the sensor's shorter side, or of its
        length if it is a row or a column, rounded down. A field larger than the sensor along one
        side has all places there.
    weights : {"gabor", "normal"}
    weight_pA : float or quantity
        Root of the summed squares of a neuron's weights, the same for all of them.
    delay_ms : float, quantity or DelayRule
        From a channel's spike to its arrival, of every synapse or by a rule.
    velocity : float, optional
        In places of the sensor a ms. Delays are then `delay_ms` + distance / velocity, with the
        distance of a place from the centre of the field. The shortest would round to none where
        `delay_ms` is less than half a step.

    Raises
    ------
    TypeError, ValueError
        No sensor size, which fields can't be without, or not three numbers from 1 on; another value
        that is not as described; when a reservoir is simulated: another number of channels than
        the sensor has, or positions along a line under several rows.
    """

    sensor_size: SensorSize
    size: int | None = None
    weights: Literal["gabor", "normal"] = "gabor"
    weight_pA: float = 600.0
    delay_ms: float | DelayRule = 0.0
    velocity: float | None = None

    def __post_init__(self) -> None:
        if self.sensor_size is None:
            raise ValueError(
                "receptive fields need a sensor_size, (width, height, polarities), got None"
            )
        sensor_size = tuple(np.atleast_1d(self.sensor_size).tolist())
        n_places(sensor_size)
        object.__setattr__(self, "sensor_size", sensor_size)
        if self.size is not None:
            object.__setattr__(self, "size", positive_int(self.size, "size"))
        if self.weights not in ("gabor", "normal"):
            raise ValueError(f"weights must be 'gabor' or 'normal', got {self.weights!r}")
        object.__setattr__(self, "weight_pA", positive(self.weight_pA, "weight_pA"))
        if not isinstance(self.delay_ms, DelayRule):
            object.__setattr__(self, "delay_ms", not_negative(self.delay_ms, "delay_ms"))
        if self.velocity is not None:
            object.__setattr__(self, "velocity", positive(self.velocity, "velocity"))

    def connect(self, reservoir: Population, n_channels: int) -> Synapses:
        """The synapses from ``n_channels`` channels."""
        width, height, polarities = self.sensor_size
        if n_channels != width * height * polarities:
            raise ValueError(
                f"inputs: sensor_size = {self.sensor_size} has "
                f"{width * height * polarities} places, got {n_channels} channels"
            )
        positions = reservoir.positions
        if positions.shape[1] < 2 and height > 1:
            raise ValueError(
                "inputs: receptive fields need neurons with two coordinates, but on a sensor of "
                f"one row; got positions of shape {positions.shape}"
            )
        longer = [side for side in (width, height) if side > 1]
        size = self.size or max(1, min(longer, default=1) // 2)
        extent = np.minimum(size, (width, height))
        refuse_too_many(len(positions) * int(extent.prod()) * polarities)
        sides = np.broadcast_to(reservoir.side, positions.shape[1])[:2]
        share = np.zeros((len(positions), 2))
        share[:, : len(sides)] = positions[:, :2] / sides
        centre = (extent - 1) / 2 + share * ((width, height) - extent)
        row, column = np.indices(extent[::-1].tolist()).reshape(2, -1)
        first = np.floor(centre - extent / 2).astype(np.int64) + 1
        x, y = first[:, :1] + column, first[:, 1:] + row
        neuron = np.repeat(np.arange(len(positions)), len(row))
        x, y = x.ravel(), y.ravel()
        weight = self._weights(reservoir.keys[neuron], x, y, centre[neuron], size)
        norm = np.sqrt(polarities * np.bincount(neuron, weight**2, len(positions)))
        weight *= self.weight_pA / np.maximum(norm, np.finfo(float).tiny)[neuron]
        travel_ms = np.zeros(len(weight))
        if self.velocity is not None:
            travel_ms = np.hypot(x - centre[neuron, 0], y - centre[neuron, 1]) / self.velocity
        place = (y * width + x).astype(np.int32)
        order = np.lexsort((neuron, place))
        place, neuron, weight = place[order], neuron[order].astype(np.int32), weight[order]
        polarity = np.repeat(np.arange(polarities, dtype=np.int32), len(place))
        channel = polarity * np.int32(width * height) + np.tile(place, polarities)
        target = np.tile(neuron, polarities)
        return Synapses(
            channel,
            target,
            np.tile(weight, polarities),
            channel_delays(self.delay_ms, channel, reservoir.keys[target])
            + np.tile(travel_ms[order], polarities),
        )

    def _weights(
        self,
        keys: NDArray[np.uint64],
        x: NDArray[np.int64],
        y: NDArray[np.int64],
        centre: NDArray[np.float64],
        size: int,
    ) -> NDArray[np.float64]:
        """Weights of synapses from places to the neurons of these keys and centres, unscaled."""
        if self.weights == "normal":
            return np.asarray(scipy.special.ndtri(uniform(INPUT_WEIGHT, keys, x, y)))
        dx, dy = x - centre[:, 0], y - centre[:, 1]
        orientation, phase = (2 * np.pi * uniform(stream, keys) for stream in (ORIENTATION, PHASE))
        width, height, _ = self.sensor_size
        if height == 1:
            orientation = np.zeros(len(keys))
        elif width == 1:
            orientation = np.full(len(keys), np.pi / 2)
        wavelength = size * (1 + uniform(WAVELENGTH, keys)) / 2
        u = dx * np.cos(orientation) + dy * np.sin(orientation)
        envelope = np.exp(-(dx**2 + dy**2) / (2 * (size / 4) ** 2))
        return np.asarray(envelope * np.cos(2 * np.pi * u / wavelength + phase))

    @property
    def delayed(self) -> bool:
        """Whether spikes arrive later than in their own step."""
        return (
            isinstance(self.delay_ms, DelayRule) or self.delay_ms > 0 or self.velocity is not None
        )

    def scaled(self, gain: float) -> ReceptiveFieldInputs:
        """The same fields with every weight multiplied by a gain."""
        return replace(self, weight_pA=self.weight_pA * gain)

    def describe(self) -> dict[str, Any]:
        """What defines the rule, ready for JSON; delays where there are any."""
        fields = asdict(self) | {"delay_ms": described_delays(self.delay_ms)}
        without = () if self.delayed else ("delay_ms", "velocity")
        return {"rule": type(self).__name__} | {
            name: value for name, value in fields.items() if name not in without
        }

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays that a saved reservoir holds beside :meth:`describe`: none."""
        return {}
