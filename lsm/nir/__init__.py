"""Liquids in NIR, the neuromorphic intermediate representation, for other simulators and hardware.

NIR (Pedersen et al. 2024, Nature Communications 15:8122) is a graph of neurons, linear maps and
delays that many simulators and chips read. :func:`to_nir` writes a liquid, its state and its
readout as one, :func:`from_nir` makes a reservoir of a graph.

Simulators don't run one graph alike: they take other steps, other units, and leave nodes out. So
:func:`to_nir` knows readers by name and writes what each of them runs spike by spike as
:func:`lsm.simulate` does, or says what it gets wrong (:mod:`lsm.nir.steps`,
:mod:`lsm.nir.readers`); docs/nir.md has the table. Without a reader's name it writes what NIR
itself says, in continuous time (:mod:`lsm.nir.continuous`).

No graph holds noise, short-term plasticity, a neuron of another model than ``lif``, states that are
read or begin anew within a sample, potentials, readouts that aren't linear; and no encoders: fit an
estimator on the spikes that one gives. A classifier's scores become labels where they are read: the
largest wins, or of two classes the second where the score is above 0; the graph's metadata name the
``classes``.
"""

from lsm.nir.export import to_nir
from lsm.nir.reading import from_nir

__all__ = ["from_nir", "to_nir"]
