# SPDX-License-Identifier: BSD-2-Clause
"""Logins while many connections from many addresses say too little: nothing, a name, an octet per second.
LOAD_HALF_OPEN=10000 LOAD_HALF_OPEN_LOGINS=1000 is the full size."""
import contextlib
import os
import subprocess
import time

import pytest

import processes
from glasshd_server import BUILD, Server, USER, until

pytestmark = pytest.mark.alone
COUNT = int(os.environ.get("LOAD_HALF_OPEN", "2000"))
LOGINS = int(os.environ.get("LOAD_HALF_OPEN_LOGINS", "100"))
ADDRESSES = COUNT // 4
PARTS = 5
SLOWER = 3  # times, at most, is the median login under load
MEMORY_KIB = 64 * 1024


@contextlib.contextmanager
def half_open(server):
    command = [str(word) for word in (BUILD / "tests/load_half_open", COUNT, ADDRESSES, server.port)]
    crowd = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert crowd.stdout.readline() == "held\n"
        yield
    finally:
        told = crowd.communicate("\n", timeout=20)[0]
        print(f"half-open: {told.strip()}")


def logins(server):
    """How many failed, and milliseconds of the median: the least of several, because other machines on the same processors
    only ever add to it."""
    command = [str(word) for word in (BUILD / "tests/load_logins", "--count", LOGINS // PARTS, "--parallel", 2, server.port,
                                      USER, server.keys.path / "user")]
    failed, medians = 0, []
    for _ in range(PARTS):
        words = subprocess.run(command, capture_output=True, text=True, timeout=60 + LOGINS).stdout.split()
        print(*words)
        told = dict(zip(words[::2], map(float, words[1::2])))
        failed += told["failed"]
        medians.append(told["median_ms"])
    return failed, min(medians)


def porch_descriptors(server):
    return len(processes.descriptors(server.children()["glasshd-porch"][-1]))


def test_logins_go_on_while_many_are_half_open(tmp_path, keys):
    with Server(tmp_path, keys, LogLevel="INFO") as server:
        failed, unloaded = logins(server)
        assert failed == 0
        with half_open(server):
            assert until(lambda: porch_descriptors(server) > 0.9 * COUNT)
            began = time.monotonic()
            failed, loaded = logins(server)
            assert failed <= LOGINS / 1000, server.log()[-2000:]
            assert loaded <= SLOWER * unloaded, (unloaded, loaded)
            assert server.output("echo in") == "in\n"
            assert until(lambda: porch_descriptors(server) > 0.9 * COUNT)  # many are closed at once, and come again
            held = [server.process.pid, server.children()["glasshd-porch"][-1]]
            assert sum(map(processes.private_kib, held)) < MEMORY_KIB
            print(f"{LOGINS} logins in {time.monotonic() - began:.1f} s; "
                  f"listener and porch: {[processes.private_kib(pid) for pid in held]} KiB")
        assert until(lambda: porch_descriptors(server) < 100)
        assert until(lambda: server.connections() == [])
