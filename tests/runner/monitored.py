"""Endpoints that capture what they are asked, and schedules whose executions really analyse that; an hour takes six seconds."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.runner import tiny
from tests.runner.tiny import ROLE, User, until

SPEED = 600.0
ANALYZER = "111122223333.dkr.ecr.us-east-1.amazonaws.com/sagemaker-analyzer:1.0"
AWS_ANALYZER = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
CLUSTER = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
CLARIFY = "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0"
GROUP = "/aws/sagemaker/ProcessingJobs"
CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://data/captured",
    "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
}
OVER = ("Completed", "CompletedWithViolations", "Failed", "Stopped")


class Watch:
    """Endpoints whose answer is twice the sum of what they are asked, and whoever watches them."""

    def __init__(self, directory: Path) -> None:
        running = tiny.emulator(directory, speed=SPEED)
        self.emulator, self.user = running, User(running)
        self.made: set[str] = set()
        self.sagemaker, self.runtime = self.user.sagemaker, running.client("sagemaker-runtime")

    def close(self) -> None:
        self.runtime.close()
        self.user.close()
        self.emulator.stop()

    def model(self) -> str:
        """The model of all endpoints."""
        if "model" not in self.made:
            self.made.add(self.user.model("model"))
            variant = {"VariantName": "all", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
            self.sagemaker.create_endpoint_config(
                EndpointConfigName="captured",
                ProductionVariants=[{**variant, "ModelName": "model"}],
                DataCaptureConfig=CAPTURE,
            )
        return "model"

    def serve(self, name: str, rows: Sequence[str] = ()) -> None:
        """An endpoint in service that has been asked for each of these rows."""
        self.model()
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName="captured")
        describe = self.sagemaker.describe_endpoint
        until(lambda: describe(EndpointName=name)["EndpointStatus"] == "InService")
        self.ask(name, rows)

    def ask(self, endpoint: str, rows: Sequence[str]) -> None:
        """Ask an endpoint for each of these rows, and wait until all is in S3 and lies in the past, as windows have seconds."""
        before = self.captured(endpoint)
        for number, row in enumerate(rows):
            self.runtime.invoke_endpoint(
                EndpointName=endpoint, ContentType="text/csv", Body=row, InferenceId=f"{before + number}"
            )
        moment = self.emulator.clock.now()
        until(lambda: self.captured(endpoint) == before + len(rows) and int(self.emulator.clock.now()) > moment)

    def captured(self, endpoint: str) -> int:
        """How many requests of an endpoint have been captured."""
        return sum(self.user.read(key).count("\n") for key in self.user.keys(f"captured/{endpoint}/"))

    def process(self, name: str, *, image: str = ANALYZER, environment: dict[str, str], rows: str) -> dict[str, Any]:
        """A plain processing job of an analyzer over what lies below an S3 URL; returns how it ended."""
        local = {"LocalPath": "/opt/ml/processing/input/rows", "S3DataType": "S3Prefix", "S3InputMode": "File"}
        target = {
            "S3Uri": f"s3://data/{name}",
            "LocalPath": "/opt/ml/processing/output",
            "S3UploadMode": "EndOfJob",
        }
        self.sagemaker.create_processing_job(
            ProcessingJobName=name,
            AppSpecification={"ImageUri": image},
            ProcessingResources={"ClusterConfig": CLUSTER},
            RoleArn=ROLE,
            ProcessingInputs=[{"InputName": "rows", "S3Input": {"S3Uri": rows, **local}}],
            ProcessingOutputConfig={"Outputs": [{"OutputName": "result", "S3Output": target}]},
            Environment={"dataset_source": "/opt/ml/processing/input/rows", **environment},
        )
        return self.ended(name)

    def clarify(self, name: str, config: dict[str, Any], rows: str) -> dict[str, Any]:
        """A processing job of Clarify over CSV; returns how it ended."""
        inputs = []
        for of, file, text in (("config", "analysis_config.json", json.dumps(config)), ("data", "rows.csv", rows)):
            url = self.user.put(f"{name}-{of}/{file}", text)
            where = {"LocalPath": f"/opt/ml/processing/input/{of}", "S3DataType": "S3Prefix", "S3InputMode": "File"}
            inputs.append({"InputName": of, "S3Input": {"S3Uri": url, **where}})
        target = {
            "S3Uri": f"s3://data/{name}",
            "LocalPath": "/opt/ml/processing/output",
            "S3UploadMode": "EndOfJob",
        }
        self.sagemaker.create_processing_job(
            ProcessingJobName=name,
            AppSpecification={"ImageUri": CLARIFY},
            ProcessingResources={"ClusterConfig": CLUSTER},
            RoleArn=ROLE,
            ProcessingInputs=inputs,
            ProcessingOutputConfig={"Outputs": [{"OutputName": "analysis_result", "S3Output": target}]},
        )
        return self.ended(name)

    def ended(self, name: str) -> dict[str, Any]:
        """A processing job, once it is over; what it wrote is shown where a test fails."""

        def look() -> dict[str, Any] | None:
            said: dict[str, Any] = self.sagemaker.describe_processing_job(ProcessingJobName=name)
            return said if said["ProcessingJobStatus"] in ("Completed", "Failed", "Stopped") else None

        said: dict[str, Any] = until(look)
        print(self.user.logged(GROUP, f"{name}/"))
        return said

    def baseline(self, name: str = "baseline", *, image: str = ANALYZER) -> None:
        """Statistics and constraints of rows between 0 and 1, suggested by a job from CSV in S3, below `name`."""
        rows = [f"{2 * (a + b) / 50},{a / 50},{b / 50}" for a in range(50) for b in range(10, 20)]
        self.user.put(f"rows-{name}/rows.csv", "\n".join(["score,first,second", *rows, ""]))
        told = {"dataset_format": json.dumps({"csv": {"header": True, "output_columns_position": "START"}})}
        ended = self.process(name, image=image, environment=told, rows=f"s3://data/rows-{name}")
        assert ended["ProcessingJobStatus"] == "Completed", ended

    def schedule(
        self,
        name: str,
        *,
        when: str = "cron(0 * ? * * *)",
        image: str = ANALYZER,
        baseline: str | None = "baseline",
        app: dict[str, str] | None = None,
        **config: str,
    ) -> None:
        """A schedule that watches the data quality of the endpoint of its name."""
        output = {"S3Uri": f"s3://data/reports/{name}", "LocalPath": "/opt/ml/processing/output"}
        files = {"ConstraintsResource": "constraints", "StatisticsResource": "statistics"}
        urls = {member: {"S3Uri": f"s3://data/{baseline}/{file}.json"} for member, file in files.items()}
        self.sagemaker.create_data_quality_job_definition(
            JobDefinitionName=name,
            DataQualityAppSpecification={"ImageUri": image, **(app or {})},
            DataQualityJobInput={
                "EndpointInput": {"EndpointName": name, "LocalPath": "/opt/ml/processing/input/endpoint"}
            },
            DataQualityJobOutputConfig={"MonitoringOutputs": [{"S3Output": output}]},
            JobResources={"ClusterConfig": CLUSTER},
            StoppingCondition={"MaxRuntimeInSeconds": 86400},
            RoleArn=ROLE,
            **({"DataQualityBaselineConfig": urls} if baseline else {}),
        )
        self.start(name, "DataQuality", when=when, **config)

    def truth(self, endpoint: str, values: Sequence[float]) -> None:
        """What the right answers to the requests of an endpoint were, in the order in which they came."""
        lines = [
            {
                "groundTruthData": {"data": str(value), "encoding": "CSV"},
                "eventMetadata": {"eventId": str(number)},
                "eventVersion": "0",
            }
            for number, value in enumerate(values)
        ]
        hours = {key.rsplit("/", 1)[0].split("/all/")[1] for key in self.user.keys(f"captured/{endpoint}/")}
        for hour in hours:
            self.user.put(f"truth/{endpoint}/{hour}/truth.jsonl", tiny.lines_of(*lines))

    def judge(self, name: str, *, baseline: str | None = None, kind: str, app: dict[str, str], **source: str) -> None:
        """A schedule that runs now and looks at the model of an endpoint of its name, with the truth where it needs that."""
        output = {"S3Uri": f"s3://data/reports/{name}", "LocalPath": "/opt/ml/processing/output"}
        watched = {"EndpointName": name, "LocalPath": "/opt/ml/processing/input/endpoint", **source}
        create = {
            "ModelQuality": self.sagemaker.create_model_quality_job_definition,
            "ModelBias": self.sagemaker.create_model_bias_job_definition,
            "ModelExplainability": self.sagemaker.create_model_explainability_job_definition,
        }[kind]
        truth = {"GroundTruthS3Input": {"S3Uri": f"s3://data/truth/{name}"}}
        create(
            JobDefinitionName=name,
            **{
                f"{kind}AppSpecification": {"ImageUri": ANALYZER, **app},
                f"{kind}BaselineConfig": {"ConstraintsResource": {"S3Uri": f"s3://data/{baseline}"}}
                if baseline
                else {},
                f"{kind}JobInput": {
                    "EndpointInput": watched,
                    **({} if kind == "ModelExplainability" else truth),
                },
                f"{kind}JobOutputConfig": {"MonitoringOutputs": [{"S3Output": output}]},
            },
            JobResources={"ClusterConfig": CLUSTER},
            StoppingCondition={"MaxRuntimeInSeconds": 86400},
            RoleArn=ROLE,
        )
        self.start(name, kind, when="NOW", DataAnalysisStartTime="-PT24H", DataAnalysisEndTime="-PT0H")

    def start(self, name: str, kind: str, *, when: str = "cron(0 * ? * * *)", **config: str) -> None:
        """A schedule for the definition of the same name."""
        self.sagemaker.create_monitoring_schedule(
            MonitoringScheduleName=name,
            MonitoringScheduleConfig={
                "ScheduleConfig": {"ScheduleExpression": when, **config},
                "MonitoringJobDefinitionName": name,
                "MonitoringType": kind,
            },
        )

    def execution(self, name: str) -> dict[str, Any]:
        """The first execution of a schedule, once it is over; what its job wrote is shown where a test fails."""
        return self.executions(name, 1)[0]

    def executions(self, name: str, count: int) -> list[dict[str, Any]]:
        """The executions of a schedule, the first one first, once so many are over."""

        def look() -> list[dict[str, Any]]:
            listed = self.sagemaker.list_monitoring_executions(MonitoringScheduleName=name, SortOrder="Ascending")
            rows: list[dict[str, Any]] = listed["MonitoringExecutionSummaries"]
            return rows if sum(row["MonitoringExecutionStatus"] in OVER for row in rows) >= count else []

        found: list[dict[str, Any]] = until(look)
        for row in found:
            if "ProcessingJobArn" in row:
                print(self.user.logged(GROUP, f"{row['ProcessingJobArn'].rpartition('/')[2]}/"))
        return found

    def job_of(self, execution: dict[str, Any]) -> dict[str, Any]:
        """The processing job of an execution."""
        name = execution["ProcessingJobArn"].rpartition("/")[2]
        return dict(self.sagemaker.describe_processing_job(ProcessingJobName=name))

    def metric(self, name: str, **dimensions: str) -> float:
        """The greatest value that CloudWatch has of a metric of data quality."""
        cloudwatch = self.emulator.client("cloudwatch")
        found = cloudwatch.get_metric_statistics(
            Namespace="aws/sagemaker/Endpoints/data-metrics",
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=datetime.now(UTC) - timedelta(days=1),
            EndTime=datetime.now(UTC) + timedelta(days=1),
            Period=86400,
            Statistics=["Maximum"],
        )
        cloudwatch.close()
        return float(max(point["Maximum"] for point in found["Datapoints"]))

    def analysed(self, name: str) -> int:
        """How many records the executions of a schedule that are over have analysed."""
        rows = self.sagemaker.list_monitoring_executions(MonitoringScheduleName=name)["MonitoringExecutionSummaries"]
        done = [row for row in rows if row["MonitoringExecutionStatus"].startswith("Completed")]
        return sum(self.report(row, "statistics")["dataset"]["item_count"] for row in done)

    def report(self, execution: dict[str, Any], name: str) -> Any:
        """A file that an execution has left in S3."""
        url = self.job_of(execution)["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
        return json.loads(self.user.read(f"{url.removeprefix('s3://data/')}/{name}.json"))
