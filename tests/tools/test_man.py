# SPDX-License-Identifier: BSD-2-Clause
"""The manual pages that are made of tables have what the tables have."""
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BUILD", ROOT / "build"))


GLASSHD = os.environ.get("GLASSHD", BUILD / "glasshd")


def page(name):
    return (BUILD / "docs/man" / name).read_text()


def test_every_option_of_a_key_is_there():
    table = (ROOT / "src/trust/key_options.def").read_text()
    flags, words, values = (re.findall(rf'^{kind}\("([^"]+)"', table, re.MULTILINE) for kind in ("FLAG", "WORD", "VALUE"))
    options = page("glasshd.8").partition(".Sh AUTHORIZED_KEYS FILE FORMAT\n")[2].partition("\n.Sh ")[0]
    titles = re.findall(r"^\.It Cm (.*)", options, re.MULTILINE)
    shown = sorted([f"{name} | no-{name}" for name in flags] + words + values)
    assert sorted(title.partition(" Ns ")[0] for title in titles) == shown
    assert len(flags) == 7 and len(words) == 2 and len(values) == 8


def test_no_place_of_a_table_is_left():
    for name in ("glasshd.8", "glasshd_config.5", "glassh_config.5"):
        assert not re.findall(r"^@\w+@$", page(name), re.MULTILINE)


@pytest.fixture(scope="module")
def options():
    """Those that the program takes, as they are written."""
    text = (ROOT / "src/programs/server/arguments.c").read_text()
    short = re.search(r'getopt_long\(argc, argv, "\+([^"]*)"', text)[1].replace(":", "")
    long = re.findall(r'^    \{ "([a-z-]+)", \w+_argument,', text, re.MULTILINE)
    assert len(short) > 15 and len(long) > 5
    return [f"-{letter}" for letter in short] + [f"--{word}" for word in long]


def test_help_names_every_option_of_the_server(options):
    usage = subprocess.run([GLASSHD, "--help"], capture_output=True, text=True, check=True).stdout
    together = re.search(r"\[-(\w+)\]", usage)[1]
    assert [option for option in options if f"[{option}" not in usage and option.removeprefix("-") not in together] == []


def test_every_option_of_the_server_is_in_its_page(options):
    text = page("glasshd.8")
    synopsis = text.partition(".Sh SYNOPSIS\n")[2].partition("\n.Sh ")[0]
    together = re.search(r"^\.Op Fl (\w+)$", synopsis, re.MULTILINE)[1]
    for option in options:
        name = option[1:].replace("--", "-")
        assert re.search(rf"^\.It Fl {re.escape(name)}( |$)", text, re.MULTILINE), option
        assert name in together or re.search(rf"Fl {re.escape(name)}( |$)", synopsis, re.MULTILINE), option


@pytest.fixture(scope="module")
def client_letters():
    """What becomes of each letter, and whether it has a value."""
    text = (ROOT / "src/programs/client/arguments.c").read_text()
    rows = re.findall(r"\{ '(.)', (true|false), ([A-Z]+),", text)
    assert len(rows) > 40
    return {letter: (meaning, has_value == "true") for letter, has_value, meaning in rows}


def named_in(lines):
    return re.findall(r"(?:Fl|,) (?:Fl )?([\w-]+)", lines)


def test_every_letter_of_the_client_is_in_its_page(client_letters):
    text = (ROOT / "docs/man/glassh.1").read_text()
    synopsis = text.partition(".Sh SYNOPSIS\n")[2].partition("\n.Sh ")[0]
    together = re.search(r"^\.Op Fl (\w+)$", synopsis, re.MULTILINE)[1]
    described = named_in("\n".join(re.findall(r"^\.It Fl .*$", text, re.MULTILINE)))
    refused = named_in(re.search(r"^\.Pq (Fl .*)\nare refused by name\.$", text, re.MULTILINE)[1])
    assert sorted(refused) == sorted(letter for letter, (meaning, _) in client_letters.items() if meaning == "REFUSED")
    taken = {letter: has_value for letter, (meaning, has_value) in client_letters.items() if meaning != "REFUSED"}
    assert sorted(name for name in described if len(name) == 1) == sorted(taken)
    assert sorted(together) == sorted(letter for letter, has_value in taken.items() if not has_value)


def test_every_long_option_of_the_client_is_in_its_page():
    source = (ROOT / "src/programs/client/arguments.c").read_text()
    text = (ROOT / "docs/man/glassh.1").read_text()
    synopsis = text.partition(".Sh SYNOPSIS\n")[2].partition("\n.Sh ")[0]
    options = re.findall(r'\{ "([a-z-]+)", (?:NO|MAY_HAVE|NEEDS)_VALUE,', source)
    assert len(options) == 5
    for option in options:
        assert re.search(rf"^\.It (.* , )?Fl -{option}( |$)", text, re.MULTILINE), option
        assert option in ("help", "version") or re.search(rf"^\.Op Fl -{option} ", synopsis, re.MULTILINE), option
