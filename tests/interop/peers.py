# SPDX-License-Identifier: BSD-2-Clause
"""Real SSH servers and clients for tests and benchmarks, each with its own files in a temporary
directory, on a free port of the loopback interface. Nothing of the user's own is read or written.

A server takes and a client gives algorithms by OpenSSH's keywords: {"Ciphers": "aes128-ctr"}; one
that a peer cannot be told is left to the other end."""
import contextlib
import functools
import getpass
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

from shared import SECONDS, free_port, until

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("BUILD", HERE.parents[1] / "build"))
USER = getpass.getuser()
KEY_TYPES = {"ed25519": [], "ecdsa-256": ["-t", "ecdsa", "-b", "256"], "ecdsa-384": ["-t", "ecdsa", "-b", "384"],
             "ecdsa-521": ["-t", "ecdsa", "-b", "521"], "rsa": ["-t", "rsa", "-b", "2048"]}

KEXES = ["curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384",
         "ecdh-sha2-nistp521", "diffie-hellman-group14-sha256", "diffie-hellman-group16-sha512",
         "diffie-hellman-group18-sha512"]
AEADS = ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"]
CIPHERS = ["aes128-ctr", "aes192-ctr", "aes256-ctr"]
MACS = ["hmac-sha2-256", "hmac-sha2-512", "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"]
SIGNATURES = {"ssh-ed25519": "ed25519", "ecdsa-sha2-nistp256": "ecdsa-256", "ecdsa-sha2-nistp384": "ecdsa-384",
              "ecdsa-sha2-nistp521": "ecdsa-521", "rsa-sha2-256": "rsa", "rsa-sha2-512": "rsa"}


def program(name):
    """Where a program is: $GLASSH and $GLASSHD choose the ones under test, else the build has them."""
    chosen = os.environ.get(name.upper().replace("-", "_"))
    found = shutil.which(chosen or name, path=f"{BUILD}:{os.environ['PATH']}:/usr/sbin:/sbin")
    return os.path.realpath(found) if found else None


class Place:
    """A temporary directory with key pairs, an authorized_keys with all of them, and a home."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.home = self.path / "home"
        (self.home / ".ssh").mkdir(parents=True, mode=0o700)
        self.environment = {"HOME": str(self.home), "USER": USER, "LOGNAME": USER, "TERM": "dumb",
                            "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"}
        for variable in ("CACHE", "CONFIG", "DATA", "STATE"):
            self.environment[f"XDG_{variable}_HOME"] = str(self.home / variable.lower())
        for role in ("host", "user"):
            for key_type, options in KEY_TYPES.items():
                self.run("ssh-keygen", "-q", "-N", "", "-C", key_type, *(options or ["-t", "ed25519"]),
                         "-f", self.path / f"{role}-{key_type}")
        self.authorized_keys = self.path / "authorized_keys"
        self.authorized_keys.write_text("".join(self.public("user", key_type) for key_type in KEY_TYPES))
        self.authorized_keys.chmod(0o600)

    def run(self, *command, **options):
        command = [str(word) for word in command]
        return subprocess.run(command, env=self.environment, check=True, stdin=subprocess.DEVNULL, **options)

    def key(self, role, key_type="ed25519"):
        return self.path / f"{role}-{key_type}"

    def public(self, role, key_type="ed25519"):
        return pathlib.Path(f"{self.key(role, key_type)}.pub").read_text()

    @functools.lru_cache(maxsize=None)
    def dropbear_key(self, role, key_type):
        path = self.path / f"{role}-{key_type}.dropbear"
        self.run("dropbearconvert", "openssh", "dropbear", self.key(role, key_type), path, capture_output=True)
        return path

    @functools.lru_cache(maxsize=None)
    def putty_key(self, key_type):
        path = self.path / f"user-{key_type}.ppk"
        self.run("puttygen", self.key("user", key_type), "-o", path)
        return path


class Server:
    """A running server: a process group that is ended, and its log."""

    name = None
    is_root_only = False
    says_exchange = None  # in its log, once for each key exchange

    def __init__(self, place, algorithms=(), port=None, options=()):
        self.place, self.port = place, port or free_port()
        self.algorithms, self.options = dict(algorithms), dict(options)
        self.log = place.path / f"{self.name}-{self.port}.log"
        self.known_hosts = place.path / f"known_hosts-{self.port}"
        self.known_hosts.write_text("".join(f"[127.0.0.1]:{self.port} {place.public('host', key_type)}"
                                            for key_type in KEY_TYPES))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen([str(word) for word in self.command()], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env=place.environment, start_new_session=True)
        self.wait()

    def command(self):
        raise NotImplementedError

    def wait(self):
        limit = time.monotonic() + SECONDS
        while time.monotonic() < limit and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), SECONDS):
                return
            time.sleep(0.01)
        self.stop()
        raise RuntimeError(f"{self.name} does not listen: {self.text()}")

    def text(self):
        return self.log.read_text(errors="replace")

    def exchanges(self):
        """How many key exchanges there were so far, over all connections; None if its log does not tell."""
        is_told = self.says_exchange and self.options.get("LogLevel") == "DEBUG1"
        return self.text().count(self.says_exchange) if is_told else None

    def stop(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def write_config(self, **more):
        rows = {"Port": self.port, "ListenAddress": "127.0.0.1", "AuthorizedKeysFile": self.place.authorized_keys,
                "StrictModes": "no", "PidFile": "none", "UsePAM": "no", "PermitRootLogin": "yes",
                "PasswordAuthentication": "no", "MaxStartups": "1000", "PrintMotd": "no",
                "Subsystem": "sftp /usr/lib/openssh/sftp-server", "AcceptEnv": "LANG LC_* GIT_PROTOCOL",
                **more, **self.algorithms, **self.options}
        path = self.place.path / f"{self.name}-{self.port}.config"
        keys = "".join(f"HostKey {self.place.key('host', key_type)}\n" for key_type in KEY_TYPES)
        path.write_text(keys + "".join(f"{key} {value}\n" for key, value in rows.items()))
        return path


class Sshd(Server):
    name = "sshd"
    says_exchange = "SSH2_MSG_NEWKEYS received"

    def command(self):
        if os.geteuid() == 0:
            pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        return [program("sshd"), "-D", "-e", "-f", self.write_config()]


class Glasshd(Server):
    name = "glasshd"
    says_exchange = "kex: "

    def command(self):
        path = program("glasshd")
        # Other servers may stand in for it, and not know the keyword.
        own = {"PerSourcePenalties": "no"} if pathlib.Path(path).name == "glasshd" else {}
        return [path, "-D", "-e", "-f", self.write_config(**own)]


class Dropbear(Server):
    """Reads ~/.ssh/authorized_keys of the passwd file only, so it gets a mount namespace in which that
    is ours."""

    name = "dropbear"
    is_root_only = True

    def command(self):
        shutil.copy(self.place.authorized_keys, self.place.home / ".ssh/authorized_keys")
        keys = [word for key_type in ("ed25519", "ecdsa-256", "rsa")
                for word in ("-r", self.place.dropbear_key("host", key_type))]
        script = 'mount --bind "$1" ~ && shift && exec "$@"'
        return ["unshare", "--mount", "sh", "-c", f"HOME=$(getent passwd {USER} | cut -d: -f6); {script}", "sh",
                self.place.home, program("dropbear"), "-F", "-E", "-m", "-p", f"127.0.0.1:{self.port}", *keys]


class ParamikoServer(Server):
    name = "paramiko-server"

    def command(self):
        key_type = SIGNATURES[self.algorithms.get("HostKeyAlgorithms", "ssh-ed25519")]
        return [sys.executable, "-B", HERE / "paramiko_server.py", self.port, self.place.key("host", key_type),
                self.place.authorized_keys]


class Client:
    """Gives the command line that runs a remote command on a server."""

    name = None
    key_types = tuple(KEY_TYPES)
    keywords = ()  # the ones it can be told
    says_exchange = None  # on stderr, once for each key exchange
    talkative = {}  # the options that make it say so

    def command(self, server, remote, algorithms=(), key_type="ed25519", options=()):
        raise NotImplementedError

    def run(self, server, remote, data=b"", timeout=60, **arguments):
        command = [str(word) for word in self.command(server, remote, **arguments)]
        return subprocess.run(command, input=data, capture_output=True, timeout=timeout,
                              env=server.place.environment)


class Ssh(Client):
    name = "ssh"
    says_exchange = b"debug1: SSH2_MSG_NEWKEYS received"
    talkative = {"LogLevel": "DEBUG1"}
    keywords = ("KexAlgorithms", "Ciphers", "MACs", "HostKeyAlgorithms", "PubkeyAcceptedAlgorithms", "RekeyLimit")

    def command(self, server, remote, algorithms=(), key_type="ed25519", options=()):
        rows = {"UserKnownHostsFile": server.known_hosts, "GlobalKnownHostsFile": "/dev/null", "BatchMode": "yes",
                "IdentitiesOnly": "yes", "IdentityFile": server.place.key("user", key_type),
                "StrictHostKeyChecking": "yes", **dict(algorithms), **dict(options)}
        words = [f"-o{key}={value}" for key, value in rows.items()]
        return [program(self.name), "-F", "none", "-p", server.port, *words, f"{USER}@127.0.0.1",
                *([remote] if remote else [])]


class Glassh(Ssh):
    name = "glassh"


class Dbclient(Client):
    name = "dbclient"
    key_types = ("ed25519", "ecdsa-256", "rsa")
    keywords = ("Ciphers", "MACs")

    def command(self, server, remote, algorithms=(), key_type="ed25519", options=()):
        flags = {"Ciphers": "-c", "MACs": "-m"}
        chosen = [word for key, value in dict(algorithms).items() if key in flags for word in (flags[key], value)]
        return [program(self.name), "-y", "-y", "-T", "-p", server.port, "-i",
                server.place.dropbear_key("user", key_type), *chosen, f"{USER}@127.0.0.1", remote]


class Plink(Client):
    name = "plink"

    def command(self, server, remote, algorithms=(), key_type="ed25519", options=()):
        prints = []
        for host_type in KEY_TYPES:
            told = subprocess.run(["ssh-keygen", "-lf", f"{server.place.key('host', host_type)}.pub"], text=True,
                                  capture_output=True, check=True).stdout
            prints += ["-hostkey", told.split()[1]]
        return [program(self.name), "-batch", "-ssh", "-T", "-noagent", "-P", server.port, *prints, "-i",
                server.place.putty_key(key_type), f"{USER}@127.0.0.1", remote]


class Paramiko(Client):
    name = "paramiko"
    keywords = ("KexAlgorithms", "Ciphers", "MACs", "HostKeyAlgorithms", "PubkeyAcceptedAlgorithms")

    def command(self, server, remote, algorithms=(), key_type="ed25519", options=()):
        rows = [f"{key}={value}" for key, value in dict(algorithms).items()]
        return [sys.executable, "-B", HERE / "paramiko_client.py", server.port, server.place.key("user", key_type),
                server.known_hosts, USER, remote, *rows]


def wrong_exchanges(client, result, before, after, rekeys):
    """What either end tells of its key exchanges, of which the first is no rekey; None if that is as many as needed."""
    told = {"server": after - before} if after is not None else {}
    if client.says_exchange:
        told["client"] = result.stderr.count(client.says_exchange)
    enough = told and all(count > rekeys for count in told.values())
    return None if enough else f"key exchanges: {told}, {rekeys} rekeys are needed"


def echo(client, server, size, timeout=300, rekeys=0, options=(), **arguments):
    """Sends random octets through a remote `cat`, during which the keys have to be changed so often at least; says
    what is wrong with the answer, or None."""
    data = os.urandom(size)
    options = {**dict(options), **(client.talkative if rekeys else {})}
    before = server.exchanges()
    result = client.run(server, "cat; exit 7", data, timeout, options=options, **arguments)
    if result.returncode != 7:
        return f"exit {result.returncode}, not 7: {result.stderr.decode(errors='replace')[-2000:]}"
    if result.stdout != data:
        same = next((i for i, (a, b) in enumerate(zip(result.stdout, data)) if a != b), None)
        return f"{len(result.stdout)} octets came back of {size}, the first wrong one is at {same}"
    if not rekeys:
        return None
    # Another process writes it than the one whose end was seen.
    until(lambda: wrong_exchanges(client, result, before, server.exchanges(), rekeys) is None)
    return wrong_exchanges(client, result, before, server.exchanges(), rekeys)
