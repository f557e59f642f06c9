"""How many threads BLAS takes: one, unless matrices are large."""

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController

#: Side of the largest square matrix that is decomposed on one thread, in about a second.
LARGEST_ALONE = 2000


def blas_threads_for(side: int) -> AbstractContextManager[Any]:
    """Leave BLAS one thread within the block, for matrices up to :data:`LARGEST_ALONE`.

    Threads that share small matrices mostly wait for each other, which takes processor time: beside
    other work ten times that of one thread. And with one the last bits of a sum don't depend on the
    number of cores. The limit is the process's, as :mod:`threadpoolctl` has it.

    Parameters
    ----------
    side : int
        Rows of the square matrix that is decomposed or solved; of a product, 1.
    """
    if side > LARGEST_ALONE:
        return nullcontext()
    return _controller().limit(limits=1)


@cache
def _controller() -> ThreadpoolController:
    # To look for the libraries takes some ms, as long as several small fits. SciPy has one, too.
    import scipy.linalg  # noqa: F401

    return ThreadpoolController()
