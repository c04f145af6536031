# SPDX-License-Identifier: BSD-2-Clause
"""glasshd or glassh on a TUN device in a network of the test's own, where the kernel's TCP has the link's other end."""
import contextlib
import os
import subprocess

import network
from glasshd_server import BUILD, USER, Server, until

GLASSH = os.environ.get("GLASSH", str(BUILD / "glassh"))
SSHD = "/usr/sbin/sshd"
V4, V6 = "192.0.2.1", "2001:db8::1"
KERNEL_V4, KERNEL_V6 = "192.0.2.2", "2001:db8::2"


class TunServer(Server):
    """At port 22 of V4 and V6, over the device "g0" of that network."""

    def __init__(self, path, keys, net, tuns=(f"g0={V4}/24", f"g0={V6}/64"), **options):
        arguments = [word for tun in tuns for word in ("--tun", tun)]
        super().__init__(path, keys, arguments=arguments, Port=22, ListenAddress="0.0.0.0", **options)
        self.net = net

    def command(self, *arguments):
        return self.net.words(*super().command(*arguments))

    def ssh_command(self, *words, address=V4, **how):
        command = super().ssh_command(**how)
        command[command.index("-p") + 1] = "22"
        command[-1] = f"{USER}@{address}"
        return self.net.words(*command, *words)

    def tcp(self):
        return self.children().get("glassh-tcp", [None])[-1]


@contextlib.contextmanager
def behind_a_bad_link(server, *options):
    """The network of a client that reaches the server by way of the server's network."""
    with network.network() as far:
        left, right = [(net, "e0", f"198.51.100.{side}/24", f"2001:db8:1::{side}/64")
                       for net, side in ((far, 1), (server.net, 2))]
        forward = "cd /proc/sys/net && echo 1 >ipv4/ip_forward && echo 1 >ipv6/conf/all/forwarding"
        assert server.net.run("sh", "-c", forward).returncode == 0
        with network.link(left, right, *options) as counts:
            for route in (("192.0.2.0/24", "via", "198.51.100.2"), ("2001:db8::/64", "via", "2001:db8:1::2")):
                done = far.run("ip", "route", "add", *route)
                assert done.returncode == 0, done.stderr
            yield far, counts


@contextlib.contextmanager
def stock_sshd(path, keys, net):
    """OpenSSH's, at port 22 of all addresses that the network's kernel has."""
    (path / "authorized_keys").write_text(keys.public("user"))
    (path / "sshd_config").write_text(
        f"Port 22\nHostKey {keys.path / 'host'}\nAuthorizedKeysFile {path / 'authorized_keys'}\nStrictModes no\n"
        "PidFile none\nUsePAM no\nPermitRootLogin yes\nPrintMotd no\n")
    os.makedirs("/run/sshd", exist_ok=True)
    with (path / "sshd.log").open("wb") as log:
        with subprocess.Popen(net.words(SSHD, "-D", "-e", "-f", path / "sshd_config"), stderr=log) as sshd:
            try:
                assert until(lambda: b":22 " in net.run("ss", "-H", "-l", "-n", "-t").stdout)
                yield
            finally:
                sshd.terminate()


def glassh(net, keys, destination, *words, tun=f"g0={V4}/24", data=b"", options=()):
    command = [GLASSH, "-F", "none", "-i", keys.path / "user", "--tun", tun, *options]
    for setting in ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "GlobalKnownHostsFile=/dev/null",
                    "BatchMode=yes", "LogLevel=ERROR"):
        command += ["-o", setting]
    return net.run(*command, f"{USER}@{destination}", *words, input=data)
