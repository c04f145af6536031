# SPDX-License-Identifier: BSD-2-Clause
"""systemd's units, as they are installed: systemd understands them, and what they name is there."""
import os
import re
import shutil
import subprocess

import pytest

from glasshd_server import BUILD

UNITS = ["glasshd.service", "glasshd.socket"]


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """The root of one. Everything is built."""
    root = tmp_path_factory.mktemp("installation")
    done = subprocess.run(["meson", "install", "-C", str(BUILD), "--no-rebuild"], env={**os.environ, "DESTDIR": str(root)},
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return root


def unit(installation, name):
    path, = installation.rglob(f"systemd/system/{name}")
    return path


def settings(installation, name, keyword):
    return re.findall(rf"^{keyword}=(.*)$", unit(installation, name).read_text(), re.MULTILINE)


def programs(installation):
    """What the service's commands run, without the marks before it."""
    return [command.lstrip("-@:+!").split()[0] for command in settings(installation, "glasshd.service", r"Exec\w+")]


def test_what_the_service_runs_is_installed(installation):
    found = programs(installation)
    for program in found:
        place = installation / program.lstrip("/")
        assert os.access(place if "glass" in program else program, os.X_OK), program
    assert sum("glasshd" in program for program in found) == 3


def test_the_manual_pages_that_units_name_are_installed(installation):
    pages = [page for words in settings(installation, "glasshd.service", "Documentation") for page in words.split()]
    assert pages
    for name, section in (re.fullmatch(r"man:(\w+)\((\d)\)", page).groups() for page in pages):
        assert list(installation.rglob(f"man{section}/{name}.{section}")), name


def verify(installation, folder, change=lambda text: text):
    """What systemd says of the units, if they were installed. Where `man` looks their pages are not."""
    for name in UNITS:
        text = unit(installation, name).read_text()
        for program in {program for program in programs(installation) if "glass" in program}:
            text = text.replace(program, str(installation / program.lstrip("/")))
        (folder / name).write_text(change(text))
    return subprocess.run(["systemd-analyze", "verify", "--man=no", *(str(folder / name) for name in UNITS)],
                          capture_output=True, text=True)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_has_nothing_to_say_about_them(installation, tmp_path):
    done = verify(installation, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("wrong", [("ExecStart=/", "ExecStart=/nosuch/"), ("KillMode=", "KillModes="), ("Type=notify", "Type=notice"),
                                   ("ListenStream=22", "ListenStream=70000")], ids=str)
def test_systemd_would_say_it(installation, tmp_path, wrong):
    done = verify(installation, tmp_path, lambda text: text.replace(*wrong))
    assert done.stderr, done
