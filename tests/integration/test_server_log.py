# SPDX-License-Identifier: BSD-2-Clause
"""What glasshd logs as JSON. The schema is frozen here: whoever renames something must do it here, too, and then breaks
the programs that read the log. New events and fields are added to it."""
import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess

import pytest

from glasshd_server import USER, Server, until
from test_server_pam import UNIX, PamServer, can_have_mounts
from test_server_passwords import ssh as ssh_with_password
from test_server_reload import OPENING, read_all

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEY = {"method": str, "key_type": str, "fingerprint": str}
CIPHERS = {"cipher_in": str, "mac_in": str, "cipher_out": str, "mac_out": str}
LOCAL = {"local": str, "local_port": int}
# Each event's level and fields.
EVENTS = {
    "server.message": ("error", {"text": str}),
    "server.listening": ("info", LOCAL),
    "server.stopped": ("info", {"signal": int}),
    "server.reloaded": ("info", {}),
    "server.reload_refused": ("error", {"why": str}),
    "startups.throttled": ("error", {"begins": bool}),
    "startups.dropped": ("verbose", {"count": int, "peer": str, "peer_port": int, **LOCAL, "why": str}),
    "worker.crashed": ("error", {}),
    "process.died": ("error", {"program": str, "process": int, "signal": int}),
    "connection.opened": ("verbose", LOCAL),
    "user.invalid": ("info", {}),
    "user.refused": ("info", {"listed": bool, "why": str}),
    "user.root_refused": ("info", {}),
    "login.failed": ("info", KEY),
    "login.partial": ("info", KEY),
    "login.postponed": ("verbose", KEY),
    "login.accepted": ("info", KEY),
    "pam.refused": ("error", {"why": str}),
    "pam.account_refused": ("info", {"why": str}),
    "pam.session_refused": ("error", {"why": str}),
    "kex.done": ("debug1", {"kex": str, "host_key": str, **CIPHERS}),
    "kex.truncatable": ("verbose", CIPHERS),
    "ident.invalid": ("error", {"line": str}),
    "ident.refused": ("info", {"why": str}),
    "kex.no_common": ("info", {"what": str, "offer": str}),
    "login.too_many": ("error", {}),
    "connection.ended": ("info", {"why": str}),
    "login.timeout": ("info", {}),
    "connection.silent": ("info", {}),
    "connection.disconnect": ("info", {"reason": int, "text": str}),
    "connection.disconnected": ("info", {}),
    "connection.closed": ("info", {}),
    "connection.reset": ("info", {}),
    "connection.failed": ("info", {"why": str}),
    "worker.unsaid": ("error", {"count": int}),
    "worker.broke_rule": ("error", {"why": str}),
    "session.started": ("verbose", {"program": str, "name": str, "terminal": str, "id": int}),
    "session.no_subsystem": ("info", {"name": str}),
    "session.closed": ("verbose", {"id": int}),
}
EVERYWHERE = {"time": str, "event": str, "level": str, "pid": int}
OF_CONNECTIONS = {"peer": str, "peer_port": int, "user": str, "invalid": bool, "preauth": bool}
NO_CONNECTION = {"server.message", "server.listening", "server.stopped", "server.reloaded", "server.reload_refused",
                 "startups.throttled", "startups.dropped", "worker.crashed", "process.died"}
LEVELS = {"fatal", "error", "info", "verbose", "debug1", "debug2", "debug3"}
OTHER_LEVELS = {"server.message": LEVELS, "login.failed": {"verbose", "debug1"},
                "login.partial": {"verbose"}}


# ---- what is written about it ----

def test_the_sources_have_the_frozen_schema():
    text = (ROOT / "src/programs/server/common/events.def").read_text()
    kinds, found = {"TEXT": str, "NUMBER": int, "FLAG": bool}, {}
    for row in re.split(r"^EVENT\(", text, flags=re.MULTILINE)[1:]:
        name, level = re.search(r'"([\w.]+)",\s*\w+,\s*(\w+),', row).groups()
        found[name] = (level.lower(), {field: kinds[kind] for kind, field in re.findall(r"(TEXT|NUMBER|FLAG)\((\w+)\)", row)})
    assert found == EVENTS


def test_the_documentation_has_the_frozen_schema():
    text, found = (ROOT / "docs/log-schema.md").read_text(), {}
    for row in text.splitlines():
        cells = row.strip("|").split("|")
        if row.startswith("| `") and len(cells) == 4:
            found[cells[0].strip(" `")] = (cells[1].strip(), set(re.findall(r"`(\w+)`", cells[3])))
    assert found == {event: (level, set(fields)) for event, (level, fields) in EVENTS.items()}
    numbers = {field for _, fields in EVENTS.values() for field, kind in fields.items() if kind is int}
    flags = {field for _, fields in EVENTS.values() for field, kind in fields.items() if kind is bool}
    said, = re.findall(r"Numbers are ([^;]*) and all\s+that end in `_port`; ([^;]*) are booleans", text)
    assert set(re.findall(r"`(\w+)`", said[0])) == {field for field in numbers if not field.endswith("_port")}
    assert set(re.findall(r"`(\w+)`", said[1])) == flags


# ---- what is there ----

class JsonServer(Server):
    listening = '"server.listening"'


class JsonPamServer(PamServer):
    listening = '"server.listening"'


def login(server, *words, **how):
    return server.ssh(*(words or ("true",)), **how)


def subsystem(server):
    login(server, "nosuch", options=["-s"])


@contextlib.contextmanager
def begun_login(server):
    paramiko = pytest.importorskip("paramiko")
    with paramiko.Transport(("127.0.0.1", server.port)) as transport:
        transport.start_client(timeout=60)
        yield transport


def hold(server):
    say(server, OPENING)


def guess(server):
    with begun_login(server) as transport, contextlib.suppress(Exception):
        for _ in range(10):
            with contextlib.suppress(pytest.importorskip("paramiko").AuthenticationException):
                transport.auth_password(USER, "wrong")


def say(server, octets):
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(octets)
        read_all(connection)


def no_ssh(server):
    say(server, b"GET / HTTP/1.0\r\n\r\n")


def no_packet(server):
    say(server, OPENING + b"\xff" * 64)


def reset(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(OPENING)
        assert seen(server, {"connection.opened"})
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextlib.contextmanager
def session(server):
    client = subprocess.Popen(server.ssh_command("echo; exec sleep 1000"), stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    try:
        client.stdout.readline()
        yield client
    finally:
        client.kill()
        client.communicate()


def fall_silent(server):
    with session(server) as client:
        client.send_signal(signal.SIGSTOP)
        assert seen(server, {"connection.silent"})


def crash(server):
    for process, number in (("worker", signal.SIGSEGV), ("monitor", signal.SIGABRT)):
        with session(server) as client:
            os.kill(server.only_connection()[process], number)
            client.wait(60)


def reload(server):
    for count, more in ((1, {}), (2, {"NoSuchKeyword": "yes"})):
        server.write_config(**more)
        server.process.send_signal(signal.SIGHUP)
        assert until(lambda: len(re.findall('"server.listening"|"server.reload_refused"', server.log())) > count)


def crowd(server):
    with begun_login(server):
        say(server, OPENING)
    assert until(lambda: login(server).returncode == 0)


def password(method):
    return lambda server: ssh_with_password(server, USER, "wrong", method, "true")


SECRETS = {"PasswordAuthentication": "yes", "KbdInteractiveAuthentication": "yes"}
# What is done to a server with which options (or PAM's service), and what comes of it.
CASES = {
    "a session": (login, {}, {
        "server.listening", "server.stopped", "connection.opened", "kex.done", "login.postponed", "login.accepted",
        "session.started", "session.closed", "connection.disconnect", "connection.disconnected"}),
    "no subsystem": (subsystem, {}, {"session.no_subsystem"}),
    "a wrong key": (lambda server: login(server, key="other"), {}, {"login.failed", "connection.closed"}),
    "no such user": (lambda server: login(server, user="nosuch"), {}, {"user.invalid"}),
    "not listed": (login, {"AllowUsers": "nosuch"}, {"user.refused"}),
    "not root": (login, {"PermitRootLogin": "no"}, {"user.root_refused"}),
    "nothing in common": (lambda server: login(server, options=["-o", "KexAlgorithms=diffie-hellman-group1-sha1"]), {},
                          {"kex.no_common"}),
    "no SSH": (no_ssh, {}, {"ident.invalid", "ident.refused"}),
    "no packet": (no_packet, {}, {"connection.failed"}),
    "a reset": (reset, {}, {"connection.reset"}),
    "one of two methods": (login, {**SECRETS, "AuthenticationMethods": "publickey,password"}, {"login.partial"}),
    "too many passwords": (guess, {**SECRETS, "MaxAuthTries": 2}, {"login.too_many", "connection.ended"}),
    "no login": (hold, {"LoginGraceTime": 1}, {"login.timeout"}),
    "silence": (fall_silent, {"ClientAliveInterval": 1, "ClientAliveCountMax": 1}, {"connection.silent"}),
    "crashes": (crash, {}, {"worker.crashed", "process.died"}),
    "reloads": (reload, {}, {"server.reloaded", "server.reload_refused"}),
    "a crowd": (crowd, {"MaxStartups": "1:100:1"}, {"startups.throttled", "startups.dropped"}),
    "a penalty": (lambda server: login(server, key="other"), {"PerSourcePenalties": "authfail:60s min:30s"},
                  {"server.message"}),
    "PAM refuses": (password("keyboard-interactive"), ["auth required pam_deny.so"], {"pam.refused"}),
    "PAM refuses the account": (login, ["account required pam_deny.so"], {"pam.account_refused"}),
    "PAM opens no session": (login, [*UNIX, "session required pam_deny.so"], {"pam.session_refused"}),
}


def seen(server, wanted):
    return until(lambda: all(f'"{event}"' in server.log() for event in wanted))


def check(line):
    row = json.loads(line)
    event = row["event"]
    level, fields = EVENTS[event]
    assert len(line) <= 1023
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", row["time"])
    assert row["level"] in {level, *OTHER_LEVELS.get(event, ())}
    known = {**EVERYWHERE, **OF_CONNECTIONS, **fields}
    assert {name: type(value) for name, value in row.items()} == {name: known[name] for name in row}
    needed = {*EVERYWHERE, *(name for name, kind in fields.items() if kind is not str)}
    if event not in NO_CONNECTION:
        needed |= {"peer", "peer_port", "preauth"}
    assert needed <= set(row), line


@pytest.mark.skipif(not can_have_mounts(), reason="needs root and mount namespaces")
@pytest.mark.parametrize("case", CASES)
def test_what_happens_is_told_as_the_schema_says(tmp_path, keys, case):
    act, how, wanted = CASES[case]
    options = {"LogLevel": "DEBUG1", "LogFormat": "json"}
    server = JsonPamServer(tmp_path, keys, how, **options, **SECRETS, AuthorizedKeysFile=tmp_path / "authorized_keys",
                           StrictModes="no") if isinstance(how, list) else JsonServer(tmp_path, keys, **options, **how)
    with server:
        act(server)
        assert seen(server, wanted - {"server.stopped"}), server.log()
    lines = server.log().splitlines()
    for line in lines:
        check(line)
    assert wanted <= {json.loads(line)["event"] for line in lines}


def test_all_but_these_are_seen():
    """The first needs a client of another time, the others a worker that somebody else has taken over."""
    told = set().union(*(wanted for _, _, wanted in CASES.values()))
    assert set(EVENTS) - told == {"kex.truncatable", "worker.unsaid", "worker.broke_rule"}
