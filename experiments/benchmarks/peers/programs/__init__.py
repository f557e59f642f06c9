"""The peers, a module each: its ``prepare`` takes the work of a case and returns what does it."""
