"""What a training container finds and leaves: its job under /opt/ml, its log and the reason why it failed."""
