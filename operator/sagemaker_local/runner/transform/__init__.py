"""Batch transform: what is read from S3, sent to the model record by record, and written back."""
