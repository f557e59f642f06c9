"""Saving and loading of what was made or fitted: one file, no pickle.

:func:`save` writes, and :func:`load` reads,

- a :class:`lsm.Reservoir` (what :meth:`lsm.Reservoir.save` does),
- :class:`lsm.LiquidTransformer`, :class:`lsm.LSMClassifier`, :class:`lsm.LSMRegressor`,
  :class:`lsm.LSMSeriesRegressor`, :class:`lsm.LSMEnsemble`, :class:`lsm.RSNNClassifier`,
  :class:`lsm.RSNNRegressor`, :class:`lsm.RandomLiquid` and :class:`lsm.GroupCentring`,
- the encoders and front ends of :mod:`lsm.encoders`, the readouts of :mod:`readouts`,
- scikit-learn's pipelines of these, and readouts of scikit-learn's own by way of skops
  (``pip install liquidstate[skops]``): those of :mod:`lsm.saving.reviewed`.

A file is an NPZ archive (:mod:`lsm.base.archives`): a header of JSON that describes the object as a
tree (:mod:`lsm.saving.tree`), and the arrays that it refers to. Only classes that
:mod:`lsm.saving.schema` lists are made, from attributes that it knows, of the types and shapes
that it says, and what a number in it may ask for is bounded; ``docs/saving.md`` has tables of both.
A readout of one's own that learns online is read after :func:`register`.
What was loaded predicts bit for bit as what was saved, streams, and goes on learning from there.
"""

from lsm.base.archives import LoadError
from lsm.saving.files import FORMAT, load, save
from lsm.saving.schema import register

__all__ = ["FORMAT", "LoadError", "load", "register", "save"]
