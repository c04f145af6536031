# SPDX-License-Identifier: BSD-2-Clause
"""Other people's clients log in as several users, by key and by password."""
import os
import subprocess
import sys

import pytest

from glasshd_server import BUILD, Server
from person import Person, can_make_users

pytestmark = pytest.mark.skipif(not can_make_users(), reason="needs root to make users")
REMOTE = "id -un; echo to stderr >&2; exit 3"
PARAMIKO = """
import sys, paramiko
port, user, key, password, command = sys.argv[1:]
transport = paramiko.Transport(("127.0.0.1", int(port)))
transport.start_client(timeout=60)
if key:
    transport.auth_publickey(user, paramiko.Ed25519Key.from_private_key_file(key))
else:
    transport.auth_password(user, password)
channel = transport.open_session()
channel.exec_command(command)
sys.stdout.write(channel.makefile().read().decode())
sys.exit(channel.recv_exit_status())
"""


class Access:
    """To one server as one user, by key or else by password; each client's command line and environment for it."""

    def __init__(self, server, person, by_key):
        self.server, self.person, self.by_key = server, person, by_key
        self.key = str(server.keys.path / "user")

    def ssh(self):
        ways = ["-i", self.key] if self.by_key else ["-o", "PreferredAuthentications=password"]
        words = ["ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o",
                 "IdentitiesOnly=yes", "-p", self.server.port, *ways, f"{self.person.name}@127.0.0.1", REMOTE]
        return words if self.by_key else ["sshpass", "-e", *words]

    def dbclient(self):
        ways = ["-i", self.converted("dropbear", "dropbearconvert", "openssh", "dropbear", self.key)] if self.by_key else []
        return ["dbclient", "-y", "-y", "-T", "-p", self.server.port, *ways, f"{self.person.name}@127.0.0.1", REMOTE]

    def plink(self):
        told = subprocess.run(["ssh-keygen", "-lf", self.server.keys.path / "host.pub"], capture_output=True, text=True,
                              check=True).stdout.split()[1]
        ways = ["-i", self.converted("ppk", "puttygen", self.key, "-o")] if self.by_key else \
               ["-pw", self.person.password]
        return ["plink", "-batch", "-ssh", "-T", "-noagent", "-hostkey", told, "-P", self.server.port, *ways,
                f"{self.person.name}@127.0.0.1", REMOTE]

    def paramiko(self):
        return [sys.executable, "-B", "-c", PARAMIKO, self.server.port, self.person.name,
                self.key if self.by_key else "", self.person.password, REMOTE]

    def libssh(self):
        return [BUILD / "tests/libssh_client", self.server.port, self.person.name, self.key if self.by_key else "",
                REMOTE]

    def converted(self, ending, *command):
        path = f"{self.key}.{ending}"
        if not os.path.exists(path):
            subprocess.run([*command, path], check=True, capture_output=True)
        return path

    def run(self, client):
        command = [str(word) for word in getattr(self, client)()]
        environment = {**os.environ, "SSHPASS": self.person.password, "DROPBEAR_PASSWORD": self.person.password,
                       "PASSWORD": self.person.password, "HOME": str(self.server.path)}
        return subprocess.run(command, capture_output=True, timeout=60, stdin=subprocess.DEVNULL, env=environment)


@pytest.fixture(scope="module")
def people(keys):
    made = [Person(keys) for _ in range(3)]
    yield made
    for person in made:
        person.remove()


@pytest.fixture(scope="module")
def server(tmp_path_factory, keys):
    with Server(tmp_path_factory.mktemp("server"), keys, AuthorizedKeysFile=".ssh/authorized_keys", StrictModes="yes",
                PasswordAuthentication="yes", MaxStartups=100) as server:
        yield server


@pytest.mark.parametrize("by_key", [True, False], ids=["key", "password"])
@pytest.mark.parametrize("client", ["ssh", "dbclient", "plink", "paramiko", "libssh"])
def test_it_logs_in_as_each_of_them(server, people, client, by_key):
    for person in people:
        done = Access(server, person, by_key).run(client)
        assert (done.returncode, done.stdout.decode()) == (3, f"{person.name}\n"), done


@pytest.mark.parametrize("client", ["ssh", "dbclient", "plink", "paramiko", "libssh"])
def test_anothers_password_lets_it_in_nowhere(server, people, client):
    access = Access(server, people[0], False)
    access.person = type("Mixed", (), {"name": people[0].name, "password": people[1].password})
    done = access.run(client)
    assert done.returncode != 3 and done.stdout == b"", done
