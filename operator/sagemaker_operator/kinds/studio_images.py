"""AppImageConfig, Image and ImageVersion: a team's own container images for Studio."""

from sagemaker_operator.model.families import Family

from .kind import Change, Column, Kind, Lifecycle, Reference, says

APP_IMAGE_CONFIG = Kind(
    family=Family("AppImageConfig", identity="AppImageConfigName"),
    short="smaic",
    summary="How SageMaker Studio runs an image: its kernels, and where the files of its user are.",
    lifecycle=Lifecycle.RECORD,
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already in use", "already exists"),),
    busy=(says("ResourceInUse"),),
    columns=(Column("Config-Name", ".status.appImageConfigName", wide=True),),
)

IMAGE = Kind(
    family=Family("Image", identity="ImageName", status="ImageStatus"),
    short="smimage",
    summary="An image of SageMaker Studio: a name under which versions of a container image are numbered.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already exists"),),
    busy=(says("ResourceInUse"),),
    changing=frozenset({"CREATING", "UPDATING"}),
    leaving=frozenset({"DELETING"}),
    ready=frozenset({"CREATED"}),
    failed=frozenset({"CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED"}),
    serving=frozenset({"UPDATING"}),
    repairable=frozenset({"UPDATE_FAILED"}),
    changes=(
        Change("Description", clears="DeleteProperties=Description"),
        Change("DisplayName", clears="DeleteProperties=DisplayName"),
    ),
    sparse=True,
    columns=(Column("Image-Name", ".status.imageName", wide=True),),
    event="SageMaker Image State Change",
)

IMAGE_VERSION = Kind(
    # SageMaker numbers versions; the token keeps a repeated request from making another one.
    family=Family("ImageVersion", identity="ClientToken", status="ImageVersionStatus", parents=("Version",)),
    short="smimagev",
    summary="A version of an image of SageMaker Studio: a container image, kept by its digest.",
    lifecycle=Lifecycle.SERVICE,
    absent=(says("ResourceNotFound"),),
    exists=(says("ResourceInUse", "already exists"),),
    busy=(
        # The image is being created or changed.
        says("ValidationException", "is in an invalid state"),
        # An alias that another version is about to give up belongs here too.
        says("ResourceInUse"),
    ),
    changing=frozenset({"CREATING"}),
    leaving=frozenset({"DELETING"}),
    ready=frozenset({"CREATED"}),
    failed=frozenset({"CREATE_FAILED", "DELETE_FAILED"}),
    changes=(Change("Aliases", sends="", adds="AliasesToAdd", removes="AliasesToDelete"),),
    unordered=frozenset({"Aliases"}),
    told_by={"Aliases": ("ListAliases", "SageMakerImageVersionAliases")},
    sparse=True,
    references=(Reference("imageRef", "imageName", "Image", "imageName"),),
    columns=(
        Column("Image", ".status.imageName"),
        Column("Version", ".status.version", "integer"),
        Column("Container-Image", ".status.containerImage", wide=True),
    ),
    naming_limit=36,
    event="SageMaker Image Version State Change",
)
