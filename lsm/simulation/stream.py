"""A sample that comes in chunks: a program that stays alive on a pipe."""

from __future__ import annotations

import subprocess
import tempfile
import weakref
from contextlib import ExitStack, suppress

import numpy as np
from numpy.typing import NDArray

from lsm.base import processes
from lsm.base.checks import positive, positive_int
from lsm.base.steps import COUNTED, whole_steps
from lsm.base.temporary import temporary_folder
from lsm.reservoir import Reservoir
from lsm.reservoir.steps import longest_wait
from lsm.simulation import programs
from lsm.simulation.engine import check_read_at_the_end, listed, program_for
from lsm.simulation.job import Job
from lsm.simulation.programs import SimulationError, Target
from lsm.spikes import SpikeTrains
from lsm.states import State, make_state


class Stream:
    """A reservoir that hears a sample chunk by chunk and can be read after each.

    The state after the last chunk is bit for bit the one that :func:`lsm.simulate` gives for the
    whole sample. A process waits for the chunks until the stream is closed; use it in a ``with``
    block.

    Parameters
    ----------
    reservoir : Reservoir
    n_channels : int
        Number of input channels.
    state : str or State
        One that is read at the end of a sample, of all neurons: ``"counts"``, ``"traces"``,
        ``"first+last+potentials"``.
    dt_ms, target
        As in :func:`lsm.simulate`.

    Raises
    ------
    TypeError, ValueError
        Something that is no reservoir, one with noise (which depends on the whole sample), a state
        that is read at several times or that its neurons don't have.
    """

    def __init__(
        self,
        reservoir: Reservoir,
        *,
        n_channels: int,
        state: str | State = "traces",
        dt_ms: float = 1.0,
        target: Target = "auto",
    ) -> None:
        self._state = make_state(state)
        check_read_at_the_end(self._state)
        dt_ms = positive(dt_ms, "dt_ms")
        self._dt_ms = dt_ms
        self._n_channels = positive_int(n_channels, "n_channels")
        alone = listed([reservoir])
        if np.any(reservoir.parameters["noise_pA"]):
            raise ValueError(
                "reservoir must be without noise (noise_pA = 0) to be streamed: noise depends on "
                "the whole content of a sample"
            )
        self._wait, self._done = longest_wait(reservoir, self._dt_ms), 0
        program, size, _, _, plastic = program_for(alone, self._dt_ms, target, self._state)
        self._features = len(self._state.rows) * reservoir.n_neurons
        # The place of a sample whose length and spikes are still unknown.
        empty = SpikeTrains(
            np.empty(0),
            np.empty(0, dtype=np.int32),
            np.array([0, 0]),
            np.array([dt_ms]),
            self._n_channels,
        )
        job = Job(
            program,
            size,
            [reservoir],
            empty,
            self._state,
            np.empty(0, dtype=np.int32),
            np.zeros(1, dtype=np.int64),
            dt_ms,
            False,
            plastic,
            streaming=True,
        )
        with ExitStack() as stack:
            folder = stack.enter_context(temporary_folder("job"))
            job.write(folder)
            self._errors = stack.enter_context(tempfile.TemporaryFile())
            self._process = programs.start(program.command(), folder, self._errors)
            stack.callback(_end, self._process)
            self._close = weakref.finalize(self, stack.pop_all().close)

    def push(self, chunk: SpikeTrains) -> NDArray[np.float32]:
        """Hear the next part of the sample.

        Parameters
        ----------
        chunk : SpikeTrains
            With one sample; its times count from the end of the last chunk. Its duration is a
            multiple of ``dt_ms``.

        Returns
        -------
        float32 array (features,)
            The liquid state at its end.

        Raises
        ------
        TypeError, ValueError
            Another number of samples than one, of channels than the stream's, a broken step, more
            steps since the stream was opened than are counted.
        SimulationError
            The stream is closed, or its process died.
        """
        if not isinstance(chunk, SpikeTrains):
            raise TypeError(f"chunk must be SpikeTrains, got {type(chunk).__name__}")
        if chunk.shape != (1, self._n_channels):
            raise ValueError(
                f"chunk must hold one sample of {self._n_channels} channels, got {chunk.shape[0]} "
                f"of {chunk.shape[1]}"
            )
        steps = whole_steps(float(chunk.durations_ms[0]), self._dt_ms, "the chunk's duration")
        if self._done + steps > COUNTED - self._wait:
            raise ValueError(
                f"chunk would be the stream's step {self._done + steps}, and {COUNTED} can be "
                "counted, all of its samples together: go on with a new stream"
            )
        self._done += steps
        self._tell(
            np.array([steps, len(chunk.times_ms)], dtype=np.int64),
            chunk.steps(self._dt_ms).astype(np.int32),
            chunk.channels.astype(np.int32),
        )
        assert self._process.stdout is not None
        answer = self._process.stdout.read(4 * self._features)
        if len(answer) < 4 * self._features:
            self._fail()
        return np.frombuffer(answer, dtype=np.float32)

    def restart(self) -> None:
        """Begin a new sample: everything in the reservoir is reset."""
        self._tell(np.zeros(2, dtype=np.int64))
        self._done += self._wait  # until spikes in flight have landed

    def close(self) -> None:
        """End the process. A closed stream can't go on."""
        self._close()

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _tell(self, *arrays: NDArray[np.generic]) -> None:
        if not self._close.alive:
            raise SimulationError("the stream is closed")
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(b"".join(array.tobytes() for array in arrays))
            self._process.stdin.flush()
        except OSError:
            self._fail()

    def _fail(self) -> None:
        status = self._process.wait()
        self._errors.seek(0)
        message = self._errors.read().decode(errors="replace").strip() or "nothing was printed"
        self.close()
        raise SimulationError(f"a liquid program ended with status {status}: {message}")


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        with suppress(OSError):  # what was still to be written has no reader
            pipe.close()
    processes.end(process)
