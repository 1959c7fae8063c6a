"""What has to hold of a dataset, and whether it does."""
