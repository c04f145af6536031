# SPDX-License-Identifier: BSD-2-Clause
"""Connections whose clients have not said enough: what they get, what they cost, and who makes room."""
import contextlib
import os
import resource
import signal
import socket
import subprocess
import time

import pytest

from glasshd_server import Server, is_alive, until

LINE = b"SSH-2.0-x\r\n"
IGNORE = bytes([0, 0, 0, 12, 6, 2]) + bytes(10)  # a whole packet behind which the server waits for more


def packet(message):
    """The least packet that has the message."""
    return bytes([0, 0, 0, 12, 10, message]) + bytes(10)


def connect(server, source="127.0.0.1"):
    return socket.create_connection(("127.0.0.1", server.port), 60, source_address=(source, 0))


def rest(connection):
    return b"".join(iter(lambda: connection.recv(65536), b""))


def preface(connection):
    """The identification and the payload of the first packet."""
    stream = connection.makefile("rb")
    line = stream.readline()
    head = stream.read(5)
    length = int.from_bytes(head[:4], "big")
    return line, stream.read(length - 1)[:length - 1 - head[4]]


def is_closed(connection):
    connection.settimeout(0.01)
    try:
        return rest(connection) is not None
    except TimeoutError:
        return False
    except ConnectionError:
        return True


@pytest.fixture
def server(tmp_path, keys):
    with Server(tmp_path, keys) as server:
        yield server


def porch(server):
    return server.children().get("glasshd-porch", [None])[-1]


def test_everybody_is_greeted_at_once_and_differently(server):
    with connect(server) as one, connect(server) as other:
        (line, kexinit), (same_line, other_kexinit) = preface(one), preface(other)
        assert line == same_line and line.startswith(b"SSH-2.0-glassh_")
        assert kexinit[0] == 20 and kexinit[17:] == other_kexinit[17:]
        assert kexinit[1:17] != other_kexinit[1:17]


def test_who_says_too_little_costs_no_process(server):
    with contextlib.ExitStack() as held:
        for data in (b"", b"SSH-2.0-x", LINE, LINE + packet(20)[:-1]):
            for _ in range(5):
                held.enter_context(connect(server)).sendall(data)
        assert server.output("echo in") == "in\n"
        assert until(lambda: server.connections() == [])


def test_the_opening_may_come_octet_by_octet(server):
    with connect(server) as slow:
        assert preface(slow)[1][0] == 20
        for octet in LINE + IGNORE[:-1]:
            slow.sendall(bytes([octet]))
            time.sleep(0.005)
        assert server.connections() == []
        slow.sendall(IGNORE[-1:])
        assert until(server.connections)


def test_a_client_may_compute_before_its_first_packet(server):
    """PuTTY has our KEXINIT as soon as our line, and makes its share before it sends its own: a large one takes seconds."""
    with connect(server) as slow:
        slow.sendall(LINE)
        time.sleep(8)
        slow.sendall(IGNORE)
        assert until(server.connections)


@pytest.mark.parametrize("data, answer", [
    (b"GET / HTTP/1.1\r\n", b"Protocol mismatch.\r\n"),
    (b"SSH-1.5-old\r\n", b"Protocol mismatch.\r\n"),
    (b"\x16\x03\x01\0", b""),
    (b"x" * 300, b""),
    (LINE + packet(50), b"\1\0\0\0\2"),
    (LINE + b"\xff\xff\xff\xff\4\x14", b"\1\0\0\0\2"),
    (LINE + bytes(4), b"\1\0\0\0\2"),
])
def test_what_is_no_opening_is_answered_and_closed(server, data, answer):
    with connect(server) as connection:
        preface(connection)
        connection.sendall(data)
        try:
            got = rest(connection)
        except ConnectionError:
            got = b""
        assert answer in got and (answer or got == b"")
    end = r": .* \[preauth\]$" if data.startswith(LINE) else r": invalid format$"
    assert server.logs(r"(?m)onnection from 127\.0\.0\.1 port \d+" + end)
    assert server.connections() == []


def test_who_hangs_up_is_logged(server):
    with connect(server) as connection:
        connection.sendall(LINE)
    assert server.logs(r"Connection closed by 127\.0\.0\.1 port \d+ \[preauth\]")


def test_when_descriptors_run_out_only_who_comes_then_is_lost(server):
    with connect(server) as held, connect(server) as other:
        preface(held)
        pid = server.process.pid
        soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        used = max(int(fd) for fd in os.listdir(f"/proc/{pid}/fd")) + 1
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (used, hard))
        other.sendall(LINE + IGNORE)
        assert server.logs("no descriptor for 127.0.0.1 port"), server.log()
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))
        assert not is_closed(held) and is_closed(other)
        assert server.output("echo in") == "in\n"


def test_the_porch_does_not_spin(server):
    """Octets that are looked at and left would wake a careless wait again and again."""
    def ticks():
        return sum(map(int, open(f"/proc/{porch(server)}/stat").read().rpartition(")")[2].split()[11:13]))
    with connect(server) as one, connect(server) as other:
        one.sendall(LINE + packet(20)[:-1])
        other.sendall(LINE[:-1])
        time.sleep(0.2)
        before = ticks()
        time.sleep(0.5)
        assert ticks() - before <= 2


def test_a_porch_that_is_killed_is_replaced(server):
    client = subprocess.Popen(server.ssh_command("cat"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    client.stdin.write(b"before\n")
    client.stdin.flush()
    assert client.stdout.readline() == b"before\n"
    for number in (signal.SIGKILL, signal.SIGSEGV):
        old = porch(server)
        with connect(server) as held:
            preface(held)
            os.kill(old, number)
            assert until(lambda: is_closed(held))
        assert server.output("echo again") == "again\n"  # whoever connects meanwhile waits
        assert until(lambda: porch(server) not in (None, old))
    assert client.communicate(b"after\n", timeout=60)[0] == b"after\n"


def test_it_goes_with_the_server(server):
    pid = porch(server)
    with connect(server) as held:
        preface(held)
        server.process.kill()
        server.process.wait(60)
        assert until(lambda: is_closed(held)) and until(lambda: not is_alive(pid))


def test_the_most_crowded_network_makes_room(tmp_path, keys):
    """With few descriptors: a flood of one network evicts itself, and a silent client of another stays."""
    server = Server(tmp_path, keys, LogLevel="INFO")
    room, soft_and_hard = 200, resource.getrlimit(resource.RLIMIT_NOFILE)
    server.before = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (room, room))
    assert soft_and_hard[0] > 1000
    with server, contextlib.ExitStack() as flood, connect(server, "127.9.0.1") as friend:
        preface(friend)
        connections = [flood.enter_context(connect(server, f"127.7.{i % 20}.{i % 7 + 1}")) for i in range(400)]
        assert server.logs("connections that had sent too little were closed to make room for others")
        assert until(lambda: sum(map(is_closed, connections)) >= 400 - room)
        assert not is_closed(friend)
        assert not is_closed(connections[-1])  # nor is the newcomer the one to go
        assert server.output("echo in") == "in\n"
