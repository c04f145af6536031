# SPDX-License-Identifier: BSD-2-Clause
"""The bad link is as bad as it was told to be, and no worse."""
import contextlib
import pathlib
import statistics
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
    out.sendto(number.to_bytes(4, "big") + time.time_ns().to_bytes(8, "big") + bytes(size - 12), (address, 4711))
    time.sleep(0.0002)
"""

# When a datagram came the kernel has noted, however late it is read. Behind the last one that was sent (then the input ends)
# it waits a little for those on the way.
RECEIVE = """
import select, socket, struct, sys
SO_TIMESTAMPNS = 35
address = sys.argv[1]
got = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
got.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
got.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
got.bind((address, 4711))
print("ready", flush=True)
watched, patience = [got, sys.stdin], None
while ready := select.select(watched, [], [], patience)[0]:
    if sys.stdin in ready:
        watched, patience = [got], 2
    if got in ready:
        data, notes, _, _ = got.recvmsg(65536, 64)
        seconds, nanoseconds = struct.unpack("qq", notes[0][2])
        took = seconds * 10**9 + nanoseconds - int.from_bytes(data[4:12], "big")
        print(int.from_bytes(data[:4], "big"), took / 1e6)
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
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as receiver:
        assert receiver.stdout.readline() == "ready\n"
        left.python(SEND, address, count, size)
        receiver.stdin.close()
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
    assert numbers == list(range(300)) and 30 <= min(times) < 60


@pytest.mark.alone  # it measures time
def test_the_rate_is_a_bottleneck_and_the_queue_has_an_end():
    with link("--rate-mbit", 1, "--queue", 50) as (left, right, counts):
        numbers, times = send(left, right, size=1000)
    assert 50 <= len(numbers) < 300 and counts[0]["dropped"] > 0
    # 50 packets of 1028 octets take 411 ms at 1 Mbit/s; the last ones found so many before them.
    assert numbers == sorted(numbers) and 300 < statistics.median(times[-20:]) < 700, times


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


@pytest.mark.alone  # it measures time
def test_the_jitter_spreads_what_the_packets_take():
    with link("--delay-ms", 10, "--jitter-ms", 80) as (left, right, counts):
        numbers, times = send(left, right)
    assert sorted(numbers) == list(range(300)) != numbers  # they overtake each other
    assert min(times) >= 10
    # 75 are drawn for each quarter of the range. A machine that is busy delivers some later.
    quarters = [sum(10 + 20 * i <= took < 30 + 20 * i for took in times) for i in range(4)]
    assert min(quarters) > 35, quarters


def test_each_direction_is_counted_and_drawn_for_alone():
    with link("--loss", 30, "--duplicate", 20, "--reorder", 10, "--seed", 3) as (left, right, counts):
        there, _ = send(left, right)
        back, _ = send(right, left, count=100, address="192.0.2.1")
    for numbers, count, of in (there, 300, counts[0]), (back, 100, counts[1]):
        assert of["passed"] == len(numbers) == count - of["lost"] + of["duplicated"], of
        assert of["lost"] == count - len(set(numbers)) and of["dropped"] == 0
        assert 0.15 * count < of["lost"] < 0.45 * count
        assert 0 < of["duplicated"] < count / 4 and 0 < of["reordered"] < count / 4
    assert set(range(100)) - set(there) != set(range(100)) - set(back)  # not the same draws


@pytest.mark.parametrize("option, value", [
    ("--loss", "abc"), ("--loss", ""), ("--loss", "5%"), ("--loss", "nan"), ("--loss", "-1"), ("--loss", "200"),
    ("--reorder", "101"), ("--duplicate", "-0.1"), ("--jitter-ms", "-5"), ("--delay-ms", "1e300"), ("--rate-mbit", "inf"),
    ("--queue", "0"), ("--queue", "131072"), ("--reorder-ms", "5 ms"), ("--seed", "-1"), ("--seed", "4294967296")])
def test_what_is_no_number_in_the_range_is_refused(option, value):
    done = subprocess.run([network.BUILD / "tests" / "tun_link", f"{option}={value}"], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{option} {value}: a number from ")


@pytest.mark.parametrize("prefix", ["", "x", "24x", "33", "-8"])
def test_an_address_has_a_prefix_that_there_can_be(prefix):
    with network.network() as net:
        done = subprocess.run([network.BUILD / "tests" / "tun_link", str(net.pid), "e0", f"192.0.2.1/{prefix}"],
                              capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and done.stderr.startswith("the first side: ")
