"""The doctor: signals from a run's numbers, a verdict with its evidence, and what to try."""
