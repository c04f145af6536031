# SPDX-License-Identifier: BSD-2-Clause
"""What glasshd logs: the words of sshd, as fail2ban's filter for sshd understands them."""
import contextlib
import os
import re
import shutil
import socket
import subprocess

import pytest

import peers
from shared import until

OURS, SSHD = peers.Glasshd, peers.Sshd
VERBOSE = {"LogLevel": "VERBOSE", "PasswordAuthentication": "yes", "KbdInteractiveAuthentication": "no",
           "AllowUsers": f"{peers.USER} nosuch*"}
HERE = r"127\.0\.0\.1 port \d+"
KEY = r"ED25519 SHA256:[\w+/]{43}"
INJECTED = "nosuch from 192.0.2.66 port 22 ssh2"


@pytest.fixture(scope="module")
def stranger(place):
    path = place.path / "stranger"
    place.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path)
    return path


def ssh(server, *options, user=peers.USER, key=None, command=("true",), password=None):
    login = ["-i", str(key or server.place.key("user")), "-oIdentitiesOnly=yes", "-oBatchMode=yes"]
    wrong = ["-oPubkeyAuthentication=no", "-oNumberOfPasswordPrompts=1"]
    start = ["sshpass", "-p", password] if password else []
    subprocess.run([*start, "ssh", "-F", "none", f"-oUserKnownHostsFile={server.known_hosts}", "-p", str(server.port),
                    *(wrong if password else login), *options, "-l", user, "127.0.0.1", *command],
                   env=server.place.environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)


def say(server, octets):
    with socket.create_connection(("127.0.0.1", server.port), 60) as peer:
        peer.sendall(octets)
        peer.settimeout(60)
        with contextlib.suppress(OSError):
            while peer.recv(4096):
                pass


# What is done, and the lines that both servers write about it, in this order.
CASES = {
    "key": (lambda server, stranger: ssh(server), [
        rf"Accepted publickey for {peers.USER} from {HERE} ssh2: {KEY}$",
        rf"Starting session: command for {peers.USER} from {HERE} id 0$",
        rf"Received disconnect from {HERE}:11: disconnected by user$",
        rf"Disconnected from user {peers.USER} {HERE}$"]),
    "subsystem": (lambda server, stranger: ssh(server, "-s", command=["sftp"]), [
        rf"Starting session: subsystem 'sftp' for {peers.USER} from {HERE} id 0$",
        rf"Disconnected from user {peers.USER} {HERE}$"]),
    "no subsystem": (lambda server, stranger: ssh(server, "-s", command=["nosuch"]), [
        rf"subsystem request for nosuch by user {peers.USER} failed, subsystem not found$"]),
    "wrong key": (lambda server, stranger: ssh(server, key=stranger), [
        rf"Failed publickey for {peers.USER} from {HERE} ssh2: {KEY}$",
        rf"Connection closed by authenticating user {peers.USER} {HERE} \[preauth\]$"]),
    "wrong password": (lambda server, stranger: ssh(server, password="wrong"), [
        rf"Failed password for {peers.USER} from {HERE} ssh2$",
        rf"Connection closed by authenticating user {peers.USER} {HERE} \[preauth\]$"]),
    "no such user": (lambda server, stranger: ssh(server, user="nosuch"), [
        rf"Invalid user nosuch from {HERE}$",
        rf"Connection closed by invalid user nosuch {HERE} \[preauth\]$"]),
    "not listed": (lambda server, stranger: ssh(server, user="games"), [
        r"User games from 127\.0\.0\.1 not allowed because not listed in AllowUsers$",
        rf"Connection closed by invalid user games {HERE} \[preauth\]$"]),
    "nothing in common": (lambda server, stranger: ssh(server, "-oKexAlgorithms=diffie-hellman-group1-sha1"), [
        rf"Unable to negotiate with {HERE}: no matching key exchange method found\. "
        r"Their offer: diffie-hellman-group1-sha1\S* \[preauth\]$"]),
    "no SSH": (lambda server, stranger: say(server, b"GET / HTTP/1.0\r\n\r\n"), [
        r"kex_exchange_identification: client sent invalid protocol identifier",
        rf"banner exchange: Connection from {HERE}: invalid format$"]),
}


def has_in_order(text, wanted):
    place = 0
    for pattern in wanted:
        found = re.compile(pattern, re.MULTILINE).search(text, place)
        if not found:
            return False
        place = found.end()
    return True


@pytest.fixture(scope="module", params=[OURS, SSHD], ids=["glasshd", "sshd"])
def server(request, place):
    if os.geteuid() != 0:
        pytest.skip("needs root for the users of the system")
    with request.param(place, options=VERBOSE) as running:
        yield running


@pytest.mark.parametrize("case", CASES)
def test_both_servers_have_the_same_lines_in_the_same_order(server, stranger, case):
    act, wanted = CASES[case]
    before = len(server.text())
    act(server, stranger)
    assert until(lambda: has_in_order(server.text()[before:], wanted)), server.text()[before:]


def test_fail2ban_counts_the_failures_and_only_their_address(place, stranger, tmp_path):
    """Lines as a system log has them; the name of a user that looks like another address bans nobody."""
    if os.geteuid() != 0 or shutil.which("fail2ban-regex") is None:
        pytest.skip("needs root and fail2ban")
    with OURS(place, options=VERBOSE) as glasshd:
        for act, _ in CASES.values():
            act(glasshd, stranger)
        ssh(glasshd, user=INJECTED)
        ssh(glasshd, user=INJECTED, password="wrong")
        assert until(lambda: glasshd.text().count(f"Connection closed by invalid user {INJECTED}") == 2)
        lines = glasshd.text().splitlines()
    log = tmp_path / "auth.log"
    log.write_text("".join(f"Nov 25 23:30:49 host sshd[{100 + i}]: {line}\n" for i, line in enumerate(lines)))
    filter_file = "/etc/fail2ban/filter.d/sshd.conf[mode=aggressive]"
    result = subprocess.run(["fail2ban-regex", "-o", "ip", str(log), filter_file], capture_output=True, text=True,
                            timeout=60)
    found = result.stdout.split()
    assert set(found) == {"127.0.0.1"}, result.stdout + result.stderr
    # Of people: an unknown user thrice, one who is not listed, a wrong password twice.
    people = subprocess.run(["fail2ban-regex", "-o", "ip", str(log), "/etc/fail2ban/filter.d/sshd.conf"],
                            capture_output=True, text=True, timeout=60)
    assert len(people.stdout.split()) >= 6, people.stdout + people.stderr
