"""What a dataset is like: statistics of every feature, and the constraints that they suggest."""
