# SPDX-License-Identifier: BSD-2-Clause
"""What users find when root's glasshd lets them in: variables, files of theirs and of the system that count."""
import os
import subprocess

import pytest

from glasshd_server import Server, until
from person import Person, can_make_users

pytestmark = pytest.mark.skipif(not can_make_users(), reason="needs root to make users")


class OwnEtc(Server):
    """Its /etc is a copy, which a test may change."""

    def command(self, *arguments):
        # Others make users meanwhile: their lock files may go while this looks.
        script = "cp -a /etc \"$0\" 2>/dev/null; mount --bind \"$0/etc\" /etc && exec \"$@\""
        return ["unshare", "--mount", "sh", "-c", script, str(self.path), *super().command(*arguments)]

    @property
    def etc(self):
        return self.path / "etc"


@pytest.fixture
def kind():
    return OwnEtc


def run(server, person, *words, **options):
    return subprocess.run(server.ssh_command(*words, user=person.name, **options), capture_output=True, timeout=60,
                          stdin=subprocess.DEVNULL)


def variables(done):
    return dict(row.split("=", 1) for row in done.stdout.decode().splitlines())


def test_the_variables_are_sshds(start, person):
    server = start(SetEnv="MINE=1 SSH_CLIENT=none SSH_TTY=none HOME=/elsewhere", AcceptEnv="LANG")
    found = variables(run(server, person, "env", options=["-o", "SetEnv=LANG=C.UTF-8"]))
    address = found.pop("SSH_CLIENT").split()
    assert address[0] == "127.0.0.1" and address[2] == str(server.port)
    assert found.pop("SSH_CONNECTION").split() == [*address[:2], "127.0.0.1", address[2]]
    found.pop("TZ", None)
    assert found == {"USER": person.name, "LOGNAME": person.name, "HOME": "/elsewhere", "MAIL": f"/var/mail/{person.name}",
                     "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/games", "SHELL": "/bin/sh", "PWD": str(person.home),
                     "LANG": "C.UTF-8", "MINE": "1", "SSH_TTY": "none"}


def test_more_variables_than_anybody_needs_are_set(start, person):
    many = [f"V{i}=x" for i in range(200)]
    assert len(variables(run(start(SetEnv=" ".join(many)), person, "env"))) > 200


def test_files_of_programs_are_not_for_others_to_write(start, person):
    assert run(start(), person, "umask").stdout in (b"0022\n", b"0027\n", b"0077\n")


def test_a_login_shell_is_told_that_it_is_one(start, person):
    assert "name is -sh\r\n" in start().shell("echo name is $0\nexit\n", user=person.name)[0]


def test_nologin_is_shown_to_all_but_root(start, person):
    server = start(PermitRootLogin="yes", AuthorizedKeysFile=f".ssh/authorized_keys {person.home}/.ssh/authorized_keys",
                   StrictModes="no")
    nologin = server.etc / "nologin"
    nologin.write_text("closed for today\n")
    done = run(server, person, "echo in")
    assert (done.stdout, done.stderr, done.returncode) == (b"", b"closed for today\n", 254)
    assert server.shell("", user=person.name) == ("closed for today\r\n", 254)
    assert server.logs(f"User {person.name} not allowed because /etc/nologin exists")
    assert server.output("echo in") == "in\n"
    nologin.unlink()
    assert run(server, person, "echo in").stdout == b"in\n"


def test_a_home_that_is_not_there_is_told(start, person):
    server = start(AuthorizedKeysFile=f"{person.home}.away/.ssh/authorized_keys", StrictModes="no")
    person.home.rename(f"{person.home}.away")
    message = f"Could not chdir to home directory {person.home}: No such file or directory"
    try:
        done = run(server, person, "pwd")
        assert (done.stdout.decode(), done.stderr.decode()) == ("/\n", f"{message}\n")
        assert f"{message}\r\n" in server.shell(user=person.name)[0]
    finally:
        os.rename(f"{person.home}.away", person.home)


def test_the_message_of_the_day_is_for_shells_at_terminals(start, person):
    server = start(PrintMotd="yes")
    (server.etc / "motd").write_text("first\nsecond\n")
    assert "first\r\nsecond\r\n" in server.shell(user=person.name)[0]
    assert "first" not in run(server, person, "true", options=["-tt"]).stdout.decode()
    assert server.output(data=b"echo in\n", user=person.name) == "in\n"
    (person.home / ".hushlogin").touch()
    assert "first" not in server.shell(user=person.name)[0]
    (person.home / ".hushlogin").unlink()


def write(person, name, text):
    path = person.home / ".ssh" / name
    path.write_text(text)
    os.chown(path, person.entry.pw_uid, person.entry.pw_gid)
    return path


@pytest.fixture
def rc(person):
    path = write(person, "rc", 'cat; echo "rc in $PWD for $SSH_ORIGINAL_COMMAND"; test -t 1 && echo at a terminal\n')
    yield path
    path.unlink()


def test_the_users_rc_runs_before_the_program(start, person, rc):
    server = start(Subsystem="sub echo subsystem")
    assert run(server, person, "echo command; cat").stdout.decode() == f"rc in {person.home} for \ncommand\n"
    shown, status = server.shell("echo shell\nexit 3\n", user=person.name)
    assert status == 3
    assert f"rc in {person.home} for \r\nat a terminal\r\n$ " in shown, shown
    assert run(server, person, "sub", options=["-s"]).stdout.decode() == "subsystem\n"
    with subprocess.Popen(server.ssh_command("cat", user=person.name), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as client:
        assert client.communicate(b"input")[0].decode() == f"rc in {person.home} for \ninput"


@pytest.mark.parametrize("options, key_options", [({"PermitUserRC": "no"}, ""), ({"ForceCommand": "echo forced"}, ""),
                                                  ({}, "no-user-rc ")], ids=str)
def test_the_users_rc_does_not_run_where_it_may_not(start, person, keys, rc, options, key_options):
    server = start(**options)
    person.write_keys(key_options + keys.public("user"))
    assert b"rc in" not in run(server, person, "true").stdout
    (server.etc / "ssh").mkdir(exist_ok=True)
    (server.etc / "ssh/sshrc").write_text("echo the system\\'s\n")
    assert run(server, person, "true").stdout.startswith(b"the system's\n")
    person.write_keys(keys.public("user"))


def test_the_users_rc_takes_the_systems_place(start, person, rc):
    server = start()
    (server.etc / "ssh").mkdir(exist_ok=True)
    (server.etc / "ssh/sshrc").write_text("echo the system\\'s\n")
    assert b"rc in" in run(server, person, "true").stdout
    rc.rename(f"{rc}.away")
    assert run(server, person, "true").stdout == b"the system's\n"
    os.rename(f"{rc}.away", rc)


def test_a_shell_that_runs_nothing_runs_no_rc(start, keys):
    person = Person(keys, shell="/usr/sbin/nologin")
    try:
        write(person, "rc", "echo rc\n")
        done = run(start(), person, "true")
        assert b"rc" not in done.stdout.split(b"\n") and done.returncode == 1
    finally:
        person.remove()


@pytest.mark.parametrize("permitted, expected", [("no", "[] []"), ("yes", "[f] [k]"), ("F*", "[f] []")])
def test_the_users_variables_count_where_they_may(start, person, keys, permitted, expected):
    server = start(PermitUserEnvironment=permitted)
    path = write(person, "environment", "FILE=f\nLD_PRELOAD=/nonexistent\n")
    person.write_keys(f'environment="KEY=k",environment="BASH_ENV=/nonexistent" {keys.public("user")}')
    try:
        assert run(server, person, "echo [$FILE] [$KEY]$LD_PRELOAD$BASH_ENV").stdout.decode() == f"{expected}\n"
    finally:
        path.unlink()
        person.write_keys(keys.public("user"))


def test_programs_can_learn_how_the_user_logged_in(start, person, keys):
    server = start(ExposeAuthInfo="yes", PasswordAuthentication="yes")
    done = run(server, person, "cat $SSH_USER_AUTH; stat -c '%U %a' $SSH_USER_AUTH; echo $SSH_USER_AUTH")
    told, owner, path = done.stdout.decode().splitlines()
    assert told == "publickey " + " ".join(keys.public("user").split()[:2])
    assert owner == f"{person.name} 600"
    assert until(lambda: not os.path.exists(path))
    paramiko = pytest.importorskip("paramiko")
    with paramiko.Transport(("127.0.0.1", server.port)) as transport:
        transport.start_client(timeout=60)
        transport.auth_password(person.name, person.password)
        assert auth_info(transport) == "password\n"


def auth_info(transport):
    channel = transport.open_session()
    channel.exec_command("cat $SSH_USER_AUTH")
    return channel.makefile().read().decode()


def test_programs_learn_of_each_step_of_a_login(start, person, keys):
    paramiko = pytest.importorskip("paramiko")
    server = start(ExposeAuthInfo="yes", PasswordAuthentication="yes", AuthenticationMethods="publickey,password")
    with paramiko.Transport(("127.0.0.1", server.port)) as transport:
        transport.start_client(timeout=60)
        assert transport.auth_publickey(person.name, paramiko.Ed25519Key.from_private_key_file(str(keys.path / "user")))
        transport.auth_password(person.name, person.password)
        key = " ".join(keys.public("user").split()[:2])
        assert auth_info(transport) == f"publickey {key}\npassword\n"


def test_internal_sftp_needs_no_shell(start, keys, tmp_path):
    person = Person(keys, shell="/usr/sbin/nologin")
    try:
        server = start(Subsystem="sftp internal-sftp -R")
        words = server.ssh_command(user=person.name)
        batch = subprocess.run(["sftp", "-b", "-", *words[1:words.index("-p")], "-P", str(server.port),
                                *words[words.index("-p") + 2:]], input=b"pwd\nmkdir made\n", capture_output=True, timeout=60)
        assert str(person.home).encode() in batch.stdout and b"Permission denied" in batch.stderr, batch
        assert run(server, person, "internal-sftp").returncode == 1, "the shell has the last word"
        person.write_keys(f'command="internal-sftp" {keys.public("user")}')
        with subprocess.Popen(server.ssh_command("id", user=person.name), stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as client:
            client.stdin.write(b"\0\0\0\5\1\0\0\0\3")
            client.stdin.flush()
            assert client.stdout.read(9)[4:] == b"\2\0\0\0\3"
            client.stdin.close()
    finally:
        person.remove()
