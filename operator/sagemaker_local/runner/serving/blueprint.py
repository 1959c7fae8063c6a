"""A Model as the containers to run: their images, environments, data, and how they work together.

Pure: from the members of CreateModel, CreateModelPackage or CreateInferenceComponent to a `Blueprint`. Not here: which program
stands in for an image (see `images`), getting the data (see `artifacts`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sagemaker_local.emulator.resource import Json
from sagemaker_local.runner.objects import Address

PRIMARY: Final = "primary"
# https URLs of objects are taken too: documentation of ContainerDefinition.ModelDataUrl ("(https|s3)://").
_HOSTED: Final = re.compile(r"https://([^/.]+)\.s3[.-][^/]+/(.*)")
_PATH_STYLE: Final = re.compile(r"https://s3[.-][^/]+/([^/]+)/(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelData:
    """Where the files of a model are.

    Attributes:
        url: as it was given.
        address: the object, or what all keys begin with; None if the URL is none of S3.
        archive: whether it is one tar.gz archive to be extracted.
        prefix: whether it is all objects whose keys begin with `key`.
    """

    url: str
    address: Address | None
    archive: bool = True
    prefix: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerPlan:
    """One container of a model.

    Attributes:
        name: `primary` if it is alone, else its host name, `container-1` … without one.
        label: as SageMaker's failures about data call it: `container_1` …
        environment: what the model gives it.
        data: None if it needs none.
        channels: additional data by channel name.
        multi_model: whether `data` is a prefix of archives that are loaded on demand.
        hosted: whether it has a host name, by which a request may address it.
    """

    name: str
    label: str
    image: str
    environment: Mapping[str, str] = field(default_factory=dict)
    data: ModelData | None = None
    channels: Mapping[str, ModelData] = field(default_factory=dict)
    multi_model: bool = False
    hosted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """What is to run on one instance.

    Attributes:
        model: the model's name.
        containers: in the order in which a request passes through them.
        direct: whether each request goes to one container, and not through all.
        isolated: whether the containers are to be cut off from the network, S3 included.
    """

    model: str
    containers: tuple[ContainerPlan, ...]
    direct: bool = False
    isolated: bool = False

    @property
    def multi_model(self) -> bool:
        """Whether requests name a target model."""
        return any(container.multi_model for container in self.containers)


# What a model package holds, by its name or ARN; None if it is not known here.
Packages = Callable[[str], Json | None]


def of_model(model: Json, packages: Packages = lambda _: None) -> Blueprint:
    """What a Model asks for.

    Args:
        model: the members of CreateModel.
        packages: looks up model packages.
    """
    given: list[Json] = model.get("Containers") or [model["PrimaryContainer"]]
    resolved = [_with_package(one, packages) for one in given]
    return Blueprint(
        model=model["ModelName"],
        containers=tuple(_plan(one, number, len(given)) for number, one in enumerate(resolved, start=1)),
        direct=model.get("InferenceExecutionConfig", {}).get("Mode") == "Direct",
        isolated=bool(model.get("EnableNetworkIsolation")),
    )


def of_component(name: str, specification: Json, model: Json | None, packages: Packages = lambda _: None) -> Blueprint:
    """What a copy of an inference component asks for: its container, on top of its model if it names one.

    Args:
        name: of the component.
        specification: InferenceComponentSpecification.
        model: the members of CreateModel of the model that it names.
    """
    own: Json = specification.get("Container", {})
    if model is None:
        data = {"ModelDataUrl": own["ArtifactUrl"]} if "ArtifactUrl" in own else {}
        return Blueprint(model=name, containers=(_plan({**own, **data}, 1, 1),))
    base = of_model(model, packages)
    first, *others = base.containers
    changed = ContainerPlan(
        name=first.name,
        label=first.label,
        image=own.get("Image", first.image),
        environment={**first.environment, **own.get("Environment", {})},
        data=locate(own["ArtifactUrl"]) if "ArtifactUrl" in own else first.data,
        channels=first.channels,
        multi_model=first.multi_model,
        hosted=first.hosted,
    )
    return Blueprint(model=base.model, containers=(changed, *others), direct=base.direct, isolated=base.isolated)


def locate(url: str, *, archive: bool | None = None, prefix: bool | None = None) -> ModelData:
    """Where a URL points to. Without saying so, what ends with a slash is a prefix of files, and all else an archive."""
    below = url.endswith("/") if prefix is None else prefix
    return ModelData(url=url, address=_address(url), archive=not below if archive is None else archive, prefix=below)


def _address(url: str) -> Address | None:
    found = _PATH_STYLE.fullmatch(url) or _HOSTED.fullmatch(url)
    if found is not None:
        return Address(found[1], found[2])
    return Address.parse(url) if url.startswith("s3://") and len(url) > len("s3://") else None


def _plan(container: Json, number: int, of: int) -> ContainerPlan:
    host: str | None = container.get("ContainerHostname")
    multi_model = container.get("Mode") == "MultiModel"
    return ContainerPlan(
        name=PRIMARY if of == 1 else host or f"container-{number}",
        label=f"container_{number}",
        image=container.get("Image", ""),
        environment=container.get("Environment", {}),
        data=_data(container, multi_model=multi_model),
        channels={
            one["ChannelName"]: _source(one["S3DataSource"]) for one in container.get("AdditionalModelDataSources", ())
        },
        multi_model=multi_model,
        hosted=host is not None,
    )


def _data(container: Json, *, multi_model: bool) -> ModelData | None:
    url: str | None = container.get("ModelDataUrl")
    source: Json | None = container.get("ModelDataSource", {}).get("S3DataSource")
    if multi_model:
        url = url or (source or {}).get("S3Uri")
        return locate(url, archive=False, prefix=True) if url else None
    if source is not None:
        return _source(source)
    return locate(url) if url else None


def _source(source: Json) -> ModelData:
    return locate(
        source["S3Uri"],
        archive=source.get("CompressionType") == "Gzip",
        prefix=source.get("S3DataType") == "S3Prefix" and source.get("CompressionType") != "Gzip",
    )


def _with_package(container: Json, packages: Packages) -> Json:
    """The container with what its model package says, where it does not say so itself."""
    name: str | None = container.get("ModelPackageName")
    package = packages(name) if name else None
    if package is None:
        return container
    specification: Json = package.get("InferenceSpecification", {})
    first: Any = next(iter(specification.get("Containers", ())), {})
    environment = {**first.get("Environment", {}), **container.get("Environment", {})}
    return {**first, **container, "Environment": environment}
