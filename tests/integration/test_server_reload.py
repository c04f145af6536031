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

import processes
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
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    while b"\n" not in connection.recv(1000, socket.MSG_PEEK):
        pass
    return connection


def is_refused(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
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
        logins = []
        while len(logins) < 12 or not all(login.done() for login in logins):
            logins += [pool.submit(server.ssh, "echo in", timeout=60) for _ in range(2 if len(logins) < 12 else 0)]
            reload(server)  # a signal before the check is over begins another one
            time.sleep(0.1)
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
            transport.start_client(timeout=60)
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
        server.process.wait(60)
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
        transport.start_client(timeout=60)
        reload(server)
        with pytest.raises(paramiko.AuthenticationException):
            transport.auth_publickey(USER, paramiko.RSAKey.generate(2048))
    assert server.logs("is given a penalty")
    assert is_refused(server)


def test_who_is_held_over_it_can_be_penalised(start):
    server = start(PerSourcePenalties="grace-exceeded:60s min:30s", LoginGraceTime=5)
    with held_connection(server) as connection:
        reload(server)
        assert "is given a penalty" not in server.log()
        read_all(connection)
    assert server.logs("is given a penalty")
    assert is_refused(server)


def test_begun_logins_count_over_it(start):
    paramiko = pytest.importorskip("paramiko")
    server = start(MaxStartups="1:100:1")
    with paramiko.Transport(("127.0.0.1", server.port)) as transport:
        transport.start_client(timeout=60)
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

    def held():
        return len(os.listdir(f"/proc/{server.process.pid}/fd"))
    before = processes.settled(held)
    for _ in range(5):
        reload(server)
    assert server.output("echo in") == "in\n"
    assert until(lambda: server.connections() == [])
    assert until(lambda: held() == before), (held(), before)
    assert until(lambda: all(len(pids) == 1 for pids in server.children().values())), server.children()
    assert not connection_inodes(server.port) & sockets(server.process.pid)


def test_a_configuration_that_is_refused_leaves_the_one_in_use(start):
    server = start(VersionAddendum="first")
    with held_connection(server):  # it stays where it is
        broken = len(server.config.read_text().splitlines()) + 2
        server.config.write_text(server.config.read_text() + "PermitTTY no\nFrobnicate yes\n")
        for count in (1, 2):
            server.process.send_signal(signal.SIGHUP)
            assert server.logs("keeping the configuration in use", count), server.log()
            assert server.output("echo in") == "in\n"
        [line] = set(re.findall("Received SIGHUP.*", server.log()))
        assert line == ("Received SIGHUP; keeping the configuration in use, because the new one is refused: "
                        f"{server.config}: line {broken}: Bad configuration option: frobnicate; "
                        f"{server.config}: terminating, 1 bad configuration options")
        assert until(lambda: not server.connections())
        assert "Server listening" not in server.log().partition("SIGHUP")[2]
    server.write_config(VersionAddendum="second")
    reload(server)
    with held_connection(server) as connection:
        assert connection.recv(1000).split(b"\r\n")[0].endswith(b" second")


def test_a_configuration_without_host_keys_is_refused(start, tmp_path):
    server = start()
    server.write_config(HostKey=tmp_path / "nowhere")
    server.process.send_signal(signal.SIGHUP)
    assert server.logs('in use, because.*: Unable to load host key "[^"]*/nowhere": No such file'), server.log()
    assert server.output("echo in") == "in\n"
    os.unlink(server.config)
    server.process.send_signal(signal.SIGHUP)
    assert server.logs(f"in use, because.*: {server.config}: No such file"), server.log()
    assert server.output("echo in") == "in\n"


def test_while_a_configuration_is_checked_everybody_is_served(start):
    server = start(VersionAddendum="first")
    text = server.config.read_text()
    server.config.unlink()
    os.mkfifo(server.config)  # whoever reads it waits
    server.process.send_signal(signal.SIGHUP)
    assert until(lambda: len(server.children().get("glasshd", [])) == 1)
    assert server.output("echo in") == "in\n"
    assert "Received SIGHUP" not in server.log()

    server.config.unlink()
    server.config.write_text(text)
    reload(server)  # the check that waits is given up for this one
    assert server.output("echo in") == "in\n"
    assert server.log().count("Received SIGHUP") == 1
    assert until(lambda: "glasshd" not in server.children()), server.children()


def test_where_nothing_can_be_bound_it_listens_where_it_was(start):
    server = start()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server.write_config(Port=taken.getsockname()[1])
        reload(server)
        assert "listening where it was" in server.log()
        assert server.output("echo in") == "in\n"
    server.port = server.options["Port"]
    reload(server)
    assert server.output("echo in") == "in\n"


def test_an_address_that_there_is_not_is_refused(start):
    server = start()
    server.write_config(ListenAddress="no..host")
    server.process.send_signal(signal.SIGHUP)
    assert server.logs("in use, because.*: bad addr or host: no..host"), server.log()
    assert server.output("echo in") == "in\n"


def has_begun(server):
    """All that it starts is there, under names of their own."""
    names = set(server.children())
    return {"glasshd-keyd", "glasshd-porch", "glasshd-worker"} <= names and "glasshd" not in names


def check_of(server):
    return until(lambda: server.children().get("glasshd"))[0]


def test_the_newest_configuration_is_what_is_checked(start):
    """One that comes while the check of the one before has just ended."""
    server = start()
    assert until(lambda: has_begun(server)), server.children()
    text = server.config.read_text()
    server.config.unlink()
    os.mkfifo(server.config)
    server.process.send_signal(signal.SIGHUP)
    check = check_of(server)
    server.process.send_signal(signal.SIGSTOP)
    server.config.write_text(text)  # which is what the first check has waited for
    assert until(lambda: not is_alive(check))
    server.process.send_signal(signal.SIGHUP)
    server.process.send_signal(signal.SIGCONT)
    second = check_of(server)
    assert second != check and not server.logs("Received SIGHUP", 1, 0.5)

    server.config.unlink()
    server.config.write_text(text)
    reload(server)
    assert server.output("echo in") == "in\n"
    assert server.log().count("Received SIGHUP") == 1
    assert until(lambda: not is_alive(second))


def test_who_ends_the_server_is_not_put_off_by_a_reload(start):
    server = start()
    server.process.send_signal(signal.SIGSTOP)
    for number in (signal.SIGTERM, signal.SIGHUP):
        server.process.send_signal(number)
    server.process.send_signal(signal.SIGCONT)
    assert server.process.wait(60) == 0


@pytest.mark.parametrize("level", ["INFO", "QUIET"])
def test_why_it_is_refused_is_logged_in_a_file_too(start, tmp_path, level):
    server = start(arguments=("-E", tmp_path / "log"))  # where the test reads it
    server.write_config(ListenAddress="no..host", LogLevel=level)
    server.process.send_signal(signal.SIGHUP)
    assert server.logs("in use, because.*: bad addr or host: no..host"), server.log()
    assert "fatal:" not in server.log()
