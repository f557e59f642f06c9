"""What all encoders share: scales learned from training data, batches, streams and inverses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from lsm.base.checks import axes_hint, not_negative, positive
from lsm.base.quantities import number
from lsm.base.reprs import short_repr
from lsm.signals import Signals, validate_signals
from lsm.spikes import SpikeTrains

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Numbers that are encoded together, steps times output channels: 16 MB, and some copies of them.
_BATCH = 2**21


@short_repr
class Fired(NamedTuple):
    """Spikes in no particular order, as arrays of one length.

    `sample` and `channel` (of the output) are places in what was encoded, `step` is the step of the
    signal since its start and `time` the time in steps: ``step <= time <= step + 1``.
    """

    sample: Integers
    channel: Integers
    step: Integers
    time: Floats


class Encoder(TransformerMixin, BaseEstimator, ABC):
    """From signals to spikes: a scikit-learn transformer whose output is `SpikeTrains`.

    A value of a signal lasts `step_ms`. What an encoder takes for small and large it learns from
    the training data, for each channel: ``(x - offset_) / scale_`` is encoded. Each sample is
    encoded for itself: its spikes depend on no other.

    A subclass says how many `_kinds` of output channels it has for each channel of the signal, how
    it scales (:meth:`_learn_scale`) and how it fires (:meth:`_encode`); also, where there is an
    inverse, ``_decode``, and whether it is `causal`.

    Parameters
    ----------
    step_ms : float
        Time for which each value of a signal lasts.
    silence_ms : float
        Silence added behind each sample, so that the liquid can finish.

    Attributes
    ----------
    offset_, scale_ : float array (channels,)
        What counts as 0, and as the distance of 1 from it, in units of the signal.
    n_features_in_ : int
        Channels of the signals in `fit`; columns where it was a table (see
        `lsm.signals.validate_signals`).
    n_channels_in_, n_channels_out_ : int
        Channels of the signals and of the spikes. Output channels of one kind lie together, in
        the order of the signal's channels: channel ``c`` of kind ``k`` is
        ``k * n_channels_in_ + c``.
    feature_names_in_ : array of str
        Names of the columns, where `fit` saw a data frame.
    """

    #: Kinds of output channels come in pairs: what is positive, then what is negative.
    signed: ClassVar[bool] = False
    #: Spikes depend on the signal up to them only, so that there is a `stream`.
    causal: ClassVar[bool] = True

    def __init__(self, *, step_ms: float = 1.0, silence_ms: float = 0.0) -> None:
        self.step_ms = step_ms
        self.silence_ms = silence_ms

    def fit(self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None) -> Self:
        """Learn the scale of each channel.

        Parameters
        ----------
        X : signals
            Array (samples, channels, steps), table (samples, steps), or list of arrays
            (channels, steps) or (steps,); see `lsm.signals.validate_signals`.
        y : ignored
        sample_weight : array (samples,), optional
            A sample of weight 2 counts as two, of weight 0 as none.

        Raises
        ------
        TypeError, ValueError
            Where a parameter, the signals or the weights are not as described.
        """
        self._check_parameters()
        signals = validate_signals(self, X, reset=True)
        if sample_weight is not None:
            weight = _check_sample_weight(
                sample_weight, signals, dtype=np.float64, ensure_non_negative=True
            )
            signals = [signal for signal, w in zip(signals, weight, strict=True) if w]
            weight = weight[weight > 0]
        else:
            weight = np.ones(len(signals))
        self._learn(signals, weight)
        self.n_channels_out_ = self._kinds * self.n_channels_in_
        return self

    def transform(self, X: Any) -> SpikeTrains:
        """Encode signals of the channels that `fit` saw.

        Returns
        -------
        SpikeTrains (samples, output channels)
            Sample ``i`` lasts its number of steps times `step_ms`, and `silence_ms`.
        """
        check_is_fitted(self)
        signals = validate_signals(self, X, reset=False)
        lengths = np.array([signal.shape[1] for signal in signals])
        parts = []
        for batch in _batches(lengths, self.n_channels_out_):
            fired, _ = self._encode(_stack([signals[i] for i in batch]), 0, None)
            within = fired.step < lengths[batch[fired.sample]]
            times = self._times_ms(fired.step[within], fired.time[within])
            parts.append((batch[fired.sample[within]], fired.channel[within], times))
        sample, channel, times = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        # By sample; `SpikeTrains` sorts within each. Of 16 bits NumPy makes a radix sort.
        order = np.argsort(sample.astype(np.min_scalar_type(len(signals))), kind="stable")
        return SpikeTrains(
            times[order],
            channel[order],
            np.concatenate([[0], np.cumsum(np.bincount(sample, minlength=len(signals)))]),
            lengths * self._step_ms + self._number("silence_ms"),
            self.n_channels_out_,
        )

    @available_if(lambda self: hasattr(self, "_decode"))
    def inverse_transform(self, X: SpikeTrains) -> Floats | Signals:
        """Signals that would be encoded so, as far as spikes tell.

        Parameters
        ----------
        X : SpikeTrains (samples, output channels)
            Each sample lasts a whole number of steps, and `silence_ms`.

        Returns
        -------
        array (samples, channels, steps), or (samples, steps) where `fit` saw a table
            Or, where samples differ in length, a list of arrays (channels, steps).
        """
        check_is_fitted(self)
        if not isinstance(X, SpikeTrains):
            raise TypeError(f"X must be SpikeTrains, got {type(X).__name__}")
        if X.n_channels != self.n_channels_out_:
            raise ValueError(
                f"X has {X.n_channels} channels, but {type(self).__name__} is expecting "
                f"{self.n_channels_out_} channels as input"
            )
        step_ms, silence_ms = self._step_ms, self._number("silence_ms")
        steps = (X.durations_ms - silence_ms) / step_ms
        lengths = np.round(steps).astype(np.int64)
        if not (np.all(lengths >= 1) and np.allclose(steps, lengths, rtol=1e-6)):
            raise ValueError(
                f"each sample of X must last a whole number of steps of {step_ms:g} ms and a "
                f"silence of {silence_ms:g} ms; got durations of "
                f"{', '.join(f'{d:g}' for d in np.unique(X.durations_ms)[:3])} ms"
            )
        if not len(X):
            raise ValueError("X must hold at least one sample, got none")
        scaled = self._decode(X, int(lengths.max()))
        signals = self.offset_[:, np.newaxis] + self.scale_[:, np.newaxis] * scaled
        if np.any(lengths != lengths[0]):
            return [signal[:, :n] for signal, n in zip(signals, lengths, strict=True)]
        return signals[:, 0] if self._fitted_on_table else signals

    @available_if(lambda self: self.causal)
    def stream(self) -> EncoderStream:
        """Encode one sample piece by piece as it comes, in the same spikes as `transform`."""
        check_is_fitted(self)
        return EncoderStream(self)

    # For subclasses

    @property
    def _kinds(self) -> int:
        """Output channels for each channel of the signal."""
        return 1

    def _check_parameters(self) -> None:
        positive(self.step_ms, "step_ms")
        not_negative(self.silence_ms, "silence_ms")

    def _number(self, name: str) -> float:
        """A parameter in the unit of its name; estimators keep quantities as they are given."""
        return number(getattr(self, name), name)

    @property
    def _step_ms(self) -> float:
        return self._number("step_ms")

    def _per_step(self, name: str) -> float:
        """Spikes in a step at the rate of a parameter in Hz."""
        return self._number(name) * self._step_ms / 1000

    def _learn(self, signals: Signals, weight: Floats) -> None:
        """Learn from training data; only samples with a weight above 0 come here."""
        self.offset_, self.scale_ = self._learn_scale(signals, weight)

    @staticmethod
    @abstractmethod
    def _learn_scale(signals: Signals, weight: Floats) -> tuple[Floats, Floats]:
        """Value of each channel that counts as 0, and the distance of 1 from it, (channels,)."""

    @abstractmethod
    def _encode(self, signals: Floats, first: int, carry: Any) -> tuple[Fired, Any]:
        """Encode signals (samples, channels, steps), which go on from what `carry` knows.

        `first` is the step at which they start, and `carry` what the last call gave, None at
        the start. A sample that is shorter than others beside it goes on with its last value.
        """

    def _scaled(self, signals: Floats) -> Floats:
        return (signals - self.offset_[:, np.newaxis]) / self.scale_[:, np.newaxis]

    def _dense(self, spikes: SpikeTrains, n_steps: int) -> Floats:
        """Spikes of each kind in each step, (samples, kinds, channels, steps)."""
        dense = spikes.to_dense(self._step_ms)[..., :n_steps]
        return dense.reshape(len(spikes), self._kinds, -1, n_steps).astype(np.float64)

    def _times_ms(self, step: Integers, time: Floats) -> Floats:
        """Times in ms: what fires at the very end of a step is still a spike of this step."""
        # By more than a simulation's tolerance for times that rounding put before their step.
        step_ms = self._step_ms
        end = (step + 1 - 1e-5) * step_ms
        return np.clip(time * step_ms, step * step_ms, end)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags


class EncoderStream:
    """One sample on its way: see :meth:`Encoder.stream`."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._n_steps = 0
        self._carry: Any = None

    def push(self, chunk: ArrayLike) -> tuple[Floats, Integers]:
        """Spikes that fire during the next steps of the sample.

        Parameters
        ----------
        chunk : array (channels, steps), (steps,) of one channel, or one step (channels,) of several
            Any number of steps. All chunks together give exactly the spikes that `transform` gives
            for the whole sample, in their order.

        Returns
        -------
        times_ms : float array (spikes,)
            Since the start of the sample.
        channels : int array (spikes,)

        Raises
        ------
        ValueError
            Where the chunk has another shape, or is not finite.
        """
        signal = checked_chunk(chunk, self._encoder.n_channels_in_)
        if not signal.shape[1]:
            return np.empty(0), np.empty(0, np.int64)
        fired, self._carry = self._encoder._encode(
            np.ascontiguousarray(signal[np.newaxis]), self._n_steps, self._carry
        )
        self._n_steps += signal.shape[1]
        times = self._encoder._times_ms(fired.step, fired.time)
        order = np.lexsort((fired.channel, times))
        return times[order], fired.channel[order]


def checked_chunk(chunk: ArrayLike, n_channels: int) -> Floats:
    """A finite chunk of a signal (channels, steps).

    A row has the steps of one channel, or a single step of several.
    """
    signal = np.asarray(chunk, dtype=np.float64)
    signal = signal[:, np.newaxis] if signal.ndim == 1 < n_channels else np.atleast_2d(signal)
    if signal.ndim != 2 or len(signal) != n_channels:
        raise ValueError(
            f"chunk must have shape ({n_channels}, steps), got {np.shape(chunk)}"
            + axes_hint(np.shape(chunk))
        )
    if not np.isfinite(signal).all():
        raise ValueError("chunk must be finite")
    return signal


def _batches(lengths: Integers, n_channels: int) -> Iterator[Integers]:
    """Indices of samples of about one length that fit into memory together."""
    order = np.argsort(lengths, kind="stable")
    start = 0
    while start < len(order):
        # Padded to the length of their longest, the last.
        sizes = np.arange(1, len(order) - start + 1) * n_channels * lengths[order[start:]]
        end = start + max(1, int(np.searchsorted(sizes, _BATCH, side="right")))
        yield order[start:end]
        start = end


def _stack(signals: Signals) -> Floats:
    """Array (samples, channels, steps); shorter samples go on with their last value."""
    n_steps = max(signal.shape[1] for signal in signals)
    stack = np.empty((len(signals), len(signals[0]), n_steps))
    for row, signal in zip(stack, signals, strict=True):
        row[:, : signal.shape[1]] = signal
        row[:, signal.shape[1] :] = signal[:, -1:]
    return stack
