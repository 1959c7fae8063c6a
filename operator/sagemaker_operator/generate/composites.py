"""CRDs and reference pages of composites: of kinds that own other custom resources and nothing in SageMaker."""

from copy import deepcopy
from pathlib import Path

from sagemaker_operator.composites.composite import Composite
from sagemaker_operator.kinds import GROUP, KINDS, VERSION
from sagemaker_operator.model.schema import Schema

from . import columns, crds, cron, examples, fields, pages

_TOLD = ("observedGeneration", "conditions", "lastHandledReconcileAt")


def crd(row: Composite) -> Schema:
    """The CustomResourceDefinition of a composite, ready for YAML."""
    version = {
        "name": VERSION,
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "additionalPrinterColumns": columns.of_composite(row),
        "schema": {
            "openAPIV3Schema": {
                "description": row.summary,
                "type": "object",
                "required": ["spec"],
                "properties": {**crds.kind_and_version(row), "spec": cron.spec(row), "status": status(row)},
                "x-kubernetes-validations": [cron.name_rule(row)],
            }
        },
    }
    return crds.definition(row, version)


def status(row: Composite) -> Schema:
    """The schema of ``status``."""
    ours = {name: told for name, told in fields.report(KINDS[row.makes[0]]).items() if name in _TOLD}
    return {
        "description": f"What has become of the {row.name}.",
        "type": "object",
        "default": {"observedGeneration": -1},
        "properties": ours | cron.status(row),
    }


def page(root: Path, row: Composite) -> str:
    """The page of one composite, with its example from a checkout."""
    made = ", ".join(f"[{name}]({name.lower()}.md)" for name in row.makes)
    head = (
        f"# {row.name}\n\n{row.summary} It owns nothing in SageMaker itself.\n\n"
        f"`{GROUP}/{VERSION}`, short name `{row.short}`, plural `{row.plural}.{GROUP}`. It makes objects of {made}."
    )
    example = f"```yaml\n{examples.text(root, row)}```"
    shown = deepcopy(cron.spec(row))
    # Its fields have a page of their own.
    del shown["properties"]["jobTemplate"]["properties"]["spec"]["properties"]
    tables = pages.tables(shown, status(row), "Fields marked * are required where their parent is set.")
    return pages.NOTE + "\n" + "\n\n".join((head, example, cron.prose(row), tables)) + "\n"
