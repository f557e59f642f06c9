"""Short-term plasticity under its public path; :mod:`lsm.topology.short_term` has it."""

from lsm.topology.short_term import ShortTermPlasticity

__all__ = ["ShortTermPlasticity"]
