# SPDX-License-Identifier: BSD-2-Clause
"""What is not SSH, or stops being it: glassh always ends with a message and 255 in bounded time,
glasshd always goes on serving. INTEROP_FULL=1 cuts at every single octet."""
import contextlib
import os
import random
import shutil
import socket
import ssl
import struct
import subprocess
import time
import types

import pytest

import hostile
import peers
from shared import free_port

pytestmark = pytest.mark.apart
FULL = bool(os.environ.get("INTEROP_FULL"))
IDENT = b"SSH-2.0-Example_1.0\r\n"


def packet(payload, padding=None):
    padding = padding if padding is not None else 8 - (5 + len(payload)) % 8 + 8
    return (len(payload) + padding + 1).to_bytes(4, "big") + bytes([padding]) + payload + bytes(padding)


def name_list(text):
    return len(text).to_bytes(4, "big") + text.encode()


def kexinit(kex="curve25519-sha256", host_key="ssh-ed25519", cipher="aes128-ctr", mac="hmac-sha2-256"):
    names = [kex, host_key, cipher, cipher, mac, mac, "none", "none", "", ""]
    return packet(bytes([20]) + bytes(16) + b"".join(map(name_list, names)) + bytes(5))


def login(server, connect_timeout=20):
    """Runs glassh; it must end by itself with 255 and say why, in text that is safe for a terminal."""
    result = peers.Glassh().run(server, "true", options={"ConnectTimeout": connect_timeout})
    message = result.stderr.decode(errors="surrogateescape")
    assert result.returncode == 255, (result.returncode, message)
    assert len(message.strip()) >= 10, message
    assert all(letter.isprintable() or letter in "\r\n\t" for letter in message), repr(message)
    assert not any(word in message for word in ("Sanitizer", "CHECK", "runtime error")), message
    assert len(message.splitlines()) <= 40
    assert result.stdout == b""
    return message


def send(*parts, pause=0.0, linger=0.5):
    """A server that sends the parts and then waits for the client to go, a moment at most."""
    def serve(connection, done):
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)
        connection.settimeout(linger)
        while connection.recv(65536):
            pass
    return serve


def silent(_, done):
    done.wait()


def flood(line, pause=0.0):
    def serve(connection, done):
        while not done.is_set():
            connection.sendall(line)
            time.sleep(pause)
    return serve


GARBAGE = random.Random(4253).randbytes(4096)
SERVERS = {
    "http": send(b"HTTP/1.1 400 Bad Request\r\nServer: example\r\nConnection: close\r\n\r\n<html></html>\n"),
    "smtp": send(b"220 mail.example.org ESMTP\r\n"),
    "closed at once": lambda connection, done: None,
    "ssh 1": send(b"SSH-1.5-Old\r\n"),
    "ident with control characters": send(b"SSH-2.0-a\x1b[2Jb\r\n"),
    "ident with a NUL": send(b"SSH-2.0-a\0b\r\n"),
    "endless ident": flood(b"SSH-2.0-" + b"x" * 1024),
    "banner flood": flood(b"please wait\r\n" * 100),
    "banner with control characters": send(b"\x1b]0;title\x07\x1b[2J\r\n" * 3),
    "nothing after ident": send(IDENT),
    "garbage after ident": send(IDENT + GARBAGE),
    "zeros after ident": send(IDENT + bytes(4096)),
    "length of 4 GiB": send(IDENT + b"\xff\xff\xff\xff" + GARBAGE),
    "length of 0": send(IDENT + bytes(4)),
    "padding longer than the packet": send(IDENT + (12).to_bytes(4, "big") + b"\xff" + bytes(64)),
    "empty payload": send(IDENT + packet(b"")),
    "message that is not KEXINIT": send(IDENT + packet(bytes([50]) + name_list("root"))),
    "KEXINIT cut short": send(IDENT + packet(bytes([20]) + bytes(16) + b"\x00\x00\xff\xff")),
    "no common algorithm": send(IDENT + kexinit(kex="diffie-hellman-group1-sha1")),
    "no common cipher": send(IDENT + kexinit(cipher="3des-cbc")),
    "garbage after KEXINIT": send(IDENT + kexinit() + GARBAGE),
    "key exchange reply with nothing in it": send(IDENT + kexinit() + packet(bytes([31])), pause=0.1),
    "NEWKEYS at once": send(IDENT + kexinit() + packet(bytes([21])), pause=0.1),
    "disconnect": send(IDENT + packet(bytes([1, 0, 0, 0, 11]) + name_list("too\x1b[2J busy") + name_list(""))),
}


@pytest.mark.parametrize("serve", SERVERS.values(), ids=SERVERS.keys())
def test_glassh_against(place, serve):
    with hostile.Fake(place, serve) as server:
        assert "timed out" not in login(server)


@pytest.mark.parametrize("names", [{"kex": "diffie-hellman-group1-sha1,x"}, {"host_key": "ssh-dss,x"}, {"cipher": "3des-cbc,x"},
                                   {"mac": "hmac-md5,x"}], ids=lambda names: next(iter(names)))
def test_what_there_is_nothing_in_common_of_is_told_in_the_words_of_ssh(place, names):
    with hostile.Fake(place, send(IDENT + kexinit(**names))) as server:
        ours, theirs = (client.run(server, "true", timeout=30).stderr.decode() for client in (peers.Glassh(), peers.Ssh()))
    assert ours.splitlines() == theirs.splitlines()
    assert f"Their offer: {next(iter(names.values()))}\n" in ours


def refuse(how, *lines):
    """A server that says why and closes, or resets, while what the client says first is not read."""
    def serve(connection, done):
        connection.sendall(b"".join(lines))
        connection.recv(1, socket.MSG_PEEK)
        if how == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return serve


@pytest.mark.parametrize("how", ["closed", "reset"])
def test_the_reason_of_a_server_that_refuses_is_shown(place, how):
    lines = [b"one\r\n", b"two \x1b[2J\r\n", b"\r\n", b"three\r\n", b"Not allowed at this time\r\n"]
    with hostile.Fake(place, refuse(how, *lines)) as server:
        message = login(server)
    said = [line.split("the server says: ")[1] for line in message.splitlines() if "the server says: " in line]
    assert said == ["two \\x1b[2J", "three", "Not allowed at this time"], message
    # Both resets and closes can come of a close with octets unread.
    assert "Connection closed by 127.0.0.1" in message or "Connection reset by 127.0.0.1" in message


def test_the_reason_is_not_shown_when_the_login_goes_on(sshd):
    with hostile.Cutter(sshd) as server:
        relay = server.serve

        def greet(connection, done):
            connection.sendall(b"welcome\r\n")
            relay(connection, done)
        server.serve = greet
        result = peers.Glassh().run(server, "true")
    assert (result.returncode, result.stderr) == (0, b"")


def test_what_a_server_that_never_identifies_itself_says_is_shown(place):
    with hostile.Fake(place, send(b"wait\r\n", linger=120)) as server:
        message = login(server, connect_timeout=4)
    assert "the server says: wait\n" in message and "timed out" in message


def test_sshd_that_has_too_many_connections_says_so(place):
    with peers.Sshd(place, options={"MaxStartups": "1"}) as server, contextlib.ExitStack() as held:
        # The one that asked whether it listens may still count.
        while True:
            connection = held.enter_context(socket.create_connection(("127.0.0.1", server.port), 60))
            if connection.recv(100).startswith(b"SSH-"):
                break
        message = login(server)
    assert "the server says: Exceeded MaxStartups\n" in message


def test_glassh_against_a_closed_port(place):
    closed = types.SimpleNamespace(place=place, port=free_port(), known_hosts="/dev/null")
    assert "refused" in login(closed).lower()


@pytest.mark.parametrize("serve, stage", [(silent, "banner exchange"), (flood(b"\r\n", 0.5), "banner exchange"),
                                          (flood(IDENT[:-2] + b"x", 10), "banner exchange"), (send(IDENT, linger=120), "key exchange")],
                         ids=["silent", "one line each half second", "half a line", "silent after ident"])
def test_the_connect_timeout_bounds_the_whole_handshake(place, serve, stage):
    with hostile.Fake(place, serve) as server:
        assert f"(ConnectTimeout 3 s, during {stage})\n" in login(server, connect_timeout=3)


def test_the_connect_timeout_bounds_the_way_to_a_connection(place):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, contextlib.ExitStack() as crowd:
        for _ in range(2):  # the queue is full; further SYNs are dropped
            waiting = crowd.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        result = subprocess.run([peers.program("glassh"), "-F", "none", "-oConnectTimeout=2", "-p",
                                 str(listener.getsockname()[1]), "127.0.0.1", "true"],
                                capture_output=True, timeout=60, env=place.environment)
    assert (result.returncode, result.stdout) == (255, b"")
    assert result.stderr.endswith(b"Connection timed out (ConnectTimeout 2 s, during connection setup)\n")


def test_glassh_against_a_tls_server(place, tmp_path):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=example.org", "-keyout",
                    tmp_path / "key.pem", "-out", tmp_path / "cert.pem"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")

    def serve(connection, done):
        connection.settimeout(60)
        try:
            context.wrap_socket(connection, server_side=True)
        except ssl.SSLError:
            pass

    with hostile.Fake(place, serve) as server:
        login(server)


def test_glassh_against_a_changed_host_key(place, sshd):
    liar = hostile.Cutter(sshd)
    with liar:
        liar.known_hosts.write_text(f"[127.0.0.1]:{liar.port} {place.public('user', 'ed25519')}")
        message = login(liar)
    assert "key" in message.lower()


def handshake_size(server, direction):
    with hostile.Cutter(server) as cutter:
        result = peers.Glassh().run(cutter, "true", timeout=60)
        assert result.returncode == 0, result.stderr
        return cutter.counts[direction]


@pytest.mark.parametrize("server_name", ["sshd", "glasshd"])
def test_glassh_when_the_connection_is_cut(request, server_name):
    """At each octet from the server until the command's exit status may have come."""
    server = request.getfixturevalue(server_name)
    # The end of a run is its close, after the exit status: that part cannot fail any more.
    total = handshake_size(server, 1) - 200
    for place_of_cut in hostile.cut_places(total, full=FULL):
        with hostile.Cutter(server, down=place_of_cut) as cutter:
            login(cutter)


def can_log_in(server):
    result = peers.Glassh().run(server, "echo still here", timeout=60)
    assert result.stdout == b"still here\n", (result.stderr, server.text()[-2000:])


CLIENTS = {
    "http": b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n",
    "tls": bytes.fromhex("16030100c8010000c40303") + GARBAGE[:190],
    "nothing": b"",
    "ssh 1": b"SSH-1.5-Old\r\n",
    "endless line": b"x" * 100_000,
    "garbage": GARBAGE,
    "garbage after ident": IDENT + GARBAGE,
    "length of 4 GiB": IDENT + b"\xff\xff\xff\xff" + GARBAGE,
    "length of 0": IDENT + bytes(4),
    "empty payload": IDENT + packet(b""),
    "many ignored packets": IDENT + packet(bytes([2]) + name_list("x")) * 1000,
    "login before key exchange": IDENT + packet(bytes([50]) + name_list("root") + name_list("ssh-connection")
                                                + name_list("none")),
    "NEWKEYS after KEXINIT": IDENT + kexinit() + packet(bytes([21])),
    "no common algorithm": IDENT + kexinit(kex="diffie-hellman-group1-sha1"),
    "empty key exchange message": IDENT + kexinit() + packet(bytes([30])),
    "zero public key": IDENT + kexinit() + packet(bytes([30]) + (32).to_bytes(4, "big") + bytes(32)),
}


@pytest.mark.parametrize("data", CLIENTS.values(), ids=CLIENTS.keys())
def test_glasshd_against(glasshd, data):
    with socket.create_connection(("127.0.0.1", glasshd.port), 60) as connection:
        connection.settimeout(60)
        try:
            connection.sendall(data)
            if data:
                with contextlib.suppress(OSError):  # it may have been reset already
                    connection.shutdown(socket.SHUT_WR)
            else:
                return can_log_in(glasshd)  # beside the silent one
            while connection.recv(65536):
                pass
        except ConnectionError:
            pass
    can_log_in(glasshd)


def test_glasshd_ends_a_silent_connection_after_the_grace_time(place):
    with peers.Glasshd(place, options={"LoginGraceTime": "2"}) as server:
        started = time.monotonic()
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.settimeout(60)
            while connection.recv(65536):
                pass
            assert time.monotonic() - started > 1
        can_log_in(server)


def test_glasshd_when_the_connection_is_cut(glasshd):
    total = handshake_size(glasshd, 0)
    for place_of_cut in hostile.cut_places(total, full=FULL):
        with hostile.Cutter(glasshd, up=place_of_cut) as cutter:
            peers.Glassh().run(cutter, "true", timeout=60, options={"ConnectTimeout": 5})
    can_log_in(glasshd)


@pytest.mark.skipif(not shutil.which("ssh"), reason="ssh is not installed")
def test_glasshd_serves_others_while_one_floods(glasshd):
    with socket.create_connection(("127.0.0.1", glasshd.port)) as connection:
        connection.setblocking(False)
        try:
            while connection.send(b"x" * 65536):
                pass
        except (BlockingIOError, ConnectionError):
            pass
        can_log_in(glasshd)
