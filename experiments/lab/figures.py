"""The style of all pictures, and its colours."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from matplotlib import rc_context, rc_params_from_file

_STYLE: Any = rc_params_from_file(
    Path(__file__).with_name("pictures.mplstyle"), use_default_template=False
)
#: Of what stands side by side, in pictures and in the charts of pages.
COLOURS: list[str] = _STYLE["axes.prop_cycle"].by_key()["color"]


def style() -> AbstractContextManager[None]:
    """Have all pictures that the block makes and saves in one style."""
    return rc_context(_STYLE)
