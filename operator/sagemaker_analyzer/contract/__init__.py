"""The contract of a Model Monitor job: environment variables in, exit message and exit code out."""
