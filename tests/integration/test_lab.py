# SPDX-License-Identifier: BSD-2-Clause
"""glassh-lab: its command line, and its captures in the eyes of tshark."""
import html.parser
import json
import os
import pathlib
import shutil
import subprocess

import pytest

BUILD = pathlib.Path(os.environ.get("BUILD", pathlib.Path(__file__).resolve().parents[2] / "build"))
LAB = BUILD / "glassh-lab"

needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")


def run(*arguments):
    return subprocess.run([LAB, *arguments], capture_output=True, text=True, timeout=60)


def names():
    """None, if it is not built: then the tests that run it say so."""
    return [line.split()[0] for line in run("list").stdout.splitlines()] if LAB.exists() else []


def capture(path, scenario, *options):
    result = run(scenario, "--pcap", str(path), *options)
    assert result.returncode == 0, result.stderr
    return path


def tshark(path, *arguments):
    """TCP is what it is asked about. Of SSH version 4.0 takes for plain what is encrypted behind NEWKEYS in the same segment,
    and finds it malformed."""
    command = ["tshark", "-n", "-2", "--disable-protocol", "ssh", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-r", path]
    result = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


def test_the_list_names_every_scenario_once():
    found = names()
    assert len(found) == len(set(found)) and {"plain", "syn-flood", "bulk", "ecn"} <= set(found)


@pytest.mark.parametrize("arguments, says", [
    ([], "usage:"),
    (["nothing"], "there is no scenario nothing"),
    (["plain", "lost-syn"], "one scenario at a time"),
    (["plain", "--colour"], "there is no option --colour"),
    (["plain", "-x"], "there is no option -x"),
    (["plain", "--seed"], "--seed needs a value"),
    (["plain", "--ascii=yes"], "--ascii takes no value"),
    (["plain", "--html="], "--html needs the name of a file"),
    (["plain", "--pcap", ""], "--pcap needs the name of a file"),
    (["plain", "--json", "--ascii"], "one form at a time"),
    (["list", "--loss", "5"], '"list" takes no options'),
    (["--json", "list"], '"list" takes no options'),
    (["plain", "--loss", "101"], "does not do for --loss"),
    (["plain", "--loss", "0.00001"], "does not do for --loss"),
    (["plain", "--mtu", "1279"], "does not do for --mtu"),
    (["plain", "--rate", "fast"], "does not do for --rate"),
    (["plain", "--pcap", "/nonexistent/file"], "/nonexistent/file: No such file"),
    (["plain", "--pcap", "/dev/full"], "/dev/full: No space left"),
])
def test_what_is_wrong_with_the_command_line_is_said(arguments, says):
    result = run(*arguments)
    assert result.returncode == 255
    assert says in result.stderr


@pytest.mark.parametrize("arguments", [["list"], ["plain"], ["plain", "--json"]])
def test_a_full_disk_is_an_error(arguments):
    with open("/dev/full", "w") as full:
        result = subprocess.run([LAB, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert result.returncode == 255
    assert result.stderr == "glassh-lab: standard output: No space left on device\n"


def test_handshake_is_another_name_for_plain():
    assert run("handshake").stdout == run("plain").stdout


def test_json_lines_are_objects_that_the_schema_knows():
    schema = (pathlib.Path(__file__).resolve().parents[2] / "docs/lab-schema.md").read_text()
    for name in names():
        lines = [json.loads(line) for line in run(name, "--json").stdout.splitlines()]
        assert lines[0]["event"] == "story" and lines[0]["name"] == name
        assert [line["t_ms"] for line in lines] == sorted(line["t_ms"] for line in lines)
        for line in lines:
            assert all(f"`{word}`" in schema for word in [line["event"], *line]), line


@needs_tshark
@pytest.mark.parametrize("name, options", [*((name, []) for name in names()),
                                           *((name, ["--ipv6"]) for name in ("plain", "blind-data", "ecn", "ssh"))])
def test_no_packet_is_malformed_and_every_checksum_is_right(tmp_path, name, options):
    path = capture(tmp_path / "a.pcapng", name, *options)
    rows = [line.split("\t") for line in tshark(path, "-T", "fields", "-e", "ip.checksum.status",
                                               "-e", "tcp.checksum.status", "-e", "_ws.malformed")]
    assert rows and {tuple(row) for row in rows} == {("" if options else "1", "1", "")}


@needs_tshark
@pytest.mark.parametrize("name", ["plain", "orderly-close", "simultaneous-close", "ecn", "refused-port"])
def test_where_nothing_is_lost_tshark_finds_nothing_odd(tmp_path, name):
    path = capture(tmp_path / "a.pcapng", name)
    assert tshark(path, "-Y", "tcp.analysis.flags && !tcp.analysis.window_full") == []


@needs_tshark
@pytest.mark.parametrize("name, flag", [
    ("lost-syn", "tcp.analysis.retransmission"),
    ("lost-syn-ack", "tcp.analysis.retransmission"),
    ("zero-window", "tcp.analysis.zero_window"),
    ("zero-window", "tcp.analysis.keep_alive"),
    ("bulk", "tcp.analysis.duplicate_ack"),
])
def test_what_goes_wrong_tshark_sees_too(tmp_path, name, flag):
    assert tshark(capture(tmp_path / "a.pcapng", name), "-Y", flag) != []


# 1 SYN, 2 SYN-ACK, 4 ACK, 8 data, 16 FIN, 32 RST.
@needs_tshark
@pytest.mark.parametrize("name, completeness", [
    ("plain", 31), ("orderly-close", 31), ("simultaneous-close", 23), ("filtered-port", 1), ("refused-port", 37),
    ("lost-syn-ack", 7), ("bulk", 31), ("ecn", 31),
])
def test_tshark_agrees_how_far_the_connection_came(tmp_path, name, completeness):
    path = capture(tmp_path / "a.pcapng", name)
    assert set(tshark(path, "-T", "fields", "-e", "tcp.completeness")) == {str(completeness)}


@needs_tshark
def test_the_relative_numbers_are_those_of_the_ladder(tmp_path):
    path = capture(tmp_path / "a.pcapng", "plain")
    lines = [json.loads(line) for line in run("plain", "--json").stdout.splitlines()]
    ours = [line for line in lines if line["event"] == "segment.leaves"]
    theirs = tshark(path, "-T", "fields", "-e", "tcp.seq", "-e", "tcp.ack", "-e", "tcp.len")

    def number(text):
        return int(text.partition("+")[2] or 0)
    assert [line.split("\t") for line in theirs] == [
        [str(number(line["seq_is"])), str(number(line.get("ack_is", ""))), str(line["len"])] for line in ours]


@needs_tshark
def test_comments_say_the_states_of_both_ends(tmp_path):
    path = capture(tmp_path / "a.pcapng", "plain")
    comments = tshark(path, "-T", "fields", "-e", "frame.comment")
    assert comments[0].startswith("SYN seq=x. Client SYN-SENT, server LISTEN.")
    assert "Client TIME-WAIT, server LAST-ACK." in comments[-1]
    inbound = tshark(path, "-T", "fields", "-e", "frame.packet_flags_direction")
    assert inbound[:3] == ["0x00000002", "0x00000001", "0x00000002"]


class Outline(html.parser.HTMLParser):
    """Whether tags nest, and what is loaded from elsewhere."""
    EMPTY = {"meta", "line", "path", "br"}

    def __init__(self):
        super().__init__()
        self.stack, self.seen, self.problems = [], [], []

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        self.problems += [f"{name}={value}" for name, value in attributes if name in ("src", "href", "onload", "onclick")]
        if tag not in self.EMPTY:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        if not self.stack or self.stack.pop() != tag:
            self.problems.append(f"</{tag}>")


def test_a_page_nests_needs_nothing_else_and_shows_the_window_of_long_transfers(tmp_path):
    for name in names():
        path = tmp_path / f"{name}.html"
        assert run(name, "--html", path).returncode == 0
        outline = Outline()
        outline.feed(path.read_text())
        assert outline.problems == [] and outline.stack == [], name
        assert "script" not in outline.seen
        assert ("figure" in outline.seen) or name not in ("bulk", "ecn")
        assert outline.seen.count("h1") == 1 and "ol" in outline.seen
