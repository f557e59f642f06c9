"""Estimators of scikit-learn's own as bytes, by way of skops, which pickles nothing.

What skops trusts by itself is more than can be trusted with a stranger's file: all estimators,
among them those whose compiled code believes any array. Its file is therefore looked through
before skops reads it, and what it has made of it after (:mod:`lsm.saving.reviewed`).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from lsm.base.archives import array, members
from lsm.saving.kinds import MOST_KEYS

#: The oldest form of skops' files that it has written here.
_PROTOCOL = 2
_NUMBERS = [f"numpy.{kind}" for kind in ("bool", "bool_", "str_", "float32", "float64")]
_NUMBERS += [f"numpy.{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
_TYPES = [f"builtins.{kind}" for kind in ("bool", "float", "int", "str")]
#: What skops is to make, and of which types: what the reviewed estimators are made of, no more.
_KINDS = {
    "DictNode": {"builtins.dict", "collections.OrderedDict", "sklearn.utils._bunch.Bunch"},
    "ListNode": {"builtins.list"},
    "TupleNode": {"builtins.tuple"},
    "JsonNode": {"builtins.str"},
    "NdArrayNode": {"numpy.ndarray", *_NUMBERS},
    "TypeNode": {*_TYPES, *_NUMBERS},
    "RandomStateNode": {"numpy.random.mtrand.RandomState"},
}


def dumped(estimator: BaseEstimator, place: str) -> NDArray[np.uint8]:
    """Bytes (n,) of an estimator; `place` is what a refusal calls it.

    Raises
    ------
    ImportError
        skops isn't installed.
    TypeError
        The estimator is or holds what no file may, or what can't be loaded again.
    """
    skops = _skops(f"saving {place}, a {type(estimator).__name__} of scikit-learn's own,")
    try:
        content = np.frombuffer(skops.dumps(estimator), dtype=np.uint8)
        loaded(content)
    except Exception as error:  # of many kinds, as reading has them
        why = " ".join(str(error).split())
        raise TypeError(
            f"{place}: {estimator!r} can't be saved: {why}; docs/saving.md says which readouts can"
        ) from error
    return content


def loaded(data: NDArray[np.uint8]) -> Any:
    """The estimator, of reviewed types alone, whose parts fit each other."""
    skops = _skops("this file")
    from lsm.saving.reviewed import LOSSES, REVIEWED, check  # half of scikit-learn

    content = data.tobytes()
    allowed = _KINDS | {"ObjectNode": {*REVIEWED}, "LossNode": LOSSES}
    _look_through(content, allowed)
    estimator = skops.loads(content, trusted=[*REVIEWED])
    if not isinstance(estimator, BaseEstimator):
        raise ValueError(f"it holds {type(estimator).__name__}, which is no estimator")
    check(estimator)
    return estimator


def _look_through(content: bytes, allowed: dict[str, set[str]]) -> None:
    """Raise ValueError for a file of skops that would make other things, or more than it holds."""

    def parts() -> Iterator[tuple[str, bytes]]:  # one at a time: they may be large
        return members(io.BytesIO(content), len(content))

    (schema,) = (json.loads(part) for name, part in parts() if name == "schema.json")
    if schema["protocol"] < _PROTOCOL:
        raise ValueError(f"skops' protocol {schema['protocol']} is older than {_PROTOCOL}")
    nodes = [*_nodes(schema)]
    refused = {_type(node) for node in nodes if not _may_be(node, allowed)}
    if refused:
        raise ValueError(f"it holds {', '.join(sorted(refused))}, which no file may")
    if any(node["__loader__"] == "DictNode" and len(node["content"]) > MOST_KEYS for node in nodes):
        raise ValueError(f"it has a mapping of more than {MOST_KEYS} keys")
    for member, part in parts():
        if member.endswith(".npy"):
            array(part)
    first: dict[int, Any] = {}
    for node in nodes:
        name = node.get("__id__")
        # What has a name is made once, and stands wherever that name does: spelt out each time, it
        # is no larger than the file. An array's member has its name.
        if type(name) is not int or name <= 0:
            raise ValueError(f"{name!r} is no name of an object")
        if "file" in node and node["file"] != f"{name}.npy":
            raise ValueError(f"the array {name} isn't the file's member {node['file']!r}")
        if first.setdefault(name, node) is not node and _bare(first[name]) != _bare(node):
            raise ValueError(f"two objects have the name {name}")


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every mapping of a tree that skops may take for an object."""
    branches = [tree]
    while branches:
        branch = branches.pop()
        if isinstance(branch, dict):
            if "__loader__" in branch:
                yield branch
            branches += branch.values()
        elif isinstance(branch, list):
            branches += branch


def _type(node: dict[str, Any]) -> str:
    return f"{node['__module__']}.{node['__class__']}"


def _may_be(node: dict[str, Any], allowed: dict[str, set[str]]) -> bool:
    if node["__loader__"] == "FunctionNode":  # which must be a universal one, for skops
        return str(node["__module__"]).partition(".")[0] in ("numpy", "scipy")
    return _type(node) in allowed.get(node["__loader__"], ())


def _bare(node: Any) -> Any:
    """A node but for the names in it: what skops writes twice may have others within."""
    if isinstance(node, dict):
        return {k: _bare(part) for k, part in node.items() if k not in ("__id__", "file")}
    return [_bare(part) for part in node] if isinstance(node, list) else node


def _skops(what: str) -> Any:
    try:
        import skops.io
    except ImportError as error:
        raise ImportError(f"{what} takes skops: pip install 'liquidstate[skops]'") from error
    return skops.io
