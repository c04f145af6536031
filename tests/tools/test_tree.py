# SPDX-License-Identifier: BSD-2-Clause
"""The rules of docs/architecture.md, held against this tree and its build."""
import json
import os
import pathlib
import re
import shutil
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


SYSUSERS = ROOT / "dist/sysusers.d/glassh.conf"


def users_that_processes_become():
    text = "".join(path.read_text() for path in (ROOT / "src").rglob("*.c"))
    return {*re.findall(r'OWN_USER\[\] = "([^"]+)"', text), re.search(r'USERS\[\] = \{ "([^"]+)"', text)[1]}


def test_every_user_that_a_process_becomes_can_be_made():
    users = users_that_processes_become()
    assert len(users) == 4
    assert set(re.findall(r"^u (\S+) ", SYSUSERS.read_text(), re.MULTILINE)) == users
    page = (ROOT / "docs/man/glasshd.8.in").read_text().partition(".Sh USERS\n")[2].partition("\n.Sh ")[0]
    assert set(re.findall(r"^\.It Em (\S+)$", page, re.MULTILINE)) == users


@pytest.mark.skipif(not shutil.which("systemd-sysusers"), reason="needs systemd-sysusers")
def test_systemd_makes_them(tmp_path):
    (tmp_path / "etc").mkdir()
    done = subprocess.run(["systemd-sysusers", f"--root={tmp_path}", SYSUSERS], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    made = [line.split(":") for line in (tmp_path / "etc/passwd").read_text().splitlines()]
    assert {entry[0] for entry in made} == users_that_processes_become()
    assert len({entry[2] for entry in made}) == len(made) and "0" not in {entry[2] for entry in made}
    assert {entry[6] for entry in made} == {"/usr/sbin/nologin"}


def test_an_installation_has_them_and_the_units():
    plan = subprocess.run(["meson", "introspect", "--installed", BUILD], capture_output=True, text=True, check=True)
    installed = {pathlib.Path(path) for path in json.loads(plan.stdout).values()}
    for name in ("sysusers.d/glassh.conf", "systemd/system/glasshd.service", "systemd/system/glasshd.socket"):
        assert [path for path in installed if path.match(f"lib/{name}")], name
