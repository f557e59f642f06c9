"""An iteration of learning by this program and others, a module each.

Its ``prepare`` takes the work (`accumulation.Iteration`) and returns what does it once.
"""
