# SPDX-License-Identifier: BSD-2-Clause
"""What a source did is held against its next connections, and against nobody else's."""
import os
import signal
import socket

import pytest

from glasshd_server import Server, children, connection_inodes, sockets, until
from shared import kill

LINE = b"SSH-2.0-x\r\n"
IGNORE = bytes([0, 0, 0, 12, 6, 2]) + bytes(10)  # a whole packet behind which the server waits for more
BAD, GOOD = "127.0.0.5", "127.0.0.6"


@pytest.fixture
def start(tmp_path, keys):
    running = []

    def start(**options):
        running.append(Server(tmp_path, keys, **options).__enter__())
        return running[-1]

    yield start
    for server in running:
        server.__exit__()


def connect(server, source=BAD):
    return socket.create_connection(("127.0.0.1", server.port), 60, source_address=(source, 0))


def ssh(server, source, **how):
    return server.ssh("true", options=["-b", source, "-o", "LogLevel=INFO"], **how)


def is_refused(server, source=BAD):
    done = ssh(server, source)
    return done.returncode == 255 and b"Not allowed at this time" in done.stderr


def fail_to_log_in(server):
    assert ssh(server, BAD, key="other").returncode == 255


def name_nobody(server):
    assert ssh(server, BAD, key="other", user="nobody-of-this-name").returncode == 255


def say_nothing_of_use(server):
    with connect(server) as connection:
        connection.sendall(LINE)


def go_before_a_login(server):
    with connect(server) as connection:
        connection.sendall(LINE + IGNORE)
        assert until(server.connections)


def crash_a_worker(server):
    with connect(server) as connection:
        connection.sendall(LINE + IGNORE)
        os.kill(until(server.workers)[0], signal.SIGSEGV)
        assert until(lambda: server.connections() == [])


def wait(server):
    with connect(server) as connection:
        connection.settimeout(60)
        while connection.recv(65536):
            pass


def wait_behind_the_porch(server):
    with connect(server) as connection:
        connection.sendall(LINE + IGNORE)
        connection.settimeout(60)
        while connection.recv(65536):
            pass


@pytest.mark.parametrize("what, do", [
    ("authfail", fail_to_log_in),
    ("invaliduser", name_nobody),
    ("noauth", say_nothing_of_use),
    ("noauth", go_before_a_login),
    ("crash", crash_a_worker),
    ("grace-exceeded", wait),
    ("grace-exceeded", wait_behind_the_porch),
])
def test_a_bad_end_brings_a_penalty(start, what, do):
    parts = ("crash", "authfail", "invaliduser", "noauth", "grace-exceeded")
    penalties = " ".join(f"{part}:{60 if part == what else 0}" for part in parts)
    server = start(PerSourcePenalties=penalties, LoginGraceTime=5 if what == "grace-exceeded" else 60, LogLevel="INFO")
    assert not is_refused(server)
    do(server)
    assert until(lambda: is_refused(server))
    assert ssh(server, GOOD).returncode == 0
    assert server.logs(r"drop connection #\d+ from \[127\.0\.0\.5\]:\d+ on \[127\.0\.0\.1\]:\d+ penalty: ")


def test_whom_no_worker_has_taken_is_not_to_blame(start):
    """The kin of a worker that crashed end, and with them whatever still waits for one of them."""
    server = start(PerSourcePenalties="crash:60 noauth:0 min:1")
    nursery = server.nursery()
    kin = [nursery, *until(lambda: len(children(nursery)) == 4 and children(nursery))]
    for pid in kin:
        os.kill(pid, signal.SIGSTOP)
    with connect(server) as connection:
        connection.sendall(LINE + IGNORE)
        assert until(lambda: any(not connection_inodes(server.port) & sockets(pid) for pid in server.connections()))
        for pid in kin:
            kill(pid)
        assert until(lambda: not server.connections())
    assert server.logs("no worker took the connection")
    assert not is_refused(server)


def test_logins_bring_none(start):
    server = start(PerSourcePenalties="crash:60 authfail:60 invaliduser:60 noauth:60 grace-exceeded:60")
    for _ in range(3):
        assert ssh(server, BAD).returncode == 0
    assert until(lambda: server.connections() == [])
    assert "penalty" not in server.log()


def test_small_ones_add_up(start):
    server = start(PerSourcePenalties="authfail:60s min:100s")
    fail_to_log_in(server)
    assert ssh(server, BAD).returncode == 0
    fail_to_log_in(server)
    assert until(lambda: is_refused(server))


def test_somebody_may_be_exempt(start):
    server = start(PerSourcePenalties="authfail:60s", PerSourcePenaltyExemptList=f"10.0.0.0/8,{BAD}")
    fail_to_log_in(server)
    assert ssh(server, BAD).returncode == 0


def test_the_largest_numbers_are_no_more_than_there_is_room_for(start):
    server = start(PerSourcePenalties=f"max-sources4:{2**31 - 1} max-sources6:{2**31 - 1}", MaxStartups=2**31 - 1)
    assert ssh(server, GOOD, key="user").returncode == 0


def test_a_source_may_have_so_many_startups(start):
    server = start(PerSourceMaxStartups=2, PerSourceNetBlockSize=31)
    with connect(server, "127.0.0.4") as one, connect(server, "127.0.0.5") as other:
        for connection in (one, other):
            connection.sendall(LINE + IGNORE)
        assert until(lambda: len(server.connections()) == 2)
        assert is_refused(server, "127.0.0.4") and is_refused(server, "127.0.0.5")
        assert ssh(server, GOOD).returncode == 0
        assert server.logs("past PerSourceMaxStartups")
    assert until(lambda: ssh(server, "127.0.0.4").returncode == 0)
