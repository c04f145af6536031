# SPDX-License-Identifier: BSD-2-Clause
"""What --explain tells of connections to real servers, good and bad: rows of 80 columns that hold no
control characters, and the same facts as JSON lines."""
import contextlib
import json
import os
import pathlib
import pty
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

import pytest

import peers
from peers import USER
from shared import free_port, read_until

ROOT = pathlib.Path(__file__).parents[2]
KINDS = ["ladder", "ascii", "json"]


def words_of(place, port, *options, known_hosts=None, key=None):
    return [peers.program("glassh"), "-F", "none", "-p", port, "-i", key or place.key("user"), "-oIdentitiesOnly=yes",
            "-oBatchMode=yes", f"-oUserKnownHostsFile={known_hosts or '/dev/null'}", "-oGlobalKnownHostsFile=/dev/null",
            *options, f"{USER}@127.0.0.1"]


def explain(place, port, kind, *options, known_hosts=None, key=None, prefix=(), command="echo hello"):
    words = [*prefix, *words_of(place, port, "--explain=json" if kind == "json" else "--explain", *options,
                                known_hosts=known_hosts, key=key), command]
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
    agreed = {row["options"] for row in facts(result) if row["event"] == "tcp.info"}
    assert agreed and all(text == " ".join(text.split()) and text for text in agreed)
    order = [seen.index(name) for name in ("tcp.segment", "ssh.ident.sent", "ssh.chosen", "ssh.auth.success")]
    assert order == sorted(order)


def on_a_terminal(place, words):
    """All that a terminal gets to see of this program."""
    process, terminal = pty.fork()
    if process == 0:
        os.execve(words[0], [str(word) for word in words], {**place.environment, "LC_ALL": "C.UTF-8", "TERM": "dumb"})
    seen = read_until(terminal)
    os.close(terminal)
    os.waitpid(process, 0)
    return seen


@pytest.mark.parametrize("to", [[], ["--explain-to", "/dev/tty"]], ids=["stderr", "tty"])
def test_the_lines_on_a_terminal_of_a_shell_begin_at_its_left(place, sshd, to):
    """It is raw then: nobody adds the carriage return."""
    words = words_of(place, sshd.port, "-t", "--explain", *to, known_hosts=sshd.known_hosts)
    seen = on_a_terminal(place, [*words, "echo the session is here"])
    assert b"the session is here" in seen and b"post-quantum: no" in seen and b"kernel: round trip" in seen, seen
    assert (b"ended with exit status 0" in seen) == bool(to)
    assert re.findall(rb"(?<!\r)\n.*", seen) == []


@pytest.mark.parametrize("form", ["ladder", "json"])
def test_each_line_is_written_in_one_piece(place, sshd, form):
    """Others may write to the same file. A pipe that keeps writes apart shows each of them."""
    out, into = os.pipe2(os.O_DIRECT | os.O_CLOEXEC)
    words = [*words_of(place, sshd.port, f"--explain={form}", known_hosts=sshd.known_hosts), "true"]
    with subprocess.Popen([str(word) for word in words], env=place.environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=into) as process:
        os.close(into)
        pieces = list(iter(lambda: os.read(out, 65536), b""))
        os.close(out)
    assert process.returncode == 0 and len(pieces) > 40
    assert [piece for piece in pieces if not piece.endswith(b"\n")] == []


def run_to(place, sshd, file):
    words = words_of(place, sshd.port, "--explain-to", file, known_hosts=sshd.known_hosts)
    return subprocess.run([str(word) for word in [*words, "echo hello"]], env={**place.environment, "LC_ALL": "C.UTF-8"},
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=60)


def test_a_file_to_explain_to_is_enough(place, sshd, tmp_path):
    file = tmp_path / "told"
    result = run_to(place, sshd, file)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"hello\n", b"")
    told = file.read_text()
    assert "KEXINIT" in told and "post-quantum: no" in told
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_to_explain_to_that_cannot_be_opened_is_an_error(place, sshd, tmp_path):
    result = run_to(place, sshd, tmp_path / "no" / "file")
    assert (result.returncode, result.stdout) == (255, b"")
    assert result.stderr.decode() == f"glassh: --explain-to {tmp_path}/no/file: No such file or directory\n"


def test_a_file_to_explain_to_that_is_full_is_told_at_the_end(place, sshd):
    result = run_to(place, sshd, "/dev/full")
    assert (result.returncode, result.stdout) == (0, b"hello\n")
    assert result.stderr == b"glassh: --explain-to /dev/full: not all could be written: No space left on device\n"


def test_each_form_that_the_usage_names_is_one(place, sshd):
    usage = subprocess.run([peers.program("glassh"), "--help"], capture_output=True, text=True, timeout=60).stdout
    forms = re.search(r"\[--explain\[=([a-z|]+)\]\]", usage)[1].split("|")
    manual = (ROOT / "docs/man/glassh.1").read_text()
    entry = manual[manual.index(".It Fl -explain Ns"):manual.index(".It Fl -explain-to")]
    assert re.findall(r"^\.Cm (\w+)", entry, re.MULTILINE) == forms
    lines = {}
    for form in forms:
        result = explain(place, sshd.port, "ascii", f"--explain={form}", known_hosts=sshd.known_hosts)
        assert (result.returncode, result.stdout) == (0, b"hello\n"), result.stderr
        lines[form] = result.stderr.decode().splitlines()
    assert {form: any("\u2500" in line for line in told) for form, told in lines.items()} == {
        "ladder": False, "unicode": True, "ascii": False, "short": False, "json": False}
    assert all(line.startswith("{") for line in lines["json"])
    assert len(lines["short"]) < 20 and all(len(told) > 40 for form, told in lines.items() if form != "short")


CARRIER = """import os, socket, sys, threading
connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
def pass_on(take, give, end):
    while octets := take(65536):
        give(octets)
    end()
threading.Thread(target=pass_on, daemon=True, args=(lambda size: os.read(0, size), connection.sendall,
                 lambda: connection.shutdown(socket.SHUT_WR))).start()
pass_on(connection.recv, lambda octets: os.write(1, octets), lambda: os.close(1))
"""


@pytest.mark.parametrize("kind", KINDS)
def test_a_command_that_carries_the_connection_is_named_and_not_shown(place, sshd, kind, tmp_path):
    (tmp_path / "carrier.py").write_text(CARRIER)
    result = explain(place, sshd.port, kind, f"-oProxyCommand={sys.executable} {tmp_path}/carrier.py {sshd.port} secret-word",
                     known_hosts=sshd.known_hosts)
    assert (result.returncode, result.stdout) == (0, b"hello\n"), result.stderr
    assert b"secret-word" not in result.stderr and b"carrier" not in result.stderr
    if kind == "json":
        assert facts(result)[0].items() >= {"event": "net.proxy", "src": "rule", "name": "127.0.0.1", "port": sshd.port}.items()
        assert not {"net.try", "net.connected", "tcp.info"} & set(names(result))
        assert set(facts(result)[0]) - {"t_ms", "event", "src"} == documented()["net.proxy"]
        return
    text = check_rows(result, kind)
    assert [line[:1] for line in text.splitlines()].index("2") == 0
    assert "ProxyCommand carries the connection" in text and "the socket is in another process" in text
    assert "127.0.0.1 by a command" in text and re.search(r"^  find [0-9.]+, connect [0-9.]+, hello", text, re.MULTILINE)


def test_what_changes_nothing_in_the_login_is_told_too(place, sshd):
    """OpenSSH's server allows data only once the program runs, shows all its keys, and says why it let us in."""
    told = {kind: explain(place, sshd.port, kind, known_hosts=sshd.known_hosts) for kind in ("ladder", "json")}
    rows = facts(told["json"])
    window, = [row for row in rows if row["event"] == "ssh.channel.window" and not row["out"]]
    assert window["first"] is True and window["count"] == 2 * 1024 * 1024
    assert {"out": False, "name": "hostkeys-00@openssh.com", "want_reply": False}.items() <= next(
        row for row in rows if row["event"] == "ssh.global.request").items()
    assert any("key options" in row["text"] for row in rows if row["event"] == "ssh.debug")
    text = check_rows(told["ladder"], "ladder")
    assert text.index("send nothing yet") < text.index("send 2 MiB more now")
    assert re.search(r"GLOBAL hostkeys-00@openssh.com \u2500+\u2551 +\d+ B these are all my keys", text) and "DEBUG" in text


def messages_of(text):
    """How many messages the ladder has: rows, and those that are only counted."""
    rows = re.findall(r"^ *[0-9.]+ [\u2502\u2551]\S*\u2500 (?!SYN|ACK|FIN|RST|SSH-)", text, re.MULTILINE)
    return len(rows) + sum(int(count) for count in re.findall(r"(\d+) more messages?:", text))


def test_every_message_is_told_or_counted(place, server):
    explain(place, server.port, "json", known_hosts=server.known_hosts)  # later ones know what this server takes
    # Both times our EOF leaves before theirs comes.
    told = {kind: explain(place, server.port, kind, known_hosts=server.known_hosts, command="cat; echo hello")
            for kind in ("ladder", "json")}
    assert messages_of(check_rows(told["ladder"], "ladder")) == names(told["json"]).count("ssh.message")


def test_data_is_counted(place, server):
    result = explain(place, server.port, "ladder", known_hosts=server.known_hosts, command="head -c 3000000 /dev/zero")
    text = check_rows(result, "ladder")
    assert len(result.stdout) == 3000000 and messages_of(text) > 3000000 / 65536
    assert re.search(r"\d+ CHANNEL_DATA from the\s+server", text) and re.search(r"send \d+ \w+ more now", text)


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
                         command="head -c 3000000 /dev/zero; sleep 3")
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
        results.append(explain(place, port, "json", "-oConnectTimeout=30"))
    with liar(b"SSH-2.0-nobody\r\n") as port:
        results.append(explain(place, port, "json", "-oConnectTimeout=4"))
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


def test_who_may_capture_sees_how_tcp_closes_the_connection(place, server):
    if os.geteuid() != 0:
        pytest.skip("capturing takes root")
    result = explain(place, server.port, "json", known_hosts=server.known_hosts, command="head -c 3000000 /dev/zero")
    assert result.returncode == 0 and len(result.stdout) == 3000000
    rows = [row for row in facts(result) if row["event"] == "tcp.segment"]
    ends = [row for row in rows[3:] if row["flags"] in ("FIN-ACK", "RST")]
    assert ends == rows[3:] and {row["out"] for row in ends} == {False, True}
    assert all(row["src"] == "captured" for row in ends)
    text = check_rows(explain(place, server.port, "ladder", known_hosts=server.known_hosts), "ladder")
    assert re.search(r"\u2500 (FIN-ACK|RST) seq=\d+ \u2500", text) and re.search(r" B done, ack=\d+$", text, re.MULTILINE)


def test_a_server_may_take_a_round_trip_around_the_earth_to_close(place):
    if os.geteuid() != 0:
        pytest.skip("capturing takes root")
    with liar(b"SSH-2.0-x\r\nHTTP/1.1 400 Bad Request\r\n\r\n", until_it_closes=0.5) as port:
        result = explain(place, port, "json")
    assert {row["out"] for row in facts(result)[3:] if row["event"] == "tcp.segment" and "FIN" in row["flags"]} == {True, False}


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
def liar(octets, until_it_closes=0):
    """A server that says this and waits."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def run():
            connection, _ = listener.accept()
            with connection:
                connection.sendall(octets)
                connection.settimeout(60)
                with contextlib.suppress(OSError):
                    while connection.recv(4096):
                        pass
                time.sleep(until_it_closes)
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


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_connection_for_the_same_login_is_told(place, kind):
    def hang_up_twice(listener):
        for _ in range(2):
            with listener.accept()[0] as connection:
                connection.sendall(b"SSH-2.0-x\r\n")
                connection.recv(4096)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=hang_up_twice, args=(listener,), daemon=True).start()
        result = explain(place, listener.getsockname()[1], kind)
    assert result.returncode == 255
    if kind == "json":
        told = names(result)
        assert told.count("net.try") == 2
        assert told.index("net.try") < told.index("net.again") < len(told) - told[::-1].index("net.try")
        assert "net.closed" in told[told.index("net.again"):]
    else:
        first, second = check_rows(result, kind).split("once more from the start: ")
        assert "trying 127.0.0.1" in first and "trying 127.0.0.1" in second and "ended here: " in second


@pytest.mark.parametrize("kind", KINDS)
def test_what_follows_the_name_and_is_no_packet_is_shown(place, kind):
    with liar(b"SSH-2.0-x\r\nHTTP/1.1 400 Bad Request\r\n\r\n") as port:
        result = explain(place, port, kind, "-oConnectTimeout=30")
    why = 'its length, 1213486160 (0x48545450, as text "HTTP"), is not from 5 to 35000'
    assert result.returncode == 255 and f"glassh: 127.0.0.1 port {port}: a packet: {why}\n" in result.stderr.decode()
    if kind == "json":
        failed, = [row for row in facts(result) if row["event"] == "ssh.failed"]
        assert failed["detail"] == f"a packet: {why}" and failed["err"] == "BAD_VALUE"
    else:
        assert f"ended here: a packet: {why}" in re.sub(r"\n +(?=\S)", " ", check_rows(result, kind))


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
