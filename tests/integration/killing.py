# SPDX-License-Identifier: BSD-2-Clause
"""Connections at several points of their life, one of whose processes is killed; and what must hold then. What belongs
to a connection is read from /proc, so that nothing here knows how the processes find out."""
import collections
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile

import processes
from glasshd_server import BUILD, USER, connection_inodes, sockets, until

# The shell says in a file how far it came. It looks at signals between its programs, and must not end by complaining
# of one to nobody.
SHELL = "exec 2>/dev/null; trap 'echo hup >>{file}; exit' HUP; echo run >{file}; while :; do {work}; done"
WORK = {"terminal": "sleep 0.2", "program": "sleep 0.2", "bulk": "head -c 100000 /dev/zero"}
AUTHORIZER = "glasshd-authori"  # as far as the kernel keeps the name
POINTS = ["before the login", "authentication", *WORK]


def kinds(point, has_pam):
    """The names of a connection's processes."""
    middle = {"before the login": [], "authentication": ["glasshd-pam" if has_pam else AUTHORIZER]}
    running = ["glasshd-session", *(["glasshd-pam"] if has_pam else [])]
    return ["glasshd", "glasshd-worker", *middle.get(point, running)]


@contextlib.contextmanager
def waiting_script():
    """A script of root's for PAM or AuthorizedKeysCommand that does nothing, and waits for ever while there is a file
    beside it: both paths."""
    place = pathlib.Path(tempfile.mkdtemp(prefix="glasshd-", dir="/usr/local"))
    place.chmod(0o755)
    script, flag = place / "script", place / "wait"
    script.write_text(f"#!/bin/sh\n[ ! -e {flag} ] || sleep 1000\n")
    script.chmod(0o755)
    try:
        yield script, flag
    finally:
        shutil.rmtree(place)


def ours():
    """All that descend from the test, orphans too (processes.adopting)."""
    return processes.descendants(os.getpid())


def census():
    """How many there are of each name."""
    return collections.Counter(map(processes.name, ours()))


def of_connection(server, before, inodes):
    """The server's processes of the newest connection, by name. What was not there before is, if the listener or one of
    the connection is its parent; of others, which may have been waiting for work, the one with the connection's
    socket."""
    found = {}
    for pid, parent in ours().items():
        is_child = pid not in before and (parent == server.process.pid or parent in found)
        if pid != server.process.pid and (is_child or inodes & sockets(pid)):
            found[pid] = processes.name(pid)
    return {name: pid for pid, name in reversed(found.items()) if name.startswith("glasshd")}


def is_over(connection):
    try:
        return connection.recv(65536, socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


@contextlib.contextmanager
def half_a_key_exchange(server):
    """A client that sends the server's own KEXINIT back, and no more."""
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        line, _, packet = connection.recv(65536).partition(b"\r\n")
        assert line.startswith(b"SSH-2.0-")
        while len(packet) < 4 or len(packet) < 4 + int.from_bytes(packet[:4], "big"):
            packet += connection.recv(65536)
        connection.sendall(b"SSH-2.0-x\r\n" + packet)
        yield lambda: is_over(connection)


@contextlib.contextmanager
def ssh(server, *words):
    client = subprocess.Popen(server.ssh_command(*words), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        yield lambda: client.poll() is not None
    finally:
        client.kill()
        client.communicate()


def client_at(server, point, path):
    if point == "before the login":
        return half_a_key_exchange(server)
    if point == "authentication":
        return ssh(server, "true")
    return ssh(server, *(["-tt"] if point == "terminal" else []), SHELL.format(file=path, work=WORK[point]))


class Killer:
    """Kills processes of the server's connections, and checks what is promised."""

    def __init__(self, server, flag, has_pam, seconds):
        self.server, self.flag, self.has_pam, self.seconds = server, flag, has_pam, seconds
        self.normal = processes.settled(census)

    def is_there(self, point, path, found):
        if point == "authentication" and "sleep" not in map(processes.name, ours()):
            return False
        return set(kinds(point, self.has_pam)) <= set(found) and (point not in WORK or (path.exists() and path.read_text()))

    def kill(self, point, kind, path):
        what = f"{kind}, {point}"
        before, inodes = ours(), connection_inodes(self.server.port)
        if point == "authentication":
            self.flag.touch()
        with client_at(self.server, point, path) as has_ended:
            found = {}

            def is_there():
                found.update(of_connection(self.server, before, connection_inodes(self.server.port) - inodes))
                return self.is_there(point, path, found)
            assert until(is_there), f"{what}: there is only {found}\n{self.server.log()[-1000:]}"
            self.flag.unlink(missing_ok=True)
            os.kill(found[kind], signal.SIGKILL)
            assert until(has_ended, self.seconds), f"{what}: the client does not know that one is dead"
        assert until(lambda: census() == self.normal, self.seconds), f"{what}: {census()} instead of {self.normal}"
        assert point not in WORK or "hup" in path.read_text(), f"{what}: the shell was not hung up"


def logs_in(server):
    """By the light client, without a program."""
    command = [BUILD / "tests/load_logins", server.port, USER, server.keys.path / "user"]
    return subprocess.run([str(word) for word in command], capture_output=True, timeout=60).returncode == 0


@contextlib.contextmanager
def bystander(server):
    """A session that was there before; whether it still answers."""
    client = subprocess.Popen(server.ssh_command("cat"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def answers():
        client.stdin.write(b"still there\n")
        client.stdin.flush()
        return client.stdout.readline() == b"still there\n"

    assert answers()
    yield answers
    client.kill()
    client.communicate()


def with_command(script):
    """Options of a server for which authentication waits in AuthorizedKeysCommand."""
    return {"AuthorizedKeysCommand": script, "AuthorizedKeysCommandUser": USER}


def with_pam(script):
    """A service of PAM's in which it does."""
    permitted = [f"{part} required pam_permit.so" for part in ("auth", "session")]
    return [*permitted, f"account required pam_exec.so quiet {script}"]
