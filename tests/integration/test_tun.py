# SPDX-License-Identifier: BSD-2-Clause
"""glasshd on a TUN device with its own TCP, and the kernel's TCP at the other side of the link. Everything happens in
networks of the test's own. TUN_FULL=1 moves a GiB and holds 500 connections."""
import concurrent.futures
import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import time

import pytest

import network
from glasshd_server import BUILD, GLASSHD, USER, Server, is_alive, until

pytestmark = pytest.mark.skipif(network.why_not() is not None, reason=str(network.why_not()))

GLASSH = os.environ.get("GLASSH", str(BUILD / "glassh"))
SSHD = "/usr/sbin/sshd"
IS_FULL = os.environ.get("TUN_FULL") == "1"
BULK = (1024 if IS_FULL else 64) * 1024 * 1024
CONNECTIONS = 500 if IS_FULL else 100
V4, V6 = "192.0.2.1", "2001:db8::1"
KERNEL_V4, KERNEL_V6 = "192.0.2.2", "2001:db8::2"


class TunServer(Server):
    """At port 22 of V4 and V6, over the device "g0" of that network."""

    def __init__(self, path, keys, net, tuns=(f"g0={V4}/24", f"g0={V6}/64"), **options):
        arguments = [word for tun in tuns for word in ("--tun", tun)]
        super().__init__(path, keys, arguments=arguments, Port=22, ListenAddress="0.0.0.0", **options)
        self.net = net

    def command(self, *arguments):
        return self.net.words(*super().command(*arguments))

    def ssh_command(self, *words, address=V4, **how):
        command = super().ssh_command(**how)
        command[command.index("-p") + 1] = "22"
        command[-1] = f"{USER}@{address}"
        return self.net.words(*command, *words)

    def tcp(self):
        return self.children().get("glassh-tcp", [None])[-1]


@pytest.fixture
def net():
    with network.network() as net:
        yield net


@pytest.fixture
def server(tmp_path, keys, net):
    with TunServer(tmp_path, keys, net) as server:
        yield server


def bulk():
    """Octets in which each place is recognised."""
    block = b"".join(hashlib.sha256(i.to_bytes(8, "big")).digest() for i in range(32768))
    return b"".join(block[i % 997:] + block[:i % 997] for i in range(BULK // len(block)))


def test_a_login_comes_from_the_real_address(server):
    ends = server.output("echo $SSH_CONNECTION").split()
    assert [ends[0], ends[2], ends[3]] == [KERNEL_V4, V4, "22"]
    assert server.logs(rf"Connection from {KERNEL_V4} port {ends[1]} on {V4} port 22")
    assert server.logs(rf"Accepted publickey for \S+ from {KERNEL_V4} port {ends[1]}")


def test_ipv6_is_served_on_the_same_device(server):
    ends = server.output("echo $SSH_CONNECTION", address=V6).split()
    assert [ends[0], ends[2], ends[3]] == [KERNEL_V6, V6, "22"]
    assert server.logs(rf"Connection from {KERNEL_V6} port {ends[1]} on {V6} port 22")


def test_each_version_of_ip_can_have_a_device(tmp_path, keys, net):
    with TunServer(tmp_path, keys, net, tuns=(f"six={V6}/64", f"four={V4}/24")) as server:
        assert net.has_device("six") and net.has_device("four")
        assert server.output("echo four") == "four\n"
        assert server.output("echo six", address=V6) == "six\n"


def test_much_goes_up_unchanged(server):
    data = bulk()
    done = server.ssh("sha256sum", data=data, timeout=600)
    assert done.stdout.split()[:1] == [hashlib.sha256(data).hexdigest().encode()], done


def test_much_comes_down_unchanged(server, tmp_path):
    data = bulk()
    (tmp_path / "bulk").write_bytes(data)
    done = server.ssh(f"cat {tmp_path / 'bulk'}", timeout=600)
    assert len(done.stdout) == len(data) and done.stdout == data, done.stderr


def test_the_end_of_the_input_leaves_the_answer_on_its_way(server):
    assert server.output("cat; sleep 0.5; echo end", data=b"begin\n") == "begin\nend\n"


HOLD = """
import socket, sys
address, count = sys.argv[1], int(sys.argv[2])
held = [socket.socket() for _ in range(count)]
for one in held:
    one.setblocking(False)
    one.connect_ex((address, 22))
for one in held:
    one.setblocking(True)
    one.settimeout(60)
print(sum(one.recv(8) == b"SSH-2.0-" for one in held))
"""


def test_many_connections_are_held_at_a_time(server):
    assert server.net.python(HOLD, V4, CONNECTIONS) == f"{CONNECTIONS}\n"
    assert server.output("echo still there") == "still there\n"


PORT = """
import socket, sys, time
begin = time.monotonic()
try:
    socket.create_connection((sys.argv[1], 23), 20)
except ConnectionRefusedError:
    print("refused", time.monotonic() - begin < 5)
"""


@pytest.mark.parametrize("address", [V4, V6])
def test_where_nothing_listens_the_answer_is_a_reset(server, address):
    assert server.net.python(PORT, address) == "refused True\n"


PING = """
import os, socket, struct, sys
address = sys.argv[1]
is_v6 = ":" in address
ping = socket.socket(socket.AF_INET6 if is_v6 else socket.AF_INET, socket.SOCK_RAW,
                     socket.IPPROTO_ICMPV6 if is_v6 else socket.IPPROTO_ICMP)
ping.settimeout(20)
ask, answer = (128, 129) if is_v6 else (8, 0)
packet = struct.pack("!BBHHH", ask, 0, 0, 7, 1) + b"are you there?"
total = sum(struct.unpack(f"!{len(packet) // 2}H", packet))
total = (total & 0xffff) + (total >> 16)
if not is_v6:
    packet = packet[:2] + struct.pack("!H", 0xffff - total) + packet[4:]
ping.sendto(packet, (address, 0))
while True:
    got, source = ping.recvfrom(2048)
    body = got if is_v6 else got[20:]
    if source[0] == address and body[0] == answer:
        print(body[8:].decode())
        break
"""


@pytest.mark.parametrize("address", [V4, V6])
def test_ping_is_answered(server, address):
    assert server.net.python(PING, address) == "are you there?\n"


def test_no_socket_of_the_kernel_listens(server):
    assert server.net.run("ss", "-H", "-l", "-n", "-t", "-u", "-w").stdout == b""


def test_match_knows_the_address(server):
    with server.config.open("a") as config:
        config.write(f"Match Address {KERNEL_V4}\nForceCommand echo matched\n")
    server.process.send_signal(signal.SIGHUP)
    assert server.logs("Server listening on", 4)
    assert server.output("echo not") == "matched\n"
    assert server.output("echo not", address=V6) == "not\n"


def test_who_fails_is_turned_away_by_address(tmp_path, keys, net):
    with TunServer(tmp_path, keys, net, PerSourcePenalties="authfail:60s min:1s") as server:
        assert server.ssh("true", key="other").returncode == 255
        assert server.logs("penalty")
        assert server.ssh("true").returncode == 255
        assert server.logs(rf"drop connection #\d+ from \[{KERNEL_V4}\]:\d+ on \[{V4}\]:22")
        assert server.output("echo welcome", address=V6) == "welcome\n"


def test_the_process_that_reads_packets_can_do_nothing_else(tmp_path, keys, net):
    done = subprocess.run(TunServer(tmp_path, keys, net).command("--sandbox-check", "--tun", f"g0={V4}/24"),
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done
    rows = done.stdout.partition("glassh-tcp\n")[2]
    assert "=/dev/net/tun" in rows and "seccomp       2" in rows and "WRONG" not in rows
    assert not net.has_device("g0")


def test_another_process_takes_over_when_it_ends(server):
    first = server.tcp()
    os.kill(first, signal.SIGKILL)
    assert until(lambda: server.tcp() not in (None, first))
    assert until(lambda: server.ssh("true").returncode == 0)


def test_a_reload_and_the_servers_end_leave_connections_alone(server):
    with subprocess.Popen(server.ssh_command("echo there; cat"), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as ssh:
        assert ssh.stdout.readline() == b"there\n"
        tcp = server.tcp()
        server.process.send_signal(signal.SIGHUP)
        assert server.logs("Server listening on", 4)
        assert until(lambda: server.tcp() == tcp)
        assert server.output("echo new") == "new\n"
        server.process.terminate()
        server.process.wait(10)
        ssh.stdin.write(b"still\n")
        ssh.stdin.close()
        assert ssh.stdout.read() == b"still\n"
    assert until(lambda: not is_alive(tcp), 70)


def test_no_login_of_a_stream_fails_over_reloads(tmp_path, keys, net):
    with TunServer(tmp_path, keys, net, MaxStartups=100) as server, \
            concurrent.futures.ThreadPoolExecutor(3) as pool:
        logins = [pool.submit(server.ssh, "echo in", timeout=60) for _ in range(12)]
        while not all(login.done() for login in logins):
            server.process.send_signal(signal.SIGHUP)
            time.sleep(0.15)
        assert [login.result().stdout for login in logins] == [b"in\n"] * 12, server.log()
        assert server.logs("Received SIGHUP", 3)


def start_and_end(net, path, *arguments):
    done = net.run(GLASSHD, "-f", path, "-D", "-e", *arguments)
    return done.returncode, done.stderr.decode()


@pytest.fixture
def config(tmp_path, keys):
    path = tmp_path / "config"
    path.write_text(f"HostKey {keys.path / 'host'}\nPidFile none\n")
    return path


def test_an_address_that_the_kernel_has_is_refused(config, net):
    assert net.run("ip", "addr", "add", f"{V4}/24", "dev", "lo").returncode == 0
    status, said = start_and_end(net, config, "--tun", f"g0={V4}/24")
    assert status != 0 and f"{V4}: the kernel has this address itself" in said
    assert not net.has_device("g0")


def test_a_device_that_there_is_is_refused(config, net):
    assert net.run("ip", "tuntap", "add", "dev", "g0", "mode", "tun").returncode == 0
    status, said = start_and_end(net, config, "--tun", f"g0={V4}/24")
    assert status != 0 and "g0: there is such a device already" in said


def test_what_is_wrong_with_the_option_is_told(config, net):
    status, said = start_and_end(net, config, "--tun", f"sixteen-letters-={V4}/24")
    assert status != 0 and "at most 15 characters" in said
    status, said = start_and_end(net, config, "--tun", f"g0={V4}/24", "--demo")
    assert status != 0 and "neither with --demo" in said



@contextlib.contextmanager
def behind_a_bad_link(server, *options):
    """The network of a client that reaches the server by way of the server's network."""
    with network.network() as far:
        left, right = (far, "e0", "198.51.100.1/24"), (server.net, "e0", "198.51.100.2/24")
        assert server.net.run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward").returncode == 0
        with network.link(left, right, *options) as counts:
            assert far.run("ip", "route", "add", "192.0.2.0/24", "via", "198.51.100.2").returncode == 0
            yield far, counts


def test_loss_and_reordering_change_nothing_but_the_time(server, tmp_path):
    data = bulk()[:8 * 1024 * 1024]
    (tmp_path / "bulk").write_bytes(data)
    with behind_a_bad_link(server, "--delay-ms", 2, "--loss", 5, "--reorder", 5, "--reorder-ms", 3, "--duplicate", 1,
                           "--seed", 7) as (far, counts):
        near, server.net = server.net, far  # from where ssh comes
        try:
            up = server.ssh("sha256sum", data=data, timeout=300)
            down = server.ssh(f"cat {tmp_path / 'bulk'}", timeout=300)
        finally:
            server.net = near
    assert up.stdout.split()[:1] == [hashlib.sha256(data).hexdigest().encode()], up
    assert down.stdout == data, down.stderr
    assert counts[0]["lost"] > 100 and counts[1]["lost"] > 100 and counts[0]["reordered"] > 100


# ---- glassh ----

@contextlib.contextmanager
def stock_sshd(path, keys, net):
    """OpenSSH's, at port 22 of all addresses that the network's kernel has."""
    (path / "authorized_keys").write_text(keys.public("user"))
    (path / "sshd_config").write_text(
        f"Port 22\nHostKey {keys.path / 'host'}\nAuthorizedKeysFile {path / 'authorized_keys'}\nStrictModes no\n"
        "PidFile none\nUsePAM no\nPermitRootLogin yes\nPrintMotd no\n")
    os.makedirs("/run/sshd", exist_ok=True)
    with (path / "sshd.log").open("wb") as log:
        with subprocess.Popen(net.words(SSHD, "-D", "-e", "-f", path / "sshd_config"), stderr=log) as sshd:
            try:
                assert until(lambda: b":22 " in net.run("ss", "-H", "-l", "-n", "-t").stdout)
                yield
            finally:
                sshd.terminate()


def glassh(net, keys, destination, *words, tun=f"g0={V4}/24", data=b"", options=()):
    command = [GLASSH, "-F", "none", "-i", keys.path / "user", "--tun", tun, *options]
    for setting in ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "GlobalKnownHostsFile=/dev/null",
                    "BatchMode=yes", "LogLevel=ERROR"):
        command += ["-o", setting]
    return net.run(*command, f"{USER}@{destination}", *words, input=data)


@pytest.mark.skipif(not os.path.exists(SSHD), reason="there is no stock sshd here")
@pytest.mark.parametrize("tun, ours, theirs", [(f"g0={V4}/24", V4, KERNEL_V4), (f"g0={V6}/64", V6, KERNEL_V6)])
def test_the_client_connects_out_by_its_own_tcp(tmp_path, keys, net, tun, ours, theirs):
    with stock_sshd(tmp_path, keys, net):
        done = glassh(net, keys, theirs, "echo $SSH_CONNECTION; cat", tun=tun, data=b"x" * 1000000)
    assert done.returncode == 0, done.stderr
    line, _, rest = done.stdout.partition(b"\n")
    assert line.decode().split()[0] == ours and line.decode().split()[2:] == [theirs, "22"]
    assert rest == b"x" * 1000000


@pytest.mark.skipif(not os.path.exists(SSHD), reason="there is no stock sshd here")
def test_the_handshake_is_told_with_the_stacks_own_numbers(tmp_path, keys, net):
    with stock_sshd(tmp_path, keys, net):
        done = glassh(net, keys, KERNEL_V4, "true", options=("--explain=json", "--explain-to", tmp_path / "facts"))
    assert done.returncode == 0, done.stderr
    facts = [json.loads(line) for line in (tmp_path / "facts").read_text().splitlines()]
    syn, answer, ack = [fact for fact in facts if fact["event"] == "tcp.segment"]
    assert {fact["src"] for fact in (syn, answer, ack)} == {"stack"}
    assert [syn["flags"], answer["flags"], ack["flags"]] == ["SYN", "SYN-ACK", "ACK"]
    assert answer["ack"] == ack["seq"] == (syn["seq"] + 1) % 2**32 and ack["ack"] == (answer["seq"] + 1) % 2**32
    assert [fact["client"] for fact in facts if fact["event"] == "tcp.state"] == ["SYN-SENT", "ESTABLISHED"]
    connected, = [fact for fact in facts if fact["event"] == "net.connected"]
    assert (connected["local"], connected["remote"], connected["remote_port"]) == (V4, KERNEL_V4, 22)


def test_the_client_tells_why_it_cannot_connect(keys, net):
    done = glassh(net, keys, KERNEL_V4, "true")
    assert done.returncode == 255
    assert f"connect to host {KERNEL_V4} port 22: Connection refused" in done.stderr.decode()
    done = glassh(net, keys, KERNEL_V6, "true", tun=f"g1={V4}/24")
    assert f"connect to host {KERNEL_V6} port 22: Network is unreachable" in done.stderr.decode()


def test_the_client_gives_up_on_a_silent_host_in_time(keys, net):
    done = glassh(net, keys, "192.0.2.77", "true", options=("-o", "ConnectTimeout=1"))
    assert done.returncode == 255, done
    assert until(lambda: not net.has_device("g0"))


def test_who_may_make_no_device_is_told_so(tmp_path, keys, net):
    if shutil.which("setpriv") is None:
        pytest.skip("needs setpriv")
    done = net.run("setpriv", "--bounding-set=-net_admin", GLASSH, "-F", "none", "--tun", f"g0={V4}/24", "x@192.0.2.2")
    assert done.returncode == 255
    assert "g0: making a TUN device is not permitted" in done.stderr.decode()
