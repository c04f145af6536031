# SPDX-License-Identifier: BSD-2-Clause
"""AuthenticationMethods: several ways to log in, one after another."""
import shutil
import subprocess

import pytest

from glasshd_server import Server
from person import can_make_users

pytestmark = pytest.mark.skipif(not can_make_users(), reason="needs root to make users")


class Login:
    """A connection of paramiko's that does one method after another."""

    def __init__(self, server, person):
        self.paramiko = pytest.importorskip("paramiko")
        self.server, self.person = server, person

    def __enter__(self):
        self.transport = self.paramiko.Transport(("127.0.0.1", self.server.port))
        self.transport.start_client(timeout=60)
        return self

    def __exit__(self, *_):
        self.transport.close()

    def key(self, name="user"):
        key = self.paramiko.Ed25519Key.from_private_key_file(str(self.server.keys.path / name))
        return self.transport.auth_publickey(self.person.name, key)

    def password(self, password=None):
        return self.transport.auth_password(self.person.name, password or self.person.password, fallback=False)

    def answers(self, password=None):
        return self.transport.auth_interactive(self.person.name, lambda *_: [password or self.person.password])

    def output(self, command):
        channel = self.transport.open_session()
        channel.exec_command(command)
        return channel.makefile().read().decode().strip()


@pytest.fixture
def login(start, people):
    entered = []

    def login(methods, **options):
        server = start(AuthenticationMethods=methods, KbdInteractiveAuthentication="yes", **options)
        entered.append(Login(server, people[0]).__enter__())
        return entered[-1]

    yield login
    for one in entered:
        one.__exit__()


def test_one_after_the_other(login):
    client = login("publickey,password")
    assert client.key() == ["password"]
    assert not client.transport.is_authenticated()
    assert client.password() == []
    assert client.output("id -un") == client.person.name
    name = client.person.name
    assert client.server.logs(rf"Partial publickey for {name} from 127\.0\.0\.1 port \d+ ssh2: ED25519 SHA256:")
    assert client.server.logs(rf"Accepted password for {name} from")


def test_what_is_not_next_is_not_judged(login):
    client = login("publickey,password")
    with pytest.raises(client.paramiko.BadAuthenticationType) as refusal:
        client.password()
    assert refusal.value.allowed_types == ["publickey"]


def test_each_list_is_a_way(login):
    client = login("publickey,password publickey,keyboard-interactive")
    assert client.key() == ["password", "keyboard-interactive"]
    assert client.answers() == []
    assert client.output("id -un") == client.person.name


def test_a_failure_in_between_takes_nothing_back_and_gives_nothing(login):
    client = login("publickey,password,keyboard-interactive")
    assert client.key() == ["password"]
    with pytest.raises(client.paramiko.AuthenticationException):
        client.password("wrong")
    assert client.password() == ["keyboard-interactive"]
    with pytest.raises(client.paramiko.AuthenticationException):
        client.answers("wrong")
    assert not client.transport.is_authenticated()
    assert client.answers() == []


def test_two_keys_are_two_keys(login, keys):
    client = login("publickey,publickey")
    with client.person.other_keys(keys.public("user") + keys.public("other")):
        assert client.key() == ["publickey"]
        with pytest.raises(client.paramiko.AuthenticationException):
            client.key()
        assert not client.transport.is_authenticated()
        assert client.key("other") == []
        assert client.output("id -un") == client.person.name


@pytest.mark.parametrize("order", [("user", "other"), ("other", "user")], ids=str)
def test_what_the_keys_forbid_adds_up(login, keys, order):
    client = login("publickey,publickey")
    with client.person.other_keys(f'restrict,pty {keys.public("user")}command="echo forced" {keys.public("other")}'):
        for name in order:
            client.key(name)
        assert client.output("id -un") == "forced"


@pytest.mark.parametrize("order", [("user", "other"), ("other", "user")], ids=str)
def test_the_variables_are_those_of_the_first_key(login, keys, order):
    """As with sshd."""
    client = login("publickey,publickey", PermitUserEnvironment="yes")
    lines = {name: f'environment="GT_{name}=1" {keys.public(name)}' for name in order}
    with client.person.other_keys(lines["user"] + lines["other"]):
        for name in order:
            client.key(name)
        assert client.output("env | grep ^GT_") == f"GT_{order[0]}=1"


def test_two_keys_may_not_want_different_commands(login, keys):
    client = login("publickey,publickey")
    with client.person.other_keys(f'command="echo one" {keys.public("user")}command="echo two" {keys.public("other")}'):
        client.key()
        with pytest.raises(client.paramiko.AuthenticationException):
            client.key("other")
        assert not client.transport.is_authenticated()


def test_a_restricted_key_before_a_password_stays_restricted(login, keys):
    client = login("publickey,password")
    with client.person.other_keys(f'restrict {keys.public("user")}'):
        client.key()
        client.password()
        with pytest.raises(client.paramiko.SSHException):
            client.transport.open_session().get_pty()
        assert client.output("id -un") == client.person.name


def test_ssh_goes_both_ways(start, people):
    if shutil.which("sshpass") is None:
        pytest.skip("sshpass is not installed")
    server = start(AuthenticationMethods="publickey,keyboard-interactive")
    words = server.ssh_command("id -un", user=people[0].name,
                               options=["-o", "BatchMode=no", "-o", "NumberOfPasswordPrompts=1"])
    for password, status in ((people[0].password, 0), ("wrong", 255)):
        done = subprocess.run(["sshpass", "-p", password, *words], capture_output=True, timeout=60)
        assert (done.returncode == 0) == (status == 0), done


@pytest.mark.parametrize("options", [
    {"AuthenticationMethods": "publickey,password", "PasswordAuthentication": "no"},
    {"AuthenticationMethods": "keyboard-interactive", "KbdInteractiveAuthentication": "no"},
], ids=str)
def test_a_configuration_that_nobody_can_satisfy_is_refused(keys, tmp_path, options):
    server = Server(tmp_path, keys, **options)
    done = subprocess.run(server.command("-t"), capture_output=True, text=True)
    assert done.returncode == 255
    assert "AuthenticationMethods cannot be satisfied by enabled authentication methods" in done.stderr


def test_a_match_may_want_more_of_a_user(keys, start, people):
    first, second = people
    server = start(PasswordAuthentication="yes", Match=f"User {second.name}\n  AuthenticationMethods publickey,password")
    for person, rest in ((first, []), (second, ["password"])):
        with Login(server, person) as client:
            assert client.key() == rest
