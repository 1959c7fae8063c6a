"""What all tests share: the fixtures that other projects use, and how long random examples may take."""

import hypothesis

pytest_plugins = ["sagemaker_local.pytest_plugin"]

# A busy machine is slow without anything being wrong.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")
