"""Project: the resources of a machine learning project, made from a template."""

from sagemaker_operator.model.families import Family

from .kind import Change, Column, Kind, Lifecycle, says

PROJECT = Kind(
    family=Family("Project", identity="ProjectName", status="ProjectStatus"),
    short="smproj",
    summary="A SageMaker project: what a template of the Service Catalog or CloudFormation makes for a team.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ValidationException", "does not exist"),),
    exists=(says("ValidationException", "already exists"),),
    busy=(says("ConflictException"),),
    changing=frozenset({"Pending", "CreateInProgress", "UpdateInProgress"}),
    leaving=frozenset({"DeleteInProgress"}),
    ready=frozenset({"CreateCompleted", "UpdateCompleted"}),
    failed=frozenset({"CreateFailed", "UpdateFailed", "DeleteFailed"}),
    # A deleted project is still described, and its name is free.
    gone=frozenset({"DeleteCompleted"}),
    serving=frozenset({"UpdateInProgress"}),
    repairable=frozenset({"UpdateFailed"}),
    changes=(
        Change("ServiceCatalogProvisioningDetails", sends="ServiceCatalogProvisioningUpdateDetails"),
        Change("TemplateProviders", sends="TemplateProvidersToUpdate"),
    ),
    shown_at={
        "TemplateProviders": "TemplateProviderDetails",
        "TemplateProviders.CfnTemplateProvider": "TemplateProviders.CfnTemplateProviderDetail",
    },
    sparse=True,
    reasons=("ServiceCatalogProvisionedProductDetails.ProvisionedProductStatusMessage",),
    fixed=frozenset({"ServiceCatalogProvisioningDetails.ProductId", "ServiceCatalogProvisioningDetails.PathId"}),
    columns=(
        Column("Project-ID", ".status.projectID"),
        Column("Project-Name", ".status.projectName", wide=True),
    ),
    naming_limit=32,
)
