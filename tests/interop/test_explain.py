# SPDX-License-Identifier: BSD-2-Clause
"""What --explain tells of connections to real servers, good and bad: rows of 80 columns that hold no
control characters, and the same facts as JSON lines."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import threading

import pytest

import peers
from peers import USER
from shared import free_port

ROOT = pathlib.Path(__file__).parents[2]
KINDS = ["ladder", "ascii", "json"]


def explain(place, port, kind, *options, known_hosts=None, key=None, prefix=(), command="echo hello"):
    words = [*prefix, peers.program("glassh"), "-F", "none", "-p", port, "-i", key or place.key("user"), "-oIdentitiesOnly=yes",
             "-oBatchMode=yes", f"-oUserKnownHostsFile={known_hosts or '/dev/null'}", "-oGlobalKnownHostsFile=/dev/null",
             "--explain=json" if kind == "json" else "--explain", *options, f"{USER}@127.0.0.1", command]
    environment = {**place.environment, "LC_ALL": "C" if kind == "ascii" else "C.UTF-8"}
    return subprocess.run([str(word) for word in words], env=environment, capture_output=True, timeout=60,
                          stdin=subprocess.DEVNULL)


def facts(result):
    """The JSON lines of a run, by name, in order; every line must be one, or a message of glassh's own."""
    rows = [json.loads(line) for line in result.stderr.decode().splitlines() if line.startswith("{")]
    assert rows, result.stderr
    return rows


def names(result):
    return [row["event"] for row in facts(result)]


def check_rows(result, kind):
    text = result.stderr.decode("ascii" if kind == "ascii" else "utf-8")
    for row in text.splitlines():
        assert all(c.isprintable() for c in row), row
    told = [row for row in text.splitlines() if row[:1] in "0123456789 \u2500\u2713!-" or row.startswith("ok ")]
    assert told and max(map(len, told)) <= 80
    return text


@pytest.fixture(params=["sshd", "glasshd", "dropbear"])
def server(request, place):
    if request.param == "dropbear":
        if os.geteuid() != 0 or shutil.which("dropbear") is None:
            pytest.skip("dropbear needs root here")
        with peers.Dropbear(place) as dropbear:
            yield dropbear
    else:
        yield request.getfixturevalue(request.param)


@pytest.mark.parametrize("kind", ["ladder", "ascii"])
def test_a_login_is_told_step_by_step(place, server, kind):
    result = explain(place, server.port, kind, known_hosts=server.known_hosts)
    assert (result.returncode, result.stdout) == (0, b"hello\n"), result.stderr
    text = check_rows(result, kind)
    wanted = ["SYN seq=", "SYN-ACK", "SYN_SENT", "SYN_RCVD", "ESTABLISHED", "SSH-2.0-", "KEXINIT", "key exchange: ",
              "host key: ", "cipher: ", "chosen: ", "KEX_INIT", "KEX_REPLY", "host key SHA256:", f"{server.known_hosts.name}",
              "NEWKEYS", "SERVICE_REQUEST", "USERAUTH  publickey signed", "with the key SHA256:", "SUCCESS",
              "CHANNEL_OPEN session", "REQUEST   exec", "DATA", "ended with exit status 0", "CLOSE", "ready in",
              "round trips", "post-quantum: no", "(deduced)", "kernel: round trip"]
    assert [part for part in wanted if part not in text] == []


def test_a_login_is_told_as_json(place, server):
    result = explain(place, server.port, "json", known_hosts=server.known_hosts)
    assert (result.returncode, result.stdout) == (0, b"hello\n"), result.stderr
    seen = names(result)
    for name in ("tcp.segment", "tcp.state", "ssh.ident.sent", "ssh.ident.received", "ssh.kexinit", "ssh.chosen",
                 "ssh.kex.share", "ssh.hostkey", "ssh.hostkey.trust", "ssh.newkeys", "ssh.service", "ssh.auth.try",
                 "ssh.auth.success", "ssh.channel.open", "ssh.channel.request", "ssh.channel.data", "ssh.channel.close"):
        assert name in seen, name
    order = [seen.index(name) for name in ("tcp.segment", "ssh.ident.sent", "ssh.chosen", "ssh.auth.success")]
    assert order == sorted(order)


def numbers(text, pattern):
    return [float(number) for number in re.findall(pattern, text)]


def test_every_row_has_a_size_and_a_remark_and_the_times_add_up(place, server):
    text = check_rows(explain(place, server.port, "ladder", known_hosts=server.known_hosts), "ladder")
    rows = re.findall(r"^ *[0-9.]+ [\u2502\u2551].*[\u2502\u2551](.*)$", text, re.MULTILINE)
    assert len(rows) > 20 and [row for row in rows if not re.fullmatch(r" +\d+ B \S.*", row)] == []
    whole, = numbers(text, r"ready in ([0-9.]+) ms")
    parts = numbers(text, r"(?:find|connect|hello|keys|login|session) ([0-9.]+)")
    assert len(parts) == 6 and abs(whole - sum(parts)) < 0.01


@pytest.mark.parametrize("starts", ["client", "server"])
def test_a_rekey_is_told_once_with_its_cause(place, starts):
    options = ["-oRekeyLimit=1M"] if starts == "client" else []
    with peers.Sshd(place, options={"RekeyLimit": "1M"} if starts == "server" else {}) as server:
        result = explain(place, server.port, "json", *options, known_hosts=server.known_hosts,
                         command="head -c 3000000 /dev/zero; sleep 1")
    assert result.returncode == 0 and len(result.stdout) == 3000000
    causes = [row["cause"] for row in facts(result) if row["event"] == "ssh.rekey"]
    switches = [row for row in facts(result) if row["event"] == "ssh.newkeys" and row["out"]]
    assert causes and len(causes) == len(switches) - 1
    assert set(causes) == {"octets" if starts == "client" else "peer"}


def documented():
    """The fields of each event, from the table of the schema."""
    table = {}
    for row in (ROOT / "docs/explain-schema.md").read_text().splitlines():
        cells = row.strip("|").split("|")
        if row.startswith("| `") and "." in cells[0]:
            table[cells[0].strip(" `")] = set(re.findall(r"`(\w+)`", cells[-1]))
    return table


def test_the_schema_has_every_event_and_field_that_occurs(place, sshd, tmp_path):
    place.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "stranger")
    known = {"known_hosts": sshd.known_hosts}
    results = [explain(place, sshd.port, "json", **known),
               explain(place, sshd.port, "json", "-tt", "-oRekeyLimit=1M", **known),
               explain(place, sshd.port, "json", "-oPubkeyAuthentication=no", **known),
               explain(place, sshd.port, "json", "-oHostKeyAlgorithms=ssh-ed25519", "-oCiphers=aes128-ctr",
                       key=tmp_path / "stranger", **known),
               explain(place, free_port(), "json"), explain(place, sshd.port, "json", "-oHostname=nowhere.invalid")]
    with liar(b"a line\r\nHTTP/1.1 400 Bad Request\r\n") as port:
        results.append(explain(place, port, "json", "-oConnectTimeout=2"))
    with liar(b"SSH-2.0-nobody\r\n") as port:
        results.append(explain(place, port, "json", "-oConnectTimeout=1"))
    schema, seen = documented(), {}
    for row in (row for result in results for row in facts(result)):
        seen.setdefault(row["event"], set()).update(set(row) - {"t_ms", "event", "src"})
    assert {name: fields - schema.get(name, set()) for name, fields in seen.items() if not fields <= schema.get(name, set())} == {}
    assert len(seen) >= 35


def test_ipv6_addresses_stand_in_brackets(place):
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        threading.Thread(target=lambda: listener.accept()[0].close(), daemon=True).start()
        port = listener.getsockname()[1]
        text = check_rows(explain(place, port, "ladder", "-oHostname=::1"), "ladder")
    assert "you [::1]:" in text and f" [::1]:{port}" in text


def test_what_was_passed_over_is_named(place, sshd):
    result = explain(place, sshd.port, "json", "-oHostKeyAlgorithms=rsa-sha2-512,ssh-ed25519",
                     "-oCiphers=aes192-ctr,aes128-gcm@openssh.com", known_hosts=sshd.known_hosts)
    assert result.returncode == 0, result.stderr
    firsts = {row["list"]: row["name"] for row in facts(result) if row["event"] == "ssh.choice.first"}
    assert firsts["host key"] == "rsa-sha2-512" and firsts["cipher"] == "aes192-ctr"


def test_without_the_right_to_capture_it_says_what_is_hidden(place, sshd):
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed")
    prefix = ["setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-net_raw"] if os.geteuid() == 0 else []
    result = explain(place, sshd.port, "ladder", known_hosts=sshd.known_hosts, prefix=prefix)
    assert result.returncode == 0, result.stderr
    text = check_rows(result, "ladder")
    for part in ("SYN seq=x", "SYN-ACK seq=y ack=x+1", "ACK seq=x+1 ack=y+1", "CAP_NET_RAW", "kernel: sent"):
        assert part in text


@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_connection_is_told(place, kind):
    port = free_port()
    result = explain(place, port, kind)
    assert result.returncode == 255 and b"Connection refused" in result.stderr
    assert b"net.closed" not in result.stderr
    if kind == "json":
        assert "net.failed" in names(result)
    else:
        assert "no login in" in check_rows(result, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_login_is_told(place, sshd, kind, tmp_path):
    place.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "stranger")
    result = explain(place, sshd.port, kind, key=tmp_path / "stranger", known_hosts=sshd.known_hosts)
    assert result.returncode == 255 and b"Permission denied" in result.stderr
    if kind == "json":
        assert "ssh.auth.failure" in names(result)
    else:
        assert "FAILURE" in check_rows(result, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_host_key_is_told(place, sshd, kind, tmp_path):
    known = tmp_path / "known"
    known.write_text(f"[127.0.0.1]:{sshd.port} {place.public('user')}")
    result = explain(place, sshd.port, kind, known_hosts=known)
    assert result.returncode == 255 and b"CHANGED" in result.stderr
    if kind == "json":
        verdicts = [row["verdict"] for row in facts(result) if row["event"] == "ssh.hostkey.trust"]
        assert verdicts and verdicts[0] != "known"


@contextlib.contextmanager
def liar(octets):
    """A server that says this and waits."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def run():
            connection, _ = listener.accept()
            with connection:
                connection.sendall(octets)
                connection.settimeout(20)
                with contextlib.suppress(OSError):
                    while connection.recv(4096):
                        pass
        threading.Thread(target=run, daemon=True).start()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_without_address_is_told(place, kind):
    result = explain(place, 22, kind, "-oHostname=nowhere.invalid")
    assert result.returncode == 255
    if kind == "json":
        assert names(result) == ["net.unresolved"]
    else:
        assert "nowhere.invalid has no address" in check_rows(result, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_hangs_up_is_told(place, kind):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=lambda: listener.accept()[0].close(), daemon=True).start()
        result = explain(place, listener.getsockname()[1], kind)
    assert result.returncode == 255
    if kind == "json":
        assert "net.closed" in names(result)
    else:
        assert "ended here: " in check_rows(result, kind)


HOSTILE = [b"\x1b]0;owned\x07\x1b[2Jhello \xe2\x80\xaeevil\r\nSSH-2.0-\x1b[31mred\r\n",
           b"SSH-2.0-x \x9b31m\r\n\x00\x00\x00\x01", b"{\"event\":\"ssh.auth.success\"}\r\nSSH-2.0-x\r\n\xff\xff\xff\xff",
           b"HTTP/1.1 400 Bad Request\r\n\r\n"]


@pytest.mark.parametrize("octets", HOSTILE, ids=["terminal", "c1", "json", "http"])
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_text_stays_text(place, kind, octets):
    with liar(octets) as port:
        result = explain(place, port, kind, "-oConnectTimeout=2")
    assert result.returncode == 255
    assert b"\x1b" not in result.stderr and b"\x07" not in result.stderr and b"\x9b31m" not in result.stderr
    if kind == "json":
        assert "ssh.auth.success" not in names(result)
    else:
        check_rows(result, kind)
