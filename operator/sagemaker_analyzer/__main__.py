"""`sagemaker-analyzer`: analyses what the environment of a SageMaker processing job names."""

import logging
import os
import sys

from sagemaker_analyzer.command import run

_USAGE = """usage: sagemaker-analyzer [--threshold=NAME=VALUE] [--feature-threshold=FEATURE=NAME=VALUE]
                          [--metric-threshold=METRIC=OPERATOR=VALUE] ...

Analyzes captured data as a SageMaker processing job. The thresholds count instead of those of the baseline's constraints, whose
names they have. What to do is in the environment variables of Model Monitor's jobs:
dataset_source, dataset_format, output_path, start_time, end_time, baseline_constraints, baseline_statistics,
publish_cloudwatch_metrics, categorical_drift_method, record_preprocessor_script, post_analytics_processor_script,
sagemaker_endpoint_name, sagemaker_monitoring_schedule_name, analysis_type, problem_type, inference_attribute,
probability_attribute, probability_threshold_attribute, ground_truth_attribute, ground_truth_source, analysis_config,
predictor_url, history_source, spark_master."""


def main() -> None:
    """Runs once and exits: 0 when the data was analysed, whatever was found, and 1 if it was not."""
    if sys.argv[1:] == ["--help"]:
        print(_USAGE)
        return
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stdout)
    sys.exit(run(os.environ, sys.argv[1:]))


if __name__ == "__main__":
    main()
