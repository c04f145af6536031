# SPDX-License-Identifier: BSD-2-Clause
"""The way to the server: several addresses of which some are dead, servers that hold one up."""
import os
import pathlib
import socket
import subprocess
import threading
import time

import pytest

import peers
from peers import USER

# 2001:db8::/64 and 198.51.100.0/24 lead into a wire whose other end drops everything; the addresses of the
# name are in /etc/hosts, in the order given.
NAMESPACE = r"""
set -e
ip link set lo up
ip link add hole type veth peer name bottom
ip link set hole arp off && ip link set hole up && ip link set bottom up
ip addr add 2001:db8::1/64 dev hole nodad && ip addr add 198.51.100.1/24 dev hole
mount --bind "$1" /etc/hosts
shift
exec "$@"
"""


@pytest.fixture
def network(tmp_path):
    """Runs a script in a network of its own, with these lines in /etc/hosts."""
    def run(hosts, script, timeout=60):
        names = tmp_path / "hosts"
        names.write_text("127.0.0.1 localhost\n::1 localhost\n" + hosts)
        command = ["unshare", "--net", "--mount", "sh", "-c", NAMESPACE, "sh", str(names), "sh", "-c", script]
        return subprocess.run(command, capture_output=True, timeout=timeout, stdin=subprocess.DEVNULL)
    if os.geteuid() != 0 or subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True).returncode:
        pytest.skip("needs root for a network of its own")
    return run


@pytest.fixture
def login(place):
    """A script that starts sshd in the network, logs in to "there" and tells how long that took, in ms."""
    def script(words="", remote="echo hello"):
        server = peers.Sshd.__new__(peers.Sshd)
        server.place, server.port, server.algorithms, server.options = place, 2222, {}, {"ListenAddress": "0.0.0.0"}
        known = place.path / "known-there"
        known.write_text(f"[there]:2222 {place.public('host')}")
        return f"""
rm -f {place.path}/there.pid
{peers.program("sshd")} -f {server.write_config()} -o ListenAddress=:: -o PidFile={place.path}/there.pid
timeout 15 sh -c 'until [ -s {place.path}/there.pid ]; do sleep 0.01; done'
trap 'kill $(cat {place.path}/there.pid)' EXIT
export HOME={place.home} XDG_CACHE_HOME={place.path}/nowhere
begun=$(date +%s%N)
{peers.program("glassh")} -F none -p 2222 -i {place.key("user")} -oUserKnownHostsFile={known} \
    -oGlobalKnownHostsFile=/dev/null -oBatchMode=yes {words} {USER}@there '{remote}'
status=$?
echo "ms: $(( ($(date +%s%N) - begun) / 1000000 ))"
exit $status
"""
    return script


SOON_MS = 20000  # on a busy machine; a dead address keeps whoever waits for it for two minutes


def milliseconds(result):
    return int(result.stdout.decode().rsplit("ms: ", 1)[1])


def test_a_dead_address_of_the_better_family_costs_little(network, login):
    """RFC 8305: the next address is tried after 250 ms, without waiting for the first one's end."""
    result = network("2001:db8::99 there\n127.0.0.1 there\n", login())
    assert result.returncode == 0 and b"hello" in result.stdout, result.stderr
    assert milliseconds(result) < SOON_MS


def test_many_dead_addresses_are_passed(network, login):
    hosts = "".join(f"2001:db8::{number} there\n198.51.100.{number} there\n" for number in (50, 51)) + "127.0.0.1 there\n"
    result = network(hosts, login())
    assert result.returncode == 0 and b"hello" in result.stdout, result.stderr
    assert milliseconds(result) < SOON_MS


def test_a_refused_address_costs_nothing(network, login):
    result = network("127.0.0.2 there\n::1 there\n", login("-oConnectTimeout=10"))
    assert result.returncode == 0 and b"hello" in result.stdout, result.stderr


def test_only_the_wanted_family_is_tried(network, login):
    hosts = "2001:db8::99 there\n127.0.0.1 there\n"
    assert network(hosts, login("-4")).returncode == 0
    result = network(hosts, login("-6 -oConnectTimeout=2"))
    assert result.returncode == 255 and b"timed out" in result.stderr, result.stderr
    assert milliseconds(result) < SOON_MS


def test_when_all_addresses_are_dead_the_timeout_ends_it(network, login):
    result = network("2001:db8::99 there\n198.51.100.99 there\n", login("-oConnectTimeout=2"))
    assert result.returncode == 255, result.stderr
    assert b"timed out" in result.stderr and b"there" in result.stderr
    assert milliseconds(result) < SOON_MS


def test_a_silent_name_server_does_not_hold_up_the_timeout(network, login, tmp_path):
    (tmp_path / "resolv.conf").write_text("nameserver 198.51.100.53\n")
    script = f"mount --bind {tmp_path}/resolv.conf /etc/resolv.conf\n" + login("-oConnectTimeout=1 -oHostname=a.example")
    result = network("", script)
    assert result.returncode == 255 and b"timed out" in result.stderr, result.stderr
    assert milliseconds(result) < SOON_MS


def test_the_own_address_can_be_chosen(network, login):
    result = network("127.0.0.1 there\n", login("-b 127.0.0.7", remote="echo $SSH_CONNECTION"))
    assert result.returncode == 0 and result.stdout.startswith(b"127.0.0.7 "), (result.stdout, result.stderr)


def test_an_own_address_that_is_not_ours_is_told(network, login):
    result = network("127.0.0.1 there\n", login("-b 192.0.2.7"))
    assert result.returncode == 255 and b"192.0.2.7" in result.stderr, result.stderr


def test_an_own_address_that_there_is_not_is_told(network, login):
    """And not where another address than that of its family was refused: that counts more."""
    said = b"from nobody.example: no address to connect from ("
    result = network("127.0.0.1 there\n", login("-b nobody.example"))
    assert result.returncode == 255 and said in result.stderr, result.stderr
    for hosts in ("127.0.0.1 there\n::1 there\n", "::1 there\n127.0.0.1 there\n"):
        result = network(hosts, login("-b 127.0.0.1").replace("-p 2222", "-p 1"))
        assert result.returncode == 255 and b"from 127.0.0.1: Connection refused" in result.stderr, result.stderr


# Servers that hold one up.

class Tarpit:
    """A server that sends these pieces, one per tenth of a second, as long as the client stays."""

    def __init__(self, pieces):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.pieces = pieces
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        connection, _ = self.listener.accept()
        with connection:
            for piece in self.pieces():
                try:
                    connection.sendall(piece)
                except OSError:
                    return
                time.sleep(0.1)


def lines_for_people():
    while True:
        yield b"please hold the line\r\n"


def octets_of_a_key_exchange():
    yield b"SSH-2.0-Tarpit\r\n"
    yield bytes.fromhex("000003fc 0a 14")
    while True:
        yield b"\0"


def ignored_packets():
    """Before the key exchange few are taken, so the identification is sent letter by letter first."""
    for letter in b"SSH-2.0-" + b"x" * 200:
        yield bytes([letter])


@pytest.mark.parametrize("pieces", [lines_for_people, octets_of_a_key_exchange, ignored_packets],
                         ids=lambda pieces: pieces.__name__)
def test_the_connect_timeout_ends_a_tarpit(place, pieces):
    pit = Tarpit(pieces)
    command = [peers.program("glassh"), "-F", "none", "-p", str(pit.port), "-oConnectTimeout=2", "-oBatchMode=yes",
               "-i", str(place.key("user")), f"{USER}@127.0.0.1", "true"]
    begun = time.monotonic()
    result = subprocess.run(command, env=place.environment, capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
    assert result.returncode == 255 and b"timed out" in result.stderr, result.stderr
    assert time.monotonic() - begun > 1.5


def test_the_time_that_a_person_takes_does_not_count(place, sshd, tmp_path):
    """The question about an unknown host stands for longer than ConnectTimeout."""
    asks = tmp_path / "asks"
    asks.write_text("#!/bin/sh\nsleep 6\necho yes\n")
    asks.chmod(0o755)
    known = tmp_path / "known"
    command = [peers.program("glassh"), "-F", "none", "-p", str(sshd.port), "-oConnectTimeout=5",
               f"-oUserKnownHostsFile={known}", "-i", str(place.key("user")), f"{USER}@127.0.0.1", "echo hello"]
    result = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=60, start_new_session=True,
                            env={**place.environment, "SSH_ASKPASS": str(asks), "SSH_ASKPASS_REQUIRE": "force",
                                 "XDG_CACHE_HOME": str(tmp_path)})
    assert (result.returncode, result.stdout) == (0, b"hello\n"), result.stderr
    assert pathlib.Path(known).read_text().startswith(f"[127.0.0.1]:{sshd.port} ")


# CheckHostIP: the name is known by the right key; what of its address?

ADDRESS = "198.51.100.1"


@pytest.fixture
def check_address(network, login, place):
    """Logs in with the known hosts file's lines for the address; the result and the file's new lines."""
    def run(key, *words):
        script = login(" ".join(f"-o{word}" for word in ("CheckHostIP=yes", *words)))
        known = place.path / "known-there"
        before = known.read_text() + (f"[{ADDRESS}]:2222 {key}" if key else "")
        known.write_text(before)
        result = network(f"{ADDRESS} there\n", script)
        return result, known.read_text()[len(before):]
    return run


def test_an_address_that_is_new_is_remembered(check_address, place):
    result, added = check_address(None)
    assert result.returncode == 0, result.stderr
    assert added.split() == [f"[{ADDRESS}]:2222", *place.public("host").split()[:2]]


def test_an_address_that_has_the_key_is_fine(check_address, place):
    result, added = check_address(place.public("host"))
    assert result.returncode == 0 and added == "" and b"Warning" not in result.stderr, result.stderr


@pytest.mark.parametrize("checking, status", [("yes", 255), ("ask", 255), ("accept-new", 255), ("no", 0)])
def test_an_address_with_another_key(check_address, place, checking, status):
    stranger = place.public("user")
    result, added = check_address(stranger, f"StrictHostKeyChecking={checking}")
    assert result.returncode == status and added == "", result.stderr
    assert b"differs from the key for the IP address" in result.stderr
    assert (b"Host key verification failed" in result.stderr) == (status != 0)


def test_an_alias_stands_for_any_address(check_address, place):
    result, added = check_address(place.public("user"), "HostKeyAlias=alias", "StrictHostKeyChecking=accept-new")
    assert result.returncode == 0 and added.startswith("alias ") and b"differs" not in result.stderr, result.stderr
