"""What the project ships that follows from the kinds table: CRDs, permissions, install manifests and reference pages.

    python -m sagemaker_operator.generate            write what changed
    python -m sagemaker_operator.generate --check    name what would change, and fail if anything would

Each module returns text or plain data; only `__main__` touches files. Nothing generated is edited by hand.
"""
