# SPDX-License-Identifier: BSD-2-Clause
"""What is not SSH, or stops being it: glassh always ends with a message and 255 in bounded time,
glasshd always goes on serving. INTEROP_FULL=1 cuts at every single octet."""
import contextlib
import os
import random
import shutil
import socket
import ssl
import subprocess
import time

import pytest

import hostile
import peers

pytestmark = pytest.mark.apart
FULL = bool(os.environ.get("INTEROP_FULL"))
IDENT = b"SSH-2.0-Example_1.0\r\n"


def packet(payload, padding=None):
    padding = padding if padding is not None else 8 - (5 + len(payload)) % 8 + 8
    return (len(payload) + padding + 1).to_bytes(4, "big") + bytes([padding]) + payload + bytes(padding)


def name_list(text):
    return len(text).to_bytes(4, "big") + text.encode()


def kexinit(kex="curve25519-sha256", cipher="aes128-ctr"):
    names = [kex, "ssh-ed25519", cipher, cipher, "hmac-sha2-256", "hmac-sha2-256", "none", "none", "", ""]
    return packet(bytes([20]) + bytes(16) + b"".join(map(name_list, names)) + bytes(5))


def login(server, seconds, connect_timeout=5):
    """Runs glassh; it must end by itself with 255 and say why, in text that is safe for a terminal."""
    started = time.monotonic()
    result = peers.Glassh().run(server, "true", timeout=seconds + 30, options={"ConnectTimeout": connect_timeout})
    took = time.monotonic() - started
    message = result.stderr.decode(errors="surrogateescape")
    assert result.returncode == 255, (result.returncode, message)
    assert len(message.strip()) >= 10, message
    assert all(letter.isprintable() or letter in "\r\n\t" for letter in message), repr(message)
    assert not any(word in message for word in ("Sanitizer", "CHECK", "runtime error")), message
    assert len(message.splitlines()) <= 40
    assert took < seconds, f"{took:.1f} s: {message}"
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
    done.wait(60)


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
        login(server, 15)


def test_glassh_against_a_closed_port(place):
    with hostile.Fake(place, silent) as server:
        pass
    assert "refused" in login(server, 10).lower()


@pytest.mark.parametrize("serve", [silent, flood(b"\r\n", 0.5), flood(IDENT[:-2] + b"x", 10), send(IDENT, pause=30)],
                         ids=["silent", "one line each half second", "half a line", "silent after ident"])
def test_the_connect_timeout_bounds_the_whole_handshake(place, serve):
    with hostile.Fake(place, serve) as server:
        login(server, 8, connect_timeout=3)


def test_glassh_against_a_tls_server(place, tmp_path):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=example.org", "-keyout",
                    tmp_path / "key.pem", "-out", tmp_path / "cert.pem"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")

    def serve(connection, done):
        connection.settimeout(5)
        try:
            context.wrap_socket(connection, server_side=True)
        except ssl.SSLError:
            pass

    with hostile.Fake(place, serve) as server:
        login(server, 15)


def test_glassh_against_a_changed_host_key(place, sshd):
    liar = hostile.Cutter(sshd)
    with liar:
        liar.known_hosts.write_text(f"[127.0.0.1]:{liar.port} {place.public('user', 'ed25519')}")
        message = login(liar, 10)
    assert "key" in message.lower()


def handshake_size(server, direction):
    with hostile.Cutter(server) as cutter:
        result = peers.Glassh().run(cutter, "true", timeout=20)
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
            login(cutter, 10)


def can_log_in(server):
    result = peers.Glassh().run(server, "echo still here", timeout=20)
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
    with socket.create_connection(("127.0.0.1", glasshd.port), 10) as connection:
        connection.settimeout(10)
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
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.settimeout(10)
            started = time.monotonic()
            while connection.recv(65536):
                pass
            assert 1 < time.monotonic() - started < 6
        can_log_in(server)


def test_glasshd_when_the_connection_is_cut(glasshd):
    total = handshake_size(glasshd, 0)
    for place_of_cut in hostile.cut_places(total, full=FULL):
        with hostile.Cutter(glasshd, up=place_of_cut) as cutter:
            peers.Glassh().run(cutter, "true", timeout=20, options={"ConnectTimeout": 5})
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
