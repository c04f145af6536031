# SPDX-License-Identifier: BSD-2-Clause
"""The rules of docs/architecture.md, held against this tree and its build."""
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BUILD", ROOT / "build"))


@pytest.mark.parametrize("check, needs_build", [
    ("check-layers", False),
    ("check-shape", False),
    ("check-symbols", True),
    ("check-purity", True),
    ("make-docs", False),
])
def test_the_tree_passes(check, needs_build):
    arguments = [BUILD, ROOT] if needs_build else ["--check", ROOT] if check == "make-docs" else [ROOT]
    result = subprocess.run([ROOT / "tools" / check, *arguments], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_each_folder_of_the_sources_says_what_it_is():
    folders = {path.parent for path in (ROOT / "src").rglob("*.c")}
    missing = sorted(str(folder.relative_to(ROOT)) for folder in folders if not (folder / "README.md").exists())
    assert not missing


def test_each_source_names_its_licence():
    sources = [path for pattern in ("*.c", "*.h") for path in (ROOT / "src").rglob(pattern)]
    missing = [path for path in sources if not path.read_text().startswith("/* SPDX-License-Identifier: BSD-2-Clause */")]
    assert not missing


def test_every_fact_is_in_the_schema():
    schema = (ROOT / "docs/explain-schema.md").read_text()
    for table in ("src/os/os_events.def", "src/ssh/events.def"):
        names = re.findall(r'^EVENT\(\w+,\s*"([^"]+)"', (ROOT / table).read_text(), re.MULTILINE)
        assert names
        assert [name for name in names if f"| `{name}` |" not in schema] == []
