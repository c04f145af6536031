# SPDX-License-Identifier: BSD-2-Clause
"""Many whole logins at the same time over glasshd's own TCP, each with a program that runs until it is left: by the link
itself, and over one that loses and reorders packets. TUN_FULL=1 makes 500 of them."""
import os
import re
import subprocess

import pytest

import network
from glasshd_server import BUILD, USER, until
from tun_server import V4, TunServer, behind_a_bad_link

pytestmark = [pytest.mark.alone,
              pytest.mark.skipif(network.why_not() is not None, reason=str(network.why_not()))]
LOGINS = 500 if os.environ.get("TUN_FULL") == "1" else 60


@pytest.fixture
def server(tmp_path, keys):
    with network.network() as net, TunServer(tmp_path, keys, net, MaxStartups=2 * LOGINS) as server:
        yield server


def monitors(server):
    """How many there are: each connection that is served has one."""
    return len(server.children().get("glasshd", []))


def log_in_at_once(server, net):
    """All begin at the same time and stay until the last one is in. Prints what the client has measured."""
    before = monitors(server)
    command = net.words(BUILD / "tests/load_logins", "--address", V4, "--count", LOGINS, "--parallel", LOGINS, "--hold",
                        "--command", "echo in; exec cat", 22, USER, server.keys.path / "user")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as client:
        assert client.stdout.readline() == f"held {LOGINS}\n", client.communicate()
        assert monitors(server) == before + LOGINS
        output, errors = client.communicate(timeout=120)
    print(output)
    found = re.search(r"logins (\d+) failed (\d+)", output)
    assert found and found.groups() == (str(LOGINS), "0"), output + errors
    assert until(lambda: monitors(server) == before, 60)
    assert len(re.findall("Accepted publickey", server.log())) == LOGINS


def test_all_log_in_at_once_and_leave_nothing(server):
    log_in_at_once(server, server.net)
    assert server.output("echo still there") == "still there\n"


def test_all_log_in_at_once_over_a_bad_link(server):
    with behind_a_bad_link(server, "--delay-ms", 2, "--loss", 5, "--reorder", 5, "--reorder-ms", 3, "--seed", 7) as \
            (far, counts):
        log_in_at_once(server, far)
    assert all(count["lost"] > 0 and count["reordered"] > 0 for count in counts), counts
    print(counts)
