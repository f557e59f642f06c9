"""What the experiments share: the accuracies that need no liquid."""

from experiments.common.baselines import FEATURES, baselines

__all__ = ["FEATURES", "baselines"]
