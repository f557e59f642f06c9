"""What should be known at each step of a sample, and at which steps it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lsm.base.checks import positive
from lsm.base.quantities import convert_fields
from lsm.base.reprs import short_repr


@short_repr
@dataclass(frozen=True, eq=False)
class StepTargets:
    """Targets of a task at each step, for what learns from errors at each step.

    All samples of such a task are equally long. ``targets[task.train]`` are those of some samples.

    Parameters
    ----------
    values : array
        Of float (samples, steps, outputs): what each output should be. Of int (samples, steps): the
        class that should be named; where it doesn't count, any number.
    counted : array of bool, shape (steps,)
        The steps at which an error counts.
    step_ms : float
        Time from step to step. The targets of step k are what should be known once it has passed.

    Raises
    ------
    ValueError
        Shapes are other ones, values aren't finite, no step counts, or one does whose class is
        below 0.
    """

    values: NDArray[Any]
    counted: NDArray[np.bool_]
    step_ms: float = 1.0

    def __post_init__(self) -> None:
        convert_fields(self)
        for name in ("values", "counted"):
            object.__setattr__(self, name, np.asarray(getattr(self, name)))
        positive(self.step_ms, "step_ms")
        shape, integers = np.shape(self.values), self.values.dtype.kind in "iu"
        if self.values.dtype.kind not in "iuf" or len(shape) != (2 if integers else 3):
            raise ValueError(
                "values must be floats (samples, steps, outputs) or the numbers of classes "
                f"(samples, steps), got {self.values.dtype} of shape {shape}"
            )
        if not np.isfinite(self.values).all():
            raise ValueError("values must be finite")
        if self.counted.dtype != bool or self.counted.shape != shape[1:2]:
            raise ValueError(
                f"counted must be bool of shape ({shape[1]},), one a step; got "
                f"{self.counted.dtype} of shape {self.counted.shape}"
            )
        if not self.counted.any():
            raise ValueError("counted must have a step that counts, got none")
        if integers and self.values[:, self.counted].min(initial=0) < 0:
            raise ValueError("values must be classes from 0 on at steps that count")

    @classmethod
    def of_labels(cls, labels: NDArray[np.int64], counted: NDArray[np.bool_]) -> Self:
        """The class of a sample at each of its steps, in steps of 1 ms. Takes no memory."""
        return cls(np.broadcast_to(labels[:, np.newaxis], (len(labels), len(counted))), counted)

    @property
    def are_classes(self) -> bool:
        """Whether a class is to be named, rather than values to be given."""
        return self.values.ndim == 2

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, samples: ArrayLike | slice) -> StepTargets:
        """The targets of some samples."""
        index: Any = samples if isinstance(samples, slice) else np.asarray(samples)
        return StepTargets(self.values[index], self.counted, self.step_ms)

    def __str__(self) -> str:
        what = "a class" if self.are_classes else f"{self.values.shape[2]} values"
        counted = f"{self.counted.sum()} of {len(self.counted)} steps"
        return f"{what} at {counted} of {self.step_ms:g} ms"
