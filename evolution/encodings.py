"""What of a liquid may evolve: the neurons' configurations, their positions, or both."""

from typing import Literal, get_args

Encode = Literal["both", "configurations", "positions"]
ENCODINGS: tuple[Encode, ...] = get_args(Encode)
