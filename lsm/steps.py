"""The rounding of times to steps under its public path; :mod:`lsm.base.steps` has it."""

from lsm.base.steps import rounded

__all__ = ["rounded"]
