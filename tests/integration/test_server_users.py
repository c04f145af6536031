# SPDX-License-Identifier: BSD-2-Clause
"""Root's glasshd and the users of the system, real ones that are made for these tests."""
import os
import pathlib
import pwd
import subprocess

import pytest

from glasshd_server import Server, is_alive, until
from person import Person, can_make_users
from shared import change_users

pytestmark = pytest.mark.skipif(not can_make_users(), reason="needs root to make users")


def run(server, person, *words, **options):
    return subprocess.run(server.ssh_command(*words, user=getattr(person, "name", person), **options),
                          capture_output=True, timeout=60, stdin=subprocess.DEVNULL)


def test_each_user_is_nobody_else(start, people):
    server = start()
    for person in people:
        done = run(server, person, "id -un; id -u; id -G; pwd; echo $HOME $USER $SHELL; touch mine; stat -c %U mine")
        rows = done.stdout.decode().splitlines()
        assert rows[:4] == [person.name, str(person.entry.pw_uid), str(person.entry.pw_gid), str(person.home)], done
        assert rows[4:] == [f"{person.home} {person.name} /bin/sh", person.name]


def test_a_user_cannot_become_root_again(start, people):
    server = start()
    done = run(server, people[0], "grep -E '^(Uid|Gid|Groups|CapEff|CapPrm|NoNewPrivs)' /proc/self/status; cat /etc/shadow")
    rows = dict(row.split(":", 1) for row in done.stdout.decode().splitlines())
    assert set(rows["Uid"].split()) == {str(people[0].entry.pw_uid)}
    assert set(rows["Gid"].split()) == {str(people[0].entry.pw_gid)}
    assert int(rows["CapEff"], 16) == int(rows["CapPrm"], 16) == 0
    assert rows["NoNewPrivs"].strip() == "0", "sudo must work"
    assert b"Permission denied" in done.stderr


@pytest.mark.parametrize("own", [0, 7], ids=["root's group", "another group"])
def test_who_is_root_by_another_name_has_the_groups_of_that_name(tmp_path, keys, other_root, own):
    """Whatever groups the server has itself."""
    server = Server(tmp_path, keys, PermitRootLogin="yes")

    def take_groups():
        os.setgroups([4, 20])
        os.setgid(own)
    server.before = take_groups
    with server:
        for person in (other_root.entry, pwd.getpwnam("root")):
            uid, gid, *groups = map(int, run(server, person.pw_name, "id -u; id -g; id -G").stdout.split())
            assert (uid, gid) == (0, person.pw_gid), server.log()
            assert set(groups) == set(os.getgrouplist(person.pw_name, person.pw_gid))


def test_the_terminal_is_the_users(start, people):
    server = start()
    done = run(server, people[0], "-tt", "stat -c %U $(tty)")
    assert done.stdout.decode().split() == [people[0].name]


def test_no_process_of_a_users_session_is_root(start, people):
    server = start()
    client = subprocess.Popen(server.ssh_command("echo $$; exec sleep 1000", user=people[0].name), stdout=subprocess.PIPE)
    shell = int(client.stdout.readline())
    parent = int(pathlib.Path(f"/proc/{shell}/stat").read_text().rpartition(")")[2].split()[1])
    assert os.stat(f"/proc/{shell}").st_uid == people[0].entry.pw_uid
    uids = [row.split()[1:] for row in pathlib.Path(f"/proc/{parent}/status").read_text().splitlines()
            if row.startswith("Uid:")][0]
    assert set(uids) == {str(people[0].entry.pw_uid)}
    client.kill()
    client.communicate()
    assert until(lambda: not is_alive(shell))


@pytest.mark.parametrize("pam", ["no", "yes"])
def test_no_program_of_the_users_gets_at_what_its_session_holds(start, people, pam):
    """The log, for one."""
    done = run(start(UsePAM=pam), people[0], "cat /proc/$PPID/comm && ls /proc/$PPID/fd; :")
    assert done.stdout.decode().split() == ["glasshd-session"], done


def test_the_password_lets_in_and_a_wrong_one_does_not(start, people):
    paramiko = pytest.importorskip("paramiko")
    server = start(PasswordAuthentication="yes")
    for password, is_right in ((people[0].password, True), ("wrong", False), (people[1].password, False)):
        with paramiko.Transport(("127.0.0.1", server.port)) as transport:
            transport.start_client(timeout=60)
            if is_right:
                transport.auth_password(people[0].name, password)
                channel = transport.open_session()
                channel.exec_command("id -un")
                assert channel.makefile().read().decode().strip() == people[0].name
            else:
                with pytest.raises(paramiko.AuthenticationException):
                    transport.auth_password(people[0].name, password)
    assert server.logs(rf"Accepted password for {people[0].name} from 127\.0\.0\.1 port \d+ ssh2")


def test_a_name_that_is_not_there_is_refused_like_one_that_is(start, people):
    """The same answers; what they cost in time is not measured here."""
    server = start(PasswordAuthentication="yes")
    answers = {run(server, name, "true", key="other").stderr.replace(name.encode(), b"NAME")
               for name in (people[0].name, "gtnosuch", "nobody")}
    assert len(answers) == 1, answers
    assert server.logs(r"Invalid user gtnosuch from 127\.0\.0\.1 port \d+")


@pytest.mark.parametrize("options, is_let_in, reason", [
    ({"AllowUsers": "{first}"}, True, None),
    ({"AllowUsers": "{second} nobody"}, False, "not listed in AllowUsers"),
    ({"AllowUsers": "{first}@127.0.0.0/8"}, True, None),
    ({"AllowUsers": "{first}@192.0.2.0/24"}, False, "not listed in AllowUsers"),
    ({"AllowUsers": "gt*"}, True, None),
    ({"DenyUsers": "{first}"}, False, "listed in DenyUsers"),
    ({"DenyUsers": "{second}"}, True, None),
    ({"AllowGroups": "{first}"}, True, None),
    ({"AllowGroups": "{second} root"}, False, "none of user's groups are listed in AllowGroups"),
    ({"DenyGroups": "{first}"}, False, "a group is listed in DenyGroups"),
    ({"DenyUsers": "{first}", "AllowUsers": "{first}"}, False, "listed in DenyUsers"),
], ids=str)
def test_lists_say_who_may(start, people, options, is_let_in, reason):
    first, second = people
    server = start(**{keyword: value.format(first=first.name, second=second.name) for keyword, value in options.items()})
    assert run(server, first, "true").returncode == (0 if is_let_in else 255)
    if reason:
        assert server.logs(rf"User {first.name} from 127\.0\.0\.1 not allowed because {reason}")


def test_accounts_that_are_locked_or_expired_or_have_no_shell_are_refused(start, keys):
    server = start()
    cases = [("usermod --lock {}", "account is locked"), ("chage --expiredate 1 {}", "account has expired"),
             ("usermod --shell /no/such/shell {}", "shell /no/such/shell does not exist"),
             ("usermod --shell /etc/passwd {}", "shell /etc/passwd is not executable")]
    for command, reason in cases:
        person = Person(keys)
        try:
            assert run(server, person, "true").returncode == 0
            change_users(*command.format(person.name).split(), check=True)
            assert run(server, person, "true").returncode == 255
            assert server.logs(rf"User {person.name} not allowed because {reason}")
        finally:
            person.remove()


def test_keys_are_read_as_the_user(start, people):
    """A file that root can read and the user cannot opens nothing; nor does another's."""
    server = start()
    first, second = people
    path = first.home / ".ssh/authorized_keys"
    text = path.read_text()
    try:
        path.unlink()
        secret = pathlib.Path("/root/.glasshd-test-keys")
        secret.write_text(text)
        secret.chmod(0o600)
        path.symlink_to(secret)
        assert run(server, first, "true").returncode == 255
        secret.unlink()
        path.unlink()
        path.symlink_to(second.home / ".ssh/authorized_keys")
        assert run(server, first, "true").returncode == 255
    finally:
        path.unlink(missing_ok=True)
        first.write_keys(text)
    assert run(server, first, "true").returncode == 0


def test_others_may_not_be_able_to_write_the_keys(start, people):
    server = start()
    person = people[0]
    person.home.chmod(0o777)
    try:
        assert run(server, person, "true").returncode == 255
        assert server.logs("Authentication refused: bad ownership or modes for")
    finally:
        person.home.chmod(0o755)


def test_options_of_the_key_hold_for_users_too(start, people, keys):
    person = people[1]
    server = start()
    with person.other_keys(f'restrict,command="echo forced as $(id -un)" {keys.public("user")}'):
        assert run(server, person, "id").stdout.decode() == f"forced as {person.name}\n"


def test_files_go_by_sftp_and_scp_as_the_user(start, people, tmp_path):
    server = start(Subsystem="sftp /usr/lib/openssh/sftp-server")
    person = people[0]
    source = tmp_path / "data"
    source.write_bytes(os.urandom(1 << 20))
    words = server.ssh_command()
    subprocess.run(["scp", *words[1:words.index("-p")], "-P", str(server.port), *words[words.index("-p") + 2:-1],
                    str(source), f"{person.name}@127.0.0.1:copy"], check=True, capture_output=True, timeout=60)
    copy = person.home / "copy"
    assert copy.read_bytes() == source.read_bytes() and copy.owner() == person.name
