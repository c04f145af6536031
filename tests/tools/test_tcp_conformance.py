# SPDX-License-Identifier: BSD-2-Clause
"""docs/tcp-conformance.md names every requirement of RFC 9293, and only what exists."""
import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src/tcpip"
SCRIPTS = ROOT / "tests/packetdrill/scripts"
TEXT = (ROOT / "docs/tcp-conformance.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")]
        for line in TEXT.splitlines() if re.match(r"\| (MUST|SHLD|MAY|REC|RFC \d|N\d)", line)]
WANTED = ([f"MUST-{n}" for n in range(1, 70)] + [f"SHLD-{n}" for n in range(1, 32)]
          + [f"MAY-{n}" for n in range(1, 19)] + ["REC-1"])
ATTACKS = [f"N{n}" for n in range(1, 17)]


def names(cell):
    return re.findall(r"`([^`]+)`", cell)


def has_function(source, function):
    return re.search(rf"^[a-z].*\b{function}\(", source.read_text(), re.MULTILINE) is not None


def exists(name):
    if name.endswith(".pkt"):
        return (SCRIPTS / name).is_file()
    file, _, inner = name.partition(":")
    if file.startswith("test_"):
        found = list((ROOT / "tests").rglob(file + (".py" if inner.startswith("test_") else ".c")))
        return len(found) == 1 and re.search(rf"^(static void|def) {inner}\(", found[0].read_text(), re.MULTILINE) is not None
    source = SOURCES / file
    return source.is_file() and has_function(source, inner)


def test_every_requirement_is_there_once():
    assert sorted(row[0] for row in ROWS if not row[0].startswith("RFC")) == sorted(WANTED + ATTACKS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}: {row[1][:30]}")
def test_what_a_row_names_exists(row):
    where, shown = names(row[2]), names(row[3])
    assert [name for name in where + shown if not exists(name)] == []
    is_met = not row[1].startswith(("exception:", "not so:"))
    assert where or not is_met
    is_must = row[0].startswith(("MUST", "RFC", "N"))
    assert shown or not is_met or not is_must


def test_every_script_names_a_section():
    scripts = sorted(SCRIPTS.glob("*.pkt"))
    assert len(scripts) >= 30
    assert [s.name for s in scripts if not re.search(r"^#.*RFC \d+ section \d", s.read_text(), re.MULTILINE)] == []


def test_what_does_not_exist_is_found():
    assert not exists("tcp/rto.c:rto_guess")
    assert not exists("tcp/none.c:rto_us")
    assert not exists("none.pkt")
    assert not exists("test_rto:it_is_always_right")
    assert not exists("test_tun:test_it_is_always_right")
