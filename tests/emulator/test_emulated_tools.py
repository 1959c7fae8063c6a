"""What stands beside Studio: code repositories, projects, MLflow and partner apps."""

from pathlib import Path
from typing import Any

from tests.emulator.asking import ROLE, refused
from tests.emulator.labeling_requests import labeling_job
from tests.emulator.making_requests import automl_job, compilation_job
from tests.emulator.test_emulated_shapes import checked

from sagemaker_local.emulator import Emulator

STORE = "s3://bucket/mlflow"


def test_a_code_repository_keeps_its_address_when_its_secret_changes(sagemaker: Emulator, client: Any) -> None:
    secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:git"
    client.create_code_repository(
        CodeRepositoryName="code", GitConfig={"RepositoryUrl": "https://example.com/code.git", "Branch": "main"}
    )

    client.update_code_repository(CodeRepositoryName="code", GitConfig={"SecretArn": secret})

    found = checked(sagemaker, "DescribeCodeRepository", {"CodeRepositoryName": "code"})["GitConfig"]
    assert found == {"RepositoryUrl": "https://example.com/code.git", "Branch": "main", "SecretArn": secret}


def test_a_code_repository_that_is_not_there_is_missing_in_aws_own_words(client: Any) -> None:
    code, text = refused(client.describe_code_repository, CodeRepositoryName="nope")

    assert (code, text[:26]) == ("ValidationException", "Cannot find CodeRepository")


def test_a_deleted_project_is_still_described_and_its_name_is_free(sagemaker: Emulator, client: Any) -> None:
    wish = {"ProjectName": "churn", "ServiceCatalogProvisioningDetails": {"ProductId": "prod-1"}}
    first = client.create_project(**wish)["ProjectId"]
    early = refused(client.delete_project, ProjectName="churn")
    sagemaker.clock.advance(120)
    created = checked(sagemaker, "DescribeProject", {"ProjectName": "churn"})
    taken = refused(client.create_project, **wish)

    client.delete_project(ProjectName="churn")
    sagemaker.clock.advance(60)
    deleted = checked(sagemaker, "DescribeProject", {"ProjectName": "churn"})["ProjectStatus"]
    second = client.create_project(**wish)["ProjectId"]

    assert (early[0], taken[0], deleted) == ("ConflictException", "ValidationException", "DeleteCompleted")
    assert created["ProjectStatus"] == "CreateCompleted"
    assert created["ServiceCatalogProvisionedProductDetails"]["ProvisionedProductId"].startswith("pp-")
    assert first != second


def test_a_project_that_was_created_again_outlives_the_memory_of_the_first(sagemaker: Emulator, client: Any) -> None:
    client.create_project(ProjectName="churn")
    sagemaker.clock.advance(120)
    client.delete_project(ProjectName="churn")
    sagemaker.clock.advance(60)
    client.create_project(ProjectName="churn")

    sagemaker.clock.advance(200_000)

    assert client.describe_project(ProjectName="churn")["ProjectStatus"] == "CreateCompleted"


def test_a_project_that_fails_says_why_and_updates_bring_tags(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("Project", "broken", reason="No launch paths found")
    client.create_project(ProjectName="broken")
    arn = client.create_project(ProjectName="churn")["ProjectArn"]
    sagemaker.clock.advance(120)

    client.update_project(ProjectName="churn", ProjectDescription="new", Tags=[{"Key": "team", "Value": "a"}])
    sagemaker.clock.advance(60)

    broken = client.describe_project(ProjectName="broken")
    churn = client.describe_project(ProjectName="churn")
    assert broken["ProjectStatus"] == "CreateFailed"
    message = broken["ServiceCatalogProvisionedProductDetails"]["ProvisionedProductStatusMessage"]
    assert message == "No launch paths found"
    assert (churn["ProjectStatus"], churn["ProjectDescription"]) == ("UpdateCompleted", "new")
    assert client.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "a"}]


def test_the_portfolio_of_templates_is_off_until_it_is_enabled(client: Any) -> None:
    statuses = [client.get_sagemaker_servicecatalog_portfolio_status()["Status"]]
    client.enable_sagemaker_servicecatalog_portfolio()
    client.enable_sagemaker_servicecatalog_portfolio()
    statuses.append(client.get_sagemaker_servicecatalog_portfolio_status()["Status"])
    client.disable_sagemaker_servicecatalog_portfolio()
    statuses.append(client.get_sagemaker_servicecatalog_portfolio_status()["Status"])

    assert statuses == ["Disabled", "Enabled", "Disabled"]
    assert client.list_projects()["ProjectSummaryList"] == []


def test_a_tracking_server_is_stopped_and_started_and_only_serves_in_between(sagemaker: Emulator, client: Any) -> None:
    which = {"TrackingServerName": "runs"}
    client.create_mlflow_tracking_server(**which, ArtifactStoreUri=STORE, RoleArn=ROLE)
    early = refused(client.create_presigned_mlflow_tracking_server_url, **which)
    sagemaker.clock.advance(1500)
    url = client.create_presigned_mlflow_tracking_server_url(**which)["AuthorizedUrl"]
    created = checked(sagemaker, "DescribeMlflowTrackingServer", which)

    client.stop_mlflow_tracking_server(**which)
    sagemaker.clock.advance(300)
    stopped = checked(sagemaker, "DescribeMlflowTrackingServer", which)
    client.start_mlflow_tracking_server(**which)
    sagemaker.clock.advance(600)

    started = client.describe_mlflow_tracking_server(**which)["TrackingServerStatus"]
    assert early[0] == "ValidationException"
    assert url.startswith(f"{created['TrackingServerUrl']}/auth?authToken=")
    assert (created["TrackingServerStatus"], created["IsActive"]) == ("Created", "Active")
    assert (stopped["TrackingServerStatus"], stopped["IsActive"]) == ("Stopped", "Inactive")
    assert started == "Started"


def test_a_failed_update_of_a_tracking_server_changes_nothing(sagemaker: Emulator, client: Any) -> None:
    which = {"TrackingServerName": "runs"}
    client.create_mlflow_tracking_server(**which, ArtifactStoreUri=STORE, RoleArn=ROLE)
    sagemaker.clock.advance(1500)
    sagemaker.scenarios.fail("MlflowTrackingServer", "runs", reason="no", at="Updating")

    client.update_mlflow_tracking_server(**which, TrackingServerSize="Large")
    busy = refused(client.delete_mlflow_tracking_server, **which)
    sagemaker.clock.advance(600)

    found = client.describe_mlflow_tracking_server(**which)
    assert busy[0] == "ConflictException"
    assert (found["TrackingServerStatus"], found["TrackingServerSize"]) == ("UpdateFailed", "Small")


def test_an_mlflow_app_is_known_by_its_arn_and_may_be_renamed(sagemaker: Emulator, client: Any) -> None:
    app = client.create_mlflow_app(Name="runs", ArtifactStoreUri=STORE, RoleArn=ROLE)["Arn"]
    taken = refused(client.create_mlflow_app, Name="runs", ArtifactStoreUri=STORE, RoleArn=ROLE)
    sagemaker.clock.advance(180)
    client.update_mlflow_app(Arn=app, Name="trials")
    sagemaker.clock.advance(60)
    found = checked(sagemaker, "DescribeMlflowApp", {"Arn": app})
    url = client.create_presigned_mlflow_app_url(Arn=app)["AuthorizedUrl"]

    client.delete_mlflow_app(Arn=app)
    sagemaker.clock.advance(60)

    assert taken[0] == "ValidationException"
    assert (found["Status"], found["Name"], found["Arn"]) == ("Updated", "trials", app)
    assert "authToken=" in url
    assert refused(client.describe_mlflow_app, Arn=app)[0] == "ResourceNotFound"


def test_a_partner_app_is_created_once_for_a_token_and_then_available(sagemaker: Emulator, client: Any) -> None:
    wish = {"Name": "comet", "Type": "comet", "ExecutionRoleArn": ROLE, "Tier": "small", "AuthType": "IAM"}
    app = client.create_partner_app(**wish, ClientToken="a")["Arn"]
    again = client.create_partner_app(**wish, ClientToken="a")["Arn"]
    other = refused(client.create_partner_app, **wish, ClientToken="b")
    sagemaker.clock.advance(900)
    client.update_partner_app(Arn=app, AppVersion="2.0", Tier="large")
    sagemaker.clock.advance(300)

    found = checked(sagemaker, "DescribePartnerApp", {"Arn": app})

    assert (again, other[0]) == (app, "ConflictException")
    assert (found["Status"], found["Version"], found["Tier"]) == ("Available", "2.0", "large")
    assert client.create_partner_app_presigned_url(Arn=app)["Url"].startswith(found["BaseUrl"])


def test_a_partner_app_that_fails_says_why_and_can_be_deleted(sagemaker: Emulator, client: Any) -> None:
    sagemaker.scenarios.fail("PartnerApp", "comet", reason="No subscription")
    wish = {"Name": "comet", "Type": "comet", "ExecutionRoleArn": ROLE, "Tier": "small", "AuthType": "IAM"}
    app = client.create_partner_app(**wish)["Arn"]
    sagemaker.clock.advance(900)
    failed = checked(sagemaker, "DescribePartnerApp", {"Arn": app})

    client.delete_partner_app(Arn=app)
    sagemaker.clock.advance(300)

    assert (failed["Status"], failed["Error"]["Reason"]) == ("Failed", "No subscription")
    assert client.list_partner_apps()["Summaries"] == []


def test_what_is_under_way_goes_on_after_a_restore(sagemaker: Emulator, client: Any, tmp_path: Path) -> None:
    client.create_auto_ml_job(**automl_job())
    client.create_compilation_job(**compilation_job())
    client.create_labeling_job(**labeling_job())
    group = {"InstanceGroupName": "a", "InstanceType": "ml.g5.xlarge", "InstanceCount": 2, "ExecutionRole": ROLE}
    client.create_cluster(ClusterName="pool", InstanceGroups=[group])
    client.create_project(ProjectName="churn")
    client.enable_sagemaker_servicecatalog_portfolio()
    sagemaker.clock.advance(100)
    sagemaker.save(tmp_path / "state")

    with Emulator.start(virtual=True, check_s3=False) as other:
        other.restore(tmp_path / "state")
        then = other.client()
        restored = then.describe_cluster(ClusterName="pool")
        other.clock.advance(10_000)

        assert restored["ClusterStatus"] == "Creating"
        assert then.describe_auto_ml_job(AutoMLJobName="churn")["BestCandidate"]
        assert then.describe_compilation_job(CompilationJobName="small")["CompilationJobStatus"] == "COMPLETED"
        assert then.describe_labeling_job(LabelingJobName="cats")["LabelCounters"]["TotalLabeled"] == 10
        assert then.describe_cluster(ClusterName="pool")["InstanceGroups"][0]["CurrentCount"] == 2
        assert then.describe_project(ProjectName="churn")["ProjectStatus"] == "CreateCompleted"
        assert then.get_sagemaker_servicecatalog_portfolio_status()["Status"] == "Enabled"
        then.close()
