# SPDX-License-Identifier: BSD-2-Clause
"""The kernel's TCP and our own with every combination of what the kernel can leave out: timestamps, selective
acknowledgement, window scaling, ECN; and of what ours can: timestamps, and asking for ECN. Both directions of opening, both
versions of IP: what was agreed is what both were told to offer, and the octets are the same."""
import contextlib
import hashlib
import itertools
import json
import os
import subprocess
import sys

import pytest

import network
from glasshd_server import BUILD, until
from tun_server import KERNEL_V4, KERNEL_V6, SSHD, V4, V6, glassh, stock_sshd

pytestmark = pytest.mark.skipif(network.why_not() is not None, reason=str(network.why_not()))

OURS = [(), ("--ecn",), ("--no-timestamps",), ("--ecn", "--no-timestamps")]
OPTIONS = ("timestamps", "sack", "window_scaling", "ecn")  # in the order of the kernel's TCPI_OPT_ bits
EVERY = list(itertools.product((False, True), repeat=len(OPTIONS)))
FAMILIES = {"v4": (V4, KERNEL_V4, 24), "v6": (V6, KERNEL_V6, 64)}

CLIENT = """
import hashlib, json, socket, sys, threading
data = b"".join(hashlib.sha256(i.to_bytes(4, "big")).digest() for i in range(65536))
ours = socket.create_connection((sys.argv[1], 7), 30)
def send():
    ours.sendall(data)
    ours.shutdown(socket.SHUT_WR)
threading.Thread(target=send).start()
back = bytearray()
while octets := ours.recv(1 << 16):
    back += octets
print(json.dumps({"same": back == data, "options": ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[5]}))
"""


def allow(net, combination):
    for name, is_on in zip(OPTIONS, combination):
        assert net.run("sh", "-c", f"echo {int(is_on)} >/proc/sys/net/ipv4/tcp_{name}").returncode == 0


@contextlib.contextmanager
def stack(net, address, prefix_len, options=()):
    """Our TCP with an echo at port 7."""
    command = net.words(BUILD / "tests/tcp_stack", *options, "g0", f"{address}/{prefix_len}")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline().startswith("ready")
            yield
        finally:
            process.stdin.close()


@pytest.mark.parametrize("options", [(), ("--no-timestamps",)])
@pytest.mark.parametrize("family", FAMILIES)
def test_the_kernel_opens_with_every_combination(family, options):
    ours, _, prefix_len = FAMILIES[family]
    with network.network() as net, stack(net, ours, prefix_len, options):
        for combination in EVERY:
            allow(net, combination)
            told = json.loads(net.python(CLIENT, ours))
            agreed = tuple(bool(told["options"] & 1 << bit) for bit in range(len(OPTIONS)))
            timestamps, *others = combination
            assert (told["same"], agreed) == (True, (timestamps and not options, *others))


ECHO = """
import json, socket, sys
def options(connection):
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[5]
listening = socket.create_server(("", 7), family=socket.AF_INET6, dualstack_ipv6=True)
print("ready", flush=True)
while True:
    connection = listening.accept()[0]
    print(options(connection), flush=True)
    while octets := connection.recv(1 << 16):
        connection.sendall(octets)
    connection.close()
"""


def call(net, ours, kernels, prefix_len, options):
    """What our TCP has agreed on, and that the same came back, when it has opened a connection to that echo."""
    done = net.run(BUILD / "tests/tcp_stack", *options, "--call", kernels, "g0", f"{ours}/{prefix_len}", timeout=60)
    _, said = done.stdout.decode().splitlines()
    words = said.split()
    return dict(zip(words[::2], map(int, words[1::2])))


@pytest.mark.parametrize("options", OURS, ids=" ".join)
@pytest.mark.parametrize("family", FAMILIES)
def test_we_open_with_every_combination(family, options):
    ours, kernels, prefix_len = FAMILIES[family]
    offered = ("--no-timestamps" not in options, True, True, "--ecn" in options)
    with network.network() as net, \
            subprocess.Popen(net.words(sys.executable, "-c", ECHO), stdout=subprocess.PIPE, text=True) as echo:
        try:
            assert echo.stdout.readline() == "ready\n"
            for combination in EVERY:
                allow(net, combination)
                agreed = [int(a and b) for a, b in zip(offered, combination)]
                assert call(net, ours, kernels, prefix_len, options) == dict(zip(("same", *OPTIONS), (1, *agreed)))
                bits = int(echo.stdout.readline())
                assert [bits >> bit & 1 for bit in range(len(OPTIONS))] == agreed
                assert until(lambda: not net.has_device("g0"))
        finally:
            echo.kill()


WORDS = {"timestamps": "timestamps", "sack-permitted": "sack", "scale": "window_scaling"}  # ECN we do not ask for


def answered(facts):
    """What the kernel's SYN-ACK has agreed to."""
    answer, = [fact for fact in map(json.loads, facts.read_text().splitlines()) if fact.get("flags") == "SYN-ACK"]
    return {WORDS[word] for word in answer["options"].split() if word in WORDS}


@pytest.mark.skipif(not os.path.exists(SSHD), reason="there is no stock sshd here")
@pytest.mark.parametrize("family", FAMILIES)
def test_the_kernel_answers_with_every_combination(family, tmp_path, keys):
    ours, kernels, prefix_len = FAMILIES[family]
    data = b"".join(hashlib.sha256(i.to_bytes(4, "big")).digest() for i in range(32768))
    with network.network() as net, stock_sshd(tmp_path, keys, net):
        for combination in EVERY:
            allow(net, combination)
            done = glassh(net, keys, kernels, "cat", tun=f"g0={ours}/{prefix_len}", data=data,
                          options=("--explain=json", "--explain-to", tmp_path / "facts"))
            assert done.returncode == 0, done.stderr
            assert done.stdout == data
            assert answered(tmp_path / "facts") == {
                name for name, is_on in zip(OPTIONS, combination) if is_on and name in WORDS.values()}
            assert until(lambda: not net.has_device("g0"))
