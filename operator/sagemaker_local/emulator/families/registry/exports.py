"""Export jobs of model cards: they leave a PDF in S3."""

from typing import Final

from sagemaker_local.emulator.families.registry.cards import find, version_of
from sagemaker_local.emulator.families.registry.pdf import one_page
from sagemaker_local.emulator.family import Family, Timeline, at
from sagemaker_local.emulator.refusal import UNVERIFIED, Refusal
from sagemaker_local.emulator.resource import Json, Resource
from sagemaker_local.emulator.world import Call, World

MISSING: Final = Refusal("ResourceNotFound", "Model card export job {arn} does not exist.", evidence=UNVERIFIED)
EXISTS: Final = Refusal("ConflictException", "Model card export job {arn} already exists.", evidence=UNVERIFIED)
NO_BUCKET: Final = "ClientError: The model card could not be written to {uri}."


def new_key(call: Call, _: World) -> str:
    """`<card>/<job>`."""
    return f"{call.request['ModelCardName'].rpartition('/')[2]}/{call.request['ModelCardExportJobName']}"


def card_exists(call: Call, world: World) -> None:
    """There is such a card, in that version."""
    version_of(find(call.place, call.request["ModelCardName"], world), call.request.get("ModelCardVersion"))


def complete(spec: Json, call: Call, world: World) -> None:
    """Settle which card in which version."""
    card = find(call.place, spec["ModelCardName"], world)
    spec["ModelCardName"] = card.name
    spec["ModelCardVersion"] = version_of(card, spec.get("ModelCardVersion"))["ModelCardVersion"]


def export(job: Resource, world: World, __: float) -> str | None:
    """Write the card; a text says why it could not be."""
    spec = job.spec
    card = find(job.place, spec["ModelCardName"], world)
    number = spec["ModelCardVersion"]
    uri = f"{spec['OutputConfig']['S3OutputPath'].rstrip('/')}/{card.name}/{job.name}/{card.name}-{number}.pdf"
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    page = one_page(f"{card.name}, version {number}", str(version_of(card, number)["Content"]))
    if world.storage is not None and not world.storage.put(job.place.account, bucket, key, page):
        return NO_BUCKET.format(uri=uri)
    job.facts["ExportArtifacts"] = {"S3ExportArtifacts": uri}
    return None


MODEL_CARD_EXPORT_JOB: Final = Family(
    kind="ModelCardExportJob",
    path="model-card",
    status="Status",
    create=Timeline((at(0, "InProgress"), at(10, "Completed", effect=export)), failed=at(0, "Failed")),
    missing=MISSING,
    exists=EXISTS,
    new_id=new_key,
    arn_tail=lambda key, _: f"model-card/{key.replace('/', '/export-job/')}",
    arn_member="ModelCardExportJobArn",
    name_member="ModelCardExportJobName",
    checks=(card_exists,),
    prepare=complete,
)
