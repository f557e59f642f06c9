"""A liquid that is yet to be drawn, as a set of parameters to search."""

from __future__ import annotations

from contextlib import suppress
from numbers import Integral
from typing import Any, Literal, Self

import numpy as np
from sklearn.pipeline import Pipeline

from lsm.base.checks import nearest, number_of_neurons
from lsm.estimators.kernel_liquid import DEFAULT_SIZE, KernelLiquid
from lsm.estimators.parameters import NestedParameters
from lsm.neurons import MODELS, NeuronModel
from lsm.plasticity.calibration import calibrate, liquid_for, random_liquid
from lsm.presets import make_reservoir, preset_and_size
from lsm.reservoir import Reservoir
from lsm.spikes import SpikeTrains
from lsm.spikes.address_events import SensorSize
from lsm.topology import DistanceWiring, Inputs, InputWiring, ReceptiveFieldInputs, Wiring


class RandomLiquid(NestedParameters):
    """Settings of a liquid to be drawn, in place of a number of neurons where more is to be set.

    ``LSMClassifier(RandomLiquid(300))`` is ``LSMClassifier(300)``. As every parameter has a name,
    those inside a liquid can be searched::

        GridSearchCV(LSMClassifier(RandomLiquid(300)), {"reservoir__tau_m_ms": [10.0, 30.0, 100.0]})

    Whatever is given, weights are scaled afterwards until neurons fire at the estimator's
    ``rate_Hz``.

    Parameters
    ----------
    n_neurons : int, default=100
    model : str or NeuronModel, default="lif"
        A name in :data:`lsm.neurons.MODELS`, or a model.
    excitatory_fraction : float, default=0.8
        Probability that a neuron is excitatory.
    input_fraction : float, optional
        Share of the excitatory neurons that an input channel reaches; by default
        :func:`lsm.plasticity.calibration.input_fraction`.
    receptive_field : int or "auto", optional
        In place of `input_fraction`: each neuron hears so many places wide and high of a sensor,
        around its own place (:class:`lsm.ReceptiveFieldInputs`); ``"auto"`` is half of the sensor's
        shorter side. Needs the estimator's ``sensor_size``. ``LSMClassifier("fields:300")`` is
        ``LSMClassifier(RandomLiquid(300, receptive_field="auto"))``.
    inputs : Inputs, optional
        In place of both, a rule of :mod:`lsm.topology`, such as
        :class:`lsm.topology.PartitionedInputs`.
    wiring : Wiring, optional
        By default :class:`lsm.DistanceWiring`; its parameters are nested too:
        ``reservoir__wiring__weight_cv``.
    **parameters : float or quantity, or (low, high)
        Of the neurons, by the model's names (``tau_m_ms``, ``v_threshold_mV``): one value for all
        of them, or the range that each one's is drawn from. By default
        :data:`lsm.reservoir.VARIED_RANGES`, or the model's own ranges where it has none of these.
    """

    def __init__(
        self,
        n_neurons: int = 100,
        *,
        model: str | NeuronModel = "lif",
        excitatory_fraction: float = 0.8,
        input_fraction: float | None = None,
        receptive_field: int | Literal["auto"] | None = None,
        inputs: Inputs | None = None,
        wiring: Wiring | None = None,
        **parameters: Any,
    ) -> None:
        self.n_neurons = n_neurons
        self.model = model
        self.excitatory_fraction = excitatory_fraction
        self.input_fraction = input_fraction
        self.receptive_field = receptive_field
        self.inputs = inputs
        self.wiring = wiring
        neuron_parameters = self._model().parameters if parameters else {}
        for name, value in parameters.items():
            if name not in neuron_parameters:
                raise TypeError(
                    f"RandomLiquid has no parameter {name!r}, nor have its neurons, of the model "
                    f"{self._model().name!r}; did you mean {nearest(name, neuron_parameters)!r}?"
                )
            setattr(self, name, value)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters by name.

        Those of the neurons that weren't given are there if `deep`, as None.
        """
        params = super().get_params(deep)
        if deep:
            with suppress(ValueError):  # a model that is none is refused when it is needed
                params |= dict.fromkeys(self._model().parameters)
        return params | self._of_neurons()

    def set_params(self, **params: Any) -> Self:
        """Set parameters by name; another model first, which decides what the neurons have."""
        if "model" in params:
            self.model = params.pop("model")
        current = self.get_params()
        for name in params.keys() - current.keys():
            if "__" not in name:  # scikit-learn's error would not list what the neurons have
                raise ValueError(
                    f"Invalid parameter {name!r} for {self!r}; did you mean "
                    f"{nearest(name, current)!r}? Valid parameters are {', '.join(current)}"
                )
        return super().set_params(**params)

    def draw(
        self,
        n_channels: int,
        *,
        sensor_size: SensorSize | None = None,
        random_state: int | np.random.Generator | None = None,
    ) -> Reservoir:
        """A liquid for input of so many channels, whose weights are yet to be scaled.

        Raises
        ------
        TypeError, ValueError
            Where a parameter is not as described; a receptive field, and no sensor size.
        """
        inputs = self._given_inputs(sensor_size)
        parameters = {
            name: value for name, value in self._of_neurons().items() if value is not None
        }
        ranges = {name: value for name, value in parameters.items() if _is_pair(value)}
        liquid = random_liquid(
            n_channels,
            n_neurons=number_of_neurons(self.n_neurons, "n_neurons"),
            random_state=random_state,
            input_share=self.input_fraction,
            model=self._model(),
            ranges=ranges,
            parameters={name: value for name, value in parameters.items() if name not in ranges},
            excitatory_fraction=self.excitatory_fraction,
            wiring=self.wiring,
        )
        return liquid if inputs is None else liquid.replace(inputs=inputs)

    def _given_inputs(self, sensor_size: SensorSize | None) -> Inputs | None:
        """The rule of the inputs, if it isn't that of all drawn liquids."""
        names = ("input_fraction", "receptive_field", "inputs")
        given = [name for name in names if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(
                f"{given[0]} must not be given beside {given[1]}, got "
                f"{getattr(self, given[0])!r} and {getattr(self, given[1])!r}"
            )
        size = self.receptive_field
        if size is None:
            return self.inputs
        if sensor_size is None:
            raise ValueError(
                "receptive fields need the estimator's sensor_size, (width, height, polarities), "
                "got None"
            )
        return ReceptiveFieldInputs(sensor_size, size=None if size == "auto" else size)

    def _model(self) -> NeuronModel:
        if isinstance(self.model, NeuronModel):
            return self.model
        if self.model not in MODELS:
            raise ValueError(
                f"model must be one of {', '.join(map(repr, MODELS))} or a NeuronModel, got "
                f"{self.model!r}"
            )
        return MODELS[self.model]

    def _of_neurons(self) -> dict[str, Any]:
        own = set(self._get_param_names())
        return {name: value for name, value in vars(self).items() if name not in own}

    def _as_object(self, name: str) -> Any:
        return {"wiring": DistanceWiring(), "inputs": InputWiring()}.get(name)


def _is_pair(value: Any) -> bool:
    try:
        return len(value) == 2
    except TypeError:  # a number, or a quantity of one
        return False


#: The names of a :class:`KernelLiquid`, which is drawn for its input, and of a liquid with
#: receptive fields; and neurons where the latter has no number.
KERNELS, FIELDS = "kernels", "fields"
_FIELD_NEURONS = 300

Liquid = Reservoir | RandomLiquid | KernelLiquid | tuple[str | None, int]


def name_and_size(text: str) -> tuple[str, int]:
    """A name of a liquid and its number of neurons, from ``"maass2002"`` or ``"kernels:2500"``.

    Raises
    ------
    ValueError
        An unknown name, a number that is none or that a preset can't have.
    """
    name, colon, number = text.partition(":")
    if name not in (KERNELS, FIELDS):
        return preset_and_size(text)
    if not colon:
        return name, DEFAULT_SIZE if name == KERNELS else _FIELD_NEURONS
    if not (number.isdecimal() and int(number)):
        raise ValueError(f"reservoir must have a number of neurons behind the colon, got {text!r}")
    return name, number_of_neurons(int(number), "reservoir")


def described(reservoir: Any) -> Liquid:
    """The liquid that `reservoir` stands for; a name or a number is a preset and its size.

    Raises
    ------
    TypeError, ValueError
        None of these.
    """
    if isinstance(reservoir, Reservoir | RandomLiquid | KernelLiquid):
        return reservoir
    if isinstance(reservoir, str):
        name, size = name_and_size(reservoir)
        if name == FIELDS:
            return RandomLiquid(size, receptive_field="auto")
        return KernelLiquid(size) if name == KERNELS else (name, size)
    if not is_number_of_neurons(reservoir):
        raise TypeError(
            "reservoir must be a Reservoir or a RandomLiquid or a number of neurons from 1 on or "
            f"the name of a preset or '{KERNELS}' or '{FIELDS}', got {reservoir!r}"
        )
    return None, number_of_neurons(reservoir, "reservoir")


def settled(
    liquid: Liquid,
    spikes: SpikeTrains,
    *,
    encoder: Any,
    sensor_size: SensorSize | None,
    rate_Hz: float,
    random_state: np.random.Generator,
    **settings: Any,
) -> Reservoir:
    """The liquid for some input: drawn, and its weights scaled, if it is no reservoir yet.

    `encoder` is what the input comes from, None where it came as spikes; `sensor_size` is of the
    sensor whose places are its channels, where that is known.
    """
    if isinstance(liquid, Reservoir):
        return liquid
    if isinstance(liquid, KernelLiquid):
        last = encoder[-1] if isinstance(encoder, Pipeline) else encoder
        step_ms = getattr(last, "step_ms", settings["dt_ms"])
        n_signals = last.n_channels_in_ if getattr(last, "signed", False) else None
        return liquid.draw(
            spikes,
            n_signals=n_signals,
            n_bits=getattr(last, "n_bits", 1),
            step_ms=step_ms,
            random_state=random_state,
            **settings,
        )
    settings["rate_Hz"] = rate_Hz
    if isinstance(liquid, RandomLiquid):
        reservoir = liquid.draw(
            spikes.n_channels, sensor_size=sensor_size, random_state=random_state
        )
        return calibrate(reservoir, spikes, **settings)
    preset, n = liquid
    return liquid_for(spikes, n_neurons=n, preset=preset, random_state=random_state, **settings)


def sketched(liquid: Liquid, n_channels: int) -> Reservoir | None:
    """A reservoir such as :func:`settled` gives, from any seed and before it hears anything.

    None of kernels, which are drawn for their input.
    """
    if isinstance(liquid, KernelLiquid):
        return None
    if isinstance(liquid, RandomLiquid):
        return liquid.draw(n_channels, random_state=0)
    if isinstance(liquid, Reservoir):
        return liquid
    preset, n = liquid
    if preset is None:
        return random_liquid(n_channels, n_neurons=n, random_state=0)
    return make_reservoir(preset, n=n, random_state=0)


def is_number_of_neurons(value: object) -> bool:
    """Whether it is an integer from 1 on."""
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 1
