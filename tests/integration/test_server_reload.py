# SPDX-License-Identifier: BSD-2-Clause
"""SIGHUP: the configuration is read anew, and nobody who is there already loses anything by it."""
import concurrent.futures
import functools
import os
import re
import signal
import socket
import time

import pytest

from glasshd_server import USER, connection_inodes, free_port, is_alive, sockets, until


@pytest.fixture
def start(start, tmp_path):
    return functools.partial(start, AuthorizedKeysFile=tmp_path / "authorized_keys", StrictModes="no")


def reload(server):
    count = len(re.findall("Server listening", server.log()))
    server.process.send_signal(signal.SIGHUP)
    assert server.logs("Server listening", count + 1), server.log()


def held_connection(server):
    """One that the server has greeted and that has said nothing."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    while b"\n" not in connection.recv(1000, socket.MSG_PEEK):
        pass
    return connection


def is_refused(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(OPENING)
        return b"Not allowed at this time" in read_all(connection)


def read_all(connection):
    got = b""
    while part := connection.recv(10000):
        got += part
    return got


# An identification and a first packet, SSH_MSG_IGNORE.
OPENING = b"SSH-2.0-x\r\n" + bytes([0, 0, 0, 12, 6, 2]) + bytes(10)


def test_no_login_of_a_stream_fails(start):
    server = start(MaxStartups=100)
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        logins = [pool.submit(server.ssh, "echo in", timeout=60) for _ in range(12)]
        while not all(login.done() for login in logins):
            server.process.send_signal(signal.SIGHUP)
            time.sleep(0.15)
    assert [login.result().stdout for login in logins] == [b"in\n"] * 12, server.log()
    assert len(re.findall("Received SIGHUP", server.log())) > 2


def test_who_has_connected_and_said_nothing_can_still_log_in(start, keys):
    """They were greeted with what the old configuration says, and are served by it."""
    paramiko = pytest.importorskip("paramiko")
    server = start(VersionAddendum="before", Ciphers="aes256-ctr")
    with held_connection(server) as connection:
        server.write_config(VersionAddendum="after", Ciphers="aes128-ctr")
        for _ in range(3):
            reload(server)
        with held_connection(server) as other:
            assert other.recv(1000).split(b"\r\n")[0].endswith(b" after")
        with paramiko.Transport(connection) as transport:
            transport.start_client(timeout=20)
            assert transport.remote_version.endswith(" before") and transport.remote_cipher == "aes256-ctr"
            transport.auth_publickey(USER, paramiko.Ed25519Key.from_private_key_file(str(keys.path / "user")))
            channel = transport.open_session()
            channel.exec_command("echo in")
            assert channel.makefile().read() == b"in\n"
            assert until(lambda: server.connections() == []), "who served them is still there"


def test_who_is_held_goes_with_the_server(start):
    server = start()
    with held_connection(server) as connection:
        reload(server)
        drainers = until(server.connections)
        server.process.terminate()
        server.process.wait(10)
        read_all(connection)
        assert until(lambda: not any(is_alive(pid) for pid in drainers))


def test_penalties_outlast_it(start):
    server = start(PerSourcePenalties="authfail:60s min:30s")
    assert server.ssh("true", key="other").returncode == 255
    assert server.logs("is given a penalty")
    assert is_refused(server)
    reload(server)
    assert is_refused(server)
    server.write_config(PerSourcePenalties="no")
    reload(server)
    assert server.output("echo in") == "in\n"


def test_who_has_begun_before_it_is_penalised_after_it(start):
    paramiko = pytest.importorskip("paramiko")
    server = start(PerSourcePenalties="authfail:60s min:30s")
    with paramiko.Transport(("127.0.0.1", server.port)) as transport:
        transport.start_client(timeout=20)
        reload(server)
        with pytest.raises(paramiko.AuthenticationException):
            transport.auth_publickey(USER, paramiko.RSAKey.generate(2048))
    assert server.logs("is given a penalty")
    assert is_refused(server)


def test_who_is_held_over_it_can_be_penalised(start):
    server = start(PerSourcePenalties="grace-exceeded:60s min:30s", LoginGraceTime=2)
    with held_connection(server) as connection:
        reload(server)
        assert not is_refused(server)
        read_all(connection)
    assert server.logs("is given a penalty")
    assert until(lambda: is_refused(server))


def test_begun_logins_count_over_it(start):
    paramiko = pytest.importorskip("paramiko")
    server = start(MaxStartups="1:100:1")
    with paramiko.Transport(("127.0.0.1", server.port)) as transport:
        transport.start_client(timeout=20)
        reload(server)
        assert server.ssh("true").returncode == 255
        assert server.logs("past MaxStartups")
    assert until(lambda: server.ssh("true").returncode == 0)


def test_it_can_listen_elsewhere_afterwards(start):
    server = start()
    before, after = server.port, free_port()
    server.write_config(Port=after, ListenAddress="0.0.0.0")
    reload(server)
    server.port = after
    assert server.output("echo in") == "in\n"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", before))
    server.write_config(ListenAddress="127.0.0.1")  # within what it had
    reload(server)
    assert server.output("echo in") == "in\n"
    assert "Bind to port" not in server.log()


def test_many_leave_nothing_behind(start):
    server = start(PerSourcePenalties="authfail:1s")
    reload(server)
    assert server.output("echo in") == "in\n"
    assert until(lambda: server.connections() == [])
    fds = len(os.listdir(f"/proc/{server.process.pid}/fd"))
    for _ in range(5):
        reload(server)
    assert server.output("echo in") == "in\n"
    assert until(lambda: server.connections() == [])
    assert until(lambda: len(os.listdir(f"/proc/{server.process.pid}/fd")) == fds)
    assert until(lambda: all(len(pids) == 1 for pids in server.children().values())), server.children()
    assert not connection_inodes(server.port) & sockets(server.process.pid)
