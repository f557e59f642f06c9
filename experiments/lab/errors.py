"""What the command lines say in a line."""


class InputError(ValueError):
    """What was asked for can't be done: said in a line, without a traceback."""
