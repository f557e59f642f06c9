"""What a liquid stands beside in ``classify.py``: rivals without a liquid, and other liquids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tasks import rivals
from tasks.rivals import Rival

#: Liquids of as many neurons as the main one, with the same encoder, state, readout and random
#: state, that have these parameters of :class:`lsm.LSMClassifier`; a reservoir is a preset's name.
LIQUIDS: dict[str, Mapping[str, Any]] = {
    "plain": {},
    "extended": {"reservoir": "deckers2022"},
    "stdp": {"pretraining": "critical_stdp"},
    "stdp-matched": {"pretraining": ["critical_stdp", "calibrate"]},
}
RIVALS: dict[str, Rival] = rivals.RIVALS | dict.fromkeys(LIQUIDS, Rival(drawn=True))
#: Features of a support vector machine by task; for others, 10 time bins of the liquid's input.
SVM_FEATURES = {"EMG": "root_mean_absolute", "NMNIST": "time_bins_3"}


def svm_features(task: str, hear: str) -> str:
    """The name of what the support vector machine sees of a task."""
    return SVM_FEATURES.get(task, "signal_bins_10" if hear == "signals" else "time_bins_10")
