"""Rooms stay small enough to look through."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 400
MODULES = subprocess.run(
    ["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.split()


@pytest.mark.parametrize("module", MODULES)
def test_no_module_is_longer_than_can_be_read_at_once(module: str) -> None:
    assert len((ROOT / module).read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_operator_is_a_folder_and_no_package() -> None:
    """As a package it would shadow the standard library's module of that name, and break Python itself."""
    assert not (ROOT / "operator" / "__init__.py").exists()
