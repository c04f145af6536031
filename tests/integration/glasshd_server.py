# SPDX-License-Identifier: BSD-2-Clause
"""A glasshd of one's own on loopback, with throw-away keys, and stock ssh to talk to it."""
import contextlib
import getpass
import os
import pathlib
import re
import signal
import subprocess

from shared import SECONDS, free_port, read_until, until

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BUILD", ROOT / "build"))
GLASSHD = os.environ.get("GLASSHD", str(BUILD / "glasshd"))
USER = getpass.getuser()


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # gone before, or between opening and reading
        return False


def children(pid):
    """Who is gone has none."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def name(pid):
    """Of its program; "" when it is gone."""
    try:
        return pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def connection_inodes(port):
    """Of the server's ends of its connections over IPv4."""
    rows = [row.split() for row in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {row[9] for row in rows if int(row[1].split(":")[1], 16) == port and row[3] == "01"}


def sockets(pid):
    try:
        links = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    except FileNotFoundError:
        return set()
    return {link[len("socket:["):-1] for link in links if link.startswith("socket:[")}


class Keys:
    def __init__(self, path):
        self.path = path
        for name in ("host", "user", "other"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path / name], check=True)

    def public(self, name):
        return (self.path / f"{name}.pub").read_text()


class Server:
    listening = "Server listening"  # in its log

    def __init__(self, path, keys, authorized=None, arguments=(), **options):
        self.path, self.keys, self.arguments, self.port = path, keys, arguments, free_port()
        self.before = None  # done in the server's process before it is one
        self.log_path = path / "log"
        self.config = path / "config"
        self.pid_file = path / "pid"
        authorized_keys = path / "authorized_keys"
        authorized_keys.write_text(keys.public("user") if authorized is None else authorized)
        self.options = {"Port": self.port, "ListenAddress": "127.0.0.1", "HostKey": keys.path / "host",
                        "AuthorizedKeysFile": authorized_keys, "StrictModes": "no", "PidFile": self.pid_file,
                        "LogLevel": "VERBOSE", "PrintMotd": "no", "PerSourcePenalties": "no", **options}
        self.write_config()

    def write_config(self, **options):
        self.options.update(options)
        self.config.write_text("".join(f"{keyword} {value}\n" for keyword, value in self.options.items()))

    def command(self, *arguments):
        return [GLASSHD, "-f", str(self.config), *arguments]

    def __enter__(self):
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(self.command("-D", "-e", *self.arguments), stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, preexec_fn=self.before)
        assert self.logs(self.listening), self.log()
        assert until(lambda: "glasshd-porch" in self.children()), self.log()  # the last of its helpers
        return self

    def __exit__(self, *_):
        children = self.connections()
        self.process.terminate()
        self.process.wait(60)
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        found = f"AddressSanitizer|runtime error:|died of signal {signal.SIGSYS:d}\\b"
        assert not re.search(found, self.log()), self.log()

    def log(self):
        return self.log_path.read_text(errors="replace")

    def logs(self, pattern, count=1, seconds=SECONDS):
        """Whether the log comes to have so many matches of the pattern."""
        return until(lambda: len(re.findall(pattern, self.log())) >= count, seconds)

    def children(self):
        """By the name of their program."""
        found = {}
        for pid in children(self.process.pid) if self.process.poll() is None else []:
            if is_alive(pid):
                found.setdefault(name(pid), []).append(pid)
        return found

    def connections(self):
        """The monitors of the connections there are now."""
        return self.children().get("glasshd", [])

    def nursery(self):
        """Its pid, or None: none is there just now."""
        return self.children().get("glasshd-worker", [None])[-1]

    def keyd(self):
        return self.children().get("glasshd-keyd", [None])[-1]

    def workers(self):
        """Those that have a connection, not those that wait for one."""
        taken = connection_inodes(self.port)
        return [pid for pid in children(self.nursery()) if taken & sockets(pid)]

    def only_connection(self):
        """Its processes, when what earlier ones left has gone and its own login is over."""
        def found():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # one of the earlier ones goes meanwhile
                monitors, workers = self.connections(), self.workers()
                if len(monitors) == len(workers) == 1:
                    below = children(monitors[0])
                    if [name(pid) for pid in below] == ["glasshd-session"]:
                        return {"monitor": monitors[0], "worker": workers[0], "session": below[0]}
            return None
        return until(found)

    def ssh_command(self, *words, key="user", user=USER, options=()):
        settings = {"IdentitiesOnly": "yes", "StrictHostKeyChecking": "no", "UserKnownHostsFile": "/dev/null",
                    "GlobalKnownHostsFile": "/dev/null", "LogLevel": "ERROR", "BatchMode": "yes"}
        command = ["ssh", "-F", "none", *options, "-p", str(self.port), "-i", str(self.keys.path / key)]
        for keyword, value in settings.items():
            command += ["-o", f"{keyword}={value}"]
        return [*command, f"{user}@127.0.0.1", *words]

    def ssh(self, *words, data=b"", timeout=60, **how):
        return subprocess.run(self.ssh_command(*words, **how), input=data, capture_output=True, timeout=timeout)

    def shell(self, script="exit\n", user=USER, options=()):
        """What a login shell shows at a terminal, and its status. Nothing is typed before the shell has asked: the
        terminal's echo would come in between what is shown until then."""
        with subprocess.Popen(self.ssh_command(user=user, options=["-tt", *options]), stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as ssh:
            shown = read_until(ssh.stdout.fileno(), rb"[$#] $")
            shown += ssh.communicate(script.encode(), timeout=60)[0]
        return shown.decode(), ssh.returncode

    def output(self, *words, **how):
        done = self.ssh(*words, **how)
        assert done.returncode == 0, (done, self.log())
        return done.stdout.decode()
