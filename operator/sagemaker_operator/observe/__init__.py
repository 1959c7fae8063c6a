"""What the process shows of itself: metrics, probes and logs. Nothing here decides anything, and nothing depends on it."""
