# SPDX-License-Identifier: BSD-2-Clause
"""Which processes there are, whose they are and what they hold, read from /proc: whatever the server's structure is."""
import contextlib
import ctypes
import os
import pathlib
import time

PR_SET_CHILD_SUBREAPER = 36
GONE = (FileNotFoundError, ProcessLookupError, PermissionError)


@contextlib.contextmanager
def adopting():
    """Orphans among our descendants become our children, so that descendants() still finds them."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def parents():
    """Of every process that is no zombie."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(*GONE):
            state, parent = pathlib.Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                found[int(name)] = int(parent)
    return found


def descendants(pid):
    """Pid and parent's pid of all that descend from the process, in the order of descent."""
    of, found = parents(), {}
    last = {pid}
    while last:
        last = {child for child, parent in of.items() if parent in last and child not in found}
        found.update({child: of[child] for child in last})
    return found


def name(pid):
    with contextlib.suppress(*GONE):
        return pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
    return "gone"


def descriptors(pid):
    """What they are, one entry per descriptor."""
    links = []
    with contextlib.suppress(*GONE):
        for fd in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(*GONE):
                links.append(os.readlink(f"/proc/{pid}/fd/{fd}"))
    return links


def private_kib(pid):
    """Memory of its own, whatever it shares with others."""
    rows = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(row.split()[1]) for row in rows if row.startswith("Private_"))


def settled(count):
    """What it counts when that has not changed for a while."""
    seen = [count()]
    while len(seen) < 6 or any(entry != seen[-1] for entry in seen[-5:]):
        time.sleep(0.1)
        seen.append(count())
        assert len(seen) < 200, seen[-5:]
    return seen[-1]
