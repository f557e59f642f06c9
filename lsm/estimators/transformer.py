"""From data to liquid states: the transformer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from lsm.estimators.liquid import BaseLiquid
from lsm.estimators.streaming import StreamingMixin
from lsm.states import feature_names


class LiquidTransformer(TransformerMixin, StreamingMixin, BaseLiquid):
    """Liquid states of spike trains, events or signals, as features for any estimator.

    Parameters
    ----------
    reservoir : int, str, RandomLiquid, KernelLiquid or Reservoir, default=100
        A number of neurons: a liquid of varied leaky integrate-and-fire neurons is drawn, and its
        weights are scaled on the training data until the neurons fire at `rate_Hz`
        (:mod:`lsm.plasticity.calibration`). The name of a preset (:mod:`lsm.presets`), with a
        number of neurons if wanted (``"maass2002"``, ``"deckers2022:300"``): it is drawn with
        inputs of both signs, and only these are scaled. A :class:`RandomLiquid`, whose parameters
        have names to be searched by (``reservoir__tau_m_ms``), is drawn as a number of neurons is.
        A Reservoir is used as it is. ``"kernels:2500"`` or a :class:`KernelLiquid`: random kernels
        of signals, with an encoder and thresholds of their own, and no rate to be scaled to.
        ``"fields:300"``: a liquid of 300 neurons whose neurons hear the part of a sensor around
        their own place (:class:`lsm.ReceptiveFieldInputs`); needs `sensor_size`.
    pretraining : str, callable or list of these, optional
        Rules by which the reservoir settles on the training spikes, one after the other, before it
        is frozen (:mod:`lsm.plasticity.pretraining`): ``"balance"``, ``"inhibitory"``,
        ``"intrinsic"``, ``"stdp"``, ``"critical_stdp"``, ``"calibrate"``, ``"eprop"`` (which learns
        from `y`, and isn't for transformers), or functions of one's own.
    encoder : str or transformer, default="auto"
        What turns signals into spikes: a name or an object from :mod:`lsm.encoders`, or a pipeline
        that ends in one; a copy is fitted on the training data. ``"auto"`` is
        :func:`lsm.encoders.default_encoder`. Spikes and events need none.
    state : str or State, default="auto"
        What is read of the liquid (:mod:`lsm.states`); ``"auto"`` is ``"bins:3"``, of kernels
        ``"counts"``.
    rate_Hz : float, default=40.0
        Mean rate of a drawn liquid's excitatory neurons on the training data, before pre-training,
        and the rate that pre-training strives for, if it does for one.
    sensor_size : (width, height, polarities), optional
        Of event data; by default the smallest sensor that has the training events. Of a sensor
        whose places are the channels, where spikes or signals are heard by receptive fields.
    dt_ms : float, default=1.0
        Time step.
    target : {"auto", "cpp", "numpy"}, default="auto"
        As :func:`lsm.simulate` has it; what ``auto`` means is settled by ``fit``.
    random_state : int, RandomState, Generator or None
        Draws the reservoir, and the chance of pre-training and of an encoder that was given by
        name.
    n_jobs : int, optional
        Processes at a time.
    verbose : bool, default=False
        Show a bar with the time left while the liquid hears samples, and say before a program is
        compiled.

    Attributes
    ----------
    reservoir_ : Reservoir
        What is simulated, calibrated and pre-trained.
    encoder_ : Encoder
        Fitted; only where signals are heard.
    state_ : State
    sensor_size_ : tuple
        Only where events are heard.
    target_ : {"cpp", "numpy"}
    input_kind_ : {"spikes", "events", "signals"}
    n_features_in_ : int
        Number of input channels; where X is a table of univariate signals, of its columns.
    """

    def fit(
        self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None
    ) -> LiquidTransformer:
        """Learn the encoding, draw and calibrate the liquid.

        Parameters
        ----------
        X : SpikeTrains, list of structured arrays, or signals
            Signals: an array (samples, channels, steps), a table (samples, steps) of univariate
            signals, a list or Series of arrays (channels, steps) or (steps,) of any lengths, or a
            data frame with a channel in each column and arrays (steps,) in its cells. Events: with
            the fields x, t and maybe y and p, t in microseconds; also (events, label) pairs, or a
            data set of them, as tonic has it, whose labels aren't looked at.
        y : ignored
        sample_weight : array (samples,), optional
            Samples without weight aren't looked at.

        Raises
        ------
        TypeError, ValueError
            Input that is not as described, a parameter that doesn't fit.
        """
        self._fit_liquid(X, sample_weight)
        return self

    def fit_transform(
        self, X: Any, y: Any = None, sample_weight: ArrayLike | None = None
    ) -> NDArray[np.float64]:
        """As `fit` and `transform`, but X is encoded only once."""
        return self._states(self._fit_liquid(X, sample_weight))

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Liquid states (samples, features) of data of the kind that was fitted.

        Raises
        ------
        NotFittedError
            Before ``fit``.
        TypeError, ValueError
            Data of another kind, or with another number of channels.
        """
        return self._states(self._new_spikes(X))

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[np.object_]:
        """Names of the features: what is read, and of which neuron."""
        check_is_fitted(self)
        excitatory = self.state_.neurons == "excitatory"
        everyone = np.ones_like(self.reservoir_.excitatory)
        neurons = np.flatnonzero(self.reservoir_.excitatory if excitatory else everyone)
        return np.array(feature_names(self.state_, neurons), dtype=object)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags
