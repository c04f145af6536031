# SPDX-License-Identifier: BSD-2-Clause
"""glasshd on a TUN device with its own TCP, and the kernel's TCP at the other side of the link. Everything happens in
networks of the test's own. TUN_FULL=1 moves a GiB each way over the bad link, too."""
import concurrent.futures
import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading

import pytest

import network
import processes
from glasshd_server import GLASSHD, children, is_alive, until
from tun_server import GLASSH, KERNEL_V4, KERNEL_V6, SSHD, V4, V6, TunServer, behind_a_bad_link, glassh, stock_sshd
from shared import kill

pytestmark = pytest.mark.skipif(network.why_not() is not None, reason=str(network.why_not()))

IS_FULL = os.environ.get("TUN_FULL") == "1"
GLASSHD_FOLDER = pathlib.Path(GLASSHD).resolve().parent
RECORDS = pathlib.Path(__file__).parents[2] / "src/ipc/record.def"
BULK = 1024 * 1024 * 1024
LOSSY = (1024 if IS_FULL else 10) * 1024 * 1024
CONNECTIONS = 500


@pytest.fixture
def net():
    with network.network() as net:
        yield net


@pytest.fixture
def server(tmp_path, keys, net):
    with TunServer(tmp_path, keys, net) as server:
        yield server


@contextlib.contextmanager
def octets(path, size):
    """A file in which each place is recognised, and its hash."""
    block = b"".join(hashlib.sha256(i.to_bytes(8, "big")).digest() for i in range(32768))
    digest = hashlib.sha256()
    try:
        with path.open("wb") as file:
            for i in range(size // len(block)):
                part = block[i % 997:] + block[:i % 997]
                digest.update(part)
                file.write(part)
        yield path, digest.hexdigest()
    finally:
        path.unlink()


@pytest.fixture(scope="module")
def bulk(tmp_path_factory):
    with octets(tmp_path_factory.mktemp("bulk") / "bulk", BULK) as made:
        yield made


def goes_up(server, path, timeout, **how):
    """The hash that the server's side has of the file."""
    with path.open("rb") as file:
        done = subprocess.run(server.ssh_command("sha256sum", **how), stdin=file, capture_output=True, timeout=timeout)
    assert done.returncode == 0, done
    return done.stdout.split()[0].decode()


def comes_down(server, path, timeout, **how):
    command = server.ssh_command(f"cat {path}", **how)
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as ssh:
        timer = threading.Timer(timeout, ssh.kill)
        timer.start()
        digest = hashlib.sha256()
        while part := ssh.stdout.read(1 << 20):
            digest.update(part)
        timer.cancel()
    assert ssh.returncode == 0
    return digest.hexdigest()


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


def test_much_goes_up_unchanged(server, bulk):
    path, digest = bulk
    assert goes_up(server, path, timeout=600) == digest


def test_much_comes_down_unchanged(server, bulk):
    path, digest = bulk
    assert comes_down(server, path, timeout=600) == digest


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
import socket, sys
try:
    socket.create_connection((sys.argv[1], 23), 60)
except ConnectionRefusedError:
    print("refused")
"""


@pytest.mark.parametrize("address", [V4, V6])
def test_where_nothing_listens_the_answer_is_a_reset(server, address):
    assert server.net.python(PORT, address) == "refused\n"


MANY_DATAGRAMS = """
import socket, sys
UDP_SEGMENT = 103
with socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM) as udp:
    udp.settimeout(60)
    udp.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 1000)
    udp.connect((sys.argv[1], 4711))
    udp.send(bytes(30000))
    try:
        udp.recv(1)
    except ConnectionRefusedError:
        print("refused")
"""


@pytest.mark.parametrize("address", [V4, V6])
def test_many_datagrams_at_once_are_refused(server, address):
    assert server.net.python(MANY_DATAGRAMS, address) == "refused\n"


PING = """
import os, socket, struct, sys
address = sys.argv[1]
is_v6 = ":" in address
ping = socket.socket(socket.AF_INET6 if is_v6 else socket.AF_INET, socket.SOCK_RAW,
                     socket.IPPROTO_ICMPV6 if is_v6 else socket.IPPROTO_ICMP)
ping.settimeout(60)
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


STAYS = """
import socket, sys
connection = socket.create_connection((sys.argv[1], 22), timeout=60)
connection.sendall(b"SSH-1.5-old\\r\\n")
while connection.recv(65536):
    pass
print("end", flush=True)
sys.stdin.read()
"""


def test_a_client_that_is_refused_and_stays_holds_no_descriptor(server):
    def held():
        return len(os.listdir(f"/proc/{server.tcp()}/fd"))
    assert server.output("echo in") == "in\n"  # all that it has at first is there
    before = processes.settled(held)
    words = server.net.words(sys.executable, "-c", STAYS, V4)
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as client:
        assert client.stdout.readline() == b"end\n"
        assert until(lambda: held() == before), held()
        client.stdin.close()


# Between ssh and the server. Its file has its pid, and at last how the server has ended the connection.
RELAY = """
import os, pathlib, signal, socket, struct, sys, threading
address, file, is_reset = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3] == "reset"
server = socket.create_connection((address, 22))
def leave(*_):
    if is_reset:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    else:
        server.shutdown(socket.SHUT_RDWR)
    os.close(server.detach())
    os._exit(0)
signal.signal(signal.SIGUSR1, leave)
file.write_text(str(os.getpid()))
def copy(read, write):
    while data := read(65536):
        write(data)
threading.Thread(target=copy, args=(lambda n: os.read(0, n), server.sendall), daemon=True).start()
try:
    copy(server.recv, lambda data: os.write(1, data))
    file.write_text("end")
except ConnectionResetError:
    file.write_text("reset")
"""


def relayed(server, path, how):
    """An ssh by way of it, whose command says "there" first."""
    (path / "relay").write_text(RELAY)
    proxy = f"ProxyCommand={sys.executable} {path / 'relay'} {V4} {path / 'file'} {how}"
    return subprocess.Popen(server.ssh_command("echo there; cat", options=("-o", proxy)), stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


NO_SSH = """
import socket, sys
with socket.create_connection((sys.argv[1], 22), timeout=60) as connection:
    connection.sendall(b"GET / HTTP/1.1\\r\\n\\r\\n")
    print(b"Protocol mismatch" in b"".join(iter(lambda: connection.recv(65536), b"")))
"""


def test_what_is_no_ssh_is_refused_and_the_porch_stays(server):
    porch = server.children()["glasshd-porch"]
    for _ in range(3):
        assert server.net.python(NO_SSH, V4) == "True\n"
    assert server.logs(r"onnection from \S+ port \d+: invalid format", count=3), server.log()
    assert server.children()["glasshd-porch"] == porch


@pytest.mark.parametrize("how, told", [("reset", "Read error from remote host .*: Connection reset by peer"),
                                       ("close", "Connection closed by")])
def test_a_reset_by_the_peer_is_no_orderly_end(server, tmp_path, how, told):
    with relayed(server, tmp_path, how) as ssh:
        assert ssh.stdout.readline() == b"there\n"
        os.kill(int((tmp_path / "file").read_text()), signal.SIGUSR1)
        assert server.logs(told), server.log()


def acknowledged(net):
    """How many octets of the only connection the server has."""
    told = net.run("ss", "--no-header", "--tcp", "--numeric", "--info", "dst", V4).stdout.decode()
    return int(re.search(r"bytes_acked:(\d+)", told)[1])


@pytest.mark.parametrize("leaves, ended", [(1000, "reset"), (0, "end")])
def test_a_worker_that_dies_with_something_unread_resets_its_connection(server, tmp_path, leaves, ended):
    with relayed(server, tmp_path, "close") as ssh:
        assert ssh.stdout.readline() == b"there\n"
        before = processes.settled(lambda: acknowledged(server.net))
        workers = children(server.nursery())
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        ssh.stdin.write(b"x" * leaves)
        ssh.stdin.flush()
        assert until(lambda: acknowledged(server.net) >= before + leaves)
        for pid in workers:
            kill(pid)
        assert until(lambda: (tmp_path / "file").read_text() == ended), (tmp_path / "file").read_text()


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


# The owner of a glassh-tcp: says what it is told to, and writes what it hears.
OWNS = """
import fcntl, os, select, socket, struct, subprocess, sys
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
fcntl.ioctl(device, 0x400454ca, struct.pack("16sH22x", b"g0", 0x5001))
types = [line.split("(")[1].split(",")[0] for line in open(sys.argv[2]) if line.startswith("RECORD(")]
def say(name, *numbers, texts=(), fds=()):
    record = bytes([types.index(name)]) + struct.pack(f">{len(numbers)}I", *numbers)
    socket.send_fds(ours, [record + b"".join(struct.pack(">I", len(text)) + text for text in texts)], fds)
def hear():
    return ours.recv(512) if select.select([ours], [], [], 30)[0] else b"nothing"
process = subprocess.Popen([sys.argv[1], "65534", "65534", "/run/glasshd"], close_fds=False,
                           preexec_fn=lambda: os.dup2(theirs.fileno(), 3))
theirs.close()
say("TCP_OPEN", 1500, 0, 0, 0, texts=(bytes([192, 0, 2, 1]), b""), fds=[device])
subprocess.run("ip address add 192.0.2.2/24 dev g0 && ip link set g0 up", shell=True, check=True)
say("TCP_LISTEN", 22)
say("TCP_BEGIN")
assert hear() == bytes([types.index("TCP_READY")])
taken, taker = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
say("TCP_TAKER", fds=[taker.fileno()])
reading, writing = os.pipe()
for fds in ([writing], []):  # when the second is answered, it listens
    say("TCP_CONNECT", 22, texts=(b"",), fds=fds)  # to no address: it fails at once
    assert hear()[0] == types.index("TCP_FAILED")
os.close(writing)
assert select.select([reading], [], [], 30)[0], "what came with it is still open"
guest = socket.create_connection(("192.0.2.1", 22), 30)
record, served, _, _ = socket.recv_fds(taken, 512, 1)
ours.send(b"what is this")  # the connection goes on, and so does the process
assert hear() == b""
guest.send(b"hello")
assert select.select([served[0]], [], [], 30)[0]
assert os.read(served[0], 5) == b"hello"
process.kill()
"""


def test_an_owner_who_breaks_a_rule_is_let_go(net):
    """And nothing that was sent along stays open."""
    words = net.words(sys.executable, "-c", OWNS, str(GLASSHD_FOLDER / "glassh-tcp"), str(RECORDS))
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done


def test_a_device_that_is_deleted_is_made_anew_and_its_connections_end(server):
    first = server.tcp()
    with subprocess.Popen(server.ssh_command("echo there; cat"), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as ssh:
        try:
            assert ssh.stdout.readline() == b"there\n"
            (monitor,) = server.connections()
            assert server.net.run("ip", "link", "delete", "g0").returncode == 0
            assert until(lambda: not is_alive(monitor))
            assert until(lambda: server.tcp() not in (None, first))
        finally:
            ssh.kill()
    assert until(lambda: server.ssh("true").returncode == 0)


# Says how many connections stand, and keeps them.
COMES = """
import socket, sys
held = [socket.create_connection((sys.argv[1], 22), timeout=60) for _ in range(int(sys.argv[2]))]
print(len(held), flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def guests(server, count):
    words = server.net.words(sys.executable, "-c", COMES, V4, str(count))
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as client:
        assert client.stdout.readline() == b"%d\n" % count
        try:
            yield
        finally:
            client.stdin.close()


def test_connections_that_nobody_took_do_not_outlive_the_server(server):
    porch, tcp = server.children()["glasshd-porch"][0], server.tcp()
    os.kill(porch, signal.SIGSTOP)
    with guests(server, 3 * CONNECTIONS):  # more than fit between the two
        server.process.kill()
        server.process.wait(10)
        os.kill(porch, signal.SIGKILL)
    assert until(lambda: not is_alive(tcp), 30)
    assert not server.net.has_device("g0")


def test_a_reload_and_the_servers_end_leave_connections_alone(server):
    with subprocess.Popen(server.ssh_command("echo there; cat"), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as ssh:
        assert ssh.stdout.readline() == b"there\n"
        tcp = server.tcp()
        server.process.send_signal(signal.SIGHUP)
        assert server.logs("Server listening on", 4)
        assert until(lambda: server.tcp() == tcp)
        assert server.output("echo new") == "new\n"
        server.process.terminate()
        server.process.wait(60)
        ssh.stdin.write(b"still\n")
        ssh.stdin.close()
        assert ssh.stdout.read() == b"still\n"
    assert until(lambda: not is_alive(tcp), 70)


def reload(server):
    """And waits for it: a signal before the check of the configuration is over begins another one."""
    count = len(re.findall("Received SIGHUP", server.log()))
    server.process.send_signal(signal.SIGHUP)
    assert server.logs("Received SIGHUP", count + 1), server.log()


def test_no_login_of_a_stream_fails_over_reloads(tmp_path, keys, net):
    with TunServer(tmp_path, keys, net, MaxStartups=100) as server, \
            concurrent.futures.ThreadPoolExecutor(3) as pool:
        logins = []
        while len(logins) < 12 or not all(login.done() for login in logins):
            logins += [pool.submit(server.ssh, "echo in", timeout=60) for _ in range(2 if len(logins) < 12 else 0)]
            reload(server)
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


@pytest.mark.parametrize("address", [V4, V6])
def test_loss_and_reordering_change_nothing_but_the_time(server, tmp_path, address):
    bad = ("--delay-ms", 2, "--loss", 5, "--reorder", 5, "--reorder-ms", 3, "--duplicate", 1, "--seed", 7)
    with octets(tmp_path / "bulk", LOSSY) as (path, digest), behind_a_bad_link(server, *bad) as (far, counts), \
            concurrent.futures.ThreadPoolExecutor(2) as pool:
        near, server.net = server.net, far  # from where ssh comes
        try:
            both = [pool.submit(way, server, path, timeout=60 + LOSSY / 250000, address=address)
                    for way in (goes_up, comes_down)]
            assert [one.result() for one in both] == [digest, digest]
        finally:
            server.net = near
    assert counts[0]["lost"] > 100 and counts[1]["lost"] > 100 and counts[0]["reordered"] > 100


# ---- glassh ----

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


# Says who it is and resets, each time.
RESETS = """
import socket, struct
listening = socket.create_server(("", 22))
print("ready", flush=True)
while True:
    peer = listening.accept()[0]
    peer.sendall(b"SSH-2.0-Gone\\r\\n")
    peer.recv(8)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()
"""


def test_the_client_tells_a_reset_from_an_end(keys, net):
    with subprocess.Popen(net.words(sys.executable, "-c", RESETS), stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout.readline() == b"ready\n"
            done = glassh(net, keys, KERNEL_V4, "true")
        finally:
            server.kill()
    assert done.returncode == 255
    assert f"Connection reset by {KERNEL_V4} port 22" in done.stderr.decode()


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
