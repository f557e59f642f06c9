"""Files of models taken apart and put together again."""

import io
import json

import numpy as np


def parts(data):
    """The header and the arrays of a file."""
    with np.load(io.BytesIO(data)) as file:
        arrays = dict(file)
    return json.loads(str(arrays.pop("header"))), arrays


def rewrite(path, header, arrays):
    np.savez(path, header=np.array(json.dumps(header)), **arrays)
