"""An iteration of learning by this program and others: a module each, whose ``prepare`` takes the
work (`accumulation.Iteration`) and returns what does it once and gives the loss and gradients."""
