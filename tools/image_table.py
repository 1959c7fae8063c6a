"""Makes the table of SageMaker's own images from the account ids and tags that the SageMaker Python SDK publishes.

    $ pip download --no-deps sagemaker-core
    $ python tools/image_table.py sagemaker_core-*.whl

It reads ``sagemaker/core/image_uri_config`` of that release and follows its ``image_uris.retrieve`` in how a tag is put together.
What it writes holds facts alone: per name, scope and version the images by processor and Python, and the account of each region.
Left out is what SageMaker runs by itself (debugger, profiler), what has no endpoint any more (Elastic Inference, Neo's runtimes,
reinforcement learning), and Neuron images, whose tags have a release of their own.
"""

# ruff: noqa: INP001 - a script

import argparse
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Variant = list[str]

TABLE = Path(__file__).parent.parent / "operator" / "sagemaker_operator" / "images" / "table.json"
_CONFIG = "sagemaker/core/image_uri_config/"
_LEFT_OUT = re.compile(
    r"chainer|coach-.*|ray-(pytorch|tensorflow)|vw|.*neo.*|inferentia-.*|.*neuron.*|.*-training-compiler|pytorch-smp"
    r"|debugger|detailed-profiler|instance_gpu_info|sagemaker-base-python|sagemaker-inspect-ai|hyperpod-.*"
)
_SCOPES = {"training": "training", "inference": "inference", "processing": "processing", "monitoring": "processing"}
# Where the tag of a Graviton image is none that can be put together: image_uris.py, version_to_arm64_tag_mapping.
_ARM64 = {"xgboost": "{version}-arm64", "sklearn": "{version}-arm64-cpu-py3"}


def table(wheel: Path) -> Json:
    """The table of a release of the SDK."""
    accounts: list[Json] = []
    images: Json = {}
    with zipfile.ZipFile(wheel) as files:
        read = [
            info for info in files.infolist() if info.filename.startswith(_CONFIG) and info.filename.endswith(".json")
        ]
        for info in sorted(read, key=lambda one: one.filename):
            name = Path(info.filename).stem
            if _LEFT_OUT.fullmatch(name):
                continue
            for scope, config in _scopes(json.loads(files.read(info))):
                _add(images.setdefault(name, {}), name, scope, config, accounts)
        built = max(date(*info.date_time[:3]) for info in read)
    release = wheel.name.split("-")[1]
    source = f"sagemaker-core {release}, sagemaker/core/image_uri_config"
    return {"source": source, "date": built.isoformat(), "accounts": accounts, "images": images}


def _scopes(config: Json) -> Iterator[tuple[str, Json]]:
    if "versions" in config:
        yield from ((scope, config) for scope in config["scope"])
    else:
        yield from config.items()


def _add(found: Json, name: str, scope: str, config: Json, accounts: list[Json]) -> None:
    graviton = scope == "inference_graviton"
    ours = "inference" if graviton else _SCOPES.get(scope)
    if ours is None:
        return
    place = found.setdefault(ours, {"aliases": {}, "versions": {}})
    for version, row in config["versions"].items():
        for known, variants in _versions(name, version, row, config, graviton=graviton, accounts=accounts):
            place["versions"].setdefault(known, []).extend(variants)
    for alias, version in config.get("version_aliases", {}).items():
        # "latest" is the oldest version of some algorithms, and never one to depend on.
        if alias != "latest" and version in place["versions"]:
            place["aliases"].setdefault(alias, version)


def _versions(
    name: str, version: str, row: Json, config: Json, *, graviton: bool, accounts: list[Json]
) -> Iterator[tuple[str, list[Variant]]]:
    """The versions that one entry stands for: those of Hugging Face have one for each version of the framework below."""
    if name != "huggingface":
        yield version or "latest", list(_variants(name, version, row, config, graviton=graviton, accounts=accounts))
        return
    for base, inner in row.items():
        if base != "version_aliases":
            prefix = f"{re.sub('^[a-z]+', '', base)}-transformers{version}"
            made = _variants(name, version, {**inner, "tag_prefix": prefix}, config, graviton=False, accounts=accounts)
            yield f"{version}-{base}", list(made)


def _variants(
    name: str, version: str, row: Json, config: Json, *, graviton: bool, accounts: list[Json]
) -> Iterator[Variant]:
    by_python: Mapping[str, Json] = dict.fromkeys(row.get("py_versions") or [""], row) if "repository" in row else row
    for python, inner in by_python.items():
        for processor in config.get("processors") or row.get("processors") or [""]:
            tag = _tag(name, version, inner, processor, python, graviton=graviton)
            if tag is None:
                continue
            image = f"{inner['repository']}:{tag}" if tag else inner["repository"]
            shown = "graviton" if graviton or name.endswith("-arm64") else processor
            yield [shown, python, image, _number(inner["registries"], accounts)]


def _tag(name: str, version: str, row: Json, processor: str, python: str, *, graviton: bool) -> str | None:
    """The tag of an image; None if there is none for this processor."""
    if graviton and name in _ARM64:
        return _ARM64[name].format(version=version)
    container = row.get("container_version", {}).get(processor, "")
    if "container_version" in row and not container:
        return None
    if graviton:
        container += "-sagemaker"
    # The callers of retrieve add these: SparkProcessor, and get_training_image_uri for the first images of Hugging Face.
    added = {"spark": "v1", "huggingface": "cu110-ubuntu18.04"}
    container = container or added.get(name, "")
    in_tag = row.get("processor_in_tag", True) and not (name == "sagemaker-tritonserver" and processor == "gpu")
    parts = (row.get("tag_prefix", version), processor if in_tag else "", python, container)
    return "-".join(part for part in parts if part)


def _number(registries: Json, accounts: list[Json]) -> str:
    ordered = dict(sorted(registries.items()))
    if ordered not in accounts:
        accounts.append(ordered)
    return str(accounts.index(ordered))


def main() -> None:
    """Write the table of the release given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path, help="a wheel of sagemaker-core")
    made = table(parser.parse_args().wheel)
    lines = ",\n".join(f" {json.dumps(key)}: {json.dumps(value)}" for key, value in made.items() if key != "images")
    images = ",\n".join(f"  {json.dumps(name)}: {json.dumps(rows)}" for name, rows in made["images"].items() if rows)
    TABLE.write_text(f'{{\n{lines},\n "images": {{\n{images}\n }}\n}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
