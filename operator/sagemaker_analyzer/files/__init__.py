"""The files that SageMaker documents, to and from what the analyzer knows."""
