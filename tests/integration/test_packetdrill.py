# SPDX-License-Identifier: BSD-2-Clause
"""The library that packetdrill loads, called as packetdrill calls it: sockets on one side, packets on the other."""
import ctypes
import os
import pathlib
import platform
import select
import socket
import struct

import pytest

BUILD = pathlib.Path(os.environ.get("BUILD", pathlib.Path(__file__).resolve().parents[2] / "build"))
LIBRARY = BUILD / "tests" / "libglassh_packetdrill.so"

# In the order of tests/packetdrill/interface.h.
CALLS = """free socket bind listen accept connect read readv recv recvfrom recvmsg write writev send sendto sendmsg fcntl ioctl
    close shutdown getsockopt setsockopt poll netdev_send netdev_receive usleep gettimeofday epoll_create epoll_ctl
    epoll_wait pipe splice""".split()
FIN, SYN, PSH, ACK = 1, 2, 8, 16
PEER = {4: socket.inet_pton(socket.AF_INET, "192.0.2.1"), 6: socket.inet_pton(socket.AF_INET6, "fd3d:fa7b:d17d::1")}
OURS = {4: socket.inet_pton(socket.AF_INET, "192.168.0.1"), 6: socket.inet_pton(socket.AF_INET6, "fd3d:a0b:17d6::1")}
EPOLL_EVENT = "=IQ" if platform.machine() == "x86_64" else "=IxxxxQ"
OPTIONS = b"\x02\x04\x03\xe8\x01\x03\x03\x07"  # MSS 1000, window scale 7


def checksum(octets):
    octets += b"\0" * (len(octets) % 2)
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def with_pseudo_header(version, source, destination, tcp):
    return source + destination + struct.pack(">HH" if version == 4 else ">II", 6, len(tcp)) + tcp


class Host:
    """The library, and the peer of its one connection."""

    def __init__(self, version, flags=b""):
        library = ctypes.CDLL(LIBRARY)
        self.version, self.ack, self.port = version, 0, 8080
        self.pointers = (ctypes.c_void_p * (1 + len(CALLS)))()
        library.packetdrill_interface_init(flags, ctypes.byref(self.pointers))

    def __getattr__(self, name):
        if name not in CALLS:
            raise AttributeError(name)
        kind = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_void_p, use_errno=True)
        call = ctypes.cast(self.pointers[1 + CALLS.index(name)], kind)
        call.argtypes = None
        return lambda *arguments: call(ctypes.c_void_p(self.pointers[0]), *arguments)

    def feed(self, seq, flags, data=b"", options=b""):
        tcp = struct.pack(">HHIIBBHHH", 40000, self.port, seq, self.ack, (5 + len(options) // 4) << 4, flags, 500, 0, 0) + options + data
        source, destination = PEER[self.version], OURS[self.version]
        total = checksum(with_pseudo_header(self.version, source, destination, tcp))
        tcp = tcp[:16] + struct.pack(">H", total) + tcp[18:]
        if self.version == 4:
            head = struct.pack(">BBHIBBH", 0x45, 0, 20 + len(tcp), 0, 64, 6, 0) + source + destination
            head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
        else:
            head = struct.pack(">IHBB", 6 << 28, len(tcp), 6, 64) + source + destination
        assert self.netdev_send(head + tcp, ctypes.c_size_t(len(head + tcp))) == 0

    def segment(self):
        """The next that was sent: its number, flags and data. Its checksums are right."""
        room, count, time = ctypes.create_string_buffer(2000), ctypes.c_size_t(2000), ctypes.c_longlong()
        assert self.netdev_receive(room, ctypes.byref(count), ctypes.byref(time)) == 0
        packet = room.raw[: count.value]
        assert packet[0] >> 4 == self.version
        if self.version == 4:
            assert struct.unpack_from(">H", packet, 2)[0] == len(packet) and checksum(packet[:20]) == 0
            addresses, tcp = packet[12:20], packet[20:]
        else:
            assert struct.unpack_from(">H", packet, 4)[0] == len(packet) - 40
            addresses, tcp = packet[8:40], packet[40:]
        assert checksum(with_pseudo_header(self.version, addresses, b"", tcp)) == 0
        return struct.unpack_from(">I", tcp, 4)[0], tcp[13], tcp[tcp[12] >> 4 << 2 :]

    def open(self):
        """A connection that the peer has begun: its descriptor."""
        family = socket.AF_INET if self.version == 4 else socket.AF_INET6
        listener = self.socket(family, socket.SOCK_STREAM, 0)
        rest = bytes(12) if self.version == 4 else bytes(24)
        address = struct.pack("=HH", family, socket.htons(self.port)) + rest
        assert self.bind(listener, address, len(address)) == 0
        assert self.listen(listener, 1) == 0
        self.feed(100, SYN, options=OPTIONS)
        number, flags, _ = self.segment()
        assert flags == SYN | ACK
        self.ack = number + 1
        self.feed(101, ACK)
        room, room_len = ctypes.create_string_buffer(28), ctypes.c_uint(28)
        descriptor = self.accept(listener, room, ctypes.byref(room_len))
        assert room_len.value == len(address) and PEER[self.version] in room.raw
        return descriptor


@pytest.fixture(params=[4, 6])
def host(request):
    made = Host(request.param)
    yield made
    made.free()


def sent(host, count):
    return [(number - host.ack, flags, len(data)) for number, flags, data in (host.segment() for _ in range(count))]


def test_large_segments_are_cut_and_only_the_last_of_each_is_pushed(host):
    descriptor = host.open()
    assert host.write(descriptor, bytes(5500), ctypes.c_size_t(5500)) == 5500
    # One has half of the window of ten.
    assert sent(host, 6) == [(0, ACK, 1000), (1000, ACK, 1000), (2000, ACK, 1000), (3000, ACK, 1000),
                             (4000, ACK | PSH, 1000), (5000, ACK | PSH, 500)]


def test_what_is_sent_is_what_was_written(host):
    data = bytes(i % 251 for i in range(2500))
    descriptor = host.open()
    assert host.write(descriptor, data, ctypes.c_size_t(len(data))) == len(data)
    assert b"".join(host.segment()[2] for _ in range(3)) == data


def test_a_record_is_sent_by_itself(host):
    descriptor = host.open()
    assert host.setsockopt(descriptor, socket.IPPROTO_TCP, socket.TCP_NODELAY, struct.pack("=i", 1), 4) == 0
    assert host.send(descriptor, bytes(100), ctypes.c_size_t(100), socket.MSG_MORE) == 100
    assert host.send(descriptor, bytes(200), ctypes.c_size_t(200), socket.MSG_EOR) == 200
    assert host.send(descriptor, bytes(300), ctypes.c_size_t(300), 0) == 300
    assert sent(host, 2) == [(0, ACK | PSH, 300), (300, ACK | PSH, 300)]


def test_a_watch_on_edges_is_told_once_of_what_has_come(host):
    descriptor = host.open()
    assert host.fcntl(descriptor, 4, os.O_NONBLOCK) == 0
    epoll = host.epoll_create(1)
    event = ctypes.create_string_buffer(struct.pack(EPOLL_EVENT, select.EPOLLIN | select.EPOLLET, 7))
    assert host.epoll_ctl(epoll, 1, descriptor, event) == 0
    told = ctypes.create_string_buffer(struct.calcsize(EPOLL_EVENT))
    assert host.epoll_wait(epoll, told, 1, 0) == 0
    host.feed(101, ACK | PSH, b"x" * 10)
    assert host.epoll_wait(epoll, told, 1, 0) == 1
    assert struct.unpack(EPOLL_EVENT, told.raw) == (select.EPOLLIN, 7)
    assert host.epoll_wait(epoll, told, 1, 0) == 0
    host.feed(111, ACK | PSH, b"x")
    assert host.epoll_wait(epoll, told, 1, 0) == 1
    os.close(epoll)
