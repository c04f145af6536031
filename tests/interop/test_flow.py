# SPDX-License-Identifier: BSD-2-Clause
"""Bulk data when one end, or the way between them, stops for moments: it goes on, and is complete."""
import os
import subprocess
import sys

import pytest

import hostile
import peers

pytestmark = pytest.mark.apart
SIZE = 64 << 20


@pytest.fixture(params=[(peers.Glassh, peers.Sshd), (peers.Ssh, peers.Glasshd), (peers.Glassh, peers.Glasshd)],
                ids=["glassh to sshd", "ssh to glasshd", "ours"])
def ends(request, place):
    client, server = request.param
    with server(place) as running:
        yield client(), running


@pytest.mark.parametrize("piece", [1 << 20, 6 << 20])
def test_upload_over_a_line_that_stutters(ends, piece):
    client, server = ends
    with hostile.Stutter(server, piece=piece, pause=0.05) as line:
        result = client.run(line, "wc -c", bytes(SIZE), timeout=300)
    assert int(result.stdout) == SIZE, result.stderr


@pytest.mark.parametrize("piece", [1 << 20, 6 << 20])
def test_download_over_a_line_that_stutters(ends, piece):
    client, server = ends
    with hostile.Stutter(server, piece=piece, pause=0.05) as line:
        result = client.run(line, f"head -c {SIZE} /dev/zero", timeout=300)
    assert result.stdout == bytes(SIZE), result.stderr


def test_a_command_that_reads_late_gets_everything(ends):
    client, server = ends
    result = client.run(server, "sleep 1; wc -c; sleep 0.5", bytes(SIZE), timeout=300)
    assert int(result.stdout) == SIZE, result.stderr


def test_both_directions_at_once(ends):
    """Fills every buffer: an end that does not read while it writes would stand still."""
    client, server = ends
    assert peers.echo(client, server, SIZE, timeout=300) is None


@pytest.fixture
def busy_processors():
    hogs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count())]
    yield
    for hog in hogs:
        hog.kill()
        hog.wait()


@pytest.mark.alone  # it leaves the others no processor
@pytest.mark.parametrize("run", range(6))
def test_uploads_on_a_busy_machine(ends, busy_processors, run):
    """The ends take turns for long: the socket empties at once, and the window was granted long before."""
    client, server = ends
    result = client.run(server, "wc -c", bytes(4 * SIZE), timeout=300)
    assert int(result.stdout) == 4 * SIZE, result.stderr
