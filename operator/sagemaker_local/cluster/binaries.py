"""Where etcd, kube-apiserver and kube-controller-manager come from.

In this order: `KUBEBUILDER_ASSETS` (what controller-runtime's envtest uses), PATH, the user's cache, and a build into that cache.
A place counts when it has every program that is needed; `KUBEBUILDER_ASSETS` is an order, so a gap there is an error and no
reason to look elsewhere. Not here: how they are built (`build`) and started (`control_plane`).
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sagemaker_local.cluster import build, places, sources
from sagemaker_local.cluster.errors import BinariesMissing
from sagemaker_local.cluster.progress import Progress

ETCD, API_SERVER, CONTROLLER_MANAGER = "etcd", "kube-apiserver", "kube-controller-manager"
ASSETS = "KUBEBUILDER_ASSETS"


@dataclass(frozen=True, slots=True)
class Binaries:
    """The programs, and in words where they were found."""

    etcd: Path
    api_server: Path
    controller_manager: Path | None
    origin: str


def ensure(
    environ: Mapping[str, str],
    *,
    controller_manager: bool = True,
    progress: Progress | None = None,
) -> Binaries:
    """Find the programs, or build them.

    Raises:
        BinariesMissing: `KUBEBUILDER_ASSETS` lacks one.
        BuildFailed: there are none and they cannot be built.
    """
    found = find(environ, controller_manager=controller_manager)
    if found is not None:
        return found
    cache = places.cache(environ)
    directory = build.Builder(sources.read(), cache, environ, progress or Progress()).build()
    return _all_of(directory, f"built in {directory}", controller_manager)


def find(environ: Mapping[str, str], *, controller_manager: bool = True) -> Binaries | None:
    """The first complete place, without building anything.

    Raises:
        BinariesMissing: `KUBEBUILDER_ASSETS` lacks one.
    """
    if environ.get(ASSETS):
        return _from_assets(Path(environ[ASSETS]).expanduser().absolute(), controller_manager)
    on_path = {name: shutil.which(name, path=environ.get("PATH", "")) for name in _ALL}
    if all(on_path[name] for name in _wanted(controller_manager)):
        return _binaries({name: Path(path) for name, path in on_path.items() if path}, "PATH")
    cached = build.directory(places.cache(environ), sources.read())
    if all(_runnable(cached / name) for name in _wanted(controller_manager)):
        return _all_of(cached, f"the cache {cached}", controller_manager)
    return None


_ALL = (ETCD, API_SERVER, CONTROLLER_MANAGER)


def _wanted(controller_manager: bool) -> tuple[str, ...]:
    return _ALL if controller_manager else _ALL[:2]


def _from_assets(directory: Path, controller_manager: bool) -> Binaries:
    wanted = _wanted(controller_manager)
    missing = [name for name in wanted if not (directory / name).is_file()]
    barred = [name for name in wanted if name not in missing and not _runnable(directory / name)]
    if missing or barred:
        wrong = [f"has no {name}" for name in missing]
        wrong += [f"has a {name} that is not executable" for name in barred]
        hint = (
            " (the archives of setup-envtest come without kube-controller-manager)"
            if missing == [CONTROLLER_MANAGER]
            else ""
        )
        raise BinariesMissing(
            f"{ASSETS}={directory} {', '.join(wrong)}{hint}: put it there, or unset {ASSETS} to have "
            "sagemaker-local look on PATH and in its cache, and build what is missing"
        )
    return _all_of(directory, f"{ASSETS}={directory}", controller_manager)


def _all_of(directory: Path, origin: str, controller_manager: bool) -> Binaries:
    return _binaries({name: directory / name for name in _wanted(controller_manager)}, origin)


def _binaries(paths: Mapping[str, Path], origin: str) -> Binaries:
    return Binaries(paths[ETCD], paths[API_SERVER], paths.get(CONTROLLER_MANAGER), origin)


def _runnable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
