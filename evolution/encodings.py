"""What of a liquid may evolve: the neurons' configurations, their positions, or both."""

from typing import Literal, get_args

Encode = Literal["both", "configurations", "positions"]
ENCODINGS: tuple[Encode, ...] = get_args(Encode)

#: What each lets evolve.
ENCODING_NOTES: dict[str, str] = {
    "both": "parameters, polarity and positions of the neurons",
    "configurations": "parameters and polarity of the neurons",
    "positions": "positions of the neurons",
}
