"""Hyperparameter search: what a tuning job tries next, and which of its training jobs is not worth going on with."""
