"""How unequally the model and its data treat people."""
