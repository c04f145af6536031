# SPDX-License-Identifier: BSD-2-Clause
"""The bad link is as bad as it was told to be, and no worse."""
import contextlib
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
import network  # noqa: E402

pytestmark = pytest.mark.skipif(network.why_not() is not None, reason=str(network.why_not()))

SEND = """
import socket, sys, time
address, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
out = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
for number in range(count):
    out.sendto(number.to_bytes(4, "big") + time.monotonic_ns().to_bytes(8, "big") + bytes(size - 12), (address, 4711))
    time.sleep(0.0002)
"""

RECEIVE = """
import socket, sys, time
address = sys.argv[1]
got = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
got.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
got.bind((address, 4711))
print("ready", flush=True)
got.settimeout(1.5)
try:
    while True:
        data = got.recv(65536)
        took = time.monotonic_ns() - int.from_bytes(data[4:12], "big")
        print(int.from_bytes(data[:4], "big"), took / 1e6)
except TimeoutError:
    pass
"""


@contextlib.contextmanager
def link(*options, addresses=("192.0.2.1", "192.0.2.2"), bits=24):
    with network.network() as left, network.network() as right:
        if ":" not in addresses[0]:  # or the kernel's own packets of IPv6 would be drawn for, too
            for net in (left, right):
                net.run("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6")
        sides = [(net, "e0", f"{address}/{bits}") for net, address in zip((left, right), addresses)]
        with network.link(*sides, *options) as counts:
            yield left, right, counts


def send(left, right, count=300, size=200, address="192.0.2.2"):
    """The numbers of those that came, in order, and how long each took, in milliseconds."""
    command = right.words(sys.executable, "-B", "-c", RECEIVE, address)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as receiver:
        assert receiver.stdout.readline() == "ready\n"
        left.python(SEND, address, count, size)
        rows = [line.split() for line in receiver.stdout]
    return [int(row[0]) for row in rows], [float(row[1]) for row in rows]


def test_a_good_link_loses_nothing_and_keeps_the_order():
    with link() as (left, right, counts):
        numbers, _ = send(left, right)
    assert numbers == list(range(300))
    assert counts[0]["passed"] >= 300 and counts[0]["lost"] == counts[0]["dropped"] == 0


def test_ipv6_passes_too():
    with link(addresses=("2001:db8::1", "2001:db8::2"), bits=64) as (left, right, _):
        assert send(left, right, address="2001:db8::2")[0] == list(range(300))


def test_no_packet_is_faster_than_the_delay():
    with link("--delay-ms", 30) as (left, right, _):
        numbers, times = send(left, right)
    assert numbers == list(range(300)) and min(times) >= 30
    assert sorted(times)[len(times) // 2] < 60


def test_the_rate_is_a_bottleneck_and_the_queue_has_an_end():
    with link("--rate-mbit", 1, "--queue", 50) as (left, right, counts):
        numbers, times = send(left, right, size=1000)
    # 50 packets of 1028 octets take 411 ms at 1 Mbit/s.
    assert 50 <= len(numbers) < 300 and counts[0]["dropped"] > 0
    assert numbers == sorted(numbers) and 300 < max(times) < 600


def test_the_same_seed_loses_the_same_packets():
    def lost(seed):
        with link("--loss", 20, "--seed", seed) as (left, right, counts):
            numbers, _ = send(left, right)
        return set(range(300)) - set(numbers)

    first = lost(1)
    assert 20 < len(first) < 110
    assert lost(1) == first != lost(2)


def test_reordered_packets_come_later_than_those_behind_them():
    with link("--reorder", 10) as (left, right, counts):
        numbers, _ = send(left, right)
    assert sorted(numbers) == list(range(300)) != numbers
    assert 5 < counts[0]["reordered"] < 80


def test_duplicates_come_twice():
    with link("--duplicate", 10) as (left, right, counts):
        numbers, _ = send(left, right)
    assert len(set(numbers)) == 300 and 305 < len(numbers) < 380
