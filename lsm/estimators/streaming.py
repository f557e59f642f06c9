"""A fitted estimator that hears one sample chunk by chunk."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from lsm.base.checks import positive
from lsm.base.quantities import number
from lsm.base.steps import whole_steps
from lsm.encoders.base import checked_chunk
from lsm.estimators.early import early_readouts
from lsm.estimators.inputs import Kind, check_kind, read
from lsm.reservoir import Reservoir
from lsm.simulation import Stream
from lsm.simulation.engine import check_read_at_the_end
from lsm.simulation.programs import Target
from lsm.spikes import SpikeTrains
from lsm.spikes.address_events import SensorSize
from lsm.states import State


class Streamable(Protocol):
    """What a fitted estimator has that can be streamed; `encoder_` where it takes signals,
    `sensor_size_` where it takes events, `readout_` where it predicts.
    """

    dt_ms: Any
    encoder_: Any
    input_kind_: Kind
    n_features_in_: int
    readout_: Any
    reservoir_: Reservoir
    sensor_size_: SensorSize
    state_: State
    target_: Target


class LiveLiquid:
    """A sample on its way through a fitted estimator; made by its ``stream()``.

    Once all of a sample was pushed, in chunks of any lengths, state and predictions are those that
    the estimator gives for the whole.

    >>> with model.stream() as live:  # doctest: +SKIP
    ...     for chunk in chunks:
    ...         live.push(chunk)
    ...         print(live.predict())
    """

    def __init__(self, estimator: Streamable) -> None:
        self._estimator = estimator
        self._dt_ms = positive(estimator.dt_ms, "dt_ms")
        signals = estimator.input_kind_ == "signals"
        self._encoder = estimator.encoder_ if signals else None
        check_causal(self._encoder)
        try:
            check_read_at_the_end(estimator.state_)
        except ValueError as error:
            raise ValueError(
                f"{error}. Bins, the default, are parts of a sample, whose length a stream doesn't "
                "know: to be streamed, a model is fitted with another state, "
                f"{type(estimator).__name__}(..., state='traces')"
            ) from error
        n_channels = (
            estimator.n_features_in_ if self._encoder is None else self._encoder.n_channels_out_
        )
        self._state: NDArray[np.float64] | None = None
        # Of the last decision time: its number, and the state there.
        self._decision: tuple[int, NDArray[np.float64]] | None = None
        self._stream = Stream(
            estimator.reservoir_,
            n_channels=n_channels,
            state=estimator.state_,
            dt_ms=self._dt_ms,
            target=estimator.target_,
        )
        self._begin()

    def push(self, chunk: Any, *, duration_ms: float | None = None) -> None:
        """Hear the next part of the sample.

        Parameters
        ----------
        chunk : array (channels, steps), SpikeTrains with one sample, or structured array of events
            Of the kind that the estimator was fitted on. Of a signal also a single step
            (channels,), several of a single channel (steps,), or none, which changes nothing. Times
            of spikes and events count from the end of the last chunk.
        duration_ms : float, optional
            Of a chunk of events, for which it is needed; a multiple of ``dt_ms``.

        Raises
        ------
        TypeError, ValueError
            A chunk of another kind, with other channels, of no whole number of steps.
        SimulationError
            The stream is closed, or its process died.
        """
        kind = self._estimator.input_kind_
        chunk_kind, _ = read(chunk if isinstance(chunk, SpikeTrains) else [chunk])
        check_kind(chunk_kind, kind, type(self._estimator).__name__, name="chunk")
        if (duration_ms is not None) != (kind == "events"):
            raise ValueError("duration_ms is for chunks of events, and they need it")
        if kind == "events":
            spikes = SpikeTrains.from_events(
                [chunk], sensor_size=self._estimator.sensor_size_, duration_ms=duration_ms
            )
        elif kind == "signals":
            assert self._encoder is not None
            signal = checked_chunk(chunk, self._encoder.n_channels_in_)
            if not signal.shape[1]:
                return
            spikes = self._encoded(signal)
        else:
            spikes = chunk
        self._hear(spikes)

    def end(self) -> None:
        """Hear the silence that the encoder puts behind a sample, if it does."""
        if self._encoder is None:
            return
        if silence_ms := number(self._encoder.silence_ms, "silence_ms"):
            self._hear(_one_sample([], [], silence_ms, self._encoder.n_channels_out_))

    def restart(self) -> None:
        """Begin a new sample."""
        self._stream.restart()
        self._begin()

    def state(self) -> NDArray[np.float64]:
        """The liquid state (features,) after what was pushed.

        Raises
        ------
        ValueError
            Nothing of the sample was pushed yet.
        """
        if self._state is None:
            raise ValueError("nothing of the sample was pushed yet, so there is no state")
        return self._state

    def predict(self) -> Any:
        """The readout's prediction from the state: a label, a number, or an array (outputs,)."""
        return self._estimator.readout_.predict(self.state()[np.newaxis])[0]

    def predict_when_sure(self, *, confidence: float = 0.95) -> Any:
        """The label, if it was sure at the last decision time; None while it is not.

        Asked at each decision time, it decides when, and as, the estimator's own
        ``predict_when_sure`` does for the whole. What is unsure at its end is left to
        :meth:`predict`.

        Raises
        ------
        ValueError
            A confidence outside (0, 1), a model without ``decide_every_ms``.
        """
        early = early_readouts(self._estimator)
        threshold = early.threshold(confidence)
        if self._decision is None:
            return None
        sureness, label = early.sureness(self._decision[0], self._decision[1][np.newaxis])
        return label[0] if sureness[0] >= threshold else None

    def decision_function(self) -> Any:
        """The readout's scores from the state."""
        return self._estimator.readout_.decision_function(self.state()[np.newaxis])[0]

    def predict_proba(self) -> NDArray[np.float64]:
        """Probabilities of the classes (classes,) from the state."""
        probabilities: NDArray[np.float64] = self._estimator.readout_.predict_proba(
            self.state()[np.newaxis]
        )[0]
        return probabilities

    def close(self) -> None:
        """End the process behind; a closed stream can't go on."""
        self._stream.close()

    def __enter__(self) -> LiveLiquid:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _hear(self, spikes: SpikeTrains) -> None:
        """Push spikes, in two parts where a decision time lies among them: the last that does."""
        early = getattr(self._estimator, "early_", None)
        if early is None or len(spikes) != 1:  # which is refused there
            self._state = self._stream.push(spikes).astype(np.float64)
            return
        dt_ms = self._dt_ms
        lasts = whole_steps(float(spikes.durations_ms[0]), dt_ms, "the chunk's duration")
        every = round(early.every_ms / dt_ms)
        place = min((self._heard + lasts) // every, len(early.readouts))
        cut = max(place * every - self._heard, 0)
        steps = spikes.steps(dt_ms)
        for start, stop in ((0, cut), (cut, lasts)):
            if start == stop:
                continue
            inside = (steps >= start) & (steps < stop)
            since = np.maximum(spikes.times_ms[inside] - start * dt_ms, 0.0)
            length_ms = (stop - start) * dt_ms
            part = _one_sample(since, spikes.channels[inside], length_ms, spikes.n_channels)
            self._state = self._stream.push(part).astype(np.float64)
            if start == 0 < cut:
                self._decision = place - 1, self._state
        self._heard += lasts

    def _begin(self) -> None:
        self._state = None
        self._heard = 0
        self._decision = None
        self._n_steps = 0
        self._encoding = None if self._encoder is None else self._encoder.stream()

    def _encoded(self, signal: NDArray[np.float64]) -> SpikeTrains:
        assert self._encoder is not None
        assert self._encoding is not None
        n_steps = signal.shape[1]
        step_ms = positive(self._encoder.step_ms, "step_ms")
        duration = n_steps * step_ms
        # Before the encoder hears it: a chunk that is refused leaves no trace.
        whole_steps(duration, self._dt_ms, "the chunk's duration")
        times_ms, channels = self._encoding.push(signal)
        # What rounding puts a hair before or behind the chunk belongs into it.
        since = times_ms - self._n_steps * step_ms
        inside = np.clip(since, 0, np.nextafter(duration, 0))
        self._n_steps += n_steps
        return _one_sample(inside, channels, duration, self._encoder.n_channels_out_)


class StreamingMixin:
    """An estimator that hears samples chunk by chunk."""

    def stream(self: Streamable) -> LiveLiquid:
        """Hear one sample chunk by chunk: see :class:`lsm.LiveLiquid`. Use it in a ``with`` block.

        Raises
        ------
        NotFittedError
            Before ``fit``.
        ValueError
            The state is read at several times, the reservoir has noise, the encoder needs the whole
            of a sample.
        """
        check_is_fitted(self)
        return LiveLiquid(self)


def check_causal(encoder: Any) -> None:
    """Raise ValueError for an encoder, if there is one, that may look ahead."""
    if encoder is not None and not getattr(encoder, "causal", False):
        raise ValueError(
            f"encoder {encoder!r} can't be streamed: it may need the whole of a sample"
        )


def _one_sample(times_ms: Any, channels: Any, duration_ms: float, n_channels: int) -> SpikeTrains:
    return SpikeTrains(
        np.asarray(times_ms, dtype=np.float64),
        np.asarray(channels, dtype=np.int32),
        np.array([0, len(times_ms)]),
        np.array([duration_ms]),
        n_channels,
    )
