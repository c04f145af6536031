# SPDX-License-Identifier: BSD-2-Clause
"""Root's glasshd without PAM: passwords, asked for in either way, by several clients."""
import os
import pathlib
import re
import shutil
import signal
import subprocess

import pytest

from glasshd_server import children, name
from person import Person, can_make_users
from shared import change_users, until
from test_server_homes import OwnEtc

pytestmark = pytest.mark.skipif(not can_make_users(), reason="needs root to make users")

METHODS = ["password", "keyboard-interactive"]


def program(name):
    return shutil.which(name) or pytest.skip(f"{name} is not installed")


def ssh(server, name, password, methods, *words, options=()):
    """ssh, with somebody who types the password whenever it is asked for."""
    settings = {"BatchMode": "no", "PubkeyAuthentication": "no", "PreferredAuthentications": methods,
                "NumberOfPasswordPrompts": "1"}
    told = [word for keyword, value in settings.items() for word in ("-o", f"{keyword}={value}")]
    return subprocess.run([program("sshpass"), "-p", password,
                           *server.ssh_command(*words, user=name, options=[*options, *told])],
                          capture_output=True, timeout=60, stdin=subprocess.DEVNULL)


def plink(server, name, password, *words):
    print_ = subprocess.run(["ssh-keygen", "-lf", server.keys.path / "host.pub"], text=True, capture_output=True,
                            check=True).stdout.split()[1]
    return subprocess.run([program("plink"), "-batch", "-ssh", "-T", "-noagent", "-P", str(server.port), "-hostkey", print_,
                           "-pw", password, f"{name}@127.0.0.1", *words],
                          capture_output=True, timeout=60, stdin=subprocess.DEVNULL)


def connect(server):
    paramiko = pytest.importorskip("paramiko")
    transport = paramiko.Transport(("127.0.0.1", server.port))
    transport.start_client(timeout=60)
    return transport


def only(method):
    return {"PubkeyAuthentication": "no", "PasswordAuthentication": "yes" if method == "password" else "no",
            "KbdInteractiveAuthentication": "yes" if method == "keyboard-interactive" else "no"}


@pytest.mark.parametrize("method", METHODS)
def test_ssh_types_the_password(start, people, method):
    server = start(**only(method))
    person, other = people
    assert ssh(server, person.name, person.password, method, "id -un").stdout.decode().split() == [person.name]
    assert server.logs(rf"Accepted {method} for {person.name} from 127\.0\.0\.1 port \d+ ssh2")
    assert ssh(server, person.name, other.password, method, "true").returncode != 0
    assert server.logs(rf"Failed {method} for {person.name} from 127\.0\.0\.1 port \d+ ssh2")


@pytest.mark.parametrize("method", METHODS)
def test_plink_types_the_password(start, people, method):
    server = start(**only(method))
    person, other = people
    assert plink(server, person.name, person.password, "id -un").stdout.decode().split() == [person.name]
    assert plink(server, person.name, other.password, "id -un").returncode != 0


def judges(server):
    return [child for pid in server.connections() for child in children(pid) if name(child) == "glasshd-passwor"]


def test_a_guess_whose_client_has_gone_is_judged_no_longer(start, people):
    """Whatever it is that takes so long. The kernel cuts names of programs."""
    person, server = people[0], start(**only("password"))
    change_users("usermod", "-p", "$6$rounds=3000000$salt$" + "." * 86, person.name, check=True)
    try:
        client = subprocess.Popen([program("sshpass"), "-p", "guess", *server.ssh_command(
            user=person.name, options=["-o", "BatchMode=no", "-o", "PubkeyAuthentication=no"])],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.kill(until(lambda: judges(server))[0], signal.SIGSTOP)
    finally:
        change_users("chpasswd", input=f"{person.name}:{person.password}\n".encode(), check=True)
    client.terminate()
    client.wait(20)
    assert until(lambda: not server.connections()), server.log()


def test_a_library_answers_one_question_without_echo(start, people):
    server = start(**only("keyboard-interactive"))
    asked = []
    with connect(server) as transport:
        def answer(title, instructions, prompts):
            asked.append((title, instructions, list(prompts)))
            return [people[0].password] * len(prompts)
        transport.auth_interactive(people[0].name, answer)
        channel = transport.open_session()
        channel.exec_command("id -un")
        assert channel.makefile().read().decode().strip() == people[0].name
    assert asked == [("", "", [("Password: ", False)])]


@pytest.mark.parametrize("answers", [[], ["right", ""], ["right", "right"], [""]], ids=str)
def test_answers_that_are_not_one_password_are_refused(start, people, answers):
    paramiko = pytest.importorskip("paramiko")
    server = start(**only("keyboard-interactive"))
    with connect(server) as transport:
        with pytest.raises(paramiko.AuthenticationException):
            transport.auth_interactive(people[0].name, lambda *_: [people[0].password if answer else "" for answer in answers])
        assert transport.is_active() and not transport.is_authenticated()
    assert server.logs(rf"Failed keyboard-interactive for {people[0].name} from 127\.0\.0\.1 port \d+ ssh2"), server.log()


def test_answers_that_do_not_fit_count_like_wrong_ones(start, people):
    paramiko = pytest.importorskip("paramiko")
    server = start(MaxAuthTries="3", PerSourcePenalties="authfail:60s min:30s", **only("keyboard-interactive"))
    with connect(server) as transport:
        for answers in ([], ["right", "right"], ["x" * 2000]):
            with pytest.raises(paramiko.SSHException):
                transport.auth_interactive(people[0].name, lambda *_: answers)
        assert not transport.is_active()
    assert server.logs(f"Failed keyboard-interactive for {people[0].name}", 3), server.log()
    assert server.logs(f"maximum authentication attempts exceeded for {people[0].name}")
    assert server.logs("is given a penalty"), server.log()


def test_everybody_is_asked_alike(start, people):
    """A name that is not there is asked the same, and refused in the same words."""
    paramiko = pytest.importorskip("paramiko")
    server = start(**only("keyboard-interactive"))
    seen = set()
    for user in (people[0].name, "gtnosuch", "daemon"):
        with connect(server) as transport:
            asked = []
            with pytest.raises(paramiko.AuthenticationException) as refusal:
                transport.auth_interactive(user, lambda *question: asked.append(str(question)) or ["wrong"])
            seen.add((tuple(asked), str(refusal.value)))
    assert len(seen) == 1, seen


def test_switching_passwords_off_switches_the_question_off(start, people):
    server = start(PasswordAuthentication="no")
    done = ssh(server, people[0].name, people[0].password, "password,keyboard-interactive", "true")
    assert b"Permission denied (publickey)." in done.stderr


def test_too_many_wrong_answers_end_the_connection(start, people):
    paramiko = pytest.importorskip("paramiko")
    server = start(MaxAuthTries="3", **only("keyboard-interactive"))
    with connect(server) as transport:
        for _ in range(3):
            with pytest.raises(paramiko.SSHException):
                transport.auth_interactive(people[0].name, lambda *_: ["wrong"])
        assert not transport.is_active()


@pytest.fixture
def open_person(keys):
    """Somebody with an empty password."""
    person = Person(keys)
    change_users("passwd", "--delete", person.name, check=True)
    yield person
    person.remove()


@pytest.mark.parametrize("method", METHODS)
def test_empty_passwords_let_nobody_in(start, open_person, method):
    server = start(**{**only(method), "PasswordAuthentication": "yes"})
    assert ssh(server, open_person.name, "", method, "true").returncode != 0


@pytest.mark.parametrize("method", METHODS)
def test_empty_passwords_let_in_whom_they_are_permitted(start, open_person, people, method):
    server = start(PermitEmptyPasswords="yes", **{**only(method), "PasswordAuthentication": "yes"})
    assert ssh(server, open_person.name, "", method, "id -un").stdout.decode().split() == [open_person.name]
    assert server.logs(rf"Accepted none for {open_person.name} from"), "as sshd: the method none is an empty password"
    assert ssh(server, people[0].name, "", method, "true").returncode != 0
    assert ssh(server, "gtnosuch", "", method, "true").returncode != 0


def test_a_locked_account_does_not_take_its_password(start, keys):
    server = start(PasswordAuthentication="yes")
    person = Person(keys)
    try:
        assert ssh(server, person.name, person.password, "password", "true").returncode == 0
        change_users("usermod", "--lock", person.name, check=True)
        assert ssh(server, person.name, person.password, "password", "true").returncode != 0
    finally:
        person.remove()


@pytest.fixture
def aging(keys):
    """A user whose dates in the file of passwords a test may change."""
    person = Person(keys)

    def age(*options):
        change_users("chage", *options, person.name, check=True)
        return person
    yield age
    person.remove()


EXPIRED = [["--lastday", "0"], ["--lastday", "2000-01-01", "--maxdays", "10"]]


def answer_passwd(transport, old, new):
    """Whatever is asked for on a terminal is passwd. What is shown up to its first question."""
    channel = transport.open_session()
    channel.get_pty()
    channel.exec_command("id -un")
    shown = []
    for prompt, answer in (("urrent password:", old), ("ew password:", new), ("ew password:", new)):
        shown.append("")
        while prompt not in shown[-1]:
            part = channel.recv(1000)
            assert part, shown
            shown[-1] += part.decode()
        channel.sendall(answer + "\n")
    assert channel.recv_exit_status() == 0
    assert "You must change your password now and login again!" in shown[0]
    return shown[0]


@pytest.mark.parametrize("dates", EXPIRED, ids=" ".join)
@pytest.mark.parametrize("method", METHODS)
def test_an_expired_password_lets_in_to_change_it_alone(start, aging, method, dates):
    server = start(**only(method), ForceCommand="id -un", Subsystem="sftp internal-sftp")
    person = aging(*dates)
    for words in (["id", "-un"], ["-s", "sftp"]):
        done = ssh(server, person.name, person.password, method, *words)
        assert done.returncode == 1 and done.stdout == b"", done
        assert b"Password change required but no TTY available." in done.stderr
    new = f"Much-N3wer-{person.password[::-1]}"
    with connect(server) as transport:
        if method == "password":
            transport.auth_password(person.name, person.password, fallback=False)
        else:
            transport.auth_interactive(person.name, lambda title, instruction, prompts: [person.password])
        answer_passwd(transport, person.password, new)
    assert ssh(server, person.name, new, method, "true").stdout.decode().split() == [person.name]


def test_an_expired_password_does_not_matter_to_keys(start, aging):
    server = start()
    person = aging("--lastday", "0")
    assert server.output("id -un", user=person.name).split() == [person.name]


@pytest.mark.parametrize("method", ["publickey", *METHODS])
def test_an_expired_account_lets_nobody_in(start, aging, method):
    server = start(PasswordAuthentication="yes")
    person = aging("--expiredate", "2000-01-01")
    done = server.ssh("true", user=person.name) if method == "publickey" else \
        ssh(server, person.name, person.password, method, "true")
    assert done.returncode == 255
    assert server.logs("account has expired")


def test_the_hash_is_computed_by_nobody(tmp_path, keys, people):
    """While passwords are checked, a process below the monitor is nobody and has no descriptors."""
    with OwnEtc(tmp_path, keys, PasswordAuthentication="yes") as server:
        shadow = server.etc / "shadow"
        takes_long = rf"{people[0].name}:$6$rounds=99999999$salt$hash"
        shadow.write_text(re.sub(rf"(?m)^{people[0].name}:[^:]*", lambda _: takes_long, shadow.read_text()))
        guess = subprocess.Popen([program("sshpass"), "-p", "wrong", *server.ssh_command(
            "true", user=people[0].name, options=["-o", "BatchMode=no", "-o", "PubkeyAuthentication=no"])],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert until(lambda: nobodies(server)), "nothing was nobody"
        (pid,) = nobodies(server)
        state = status(pid)
        assert state["Uid"].split() == state["Gid"].split() == ["65534"] * 4 and not state["Groups"].split()
        assert int(state["CapEff"], 16) == 0 and state["NoNewPrivs"].strip() == "1" and os.listdir(f"/proc/{pid}/fd") == []
        guess.kill()
        guess.wait()


def nobodies(server):
    below = [child for monitor in server.connections() for child in children(monitor)]
    return [pid for pid in below if status(pid).get("Uid", "").split()[:1] == ["65534"]]


def status(pid):
    try:
        return dict(row.split(":", 1) for row in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
    except OSError:
        return {}
