"""What the process shows of itself and its work: metrics, probes, logs, webhooks. Nothing here decides anything."""
