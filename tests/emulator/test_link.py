# SPDX-License-Identifier: BSD-2-Clause
"""The slow line is as slow as it says, and changes nothing else. The machine may make anything take longer, but not each
time: what the line takes is the least of several."""
import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import threading
import time

import pytest

pytestmark = pytest.mark.alone
LINK = pathlib.Path(__file__).with_name("link")


@contextlib.contextmanager
def echo_behind(*options):
    """A connection through the line to a server that says "hello" and then sends back what it gets."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection = listener.accept()[0]
        with connection:
            connection.sendall(b"hello")
            while data := connection.recv(1 << 20):
                connection.sendall(data)

    threading.Thread(target=serve, daemon=True).start()
    command = [sys.executable, "-B", LINK, f"127.0.0.1:{listener.getsockname()[1]}", *options]
    with listener, subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as link:
        port = int(link.stdout.readline())
        started = time.monotonic()
        with socket.create_connection(("127.0.0.1", port), 30) as connection:
            yield connection, started
        link.stdin.close()


def receive(connection, count):
    data = bytearray()
    while len(data) < count and (part := connection.recv(1 << 20)):
        data += part
    return bytes(data)


def test_the_first_word_takes_one_round_trip_after_the_handshake():
    took = []
    for _ in range(5):
        with echo_behind("--delay-ms", "50") as (connection, started):
            assert receive(connection, 5) == b"hello"
            took.append(time.monotonic() - started)
    assert 0.100 <= min(took) < 0.115, took


def test_an_echo_takes_one_round_trip():
    with echo_behind("--delay-ms", "25") as (connection, _):
        receive(connection, 5)
        took = []
        for _ in range(20):
            started = time.monotonic()
            connection.sendall(b"x")
            receive(connection, 1)
            took.append(time.monotonic() - started)
    assert 0.050 <= min(took) < 0.065, took


def test_the_rate_holds():
    with echo_behind("--rate", "4e6") as (connection, _):
        receive(connection, 5)
        data = os.urandom(2_000_000)
        took = []
        for _ in range(4):
            started = time.monotonic()
            threading.Thread(target=connection.sendall, args=(data,), daemon=True).start()
            assert receive(connection, len(data)) == data
            took.append(time.monotonic() - started)
    assert 0.45 < min(took) < 1.3, took


def test_losses_delay_but_lose_nothing():
    with echo_behind("--loss", "0.2", "--resend-ms", "30", "--seed", "7") as (connection, _):
        data = os.urandom(100_000)
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        started = time.monotonic()
        assert receive(connection, 5 + len(data)) == b"hello" + data
        assert connection.recv(1) == b""
        assert time.monotonic() - started > 0.03
