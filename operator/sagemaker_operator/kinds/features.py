"""FeatureGroup: a schema of features with an online store, an offline store, or both."""

from sagemaker_operator.model.families import Family

from .kind import Change, Column, Kind, Lifecycle, says

FEATURE_GROUP = Kind(
    family=Family("FeatureGroup", identity="FeatureGroupName", status="FeatureGroupStatus"),
    short="smfg",
    summary="A SageMaker feature group: named features of records, kept in an online store, an offline store, or both.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already exists"),),
    busy=(says("ValidationException", "is in status", "is being updated"), says("ResourceInUse")),
    changing=frozenset({"Creating"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"Created"}),
    failed=frozenset({"CreateFailed", "DeleteFailed"}),
    # UpdateFeatureGroup takes the time to live and the storage type, and only adds features.
    fixed=frozenset({"OnlineStoreConfig.EnableOnlineStore", "OnlineStoreConfig.SecurityConfig"}),
    changes=(Change("FeatureDefinitions", sends="", adds="FeatureAdditions", by="FeatureName"),),
    # UpdateFeatureGroup's documentation: one of its parameters at a time.
    one_at_a_time=True,
    columns=(
        Column("Offline", ".status.offlineStoreStatus.status"),
        Column("Update", ".status.lastUpdateStatus.status", wide=True),
        Column("Group-Name", ".status.featureGroupName", wide=True),
    ),
    naming_limit=64,
    event="SageMaker Feature Group State Change",
)
