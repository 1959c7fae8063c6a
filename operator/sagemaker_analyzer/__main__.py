"""`sagemaker-analyzer`: analyses what the environment of a SageMaker processing job names."""

import logging
import os
import sys

from sagemaker_analyzer.command import run

_USAGE = """usage: sagemaker-analyzer

Analyzes captured data as a SageMaker processing job. It takes no arguments but the environment variables of Model Monitor's jobs:
dataset_source, dataset_format, output_path, start_time, end_time, baseline_constraints, baseline_statistics,
publish_cloudwatch_metrics, categorical_drift_method, record_preprocessor_script, post_analytics_processor_script,
sagemaker_endpoint_name, sagemaker_monitoring_schedule_name, analysis_type, problem_type, inference_attribute,
probability_attribute, probability_threshold_attribute, ground_truth_attribute, ground_truth_source, analysis_config,
predictor_url, history_source."""


def main() -> None:
    """Runs once and exits: 0 when the data was analysed, whatever was found, and 1 if it was not."""
    if sys.argv[1:] == ["--help"]:
        print(_USAGE)
        return
    if len(sys.argv) > 1:
        print(_USAGE, file=sys.stderr)
        sys.exit(2)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stdout)
    sys.exit(run(os.environ))


if __name__ == "__main__":
    main()
