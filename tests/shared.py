# SPDX-License-Identifier: BSD-2-Clause
"""What tests that run at the same time have in common: the machine's ports and its list of users."""
import contextlib
import fcntl
import os
import random
import socket
import subprocess

# Below those that the kernel gives to clients, so that no connection takes a port before its server has it.
PORTS = (10000, 32767)


def free_port():
    lots = random.SystemRandom()
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", lots.randint(*PORTS)))
            return probe.getsockname()[1]


def change_users(*command, **options):
    """Runs useradd or one of its kind. They fail, or wait for a second, where another one is at work."""
    folder = os.open("/etc", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        return subprocess.run(command, capture_output=True, **options)
    finally:
        os.close(folder)
