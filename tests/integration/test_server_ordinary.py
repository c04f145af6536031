# SPDX-License-Identifier: BSD-2-Clause
"""glasshd that an ordinary user runs: it serves that user alone, and all of its processes are that user's."""
import contextlib
import functools
import os
import shutil
import subprocess

import pytest

from glasshd_server import BUILD, Server, until
from person import can_make_users
from processes import GONE, descendants

pytestmark = pytest.mark.skipif(not can_make_users(), reason="needs root to make users")


class OrdinaryServer(Server):
    """Its programs and its host key are in the home of whoever runs it: those of the tests may be root's alone."""

    def __init__(self, person, path, keys, **options):
        self.person, home = person, person.home / path.name
        home.mkdir()
        for file in [*BUILD.glob("glassh*"), keys.path / "host"]:
            if file.is_file():
                shutil.copy(file, home)
        super().__init__(home, keys, **{"HostKey": home / "host", "AuthorizedKeysFile": ".ssh/authorized_keys", **options})
        self.before = self.become
        for file in (home, *home.iterdir()):
            shutil.chown(file, person.entry.pw_uid, person.entry.pw_gid)

    def become(self):
        os.initgroups(self.person.name, self.person.entry.pw_gid)
        os.setgid(self.person.entry.pw_gid)
        os.setuid(self.person.entry.pw_uid)

    def command(self, *arguments):
        return [str(self.path / "glasshd"), "-f", str(self.config), *arguments]


@pytest.fixture
def kind(person):
    return functools.partial(OrdinaryServer, person)


def users(server):
    """Of each of its processes, as the kernel tells them."""
    found = []
    for pid in (server.process.pid, *descendants(server.process.pid)):
        with contextlib.suppress(*GONE):
            found += [row for row in open(f"/proc/{pid}/status").read().splitlines() if row.startswith("Uid:")]
    return found


def test_the_user_logs_in_and_no_process_is_anybody_elses(start, person):
    server = start()
    client = subprocess.Popen(server.ssh_command("-tt", "id -un; exec cat", user=person.name), stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    assert client.stdout.readline().split() == [person.name.encode()], server.log()
    assert until(lambda: len(users(server)) > 7)
    assert set(users(server)) == {"Uid:" + f"\t{person.entry.pw_uid}" * 4}
    client.communicate(b"\4", timeout=60)
    assert until(lambda: server.connections() == [])


def test_nobody_else_does(start, person):
    server = start()
    for other in ("root", "nobody", "gtnosuch"):
        assert server.ssh("true", user=other).returncode == 255
        assert server.logs(f"Invalid user {other} from")
    assert "Accepted" not in server.log()


@pytest.mark.parametrize("line, why", [("DenyUsers {name}", "listed in DenyUsers"),
                                       ("AllowUsers somebodyelse", "not listed in AllowUsers"),
                                       ("DenyGroups {name}", "a group is listed in DenyGroups"),
                                       ("AllowGroups nogroup", "none of user's groups are listed in AllowGroups"),
                                       ("AllowUsers {name}@127.0.0.1", None)])
def test_lists_of_users_hold_for_the_user_too(start, person, line, why):
    keyword, value = line.format(name=person.name).split()
    server = start(**{keyword: value})
    assert server.ssh("true", user=person.name).returncode == (255 if why else 0), server.log()
    assert not why or server.logs(f"User {person.name} from 127.0.0.1 not allowed because {why}"), server.log()


class RootlessServer(OrdinaryServer):
    """On a TUN device in a user and a network namespace that the user has made. The device's node may be opened by
    everybody, as systems have it: in a mount namespace, as here it may be root's."""

    def __init__(self, who, *where):
        super().__init__(*where, Port=22, arguments=("--tun", "g0=192.0.2.1/24", "--tun", "g0=2001:db8::1/64"))
        self.before, self.who = None, who

    def command(self, *arguments):
        node = "mount -t tmpfs none /mnt && mknod -m 666 /mnt/tun c 10 200 && mount --bind /mnt/tun /dev/net/tun"
        entry = self.person.entry
        return ["unshare", "--mount", "sh", "-c", f'{node} && exec "$@"', "sh",
                "setpriv", "--reuid", str(entry.pw_uid), "--regid", str(entry.pw_gid), "--init-groups",
                "unshare", "--user", self.who, "--keep-caps", "--net", *super().command(*arguments)]

    def ssh_to(self, address, *words):
        command = self.ssh_command(*words, user=self.person.name)
        command[-1 - len(words)] = f"{self.person.name}@{address}"
        command[command.index("-p") + 1] = "22"
        return subprocess.run(["nsenter", "--net", "--target", str(self.process.pid), *command], capture_output=True,
                              timeout=60)


def can_have_devices():
    probe = "mount -t tmpfs none /mnt && mknod /mnt/tun c 10 200 && : </mnt/tun"
    return os.path.exists("/dev/net/tun") and \
        subprocess.run(["unshare", "--mount", "sh", "-c", probe], capture_output=True).returncode == 0


@pytest.mark.skipif(not can_have_devices(), reason="needs mount namespaces, device nodes and TUN")
def test_without_root_it_answers_on_a_device_of_its_own(person, tmp_path, keys):
    with RootlessServer("--map-current-user", person, tmp_path, keys) as server:
        for address in ("192.0.2.1", "2001:db8::1"):
            done = server.ssh_to(address, "echo $SSH_CONNECTION; id -un")
            assert done.stdout.split()[2:] == [address.encode(), b"22", person.name.encode()], (done, server.log())


@pytest.mark.skipif(not can_have_devices(), reason="needs mount namespaces, device nodes and TUN")
def test_who_is_root_there_and_nobody_else_is_told_what_to_do(person, tmp_path, keys):
    server = RootlessServer("--map-root-user", person, tmp_path, keys)
    done = subprocess.run(server.command("-D", "-e", *server.arguments), capture_output=True, timeout=60, text=True)
    assert done.returncode == 1
    assert done.stderr == ("glasshd: this user namespace has no user but its root; enter one as yourself "
                           "(unshare --user --map-current-user --keep-caps)\n")


def test_the_root_of_a_container_with_users_is_root(person, tmp_path, keys):
    """As rootless containers have it: one number is its owner's, and others are lent."""
    server = OrdinaryServer(person, tmp_path, keys)
    with subprocess.Popen(["unshare", "--user", "sleep", "infinity"]) as holder:
        try:
            ours, theirs = "/proc/self/ns/user", f"/proc/{holder.pid}/ns/user"
            assert until(lambda: os.readlink(ours) != os.readlink(theirs))
            for kind in ("uid", "gid"):
                with open(f"/proc/{holder.pid}/{kind}_map", "wb", buffering=0) as numbers:
                    numbers.write(b"0 0 1\n1 1 65535\n")
            done = subprocess.run(["nsenter", "--user", "--target", str(holder.pid), *server.command("-t")],
                                  capture_output=True, timeout=60)
        finally:
            holder.kill()
    assert (done.returncode, done.stderr) == (0, b"")
