# SPDX-License-Identifier: BSD-2-Clause
"""What Frama-C proves of the parser of TCP segments: README.md."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
READER = "take,number,tell,reader_over,reader_u8,reader_u16,reader_u32,reader_octets,reader_rest,reader_more,reader_end"
SEGMENT = "read_sacks,read_option,read_options,is_intact,tcp_segment_parse"

pytestmark = [pytest.mark.apart, pytest.mark.skipif(not all(map(shutil.which, ("frama-c", "why3", "z3"))),
                                                    reason="frama-c, why3 or z3 is not installed")]


@pytest.fixture(scope="module")
def provers(tmp_path_factory):
    """The environment in which Frama-C finds them; it looks in the home of the user otherwise."""
    found = tmp_path_factory.mktemp("why3") / "provers"
    subprocess.run(["why3", "-C", found, "config", "detect"], check=True, capture_output=True)
    return {**os.environ, "WHY3CONFIG": str(found)}


def goals(source, contracts, functions, provers, steps):
    """How many there are, and how many of them are proved: in so many steps, however long a machine takes for them."""
    preprocessed = f"-I{ROOT}/src -I{ROOT}/tests -D_GNU_SOURCE -include proof/{contracts}"
    done = subprocess.run(["frama-c", "-c11", "-machdep", "gcc_x86_64", f"-cpp-extra-args={preprocessed}",
                           "-wp", "-wp-rte", "-wp-model", "Typed+ref", "-wp-prover", "z3", "-wp-timeout", "600",
                           "-wp-steps", str(steps), "-wp-par", "2", "-wp-fct", functions, source],
                          env=provers, capture_output=True, text=True)
    told = re.search(r"Proved goals: +(\d+) / (\d+)", done.stdout)
    assert done.returncode == 0 and told, done.stdout + done.stderr
    return int(told[2]), int(told[1]), done.stdout


def proved_or_not(told):
    """The names of the goals of which each is told."""
    goal = re.compile(r"Goal (\w+) : (\w+)")
    return [{name for name, verdict in goal.findall(told) if (verdict == "Valid") is is_valid} for is_valid in (True, False)]


@pytest.mark.parametrize("source, contracts, functions", [("src/base/reader.c", "reader.h", READER),
                                                          ("src/tcpip/wire/tcp_segment.c", "tcp_segment.h", SEGMENT)])
def test_the_code_keeps_its_contracts(provers, source, contracts, functions):
    count, proved, told = goals(ROOT / source, contracts, functions, provers, 200_000_000)
    assert count > 100 and proved == count, told
    for function in functions.split(","):
        assert f"_{function}_" in told, f"nothing is proved of {function}"


@pytest.mark.parametrize("source, contracts, function, right, wrong", [
    ("src/base/reader.c", "reader.h", "take", "len > r->all.len - r->at", "len > r->all.len"),
    ("src/base/reader.c", "reader.h", "number", "i < octets.len", "i <= octets.len"),
    ("src/tcpip/wire/tcp_segment.c", "tcp_segment.h", "read_sacks", "i < TCP_SACK_BLOCKS && ", ""),
    ("src/tcpip/wire/tcp_segment.c", "tcp_segment.h", "read_option", "out->scale = TCP_SCALE_MAX;", ";"),
    ("src/tcpip/wire/tcp_segment.c", "tcp_segment.h", "tcp_segment_parse", 'reader_rest(&r, "payload")', "ip->payload")])
def test_code_without_one_of_its_checks_does_not(provers, tmp_path, source, contracts, function, right, wrong):
    text = (ROOT / source).read_text()
    assert text.count(right) == 1
    copy = tmp_path / "copy.c"
    copy.write_text(text.replace(right, wrong))
    proved, _ = proved_or_not(goals(ROOT / source, contracts, function, provers, 5_000_000)[2])
    _, missed = proved_or_not(goals(copy, contracts, function, provers, 5_000_000)[2])
    assert proved & missed  # and not only for want of steps
