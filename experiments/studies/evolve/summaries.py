"""What summaries say: accuracies beside an accuracy, over many runs, and in words."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from experiments.lab.statistics import MIN_RUNS, interval

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
    accuracy = np.array([one["test_accuracy"] for one in summaries])
    first = summaries[0]
    shared = ("task", "neurons", "encode", "seed", "dt_ms", "state", "readout", "recipe")
    beside = [accuracies(one) for one in summaries]
    result = {name: first[name] for name in shared} | {
        "runs": len(summaries),
        "generations": [one["generations"] for one in summaries],
        "evaluations": [one["evaluations"] for one in summaries],
        "fitness": float(np.mean([one["fitness"] for one in summaries])),
        "test_accuracy": float(accuracy.mean()),
        "test_accuracy_mean": float(accuracy.mean()),
        "test_accuracy_std": float(accuracy.std(ddof=1)),
        "test_accuracy_interval": np.clip(interval(accuracy), 0, 1).tolist(),
        "test_accuracies": accuracy.tolist(),
        "controls": _means([one["controls"] for one in summaries]),
        "above": {
            name: _difference(accuracy - [rows[name] for rows in beside])
            for name in beside[0]
            if not name.startswith("new_templates")
        },
    }
    if "baselines" in first:
        result["baselines"] = _means([one["baselines"] for one in summaries])
        result["best_without_liquid_names"] = [one["best_without_liquid"] for one in summaries]
    return result


def report(summary: Summary) -> str:
    """A summary as a few lines for a person; accuracies in percent."""
    head = f"{summary['task']}: test accuracy {100 * summary['test_accuracy']:.2f} %"
    runs = len(summary.get("test_accuracies", [None]))
    spread = []
    if runs > 1:
        spread.append(f"deviation {100 * summary['test_accuracy_std']:.2f}")
    if runs >= MIN_RUNS:
        low, high = (100 * bound for bound in summary["test_accuracy_interval"])
        spread.append(f"95 % interval {low:.2f} to {high:.2f}")
    if spread:
        head += f" over {runs} runs ({', '.join(spread)})"
    lines = [head, f"  fitness {100 * summary['fitness']:.2f} %"]
    if "pareto" in summary:
        lines.append(_front(summary["pareto"]))
    for name, value in accuracies(summary).items():
        label = name.replace("_", " ")
        if name == "best_without_liquid":
            label += f" ({_strongest(summary).replace('_', ' ')})"
        line = f"  {label:<52}{100 * value:7.2f} %"
        if runs >= MIN_RUNS and name in summary["above"]:
            low, high = (100 * bound for bound in summary["above"][name]["interval"])
            line += f"   evolved above it by {low:+.2f} to {high:+.2f}"
        lines.append(line)
    return "\n".join(lines)


def _front(rows: list[dict[str, Any]]) -> str:
    """The ends of a Pareto front."""
    ends = []
    for name in list(rows[0])[1:]:
        values = [100 * row[name] if name == "accuracy" else row[name] for row in rows]
        unit = " %" if name == "accuracy" else ""
        ends.append(f"{name} {min(values):.4g} to {max(values):.4g}{unit}")
    return f"  Pareto front of {len(rows)} liquids: {', '.join(ends)} (pareto.csv)"


def _strongest(summary: Summary) -> str:
    """Name and readout of the best without a liquid; of many runs, the most frequent."""
    names: list[str] = summary.get("best_without_liquid_names") or [summary["best_without_liquid"]]
    name, times = Counter(names).most_common(1)[0]
    return name if times == len(names) else f"{name} in {times} of {len(names)}"


def _difference(values: np.ndarray) -> dict[str, Any]:
    return {"mean": float(values.mean()), "interval": interval(values)}


def _means(trees: list[Any]) -> Any:
    """Mean of numbers at the same place in equal trees of dictionaries."""
    if isinstance(trees[0], dict):
        return {name: _means([tree[name] for tree in trees]) for name in trees[0]}
    return float(np.mean(trees))
