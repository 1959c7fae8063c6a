"""A Kubernetes operator for Amazon SageMaker.

One custom resource owns one SageMaker resource. `model` and `kinds` know what the resources are, `engine` decides what to do
about one of them from facts alone, `aws` and `kube` reach the two sides, `controller` drives the passes between them, and `app`
puts the process together.
"""

__version__ = "0.1.0"
