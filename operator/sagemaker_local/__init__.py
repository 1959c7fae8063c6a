"""Everything that sagemaker-operator needs, on one machine and without an account.

`emulator` is SageMaker's control plane on loopback, `cluster` a real Kubernetes API server. Both serve the demo, the tests, and
anybody who wants to try manifests, pipelines or their own client code before paying for them.
"""
