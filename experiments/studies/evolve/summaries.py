"""What summaries say together: accuracies beside an accuracy, over many runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.lab.statistics import interval

Summary = dict[str, Any]


def accuracies(summary: Summary) -> dict[str, float]:
    """Test accuracies of all baselines and controls by name."""
    rows = dict(summary.get("baselines", {}))
    for name, control in summary["controls"].items():
        if name == "ablations":
            rows |= {f"ablation: {part}": values["mean"] for part, values in control.items()}
        elif "test_accuracy" in control:
            rows[name] = control["test_accuracy"]
        else:
            rows |= {f"{name}: {part}": value for part, value in control.items()}
    return rows


def aggregate(summaries: list[Summary]) -> Summary:
    """Mean, deviation and 95 % interval over runs.

    ``above`` holds the paired differences of the evolved liquid's test accuracy from every baseline
    and control, except on new templates, where the evolved liquid has an accuracy of its own.
    """
    accuracy = np.array([each["test_accuracy"] for each in summaries])
    first = summaries[0]
    shared = ("task", "neurons", "encode", "seed", "dt_ms", "state", "readout", "recipe")
    beside = [accuracies(each) for each in summaries]
    result = {name: first[name] for name in shared} | {
        "runs": len(summaries),
        "generations": [each["generations"] for each in summaries],
        "evaluations": [each["evaluations"] for each in summaries],
        "fitness": float(np.mean([each["fitness"] for each in summaries])),
        "test_accuracy": float(accuracy.mean()),
        "test_accuracy_mean": float(accuracy.mean()),
        "test_accuracy_std": float(accuracy.std(ddof=1)),
        "test_accuracy_interval": np.clip(interval(accuracy), 0, 1).tolist(),
        "test_accuracies": accuracy.tolist(),
        "controls": _means([each["controls"] for each in summaries]),
        "above": {
            name: _difference(accuracy - [rows[name] for rows in beside])
            for name in beside[0]
            if not name.startswith("new_templates")
        },
    }
    if "baselines" in first:
        result["baselines"] = _means([each["baselines"] for each in summaries])
        result["best_without_liquid_names"] = [each["best_without_liquid"] for each in summaries]
    return result


def _difference(values: np.ndarray) -> dict[str, Any]:
    return {"mean": float(values.mean()), "interval": interval(values)}


def _means(trees: list[Any]) -> Any:
    """Mean of numbers at the same place in equal trees of dictionaries."""
    if isinstance(trees[0], dict):
        return {name: _means([tree[name] for tree in trees]) for name in trees[0]}
    return float(np.mean(trees))
