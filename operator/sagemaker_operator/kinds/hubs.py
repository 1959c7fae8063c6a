"""Hub and HubContent: an organisation's own models and notebooks for others to find."""

from sagemaker_operator.model.families import Family

from .kind import Column, Kind, Lifecycle, Reference, Source, says

HUB = Kind(
    family=Family("Hub", identity="HubName", status="HubStatus"),
    short="smhub",
    summary="A SageMaker hub: a private catalogue of models and notebooks.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already exists"),),
    # A hub with contents in it cannot be deleted.
    busy=(says("ResourceInUse"),),
    changing=frozenset({"Creating", "Updating"}),
    leaving=frozenset({"Deleting"}),
    ready=frozenset({"InService"}),
    failed=frozenset({"CreateFailed", "UpdateFailed", "DeleteFailed"}),
    repairable=frozenset({"UpdateFailed"}),
    unordered=frozenset({"HubSearchKeywords"}),
    columns=(Column("Hub-Name", ".status.hubName", wide=True),),
)

HUB_CONTENT = Kind(
    # Each version of a content is a resource of its own.
    family=Family(
        "HubContent",
        identity="HubContentName",
        status="HubContentStatus",
        verbs={"create": "ImportHubContent", "list": "ListHubContentVersions"},
        parents=("HubContentVersion",),
    ),
    short="smhubc",
    summary="A version of a model or notebook in a SageMaker hub.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already exists"),),
    busy=(says("ResourceInUse"),),
    changing=frozenset({"Importing", "PendingImport"}),
    leaving=frozenset({"Deleting", "PendingDelete"}),
    ready=frozenset({"Available"}),
    failed=frozenset({"ImportFailed", "DeleteFailed"}),
    unordered=frozenset({"HubContentSearchKeywords"}),
    references=(Reference("hubRef", "hubName", "Hub", "hubName"),),
    sources=(
        Source("hubContentDocumentFrom", "hubContentDocument"),
        Source("hubContentMarkdownFrom", "hubContentMarkdown"),
    ),
    columns=(
        Column("Hub", ".status.hubName"),
        Column("Type", ".status.hubContentType"),
        Column("Version", ".status.hubContentVersion"),
        Column("Content-Name", ".status.hubContentName", wide=True),
    ),
)
