"""The names and meanings that dashboards rely on."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from sagemaker_operator.observe.metrics import MOST_SCHEDULES, Metrics


def samples(metrics: Metrics) -> dict[str, float]:
    """Every sample by its name and labels, as in ``name{label="value"}``."""
    found = {}
    for family in text_string_to_metric_families(metrics.text().decode()):
        for sample in family.samples:
            labels = ",".join(f'{key}="{value}"' for key, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(version="1")


def test_passes_are_counted_by_controller_and_result(metrics: Metrics) -> None:
    metrics.passed("TrainingJob", "success", 0.02)
    metrics.passed("TrainingJob", "error", 0.5)
    shown = samples(metrics)

    assert shown['controller_runtime_reconcile_total{controller="trainingjob",result="success"}'] == 1
    assert shown['controller_runtime_reconcile_errors_total{controller="trainingjob"}'] == 1
    assert shown['controller_runtime_reconcile_time_seconds_count{controller="trainingjob"}'] == 2
    assert shown['controller_runtime_reconcile_time_seconds_bucket{controller="trainingjob",le="0.025"}'] == 1


def test_the_work_queue_shows_its_depth_and_how_long_keys_wait(metrics: Metrics) -> None:
    metrics.took(2)
    metrics.took(1)
    metrics.worked(0.1)
    metrics.retried()
    metrics.working(3, limit=32)
    shown = samples(metrics)

    assert shown['workqueue_depth{name="sagemaker"}'] == 1
    assert shown['workqueue_adds_total{name="sagemaker"}'] == 2
    assert shown['workqueue_retries_total{name="sagemaker"}'] == 1
    assert shown['workqueue_work_duration_seconds_count{name="sagemaker"}'] == 1
    assert shown['controller_runtime_active_workers{controller="sagemaker"}'] == 3
    assert shown['controller_runtime_max_concurrent_reconciles{controller="sagemaker"}'] == 32


def test_requests_to_kubernetes_and_leadership_are_shown(metrics: Metrics) -> None:
    metrics.requested("PATCH", "409")
    metrics.wrote_status("Endpoint")
    metrics.dropped_event("queue")
    metrics.led("sagemaker-operator", True)
    shown = samples(metrics)

    assert shown['rest_client_requests_total{code="409",method="PATCH"}'] == 1
    assert shown['sagemaker_operator_status_writes_total{kind="Endpoint"}'] == 1
    assert shown['sagemaker_operator_events_dropped_total{reason="queue"}'] == 1
    assert shown['leader_election_master_status{name="sagemaker-operator"}'] == 1


def test_calls_to_aws_are_shown_with_outcome_time_wait_and_throttling(metrics: Metrics) -> None:
    metrics.called("CreateEndpoint", "eu-west-1", "ValidationException", 0.2)
    metrics.waited("CreateEndpoint", 3.0)
    metrics.throttled("CreateEndpoint")
    shown = samples(metrics)

    requests = "sagemaker_operator_aws_requests_total"
    labels = 'code="ValidationException",operation="CreateEndpoint",region="eu-west-1"'
    assert shown[f"{requests}{{{labels}}}"] == 1
    assert shown['sagemaker_operator_aws_request_duration_seconds_sum{operation="CreateEndpoint"}'] == 0.2
    assert shown['sagemaker_operator_aws_client_wait_seconds_sum{operation="CreateEndpoint"}'] == 3
    assert shown['sagemaker_operator_aws_throttles_total{operation="CreateEndpoint"}'] == 1


def test_a_state_that_no_object_is_in_any_more_is_not_shown(metrics: Metrics) -> None:
    metrics.counted({("Endpoint", "ready"): 2, ("Endpoint", "stalled"): 1})
    metrics.counted({("Endpoint", "ready"): 3})
    objects = {name: value for name, value in samples(metrics).items() if name.startswith("sagemaker_operator_objects")}

    assert objects == {'sagemaker_operator_objects{kind="Endpoint",state="ready"}': 3}


def test_two_processes_in_one_interpreter_do_not_share_metrics(metrics: Metrics) -> None:
    other = Metrics(version="1")
    metrics.retried()

    assert 'workqueue_retries_total{name="sagemaker"}' not in samples(other)


def test_violations_are_told_of_each_schedule_and_forgotten_with_it(metrics: Metrics) -> None:
    metrics.violated({("default", "digits"): 2, ("default", "gone"): 1})
    metrics.violated({("default", "digits"): 3})
    found = {name: value for name, value in samples(metrics).items() if "monitoring" in name}

    assert found == {
        'sagemaker_operator_monitoring_violations{name="digits",namespace="default"}': 3,
        "sagemaker_operator_monitoring_schedules_left_out{}": 0,
    }


def test_of_very_many_schedules_those_with_the_most_violations_have_a_series(metrics: Metrics) -> None:
    metrics.violated({("default", f"schedule-{number}"): number for number in range(MOST_SCHEDULES + 5)})
    found = {name: value for name, value in samples(metrics).items() if "monitoring_violations" in name}

    assert len(found) == MOST_SCHEDULES
    assert min(found.values()) == 5
    assert samples(metrics)["sagemaker_operator_monitoring_schedules_left_out{}"] == 5
