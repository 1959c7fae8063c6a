"""Local execution: what the emulated SageMaker would only pretend, really done by processes of this machine."""
