# SPDX-License-Identifier: BSD-2-Clause
"""What many connections leave behind: nothing. LOAD_CYCLES=50000 makes as many of them."""
import os
import pathlib
import statistics
import struct
import subprocess

import pytest

import processes
from glasshd_server import BUILD, Server, USER, until

pytestmark = pytest.mark.alone
CYCLES = int(os.environ.get("LOAD_CYCLES", "200"))
PARTS = 10  # after each of them memory is looked at
GROWTH_KIB = 64
UTMP = struct.Struct("h2xi32s4s32s256s52x")
USER_PROCESS = 7


class Alone(Server):
    """As root, with terminals and a list of who is logged in that no other program uses."""

    def command(self, *arguments):
        if os.geteuid() != 0:
            return super().command(*arguments)
        script = "mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts /dev/pts && " \
                 "mount -t tmpfs none /run && touch /run/utmp && exec \"$@\""
        return ["unshare", "--mount", "sh", "-c", script, "sh", *super().command(*arguments)]

    def terminals(self):
        return [entry for entry in os.listdir(f"/proc/{self.process.pid}/root/dev/pts") if entry.isdigit()]

    def logged_in(self):
        content = pathlib.Path(f"/proc/{self.process.pid}/root/run/utmp").read_bytes()
        return sum(UTMP.unpack_from(content, at)[0] == USER_PROCESS for at in range(0, len(content), UTMP.size))


@pytest.fixture
def server(tmp_path, keys):
    with Alone(tmp_path, keys, MaxStartups=1000) as server:
        yield server


def logins(server, count, *words, key="user"):
    """Whether so many logins succeeded, four at a time."""
    command = [BUILD / "tests/load_logins", "--count", count, "--parallel", 4, *words, server.port, USER,
               server.keys.path / key]
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60 + count)


def holdings(server):
    """Who lives on without connections, with how many descriptors; and what is left in the system."""
    pids = [server.process.pid, *processes.descendants(server.process.pid)]
    held = sorted((processes.name(pid), len(processes.descriptors(pid))) for pid in pids)
    return held, *((server.terminals(), server.logged_in()) if os.geteuid() == 0 else ())


def slope(values):
    """By least squares, per step."""
    at = range(len(values))
    return statistics.linear_regression(at, values).slope


def test_cycles_leave_nothing_behind(server):
    assert logins(server, 8, "--command", "true").returncode == 0
    before = processes.settled(lambda: holdings(server))
    memory = []
    for _ in range(PARTS):
        count = CYCLES // PARTS // 2
        for words in ((), ("--terminal",)):
            done = logins(server, count, "--command", "true", *words)
            assert done.returncode == 0, (done, server.log()[-2000:])
        assert logins(server, 2, key="other").returncode == 1
        assert until(lambda: holdings(server) == before), (before, holdings(server))
        memory.append(sum(processes.private_kib(pid) for pid in
                          (server.process.pid, *processes.descendants(server.process.pid))))
    assert slope(memory) * len(memory) <= GROWTH_KIB, memory
