"""How much every feature matters to the model."""
