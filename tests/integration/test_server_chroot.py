# SPDX-License-Identifier: BSD-2-Clause
"""Users of root's glasshd who see another root directory, with busybox in it."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

import pytest

from glasshd_server import Server, children, is_alive, name, until
from person import Person, can_make_users
from shared import change_users
from test_server_pam import UNIX, PamServer, can_have_mounts

BUSYBOX = shutil.which("busybox")
pytestmark = pytest.mark.skipif(not can_make_users() or not BUSYBOX, reason="needs root to make users, and busybox")


@pytest.fixture(scope="module")
def person(keys):
    made = Person(keys, groups=["games"])
    yield made
    made.remove()


@pytest.fixture
def root(person):
    """Not below /tmp, where others may write."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="glasshd-test-", dir="/var/lib"))
    path.chmod(0o755)
    for folder in ("bin", "etc", f"home/{person.name}"):
        (path / folder).mkdir(parents=True)
    os.chown(path / "home" / person.name, person.entry.pw_uid, person.entry.pw_gid)
    shutil.copy(BUSYBOX, path / "bin/busybox")
    for command in ("sh", "ls", "cat", "id", "tty", "test"):
        (path / "bin" / command).symlink_to("busybox")
    yield path
    shutil.rmtree(path)


@pytest.fixture
def start(tmp_path, keys, root, person):
    running = []

    def start(**options):
        settings = {"AuthorizedKeysFile": f"{person.home}/.ssh/authorized_keys", "StrictModes": "yes",
                    "ChrootDirectory": str(root), **options}
        running.append(Server(tmp_path, keys, **settings).__enter__())
        return running[-1]

    yield start
    for server in running:
        server.__exit__()


def run(server, person, *words, **options):
    return subprocess.run(server.ssh_command(*words, user=person.name, **options), capture_output=True, timeout=60,
                          stdin=subprocess.DEVNULL)


def test_programs_see_the_other_root_as_the_user(start, person, root):
    server = start()
    done = run(server, person, "ls /; pwd; id -u; id -G; cat /etc/passwd; echo still $HOME")
    rows = done.stdout.decode().splitlines()
    games = subprocess.run(["id", "-G", person.name], capture_output=True, text=True, check=True).stdout.split()
    assert rows[:4] == ["bin", "etc", "home", f"/home/{person.name}"]
    assert rows[4] == str(person.entry.pw_uid) and sorted(rows[5].split()) == sorted(games)
    assert rows[6:] == [f"still {person.home}"] and b"/etc/passwd': No such file" in done.stderr
    assert server.logs(f'Changed root directory to "{root}"')


def test_a_terminal_works_without_a_dev(start, person):
    done = run(start(), person, "test -t 0 && echo a terminal; echo $SSH_TTY; id -u", options=["-tt"])
    rows = done.stdout.decode().split("\r\n")
    assert rows[0] == "a terminal" and rows[1].startswith("/dev/pts/") and rows[2] == str(person.entry.pw_uid), done


def test_no_process_there_is_root_or_lets_the_user_look_into_it(start, person):
    server = start()
    client = subprocess.Popen(server.ssh_command("echo in; exec cat", user=person.name), stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    assert client.stdout.readline() == b"in\n"
    session = [pid for pid in children(server.connections()[0]) if name(pid) == "glasshd-session"][0]
    status = dict(row.split(":\t", 1) for row in pathlib.Path(f"/proc/{session}/status").read_text().splitlines()
                  if ":\t" in row)
    assert set(status["Uid"].split()) == {str(person.entry.pw_uid)} and int(status["CapPrm"], 16) == 0
    looked = subprocess.run(["ls", "-l", f"/proc/{session}/fd"], user=person.name, group=person.name, extra_groups=[],
                            capture_output=True)
    assert looked.returncode != 0
    (program,) = children(session)
    assert {os.readlink(f"/proc/{program}/fd/{fd}").split(":")[0] for fd in os.listdir(f"/proc/{program}/fd")} == {"pipe"}
    client.communicate()


def test_tokens_are_the_users(start, person, root):
    (root / person.name / "bin").mkdir(parents=True)
    for command in ("busybox", "sh"):
        shutil.copy(BUSYBOX, root / person.name / "bin" / command)
    done = run(start(ChrootDirectory=f"{root}/%u"), person, "/bin/busybox ls /")
    assert done.stdout == b"bin\n", done


def test_what_is_not_in_the_other_root_is_missed_there(start, person, root):
    server = start(ForceCommand="internal-sftp")
    assert run(server, person, "true").returncode != 0
    assert server.logs(rf"sftp-server in ChrootDirectory {root} of {person.name}: No such file or directory"), server.log()


@pytest.mark.parametrize("change", [lambda root, person: root.chmod(0o775),
                                    lambda root, person: os.chown(root, person.entry.pw_uid, -1)],
                         ids=["written by a group", "owned by the user"])
def test_a_root_that_others_could_change_is_not_entered(start, person, root, change):
    server = start()
    change(root, person)
    assert run(server, person, "echo in").stdout == b""
    assert server.logs(f'bad ownership or modes for chroot directory "{root}"')


def test_a_shell_that_is_only_there_will_do(start, person, root):
    server = start()
    shutil.copy(BUSYBOX, root / "bin/busybox")
    change_users("usermod", "--shell", "/bin/ash", person.name, check=True)
    (root / "bin/ash").symlink_to("busybox")
    try:
        assert run(server, person, "echo in").stdout == b"in\n"
    finally:
        change_users("usermod", "--shell", "/bin/sh", person.name, check=True)
    (root / "bin/sh").unlink()
    assert run(server, person, "echo in").stdout == b""


@pytest.mark.parametrize("terminal", [[], ["-tt"]], ids=["program", "terminal"])
@pytest.mark.parametrize("victim", ["glasshd", "glasshd-worker", "glasshd-pam", "glasshd-session"])
def test_with_pam_whoever_is_killed_nothing_is_left(tmp_path, keys, person, root, victim, terminal):
    """The session's process has become somebody else, and its parent is PAM's."""
    if not can_have_mounts():
        pytest.skip("needs mount namespaces")
    with PamServer(tmp_path, keys, UNIX, ChrootDirectory=root) as server:
        client = subprocess.Popen(server.ssh_command("echo in; exec cat", user=person.name, options=terminal),
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert client.stdout.readline().split() == [b"in"], server.log()
        pids = [server.workers()[0], server.connections()[0]]
        while below := children(pids[-1]):
            pids += below
        found = {name(pid): pid for pid in pids}
        assert list(found)[:-1] == ["glasshd-worker", "glasshd", "glasshd-pam", "glasshd-session"], found
        os.kill(found[victim], signal.SIGKILL)
        client.wait(60)
        assert until(lambda: not any(map(is_alive, found.values()))), {who: is_alive(pid) for who, pid in found.items()}
        client.communicate()
