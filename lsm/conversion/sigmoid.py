"""A network of rate units, as arrays: what is converted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from lsm.base.archives import open_npz
from lsm.base.checks import not_negative, positive
from lsm.base.files import atomic_path
from lsm.base.quantities import in_unit
from lsm.base.reprs import short_repr

Floats = NDArray[np.float64]
_NAMES = ("recurrent", "input", "output", "tau_ms")


@short_repr
@dataclass(frozen=True, eq=False)
class SigmoidNetwork:
    """Rate units ``tau dx/dt = -x + W r + W_in u``, ``r = 1 / (1 + exp(-x))``, read as ``W_out r``.

    Kim, Li & Sejnowski 2019, PNAS 116:22811, equation 1. Only arrays, wherever they were trained:
    of a PyTorch model, ``SigmoidNetwork(model.w.detach().numpy(), ...)``.

    Parameters
    ----------
    recurrent : array (units, units)
        W; rows are targets, columns sources.
    input : array (units, channels)
        W_in.
    output : array (outputs, units)
        W_out; of one output also (units,).
    tau_ms : array (units,) or float
        Time constant of each unit.

    Raises
    ------
    ValueError
        Shapes that don't fit each other, numbers that aren't finite, a time constant that isn't
        above 0.
    """

    recurrent: Floats
    input: Floats
    output: Floats
    tau_ms: Floats

    def __post_init__(self) -> None:
        arrays = {}
        for name in _NAMES:
            array = in_unit(getattr(self, name), name)
            if not np.all(np.isfinite(array)):
                raise ValueError(f"{name} must be finite, got {array[~np.isfinite(array)][0]}")
            arrays[name] = array
        arrays["output"] = np.atleast_2d(arrays["output"])
        n = len(np.atleast_1d(arrays["recurrent"]))
        if arrays["tau_ms"].ndim == 0:
            arrays["tau_ms"] = np.full(n, arrays["tau_ms"])
        for name, required_shape in (
            ("recurrent", (n, n)),
            ("input", (n, None)),
            ("output", (None, n)),
            ("tau_ms", (n,)),
        ):
            shape = arrays[name].shape
            fits = len(shape) == len(required_shape) and all(
                length in (required, None)
                for required, length in zip(shape, required_shape, strict=True)
            )
            if not fits or not arrays[name].size:
                text = ", ".join(
                    "any" if length is None else str(length) for length in required_shape
                )
                raise ValueError(f"{name} must have the shape ({text}), got {shape}")
        if arrays["tau_ms"].min() <= 0:
            raise ValueError(f"tau_ms must be above 0, got {arrays['tau_ms'].min():g}")
        for name, array in arrays.items():
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @property
    def n_units(self) -> int:
        """Number of units."""
        return len(self.recurrent)

    @property
    def inhibitory(self) -> NDArray[np.bool_]:
        """Units without a positive weight to another and with a negative one, (units,)."""
        positive_any = np.any(self.recurrent > 0, axis=0)
        return np.any(self.recurrent < 0, axis=0) & ~positive_any

    def without_recurrence(self) -> SigmoidNetwork:
        """The same units with input and readout alone."""
        recurrent = np.zeros_like(self.recurrent)
        return SigmoidNetwork(recurrent, self.input, self.output, self.tau_ms)

    def run(
        self,
        inputs: ArrayLike,
        *,
        step_ms: float = 5.0,
        noise: float = 0.0,
        random_state: int | Generator | None = None,
    ) -> Floats:
        """Outputs (trials, steps, outputs), by Euler's method.

        Parameters
        ----------
        inputs : array (trials, steps, channels)
        step_ms : float
        noise : float
            Deviation of what is added to each x in each step.
        random_state : int, Generator or None
            Of the noise, and of x at the start (deviation 0.01, as in the paper's program).

        Raises
        ------
        ValueError
            Inputs of another shape, or a step as long as a time constant.
        """
        signals = trials_of(inputs, self)
        step_ms = positive(step_ms, "step_ms")
        share = step_ms / self.tau_ms
        if share.max() > 1:
            raise ValueError(
                f"step_ms must not be above the shortest tau_ms, {self.tau_ms.min():g}, "
                f"got {step_ms:g}"
            )
        noise = not_negative(noise, "noise")
        rng = np.random.default_rng(random_state)
        x = 0.01 * rng.standard_normal((len(signals), self.n_units))
        outputs = np.empty((*signals.shape[:2], len(self.output)))
        outputs[:, 0] = expit(x) @ self.output.T
        for step in range(1, signals.shape[1]):
            drive = expit(x) @ self.recurrent.T + signals[:, step - 1] @ self.input.T
            x = x + share * (drive - x)
            if noise:
                x += noise * rng.standard_normal(x.shape)
            outputs[:, step] = expit(x) @ self.output.T
        return outputs

    def save(self, path: str | Path) -> None:
        """Write an NPZ file with the arrays ``recurrent``, ``input``, ``output``, ``tau_ms``."""
        with atomic_path(path) as temporary, open(temporary, "wb") as file:
            np.savez_compressed(file, **{name: getattr(self, name) for name in _NAMES})

    @classmethod
    def load(cls, path: str | Path) -> SigmoidNetwork:
        """Read what :meth:`save` wrote, or what another program did under the same names.

        Raises
        ------
        LoadError
            No such file of arrays, one is missing, or they don't fit each other.
        OSError
            It can't be read.
        """
        with open_npz(path, "a network of rate units", compressed=True) as file:
            if missing := [name for name in _NAMES if name not in file]:
                raise ValueError(f"it must hold {', '.join(_NAMES)}; {', '.join(missing)} missing")
            return cls(**{name: file[name] for name in _NAMES})


def trials_of(inputs: ArrayLike, network: SigmoidNetwork) -> Floats:
    """Finite numbers (trials, steps, channels) for a network."""
    signals = np.asarray(inputs, dtype=np.float64)
    channels = network.input.shape[1]
    if signals.ndim != 3 or signals.shape[2] != channels or not signals.size:
        raise ValueError(
            f"inputs must have the shape (trials, steps, {channels} channels), got {signals.shape}"
        )
    if not np.all(np.isfinite(signals)):
        raise ValueError(f"inputs must be finite, got {signals[~np.isfinite(signals)][0]}")
    return signals
