# SPDX-License-Identifier: BSD-2-Clause
"""Who is logged in, who was, and who failed to, as root's glasshd writes it: in a /run and /var/log of the test's."""
import os
import pathlib
import signal
import struct
import subprocess
import time

import pytest

from glasshd_server import Server, children, is_alive, name, until
from person import can_make_users

pytestmark = pytest.mark.skipif(not can_make_users(), reason="needs root to make users")

ENTRY = struct.Struct("h2xi32s4s32s256s8x8x16s20x")  # utmp(5)
USER_PROCESS, DEAD_PROCESS, LOGIN_PROCESS = 7, 8, 6


class Alone(Server):
    def command(self, *arguments):
        script = "mount -t tmpfs none /run && mount -t tmpfs none /var/log && touch /run/utmp /var/log/wtmp " \
                 "/var/log/lastlog && install -m 600 /dev/null /var/log/btmp && exec \"$@\""
        return ["unshare", "--mount", "sh", "-c", script, "sh", *super().command(*arguments)]

    def entries(self, path):
        """(type, process, line, user, host) of each."""
        content = pathlib.Path(f"/proc/{self.process.pid}/root{path}").read_bytes()
        rows = [ENTRY.unpack_from(content, at) for at in range(0, len(content), ENTRY.size)]
        return [(row[0], row[1], *(row[i].rstrip(b"\0").decode() for i in (2, 4, 5))) for row in rows]

    def logged_in(self):
        return [entry[1:] for entry in self.entries("/run/utmp") if entry[0] == USER_PROCESS]


@pytest.fixture
def kind():
    return Alone


def open_terminal(server, person):
    client = subprocess.Popen(server.ssh_command("echo at $(tty); exec sleep 1000", user=person.name, options=["-tt"]),
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    line = client.stdout.readline().split()[1].decode().removeprefix("/dev/")
    return client, line


def test_a_terminal_is_listed_as_long_as_it_is_used(start, person):
    server = start()
    client, line = open_terminal(server, person)
    (monitor,) = server.connections()
    assert server.logged_in() == [(monitor, line, person.name, "127.0.0.1")]
    client.terminate()
    client.communicate()
    assert until(lambda: not server.logged_in())
    assert until(lambda: [entry[:3] for entry in server.entries("/var/log/wtmp")] ==
                 [(USER_PROCESS, monitor, line), (DEAD_PROCESS, monitor, line)])


def test_twenty_terminals_of_one_connection_are_listed_each(start, person, keys):
    paramiko = pytest.importorskip("paramiko")
    server = start(MaxSessions=20)
    with paramiko.Transport(("127.0.0.1", server.port)) as transport:
        transport.start_client(timeout=60)
        transport.auth_publickey(person.name, paramiko.Ed25519Key.from_private_key_file(str(keys.path / "user")))
        channels = [transport.open_session() for _ in range(20)]
        for channel in channels:
            channel.get_pty()
            channel.exec_command("tty; cat")
        lines = [channel.makefile().readline().strip().removeprefix("/dev/") for channel in channels]
        assert sorted(entry[1] for entry in server.logged_in()) == sorted(lines) and len(set(lines)) == 20
        channels[7].close()
        assert until(lambda: len(server.logged_in()) == 19)
        assert lines[7] not in [entry[1] for entry in server.logged_in()]
    assert until(lambda: not server.logged_in())


def test_what_runs_without_a_terminal_is_not_listed(start, person):
    server = start()
    assert server.output("echo in", user=person.name) == "in\n"
    assert server.entries("/run/utmp") == server.entries("/var/log/wtmp") == []


def test_the_last_login_is_shown_and_not_to_who_wants_quiet(start, person):
    server = start()
    assert "Last login" not in server.shell(user=person.name)[0]
    begin = time.time()
    shown, _ = server.shell(user=person.name)
    assert "Last login: " in shown and " from 127.0.0.1\r\n" in shown
    text = shown.split("Last login: ")[1].split(" from ")[0]
    assert abs(time.mktime(time.strptime(text, "%a %b %d %H:%M:%S %Y")) - begin) < 60
    quiet = person.home / ".hushlogin"
    quiet.touch()
    try:
        assert "Last login" not in server.shell(user=person.name)[0]
    finally:
        quiet.unlink()


def test_the_last_login_is_not_shown_where_that_is_not_wanted(start, person):
    server = start(PrintLastLog="no")
    for _ in range(2):
        assert "Last login" not in server.shell(user=person.name)[0]


@pytest.mark.parametrize("victim", ["monitor", "worker", "session", "shell"])
def test_a_line_ends_whoever_is_killed(start, person, victim):
    server = start()
    client, line = open_terminal(server, person)
    (monitor,), (worker,) = server.connections(), server.workers()
    session = [pid for pid in children(monitor) if name(pid) == "glasshd-session"][0]
    victims = {"monitor": monitor, "worker": worker, "session": session, "shell": children(session)[0]}
    assert server.logged_in() == [(monitor, line, person.name, "127.0.0.1")]
    os.kill(victims[victim], signal.SIGKILL)
    assert until(lambda: not server.logged_in())
    assert until(lambda: server.entries("/var/log/wtmp")[-1][:3] == (DEAD_PROCESS, monitor, line))
    assert until(lambda: not any(map(is_alive, victims.values())))
    client.communicate(timeout=60)


def test_wrong_passwords_are_written_with_names_that_are_users(start, person):
    paramiko = pytest.importorskip("paramiko")
    server = start(PasswordAuthentication="yes")
    for user in (person.name, "mypassword"):
        with paramiko.Transport(("127.0.0.1", server.port)) as transport:
            transport.start_client(timeout=60)
            with pytest.raises(paramiko.AuthenticationException):
                transport.auth_password(user, "wrong")
    with paramiko.Transport(("127.0.0.1", server.port)) as transport:
        transport.start_client(timeout=60)
        with pytest.raises(paramiko.AuthenticationException):
            transport.auth_interactive(person.name, lambda *asked: ["wrong"])
    assert [(entry[0], *entry[2:]) for entry in server.entries("/var/log/btmp")] == [
        (LOGIN_PROCESS, "ssh:notty", person.name, "127.0.0.1"),
        (LOGIN_PROCESS, "ssh:notty", "UNKNOWN", "127.0.0.1"),
        (LOGIN_PROCESS, "ssh:notty", person.name, "127.0.0.1")]
