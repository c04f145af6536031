# SPDX-License-Identifier: BSD-2-Clause
"""Networks of a test's own: each is a network namespace that lasts as long as the block."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys

from glasshd_server import BUILD, until

TUN = pathlib.Path("/dev/net/tun")


def why_not():
    """Why there can be none here; or None."""
    if os.geteuid() != 0:
        return "needs root, for networks of its own and TUN devices"
    if not TUN.exists():
        return "there is no /dev/net/tun"
    missing = [name for name in ("ip", "nsenter", "unshare") if not shutil.which(name)]
    if missing:
        return f"needs {', '.join(missing)}"
    if subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode != 0:
        return "the kernel gives no network namespace"
    return None


class Network:
    def __init__(self, pid):
        self.pid = pid

    def words(self, *command):
        """The command, to be run in here."""
        return ["nsenter", f"--net=/proc/{self.pid}/ns/net", *map(str, command)]

    def run(self, *command, timeout=120, **options):
        return subprocess.run(self.words(*command), capture_output=True, timeout=timeout, **options)

    def python(self, script, *arguments, **options):
        done = self.run(sys.executable, "-B", "-c", script, *arguments, **options)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def has_device(self, name):
        return self.run("ip", "link", "show", name).returncode == 0


@contextlib.contextmanager
def network():
    own = os.readlink("/proc/self/ns/net")
    with subprocess.Popen(["unshare", "--net", "sleep", "infinity"]) as holder:
        try:
            link = f"/proc/{holder.pid}/ns/net"
            assert until(lambda: os.readlink(link) != own)
            made = Network(holder.pid)
            assert made.run("ip", "link", "set", "lo", "up").returncode == 0
            yield made
        finally:
            holder.terminate()


@contextlib.contextmanager
def link(left, right, *options):
    """A link as tests/emulator/tun_link has it: each side is a network, a device's name, and its addresses. What the
    block gets is filled in when it ends: for each direction what became of its packets."""
    sides = [str(word) for net, *words in (left, right) for word in (net.pid, *words)]
    command = [BUILD / "tests" / "tun_link", *map(str, options), *sides]
    counts = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        try:
            yield counts
        finally:
            process.stdin.close()
            for line in process.stdout:
                words = line.split()
                counts.append(dict(zip(words[::2], map(int, words[1::2]))))
