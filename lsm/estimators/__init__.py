"""Liquids as scikit-learn estimators: from data of any kind to states and predictions.

``inputs`` turns what users bring into spikes; ``random_liquid`` says how a reservoir is drawn,
``parameters`` how parts of a model are set by name; ``liquid`` draws, calibrates and simulates;
``classifier``, ``regressor`` and ``series`` put readouts on top; ``rsnn`` trains all of a network;
``ensemble`` has several liquids; ``early`` decides before a sample's end; ``streaming`` hears a
sample chunk by chunk; ``groups`` adapts features to whom they come from; ``activity`` leaves
hyperactive neurons out.
"""

from lsm.estimators.activity import ActivityThreshold
from lsm.estimators.classifier import LSMClassifier
from lsm.estimators.early import Decisions, EarlyReadouts
from lsm.estimators.ensemble import LSMEnsemble
from lsm.estimators.groups import GroupCentring
from lsm.estimators.kernel_liquid import KernelLiquid
from lsm.estimators.random_liquid import RandomLiquid
from lsm.estimators.regressor import LSMRegressor
from lsm.estimators.rsnn import RSNNClassifier, RSNNRegressor
from lsm.estimators.series import LSMSeriesRegressor
from lsm.estimators.series_liquid import SeriesLiquid
from lsm.estimators.streaming import LiveLiquid
from lsm.estimators.transformer import LiquidTransformer

__all__ = [
    "ActivityThreshold",
    "Decisions",
    "EarlyReadouts",
    "GroupCentring",
    "KernelLiquid",
    "LSMClassifier",
    "LSMEnsemble",
    "LSMRegressor",
    "LSMSeriesRegressor",
    "LiquidTransformer",
    "LiveLiquid",
    "RSNNClassifier",
    "RSNNRegressor",
    "RandomLiquid",
    "SeriesLiquid",
]
