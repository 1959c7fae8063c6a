"""How good the model's answers are, by the truth."""
