# SPDX-License-Identifier: BSD-2-Clause
"""Who gets into glasshd, with which rights, and what the log says of it."""
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import pytest

from glasshd_server import Server, USER, until
from shared import users_stay

IS_ROOT = os.geteuid() == 0


@pytest.fixture
def start(tmp_path, keys):
    """Starts a server with options of its own; `authorized` is a text with {user} and {other} for keys."""
    running = []

    def start(authorized=None, **options):
        if authorized is not None:
            authorized = authorized.format(user=keys.public("user").strip(), other=keys.public("other").strip())
        running.append(Server(tmp_path, keys, authorized=authorized, **options).__enter__())
        return running[-1]

    yield start
    for server in running:
        server.__exit__()


def test_a_login_is_logged_in_sshds_words(start, keys):
    server = start()
    assert server.output("echo in") == "in\n"
    fingerprint = subprocess.run(["ssh-keygen", "-lf", keys.path / "user.pub"], capture_output=True, text=True,
                                 check=True).stdout.split()[1]
    assert server.logs(rf"(?m)^Accepted publickey for {USER} from 127\.0\.0\.1 port \d+ ssh2: ED25519 "
                       rf"{re.escape(fingerprint)}$")
    assert server.logs(r"(?m)^Received disconnect from 127\.0\.0\.1 port \d+:11: disconnected by user$")
    assert server.logs(rf"(?m)^Disconnected from user {USER} 127\.0\.0\.1 port \d+$")


def test_another_key_is_refused(start):
    server = start()
    assert server.ssh("true", key="other").returncode == 255
    assert server.logs(rf"Failed publickey for {USER} from 127\.0\.0\.1 port \d+ ssh2: ED25519 SHA256:")
    assert server.logs(rf"Connection closed by authenticating user {USER} 127\.0\.0\.1 port \d+ \[preauth\]")


def test_another_user_is_refused_and_the_name_escaped(start, keys):
    server = start()
    paramiko = pytest.importorskip("paramiko")
    with paramiko.Transport(("127.0.0.1", server.port)) as transport:
        transport.start_client(timeout=60)
        with pytest.raises(paramiko.AuthenticationException):
            transport.auth_publickey("no\u202ebody", paramiko.Ed25519Key.from_private_key_file(str(keys.path / "user")))
    assert server.logs(r"Invalid user no\\u\{202e\}body from 127\.0\.0\.1 port \d+")
    assert server.logs(r"Connection closed by invalid user no\\u\{202e\}body")
    assert "\u202e" not in server.log()


@pytest.mark.parametrize("line, is_let_in", [
    ('from="127.0.0.0/8" {user}', True),
    ('from="10.0.0.0/8" {user}', False),
    ('expiry-time="20991231" {user}', True),
    ('expiry-time="20200101" {user}', False),
    ('unknown-option {user}', False),
    ('from="10.0.0.0/8" {user}\n# comment\n\n{user}', True),
    ('{other}\n{user}', True),
    ('{other}', False),
    ('', False),
])
def test_the_line_of_the_key_decides(start, line, is_let_in):
    assert (start(line + "\n").ssh("true").returncode == 0) == is_let_in


def test_a_forced_command_runs_instead(start):
    server = start('command="echo forced: $SSH_ORIGINAL_COMMAND" {user}\n')
    assert server.output("rm -rf nothing") == "forced: rm -rf nothing\n"
    assert server.output() == "forced:\n"


def test_the_servers_forced_command_beats_the_keys(start):
    server = start('command="echo key" {user}\n', ForceCommand="echo server")
    assert server.output("echo mine") == "server\n"


def test_a_restricted_key_gets_no_terminal(start):
    server = start("restrict {user}\n")
    assert b"PTY allocation request failed" in server.ssh("true", options=["-tt"]).stderr
    assert server.output("echo in") == "in\n"


def test_the_environment_option_is_passed_over(start):
    assert start('environment="MINE=1" {user}\n').output("echo [$MINE]") == "[]\n"


def test_keys_that_others_could_write_do_not_count(start, tmp_path):
    server = start(StrictModes="yes")
    keys = tmp_path / "authorized_keys"
    os.chmod(tmp_path, 0o700)
    keys.chmod(0o620)
    assert server.ssh("true").returncode == 255
    assert server.logs(f"Authentication refused: bad ownership or modes for {keys}")


@pytest.mark.skipif(not IS_ROOT, reason="concerns root")
@pytest.mark.parametrize("value, line, is_let_in", [
    ("no", "{user}", False),
    ("prohibit-password", "{user}", True),
    ("forced-commands-only", "{user}", False),
    ("forced-commands-only", 'command="true" {user}', True),
])
def test_root_logs_in_as_far_as_permitted(start, value, line, is_let_in):
    server = start(line + "\n", PermitRootLogin=value)
    assert (server.ssh("true").returncode == 0) == is_let_in
    assert is_let_in or server.logs("ROOT LOGIN REFUSED FROM 127.0.0.1 port")


@pytest.mark.parametrize("user, password", [(USER, "guess"), (USER, "x" * 2000), (USER, "a\0b"), ("-x", "guess"),
                                            ("", "guess"), ("y" * 300, "guess")])
def test_attempts_that_cannot_succeed_are_logged_like_others(start, user, password):
    """A method that is not offered, a password or a name that nobody has: whoever bans sources reads of each."""
    paramiko = pytest.importorskip("paramiko")
    server = start(PasswordAuthentication="no", KbdInteractiveAuthentication="no", MaxAuthTries=4)
    with paramiko.Transport(("127.0.0.1", server.port)) as transport:
        transport.start_client(timeout=60)
        for count in range(1, 4):
            with pytest.raises(paramiko.BadAuthenticationType) as refusal:
                transport.auth_password(user, password, fallback=False)
            assert refusal.value.allowed_types == ["publickey"]
            whose = USER if user == USER else f"invalid user {user[:255]}"
            assert server.logs(rf"Failed password for {whose} from 127\.0\.0\.1 port \d+ ssh2", count), server.log()
        with pytest.raises(paramiko.SSHException):
            transport.auth_password(user, password, fallback=False)
    assert server.logs("Failed password", 4)
    assert "Accepted" not in server.log() and until(lambda: server.connections() == [])


def test_too_many_attempts_end_the_connection(start, keys):
    server = start("{other}\n", MaxAuthTries=2)
    paramiko = pytest.importorskip("paramiko")
    with paramiko.Transport(("127.0.0.1", server.port)) as transport:
        transport.start_client(timeout=60)
        key = paramiko.Ed25519Key.from_private_key_file(str(keys.path / "user"))
        for _ in range(2):
            with pytest.raises(paramiko.SSHException):
                transport.auth_publickey(USER, key)
        assert until(lambda: not transport.is_active())
    assert server.logs(rf"maximum authentication attempts exceeded for {USER} from 127\.0\.0\.1")


@pytest.mark.parametrize("kind, bits, algorithms", [
    ("ed25519", "256", ["ssh-ed25519"]),
    ("ecdsa", "256", ["ecdsa-sha2-nistp256"]),
    ("ecdsa", "384", ["ecdsa-sha2-nistp384"]),
    ("ecdsa", "521", ["ecdsa-sha2-nistp521"]),
    ("rsa", "3072", ["rsa-sha2-256", "rsa-sha2-512"]),
])
def test_keys_of_all_kinds_let_in(start, tmp_path, kind, bits, algorithms):
    """Each is judged in a locked-in process, which lacks most system calls."""
    key = tmp_path / kind
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-b", bits, "-N", "", "-f", key], check=True)
    server = start(key.with_suffix(".pub").read_text())
    for algorithm in algorithms:
        assert server.ssh("true", key=key, options=["-o", f"PubkeyAcceptedAlgorithms={algorithm}"]).returncode == 0
        assert server.ssh("true", key="other").returncode == 255
    assert "crash" not in server.log()


@pytest.fixture
def keys_command():
    """Makes a program that only root can change; gives its path."""
    if not IS_ROOT:
        pytest.skip("it must be root's")
    place = pathlib.Path(tempfile.mkdtemp(prefix="glassh-test-", dir="/run"))
    place.chmod(0o755)

    def make(script):
        path = place / "keys"
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)
        return path

    yield make
    shutil.rmtree(place)


def test_keys_come_from_a_command(start, keys, keys_command):
    public = keys.public("user").strip()
    command = keys_command(f"""[ "$(id -un) $HOME $1 $2 $3" = "nobody $(getent passwd nobody | cut -d: -f6) {USER} a b" ] \
                               && echo 'command="echo forced" {public}'""")
    server = start("{other}\n", AuthorizedKeysCommand=f"{command} %u a b",
                   AuthorizedKeysCommandUser="nobody")
    assert server.output("echo asked") == "forced\n"
    assert server.output("echo asked", key="other") == "asked\n"  # by the file


@pytest.mark.parametrize("script, words", [
    ("echo '{user}'; exit 1", "failed, status 1"),
    ("echo '{user}'; kill -9 $$", "exited on signal 9"),
])
def test_a_command_that_fails_lets_nobody_in(start, keys, keys_command, script, words):
    command = keys_command(script.format(user=keys.public("user").strip()))
    server = start("{other}\n", AuthorizedKeysCommand=command, AuthorizedKeysCommandUser="nobody")
    assert server.ssh("true").returncode == 255
    assert server.logs(f"AuthorizedKeysCommand {command} {words}")


def test_a_command_that_others_could_change_is_not_run(start, keys, tmp_path):
    command = tmp_path / "keys"
    command.write_text(f"#!/bin/sh\necho '{keys.public('user').strip()}'\n")
    command.chmod(0o777)
    server = start("{other}\n", AuthorizedKeysCommand=command, AuthorizedKeysCommandUser=USER)
    assert server.ssh("true").returncode == 255
    assert server.logs("Unsafe AuthorizedKeysCommand")


def test_a_key_that_is_none_is_refused_like_another(start):
    """Blobs that name a known kind of key and are none; the connection goes on."""
    paramiko = pytest.importorskip("paramiko")
    server = start()

    class Nonsense(paramiko.PKey):
        def __init__(self, blob):
            self.blob, self.public_blob = blob, None

        def asbytes(self):
            return self.blob

        def get_name(self):
            return "ssh-ed25519"

        def sign_ssh_data(self, data, algorithm=None):
            message = paramiko.Message()
            message.add_string("ssh-ed25519")
            message.add_string(bytes(64))
            return message

    name = b"\0\0\0\x0bssh-ed25519"
    with paramiko.Transport(("127.0.0.1", server.port)) as transport:
        transport.start_client(timeout=60)
        for blob in (b"", name, name + b"\0\0\0\x20" + bytes(31), name + b"\0\0\0\x20" + b"\xff" * 32):
            with pytest.raises(paramiko.AuthenticationException):
                transport.auth_publickey(USER, Nonsense(blob))
        assert transport.is_active()
    assert "crash" not in server.log()


def test_a_login_that_has_begun_goes_on_over_a_reload(start, keys):
    paramiko = pytest.importorskip("paramiko")
    server = start()
    key = paramiko.Ed25519Key.from_private_key_file(str(keys.path / "user"))
    begun = [paramiko.Transport(("127.0.0.1", server.port)) for _ in range(6)]
    for transport in begun:
        transport.start_client(timeout=60)
    server.process.send_signal(signal.SIGHUP)
    assert server.logs("Server listening", 2)
    assert server.output("echo in") == "in\n"
    for transport in begun:
        transport.auth_publickey(USER, key)
        assert transport.is_authenticated()
        transport.close()


def test_who_does_not_log_in_in_time_is_cut_off(start):
    server = start(LoginGraceTime=1)
    begin = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as silent:
        while silent.recv(10000):
            pass
        assert time.monotonic() - begin > 0.5
    assert server.logs(r"Timeout before authentication for 127\.0\.0\.1 port")


# An identification and a first packet, SSH_MSG_IGNORE.
OPENING = b"SSH-2.0-x\r\n" + bytes([0, 0, 0, 12, 6, 2]) + bytes(10)


def test_too_many_startups_are_turned_away(start):
    server = start(MaxStartups="2:100:2")
    silent = [socket.create_connection(("127.0.0.1", server.port), timeout=60) for _ in range(4)]
    held = [socket.create_connection(("127.0.0.1", server.port), timeout=60) for _ in range(2)]
    for connection in held:
        connection.sendall(OPENING)
    assert until(lambda: len(server.connections()) == 2)
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as refused:
        refused.sendall(OPENING)
        assert b"\0\0\0\x14Exceeded MaxStartups" in b"".join(iter(lambda: refused.recv(10000), b""))
    assert server.logs(r"drop connection #2 from \[127\.0\.0\.1\]:\d+ on \[127\.0\.0\.1\]:\d+ past MaxStartups")
    for connection in held + silent:
        connection.close()
    assert until(lambda: server.ssh("true").returncode == 0)


def test_sessions_that_are_logged_in_are_no_startups(start):
    server = start(MaxStartups="1:100:1")
    client = subprocess.Popen(server.ssh_command("echo in; exec cat"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert client.stdout.readline() == b"in\n"
    assert server.output("echo too") == "too\n"
    client.communicate(timeout=60)


def test_a_client_that_does_not_answer_is_given_up(start):
    server = start(ClientAliveInterval=1, ClientAliveCountMax=2)
    client = subprocess.Popen(server.ssh_command("echo in; exec cat"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert client.stdout.readline() == b"in\n"
    time.sleep(2.5)
    assert client.poll() is None and len(server.connections()) == 1
    client.send_signal(19)
    assert until(lambda: not server.connections())
    assert server.logs(f"Timeout, client not responding from user {USER} 127")
    client.kill()
    client.communicate(timeout=60)


def test_nothing_but_ssh_is_refused_and_harms_nobody(start):
    server = start()
    for octets in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", os.urandom(5000)):
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as stranger:
            stranger.sendall(octets)
            try:
                while stranger.recv(10000):
                    pass
            except ConnectionResetError:
                pass
    assert until(lambda: not server.connections())
    assert server.output("echo fine") == "fine\n"


@pytest.mark.skipif(not IS_ROOT or not shutil.which("unshare"), reason="needs a shadow file of its own")
@pytest.mark.parametrize("password, is_let_in", [("right one", True), ("wrong", False), ("", False)])
def test_root_can_log_in_by_password_where_permitted(tmp_path, keys, password, is_let_in):
    paramiko = pytest.importorskip("paramiko")
    hashed = subprocess.run(["openssl", "passwd", "-6", "right one"], capture_output=True, text=True, check=True).stdout
    shadow = tmp_path / "shadow"
    shadow.write_text(f"root:{hashed.strip()}:20000:0:99999:7:::\n")

    class InNamespace(Server):
        def command(self, *arguments):
            script = 'mount --bind "$1" /etc/shadow && shift && exec "$@"'
            return ["unshare", "--mount", "sh", "-c", script, "sh", str(shadow), *super().command(*arguments)]

    # Who puts another shadow file in the place of the old one takes away what is mounted on that.
    with users_stay(), InNamespace(tmp_path, keys, PermitRootLogin="yes", PasswordAuthentication="yes") as server:
        with paramiko.Transport(("127.0.0.1", server.port)) as transport:
            transport.start_client(timeout=60)
            if is_let_in:
                transport.auth_password("root", password)
                assert server.logs(r"Accepted password for root from 127\.0\.0\.1 port \d+ ssh2")
            else:
                with pytest.raises(paramiko.AuthenticationException):
                    transport.auth_password("root", password)
                assert server.logs(r"Failed password for root from 127\.0\.0\.1 port \d+ ssh2")


def test_a_password_that_cannot_be_checked_is_not_offered(start):
    """Only root can read the hashes; for root's server it is not known yet whose it would be."""
    server = start(PasswordAuthentication="yes")
    done = server.ssh("true", key="other", options=["-o", "LogLevel=INFO"])
    methods = b"publickey,password,keyboard-interactive" if IS_ROOT else b"publickey"
    assert b"Permission denied (" + methods + b")." in done.stderr


def test_only_host_keys_that_are_there_are_offered(start):
    server = start()
    scan = subprocess.run(["ssh-keyscan", "-T", "60", "-p", str(server.port), "127.0.0.1"], capture_output=True, timeout=60,
                          text=True)
    assert {line.split()[1] for line in scan.stdout.splitlines()} == {"ssh-ed25519"}
