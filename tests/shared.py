# SPDX-License-Identifier: BSD-2-Clause
"""What tests that run at the same time have in common: the machine's ports, its list of users, and that each may have to
wait for the others."""
import contextlib
import fcntl
import itertools
import os
import random
import re
import select
import signal
import socket
import subprocess
import time

# Below those that the kernel gives to clients, so that no connection takes a port before its server has it.
PORTS = range(10000, 32768)


def own_ports():
    """Those of this process, by lot: pytest-xdist's other workers have others, which may be free as well when both look."""
    worker, workers = os.environ.get("PYTEST_XDIST_WORKER", "gw0"), os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")
    ports = list(PORTS[int(worker.removeprefix("gw"))::int(workers)])
    random.SystemRandom().shuffle(ports)
    return itertools.cycle(ports)


OWN_PORTS = own_ports()


def free_port():
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", next(OWN_PORTS)))
            return probe.getsockname()[1]


SECONDS = 60  # until what is waited for will not come any more, on a machine that has much else to do


def until(condition, seconds=SECONDS):
    """Waits for the condition to become true and returns it."""
    end = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


def kill(pid):
    """A process that may have ended by itself, or with one that was killed before it."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def read_until(fd, pattern=b"(?!)"):
    """What the other side of a terminal or pipe writes, up to what matches (nothing) or to its end."""
    seen, limit = b"", time.monotonic() + SECONDS
    while not re.search(pattern, seen) and select.select([fd], [], [], max(0, limit - time.monotonic()))[0]:
        part = b""
        with contextlib.suppress(OSError):  # as a terminal ends
            part = os.read(fd, 4096)
        if not part:
            break
        seen += part
    return seen


@contextlib.contextmanager
def users_stay():
    """Meanwhile no test changes the list of users."""
    folder = os.open("/etc", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def change_users(*command, **options):
    """Runs useradd or one of its kind. They fail, or wait for a second, where another one is at work."""
    with users_stay():
        return subprocess.run(command, capture_output=True, **options)
