"""Which file each generated text goes to, and what differs from what is there."""

from collections.abc import Mapping
from pathlib import Path

from sagemaker_operator.composites.table import COMPOSITES
from sagemaker_operator.kinds import KINDS

from . import composites, crds, documents, iam, image_page, install, kustomize, pages, permissions

# Files that match these and are not generated any more are left over from a kind that is gone.
_OWNED = ("crds/*.yaml", "manifests/*.yaml", "manifests/*.json", "docs/kinds/*.md")


def generated(root: Path) -> dict[str, str]:
    """All generated files of a checkout: their text by their path from its root."""
    kinds, rows = tuple(KINDS.values()), tuple(COMPOSITES.values())
    definitions = {f"crds/{kind.plural}.yaml": documents.as_yaml(crds.crd(kind)) for kind in kinds}
    definitions |= {f"crds/{row.plural}.yaml": documents.as_yaml(composites.crd(row)) for row in rows}
    parts = {
        "manifests/namespace.yaml": install.namespace(),
        "manifests/permissions.yaml": permissions.all_of(kinds, rows),
        "manifests/deployment.yaml": install.workload(),
    }
    return {
        **definitions,
        "crds/kustomization.yaml": documents.as_yaml(kustomize.of(definitions)),
        **{path: documents.as_yaml(*objects) for path, objects in parts.items()},
        "manifests/kustomization.yaml": documents.as_yaml(kustomize.of(parts)),
        "manifests/install.yaml": documents.as_yaml(*(each for objects in parts.values() for each in objects)),
        **{
            f"manifests/iam-policy{f'-{number}' if number > 1 else ''}.json": documents.as_json(policy)
            for number, policy in enumerate(iam.policies(kinds), start=1)
        },
        "manifests/read-sources.yaml": documents.as_yaml(*permissions.to_read_sources()),
        "docs/built-in-images.md": image_page.page(),
        "docs/kinds/README.md": pages.index((*kinds, *rows)),
        **{f"docs/kinds/{kind.name.lower()}.md": pages.page(root, kind) for kind in kinds},
        **{f"docs/kinds/{row.name.lower()}.md": composites.page(root, row) for row in rows},
    }


def differences(root: Path, wanted: Mapping[str, str]) -> dict[str, str | None]:
    """What has to change under a root for the wanted files to be there: a path's new text, or None to remove it."""
    changes: dict[str, str | None] = {}
    for path, text in wanted.items():
        file = root / path
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            changes[path] = text
    there = {file.relative_to(root).as_posix() for pattern in _OWNED for file in root.glob(pattern)}
    return changes | dict.fromkeys(sorted(there - wanted.keys()))


def write(root: Path, changes: Mapping[str, str | None]) -> None:
    """Carry out the changes."""
    for path, text in changes.items():
        file = root / path
        if text is None:
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
