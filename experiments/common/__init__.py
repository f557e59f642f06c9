"""What the experiments share: options, result files, scores of liquids, and their controls."""

from experiments.common.baselines import FEATURES, baselines

__all__ = ["FEATURES", "baselines"]
