# SPDX-License-Identifier: BSD-2-Clause
"""What connections take of memory while nothing happens."""
import contextlib
import os
import pathlib
import statistics
import subprocess
import time

import peers
from login import SAME, light_clients, load_logins
from table import heading, note, row


def descendants(pid):
    try:
        children = [int(child) for task in pathlib.Path(f"/proc/{pid}/task").iterdir()
                    for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
        return []
    return children + [deeper for child in children for deeper in descendants(child)]


def pss_kib(pid):
    lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def is_command(pid):
    return os.path.basename(os.readlink(f"/proc/{pid}/exe")) in ("sleep", "cat", "sh", "dash", "bash", "zsh")


def idle_pss(kind, place, client, count=10):
    """KiB that each of `count` idle connections adds to all processes of the server."""
    def total(server):
        pids = [server.process.pid, *descendants(server.process.pid)]
        return sum(pss_kib(pid) for pid in pids if not is_command(pid))

    with kind(place) as server:
        before = total(server)
        command = [str(word) for word in client.command(server, "echo ready; exec sleep 600", algorithms=SAME)]
        logins = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=place.environment)
                  for _ in range(count)]
        try:
            for process in logins:
                if process.stdout.readline() != b"ready\n":
                    raise SystemExit(f"no login: {' '.join(command)}")
            time.sleep(0.5)
            return (total(server) - before) / count
        finally:
            for process in logins:
                process.kill()
                process.communicate()


def memory(place, options):
    heading("memory of an idle connection (KiB PSS, no command)")
    base = statistics.median(idle_pss(peers.Sshd, place, peers.Ssh()) for _ in range(options.runs))
    ours = statistics.median(idle_pss(peers.Glasshd, place, peers.Ssh()) for _ in range(options.runs))
    row("server, all processes", f"{base:.0f}", f"{ours:.0f}", f"{ours / base:.2f}x", "<= 0.5x", ours / base <= 0.5)


# Many sessions.

def held_pss(kind, place, count, parallel):
    """KiB that each of `count` sessions adds to all processes of the server, and the number of processes."""
    def measure(server):
        total = count = 0
        for pid in (server.process.pid, *descendants(server.process.pid)):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # ended meanwhile
                if not is_command(pid):
                    total, count = total + pss_kib(pid), count + 1
        return total, count

    with kind(place, options={"MaxStartups": 10000}) as server:
        light_clients(server, 1, 1, "true")
        before = measure(server)
        words = ["--hold", "--count", count, "--parallel", parallel, "--command", "echo ready; exec cat"]
        with load_logins(server, *words, stdin=subprocess.PIPE) as client:
            told = client.stdout.readline().split()
            if told != ["held", str(count)]:
                raise SystemExit(f"{told}, not {count} sessions: {server.text()[-1000:]}")
            time.sleep(1)
            after = measure(server)
            if client.communicate()[0].split()[1] != str(count):
                raise SystemExit("sessions ended while they were held")
    return [(end - begin) / count for begin, end in zip(before, after)]


def sessions(place, options):
    heading(f"{options.sessions} concurrent sessions (KiB PSS each, no command)")
    base, ours = (held_pss(kind, place, options.sessions, options.parallel) for kind in (peers.Sshd, peers.Glasshd))
    row("server, all processes", f"{base[0]:.0f}", f"{ours[0]:.0f}", f"{ours[0] / base[0]:.2f}x", "<= 400 KiB",
        ours[0] <= 400)
    note("  processes per session", f"{base[1]:.1f}", f"{ours[1]:.1f}", "")
