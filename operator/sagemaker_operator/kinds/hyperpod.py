"""Cluster, ClusterExtension, ClusterSchedulerConfig and ComputeQuota: HyperPod clusters, and who may use them how much."""

from collections.abc import Mapping

from sagemaker_operator.model.families import Family

from .kind import Change, Column, Kind, Lifecycle, Reference, says

_CLUSTER_REF = Reference("clusterRef", "clusterARN", "Cluster", "arn")


def _shown_as_desired() -> Mapping[str, str]:
    """DescribeCluster shows what a group is to be beside what it is: ``DesiredImageId`` and ``CurrentImageId``."""
    groups = {
        "InstanceGroups": (
            *("ImageId", "ImageReleaseVersion", "InstanceRequirements.InstanceTypes", "KubernetesConfig.Labels"),
            *("KubernetesConfig.Taints", "AutoPatchConfig.PatchSchedule"),
        ),
        "RestrictedInstanceGroupsConfig.SharedEnvironmentConfig": ("FSxLustreConfig", "FSxLustreDeletionPolicy"),
    }
    desired = {}
    for group, paths in groups.items():
        for path in paths:
            *way, member = path.split(".")
            desired[f"{group}.{path}"] = ".".join((group, *way, f"Desired{member}"))
    counts = {
        "InstanceGroups.InstanceCount": "InstanceGroups.TargetCount",
        "InstanceGroups.MinInstanceCount": "InstanceGroups.MinCount",
        "RestrictedInstanceGroups.InstanceCount": "RestrictedInstanceGroups.TargetCount",
    }
    return counts | desired


CLUSTER = Kind(
    family=Family("Cluster", identity="ClusterName", status="ClusterStatus"),
    short="smcluster",
    summary="A SageMaker HyperPod cluster: groups of instances for long training, under Slurm or Amazon EKS.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already exists"),),
    busy=(says("ConflictException"),),
    changing=frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"InService"}),
    failed=frozenset({"Failed"}),
    serving=frozenset({"Updating", "SystemUpdating", "RollingBack"}),
    repairable=frozenset({"Failed"}),
    changes=(
        Change("InstanceGroups", removes="InstanceGroupsToDelete", by="InstanceGroupName"),
        Change("RestrictedInstanceGroups", removes="InstanceGroupsToDelete", by="InstanceGroupName"),
    ),
    shown_at=_shown_as_desired(),
    # Groups that an update does not name stay as they are.
    sparse=True,
    reasons=("FailureMessage",),
    rollback=True,
    references=(
        Reference("instanceGroups[].trainingPlanRef", "trainingPlanARN", "TrainingPlan", "arn"),
        Reference("restrictedInstanceGroups[].trainingPlanRef", "trainingPlanARN", "TrainingPlan", "arn"),
    ),
    columns=(
        Column("Recovery", ".spec.nodeRecovery", wide=True),
        Column("Cluster-Name", ".status.clusterName", wide=True),
    ),
    event="SageMaker HyperPod Cluster State Change",
)

CLUSTER_EXTENSION = Kind(
    family=Family("ClusterExtension", identity="ClientToken", status="Status"),
    short="smclusterext",
    summary="An extension of a SageMaker HyperPod cluster, such as sagemaker-observability.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already has an extension", "already exists"),),
    busy=(says("ConflictException"),),
    changing=frozenset({"Creating", "Updating"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"Active"}),
    failed=frozenset({"CreateFailed", "UpdateFailed", "DeleteFailed", "Degraded"}),
    serving=frozenset({"Updating"}),
    # All of them accept an update; a degraded one may even mend itself.
    repairable=frozenset({"CreateFailed", "UpdateFailed", "DeleteFailed", "Degraded"}),
    documents=frozenset({"ConfigurationValues"}),
    sparse=True,
    reasons=("Health.Issues.Message",),
    references=(_CLUSTER_REF,),
    columns=(
        Column("Extension", ".spec.extensionName"),
        Column("Version", ".status.extensionVersion"),
        Column("Active-Nodes", ".status.nodeSummary.activeCount", "integer", wide=True),
    ),
    observed=frozenset({"ExtensionVersion"}),
)


def _governance(name: str, *, short: str, summary: str, echoes: str, columns: tuple[Column, ...]) -> Kind:
    """A row of task governance: SageMaker chooses the id, and an update names the version that it starts from."""
    failed = {f"{what}Failed" for what in ("Create", "CreateRollback", "Update", "UpdateRollback")}
    return Kind(
        family=Family(name, identity="Name", status="Status"),
        short=short,
        summary=summary,
        lifecycle=Lifecycle.SERVICE,
        absent=(says("ResourceNotFound"),),
        exists=(says("ConflictException", "already has a", "already exists"),),
        busy=(says("ConflictException"),),
        changing=frozenset({"Creating", "Updating"}),
        leaving=frozenset({"Deleting"}),
        ready=frozenset({"Created", "Updated"}),
        failed=frozenset({*failed, "DeleteFailed", "DeleteRollbackFailed"}),
        gone=frozenset({"Deleted"}),
        serving=frozenset({"Updating"}),
        repairable=frozenset({"UpdateFailed", "UpdateRollbackFailed", "CreateFailed", "DeleteFailed"}),
        update_echoes={"TargetVersion": echoes},
        sparse=True,
        references=(_CLUSTER_REF,),
        columns=columns,
    )


CLUSTER_SCHEDULER_CONFIG = _governance(
    "ClusterSchedulerConfig",
    short="smsched",
    summary="A cluster policy of SageMaker HyperPod task governance: which tasks come first, and who gets idle compute.",
    echoes="ClusterSchedulerConfigVersion",
    columns=(
        Column("Version", ".status.clusterSchedulerConfigVersion", "integer"),
        Column("Policy-Name", ".status.name", wide=True),
    ),
)

COMPUTE_QUOTA = _governance(
    "ComputeQuota",
    short="smquota",
    summary="A compute allocation of SageMaker HyperPod task governance: what a team may use, lend and borrow.",
    echoes="ComputeQuotaVersion",
    columns=(
        Column("Team", ".spec.computeQuotaTarget.teamName"),
        Column("Version", ".status.computeQuotaVersion", "integer"),
        Column("Quota-Name", ".status.name", wide=True),
    ),
)
