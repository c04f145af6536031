# SPDX-License-Identifier: BSD-2-Clause
"""The ways to log in, with the real parts: ssh-agent, SSH_ASKPASS, key files of every kind, PAM."""
import contextlib
import os
import pathlib
import pty
import secrets
import shutil
import signal
import subprocess

import pytest

import peers
from peers import USER
from shared import change_users, read_until, until


@pytest.fixture
def glassh(place, sshd, tmp_path):
    """Runs glassh against sshd with these words; nothing of earlier logins is remembered."""
    def run(*words, data=b"", timeout=60, server=sshd, user=USER, setsid=False, **environment):
        base = ["-F", "none", "-p", server.port, f"-oUserKnownHostsFile={server.known_hosts}",
                "-oGlobalKnownHostsFile=/dev/null", "-oStrictHostKeyChecking=yes"]
        command = [peers.program("glassh"), *base, *words, f"{user}@127.0.0.1", "echo", "hello"]
        return subprocess.run([str(word) for word in command], input=data, capture_output=True, timeout=timeout,
                              start_new_session=setsid,
                              env={**place.environment, "XDG_CACHE_HOME": str(tmp_path), **environment})
    return run


@pytest.fixture
def agent(place, tmp_path):
    """The socket of an ssh-agent with the user's Ed25519 and RSA keys."""
    path = tmp_path / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL, env=place.environment)
    try:
        assert until(path.exists)
        subprocess.run(["ssh-add", place.key("user", "rsa"), place.key("user", "ed25519")], check=True,
                       env={**place.environment, "SSH_AUTH_SOCK": str(path)}, capture_output=True)
        yield path
    finally:
        process.terminate()
        process.wait()


def make_key(place, path, passphrase, *options):
    place.run("ssh-keygen", "-q", "-N", passphrase, "-f", path, *options)
    return path


@contextlib.contextmanager
def authorized(place, path):
    before = place.authorized_keys.read_text()
    place.authorized_keys.write_text(before + pathlib.Path(f"{path}.pub").read_text())
    try:
        yield
    finally:
        place.authorized_keys.write_text(before)


# Agents.

def test_a_key_of_the_agent_logs_in(glassh, agent):
    result = glassh("-oIdentityFile=none", SSH_AUTH_SOCK=str(agent))
    assert (result.returncode, result.stdout) == (0, b"hello\n"), result.stderr


def test_with_identities_only_the_agent_signs_for_the_named_key(place, glassh, agent, tmp_path):
    """The public half names the key; the private one is only in the agent."""
    shutil.copy(f"{place.key('user', 'rsa')}.pub", tmp_path / "named.pub")
    result = glassh("-i", tmp_path / "named", "-oIdentitiesOnly=yes", "-v", SSH_AUTH_SOCK=str(agent))
    assert (result.returncode, result.stdout) == (0, b"hello\n"), result.stderr
    assert b"RSA" in result.stderr or b"rsa" in result.stderr


def test_a_public_half_that_no_agent_completes_is_told_when_the_login_fails(place, glassh, agent, tmp_path):
    half = tmp_path / "half.pub"
    shutil.copy(f"{place.key('user', 'ecdsa-256')}.pub", half)
    result = glassh("-i", half, "-oIdentitiesOnly=yes", "-oBatchMode=yes", SSH_AUTH_SOCK=str(agent))
    told, last = result.stderr.decode().splitlines()
    assert told == f"glassh: {half} is only the public half of a key, and no agent has the other."
    assert result.returncode == 255 and "Permission denied (" in last
    result = glassh("-i", half, "-i", place.key("user"), "-oIdentitiesOnly=yes", "-oBatchMode=yes")
    assert (result.returncode, result.stdout, result.stderr) == (0, b"hello\n", b"")


def test_the_agent_may_be_named(glassh, agent):
    result = glassh("-oIdentityFile=none", f"-oIdentityAgent={agent}")
    assert (result.returncode, result.stdout) == (0, b"hello\n"), result.stderr


def test_a_locked_agent_gives_no_keys(glassh, agent, tmp_path):
    asks = tmp_path / "asks"
    asks.write_text("#!/bin/sh\necho secret\n")
    asks.chmod(0o755)
    environment = {"SSH_ASKPASS": str(asks), "SSH_ASKPASS_REQUIRE": "force"}
    locked = subprocess.run(["ssh-add", "-x"], env={**os.environ, **environment, "SSH_AUTH_SOCK": str(agent)},
                            capture_output=True)
    assert locked.returncode == 0, locked.stderr
    result = glassh("-oIdentityFile=none", "-oBatchMode=yes", SSH_AUTH_SOCK=str(agent))
    assert result.returncode == 255 and b"Permission denied" in result.stderr


def test_an_agent_that_is_gone_is_done_without(place, glassh, tmp_path):
    result = glassh("-i", place.key("user"), SSH_AUTH_SOCK=str(tmp_path / "nowhere"))
    assert (result.returncode, result.stdout) == (0, b"hello\n"), result.stderr


# Key files.

PLAIN_OR_LOCKED = ["-t ed25519", "-t ecdsa -b 384", "-t rsa -b 2048", "-t ecdsa -m PEM", "-t rsa -b 2048 -m PEM",
                   "-t rsa -b 2048 -m PKCS8"]
LOCKED = [f"-t ed25519 -Z {cipher}" for cipher in ("aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes128-cbc")]


@pytest.mark.parametrize("options, passphrase", [(options, "") for options in PLAIN_OR_LOCKED]
                         + [(options, "open sesame") for options in PLAIN_OR_LOCKED + LOCKED])
def test_a_key_file_logs_in(place, glassh, tmp_path, options, passphrase):
    options = options.split()
    key = make_key(place, tmp_path / "key", passphrase, *options)
    asks = tmp_path / "asks"
    asks.write_text(f"#!/bin/sh\necho '{passphrase}'\n")
    asks.chmod(0o755)
    with authorized(place, key):
        result = glassh("-i", key, "-oIdentitiesOnly=yes", setsid=True, SSH_ASKPASS=str(asks), SSH_ASKPASS_REQUIRE="force")
    assert (result.returncode, result.stdout) == (0, b"hello\n"), result.stderr


def test_a_locked_key_file_may_have_a_name_that_is_not_shown_as_it_is(place, glassh, tmp_path):
    key = make_key(place, tmp_path / "key", "open sesame", "-t", "ed25519")
    odd = tmp_path / "a\tk\udce9y"
    key.rename(odd)
    asks = tmp_path / "asks"
    asks.write_text(f'#!/bin/sh\necho "$1" >>{tmp_path}/questions\necho "open sesame"\n')
    asks.chmod(0o755)
    with authorized(place, key):
        result = glassh("-i", odd, "-oIdentitiesOnly=yes", setsid=True, SSH_ASKPASS=str(asks), SSH_ASKPASS_REQUIRE="force")
    assert (result.returncode, result.stdout) == (0, b"hello\n"), result.stderr
    assert r"/a\x09k\xe9y'" in (tmp_path / "questions").read_text()


def test_the_askpass_program_gets_the_question(place, glassh, tmp_path):
    key = make_key(place, tmp_path / "key", "open sesame", "-t", "ed25519")
    asks = tmp_path / "asks"
    asks.write_text(f'#!/bin/sh\necho "$1" >>{tmp_path}/questions\necho wrong\n')
    asks.chmod(0o755)
    with authorized(place, key):
        result = glassh("-i", key, "-oIdentitiesOnly=yes", setsid=True, SSH_ASKPASS=str(asks),
                        SSH_ASKPASS_REQUIRE="force")
    questions = (tmp_path / "questions").read_text().splitlines()
    assert result.returncode == 255 and b"Permission denied" in result.stderr
    assert len(questions) == 3 and all(str(key) in question for question in questions), questions


def test_an_askpass_program_that_is_not_there_is_told(place, glassh, tmp_path):
    key = make_key(place, tmp_path / "key", "open sesame", "-t", "ed25519")
    with authorized(place, key):
        result = glassh("-i", key, "-oIdentitiesOnly=yes", SSH_ASKPASS="/nonexistent", SSH_ASKPASS_REQUIRE="force")
    assert result.returncode == 255 and b"exec(/nonexistent): No such file" in result.stderr


def test_i_of_a_file_that_is_not_there_leaves_the_usual_keys(place, sshd, tmp_path):
    command = [peers.program("glassh"), "-p", str(sshd.port), "-i", "/nonexistent/id", "-oBatchMode=yes", "-F",
               str(tmp_path / "config"), f"{USER}@127.0.0.1", "echo hello"]
    (tmp_path / "config").write_text(f"UserKnownHostsFile {sshd.known_hosts}\nIdentityFile {place.key('user')}\n")
    result = subprocess.run(command, env=place.environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert result.stdout == b"hello\n" and b"/nonexistent/id" in result.stderr
    printed = subprocess.run([command[0], "-G", "-F", "none", "-i", "/nonexistent/id", "there"], env=place.environment,
                             capture_output=True, text=True, timeout=60).stdout
    assert "id_ed25519" in printed and "nonexistent" not in printed


def test_without_a_terminal_and_askpass_nobody_is_asked(place, glassh, tmp_path):
    key = make_key(place, tmp_path / "key", "open sesame", "-t", "ed25519")
    result = glassh("-i", key, "-oIdentitiesOnly=yes", setsid=True)
    assert result.returncode == 255 and b"Permission denied" in result.stderr


def test_a_key_file_that_others_can_read_is_not_used(place, glassh, tmp_path):
    key = tmp_path / "open"
    shutil.copy(place.key("user"), key)
    key.chmod(0o644)
    result = glassh("-i", key, "-oIdentitiesOnly=yes", "-oBatchMode=yes")
    assert result.returncode == 255
    assert b"UNPROTECTED PRIVATE KEY FILE" in result.stderr or b"too open" in result.stderr


def test_who_offers_more_keys_than_the_server_takes_hears_what_to_do(place, glassh):
    keys = [word for key_type in ("ed25519", "ecdsa-256", "rsa") for word in ("-i", place.key("host", key_type))]
    for tries, says in ((2, True), (1, False)):
        with peers.Sshd(place, options={"MaxAuthTries": tries}) as server:
            result = glassh("-oBatchMode=yes", *keys, server=server)
        assert result.returncode == 255 and b"Too many authentication failures" in result.stderr
        told = b"glassh: the server hung up after 2 keys. Name the right one with -i, and -o IdentitiesOnly=yes.\n"
        assert (told in result.stderr) == says


@pytest.mark.parametrize("passphrase", ["", "open sesame"])
def test_a_short_rsa_key_is_not_used(place, glassh, tmp_path, passphrase):
    key = make_key(place, tmp_path / "short", passphrase, "-t", "rsa", "-b", "1024")
    asks = tmp_path / "asks"
    asks.write_text(f"#!/bin/sh\necho '{passphrase}'\n")
    asks.chmod(0o755)
    with authorized(place, key):
        result = glassh("-i", key, "-oIdentitiesOnly=yes", setsid=True, SSH_ASKPASS=str(asks), SSH_ASKPASS_REQUIRE="force")
    assert result.returncode == 255
    assert f'Load key "{key}": an RSA key needs at least 2,048 bits'.encode() in result.stderr


# Passwords, with PAM behind sshd.

@pytest.fixture(scope="module")
def account():
    """A user of this system with a password, for as long as the tests run."""
    if os.geteuid() != 0 or shutil.which("useradd") is None:
        pytest.skip("needs root to make a user")
    name, password = f"gt{secrets.token_hex(4)}", secrets.token_hex(8)
    change_users("useradd", "--create-home", "--shell", "/bin/sh", name, check=True)
    try:
        change_users("chpasswd", input=f"{name}:{password}\n".encode(), check=True)
        yield name, password
    finally:
        change_users("userdel", "--remove", name)


@pytest.fixture(scope="module", params=["password", "keyboard-interactive"])
def asking_sshd(request, place, account):
    interactive = request.param == "keyboard-interactive"
    options = {"UsePAM": "yes", "PubkeyAuthentication": "no", "PasswordAuthentication": "no" if interactive else "yes",
               "KbdInteractiveAuthentication": "yes" if interactive else "no"}
    with peers.Sshd(place, options=options) as server:
        yield server


def answering(tmp_path, *answers):
    """An askpass program that gives one answer after the other."""
    path = tmp_path / "asks"
    rows = "\n".join(f"{number}) echo '{answer}';;" for number, answer in enumerate(answers))
    path.write_text(f'#!/bin/sh\necho "$1" >>{tmp_path}/questions\nn=$(grep -c "" {tmp_path}/questions)\n'
                    f'case $((n - 1)) in\n{rows}\n*) exit 1;;\nesac\n')
    path.chmod(0o755)
    return {"SSH_ASKPASS": str(path), "SSH_ASKPASS_REQUIRE": "force", "setsid": True}


def test_a_password_logs_in(glassh, asking_sshd, account, tmp_path):
    name, password = account
    result = glassh(server=asking_sshd, user=name, **answering(tmp_path, password))
    assert (result.returncode, result.stdout) == (0, b"hello\n"), result.stderr
    assert "assword" in (tmp_path / "questions").read_text()


def test_a_wrong_password_may_be_said_again(glassh, asking_sshd, account, tmp_path):
    name, password = account
    result = glassh(server=asking_sshd, user=name, **answering(tmp_path, "wrong", password))
    assert (result.returncode, result.stdout) == (0, b"hello\n"), result.stderr
    assert len((tmp_path / "questions").read_text().splitlines()) == 2


def test_after_three_wrong_passwords_it_is_over(glassh, asking_sshd, account, tmp_path):
    name, _ = account
    result = glassh(server=asking_sshd, user=name, **answering(tmp_path, "wrong", "worse", "worst", "never asked"))
    assert result.returncode == 255 and b"Permission denied" in result.stderr
    assert len((tmp_path / "questions").read_text().splitlines()) == 3


def test_the_number_of_questions_can_be_set(glassh, asking_sshd, account, tmp_path):
    name, _ = account
    result = glassh("-oNumberOfPasswordPrompts=1", server=asking_sshd, user=name, **answering(tmp_path, "wrong", "worse"))
    assert result.returncode == 255
    assert len((tmp_path / "questions").read_text().splitlines()) == 1


def test_a_refusal_without_a_question_takes_no_try_from_the_person(place, glassh, tmp_path):
    """Without PAM sshd lists keyboard-interactive, and has nothing to ask."""
    options = {"PubkeyAuthentication": "no", "PasswordAuthentication": "yes", "KbdInteractiveAuthentication": "yes",
               "MaxAuthTries": 5}
    with peers.Sshd(place, options=options) as server:
        # sshd takes its time after a failure, and more of it on a busy machine.
        result = glassh(server=server, timeout=120, **answering(tmp_path, "wrong", "worse", "worst"))
    assert result.returncode == 255 and b"Too many" not in result.stderr, result.stderr
    assert len((tmp_path / "questions").read_text().splitlines()) == 3


def test_a_password_on_the_terminal_is_not_shown(place, asking_sshd, account, tmp_path):
    name, password = account
    words = ["glassh", "-F", "none", "-p", str(asking_sshd.port), f"-oUserKnownHostsFile={asking_sshd.known_hosts}",
             f"{name}@127.0.0.1", "echo hello"]
    process, terminal = pty.fork()
    if process == 0:
        os.execve(peers.program("glassh"), words, {**place.environment, "XDG_CACHE_HOME": str(tmp_path)})
    seen = read_until(terminal, b"assword: ")
    assert b"assword: " in seen
    os.write(terminal, password.encode() + b"\n")
    seen += read_until(terminal, b"hello")
    os.close(terminal)
    os.waitpid(process, 0)
    assert b"hello" in seen and password.encode() not in seen


def test_a_question_for_a_password_may_be_suspended(place, asking_sshd, account, tmp_path):
    """The shell that takes over shows what is typed; afterwards the question comes again, and is as secret as before."""
    name, password = account
    words = [peers.program("glassh"), "-F", "none", "-p", str(asking_sshd.port),
             f"-oUserKnownHostsFile={asking_sshd.known_hosts}", f"{name}@127.0.0.1", "echo hello"]
    process, terminal = pty.fork()
    if process == 0:
        script = '"$@"; stty -a; fg'
        os.execve("/bin/bash", ["bash", "-m", "-c", script, "bash", *words],
                  {**place.environment, "XDG_CACHE_HOME": str(tmp_path)})
    try:
        assert b"assword: " in read_until(terminal, b"assword: ")
        os.write(terminal, b"\x1a")
        assert b" echo " in read_until(terminal, b"assword: ")
        os.write(terminal, password.encode() + b"\n")
        seen = read_until(terminal, b"\nhello")
    finally:
        os.close(terminal)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    assert b"\nhello" in seen and password.encode() not in seen


# Into the background.

def test_f_goes_to_the_background_once_logged_in(place, sshd, tmp_path):
    command = [peers.program("glassh"), "-F", "none", "-f", "-p", str(sshd.port), "-i", str(place.key("user")),
               f"-oUserKnownHostsFile={sshd.known_hosts}", f"{USER}@127.0.0.1",
               f"for i in $(seq 600); do [ -e {tmp_path}/go ] && break; sleep 0.1; done; echo done >{tmp_path}/done"]
    result = subprocess.run(command, env=place.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL, timeout=60)
    assert result.returncode == 0
    (tmp_path / "go").touch()
    assert until((tmp_path / "done").exists)


def test_f_tells_when_the_login_fails(sshd, place):
    command = [peers.program("glassh"), "-F", "none", "-f", "-p", str(sshd.port), "-oIdentityFile=none", "-oBatchMode=yes",
               f"-oUserKnownHostsFile={sshd.known_hosts}", f"{USER}@127.0.0.1", "true"]
    result = subprocess.run(command, env=place.environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert result.returncode == 255 and b"Permission denied" in result.stderr
