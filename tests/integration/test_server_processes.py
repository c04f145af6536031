# SPDX-License-Identifier: BSD-2-Clause
"""The processes of one connection: who they are, what they may do, and what becomes of the others when one
of them is killed."""
import base64
import contextlib
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time

import pytest

import killing
import processes
from glasshd_server import GLASSHD, Server, children, connection_inodes, is_alive, sockets, until
from person import can_make_users
from shared import SECONDS
from test_server_pam import PamServer, can_have_mounts

ROLES = ["monitor", "worker", "session"]
IDLE = 4  # workers that wait for a connection


def status(pid):
    rows = (row.split(":", 1) for row in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
    return {name: value.split() for name, value in rows}


@pytest.fixture
def server(tmp_path, keys):
    with Server(tmp_path, keys) as server:
        yield server


@pytest.fixture
def client(server):
    """A shell on a terminal: its ssh process, and the pids of the connection's processes and of the shell."""
    process = subprocess.Popen(server.ssh_command("-tt", "echo $$; exec sleep 1000"), stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    shell = int(process.stdout.readline())
    yield process, server.only_connection(), shell
    process.kill()
    process.communicate()


def test_the_worker_has_nothing_but_its_descriptors(client):
    _, pids, _ = client
    worker = status(pids["worker"])
    assert worker["NoNewPrivs"] == ["1"] and worker["Seccomp"] == ["2"]
    assert worker["CapEff"] == worker["CapPrm"] == ["0000000000000000"]
    if os.geteuid() == 0:
        assert "0" not in worker["Uid"] + worker["Gid"] and worker["Groups"] == []
        root = pathlib.Path(f"/proc/{pids['worker']}/root")
        assert os.listdir(root) == []
    kinds = {os.readlink(f"/proc/{pids['worker']}/fd/{fd}").split(":")[0]
             for fd in os.listdir(f"/proc/{pids['worker']}/fd")}
    files = {kind for kind in kinds if kind.startswith("/") and kind not in ("/dev/null", "/dev/ptmx", "/dev/pts/ptmx")}
    log = {path for path in files if path.endswith("/log")}  # stderr, where the test collects it
    assert files == log


def test_the_private_key_is_in_one_process_only(client, server):
    """The memory of each is searched for the secret part of the host key."""
    if os.geteuid() != 0:
        pytest.skip("needs root to read another process's memory")
    text = (server.keys.path / "host").read_text().splitlines()
    octets = base64.b64decode("".join(text[1:-1]))
    public = (server.keys.public("host")).split()[1]
    key = base64.b64decode(public)[-32:]
    seed = octets[octets.rindex(key) - 32:octets.rindex(key)]
    _, pids, _ = client
    assert memory_has(server.keyd(), seed), "the search finds nothing where the key is"
    for pid in [*pids.values(), server.process.pid, server.nursery()]:
        assert not memory_has(pid, seed)


def memory_has(pid, needle):
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
        for row in maps:
            area, rights = row.split()[:2]
            if not rights.startswith("rw"):
                continue
            begin, end = (int(part, 16) for part in area.split("-"))
            try:
                memory.seek(begin)
                if needle in memory.read(end - begin):
                    return True
            except OSError:
                continue
    return False


@pytest.mark.parametrize("role", ROLES)
def test_when_one_is_killed_all_go_and_others_stay(server, client, role):
    process, pids, shell = client
    other = subprocess.Popen(server.ssh_command("sleep 1; echo unharmed"), stdout=subprocess.PIPE)
    os.kill(pids[role], signal.SIGKILL)
    assert until(lambda: not is_alive(shell)), "the shell was not hung up"
    assert until(lambda: not any(is_alive(pid) for pid in pids.values()))
    assert until(lambda: process.poll() is not None)
    assert other.communicate(timeout=60)[0] == b"unharmed\n"
    assert server.output("echo again") == "again\n"


@contextlib.contextmanager
def killable(path, keys, has_pam):
    """A server, and what kills its connections' processes."""
    with contextlib.ExitStack() as stack:
        script, flag = stack.enter_context(killing.waiting_script())
        stack.enter_context(processes.adopting())
        if has_pam:
            server = PamServer(path, keys, killing.with_pam(script), AuthorizedKeysFile=path / "authorized_keys",
                               StrictModes="no")
        else:
            server = Server(path, keys, **killing.with_command(script))
        stack.enter_context(server)
        answers = stack.enter_context(killing.bystander(server))
        assert killing.logs_in(server)
        yield server, killing.Killer(server, flag, has_pam, SECONDS), answers


@pytest.mark.skipif(not can_make_users(), reason="needs root for files that only root can change")
@pytest.mark.parametrize("has_pam", [False, True], ids=["without PAM", "with PAM"])
@pytest.mark.parametrize("point", killing.POINTS)
def test_whichever_is_killed_whenever_nothing_is_left_and_nobody_else_notices(tmp_path, keys, point, has_pam):
    """tests/load/test_kill.py does so more often, and within two seconds."""
    if has_pam and not can_have_mounts():
        pytest.skip("needs mount namespaces")
    with killable(tmp_path, keys, has_pam) as (server, killer, answers):
        for kind in killing.kinds(point, has_pam):
            killer.kill(point, kind, tmp_path / f"shell-{kind}")
            assert answers() and killing.logs_in(server), kind


@pytest.mark.skipif(not can_make_users(), reason="needs root for files that only root can change")
@pytest.mark.parametrize("has_pam", [False, True], ids=["without PAM", "with PAM"])
def test_a_client_that_goes_while_a_program_is_waited_for_takes_all_with_it(tmp_path, keys, has_pam):
    if has_pam and not can_have_mounts():
        pytest.skip("needs mount namespaces")
    with killable(tmp_path, keys, has_pam) as (server, killer, answers):
        killer.flag.touch()
        before = server.log()
        with killing.ssh(server, "true"):
            assert until(lambda: "sleep" in killing.census()), server.log()
        assert until(lambda: killing.census() == killer.normal), killing.census()
        assert re.search(r"Connection (closed|reset) by .*127\.0\.0\.1 port \d+", server.log()[len(before):])
        killer.flag.unlink()
        assert answers() and killing.logs_in(server)


@pytest.mark.skipif(not can_make_users(), reason="needs root for files that only root can change")
def test_what_a_command_for_keys_leaves_running_is_ended(tmp_path, keys):
    with killing.waiting_script() as (script, _), processes.adopting():
        script.write_text("#!/bin/sh\nsleep 1000 >/dev/null 2>&1 &\n")
        with Server(tmp_path, keys, **killing.with_command(script)) as server:
            assert killing.logs_in(server)
            assert until(lambda: "sleep" not in killing.census()), killing.census()


def test_a_daemon_outlives_an_ordinary_logout(server, tmp_path):
    """One that went to the background, and one that shall not be hung up."""
    with processes.adopting():
        for number, command in enumerate(["exec sleep 1000", "exec nohup sleep 1000", "exec setsid sleep 1000"]):
            path = tmp_path / f"pid-{number}"
            server.output(f"sh -c 'echo $$ >{path}; {command}' >/dev/null 2>&1 </dev/null &")
            assert until(lambda: path.exists() and path.read_text())
            pid = int(path.read_text())
            assert until(lambda: processes.name(pid) == "sleep"), command  # before that, setsid may make another one
            assert until(lambda: server.connections() == [])
            assert is_alive(pid), command
            os.kill(pid, signal.SIGKILL)


def test_a_program_that_was_stopped_is_hung_up_too(server, tmp_path):
    path = tmp_path / "program"
    with killing.ssh(server, f"echo $$ >{path}; kill -STOP $$"):
        assert until(lambda: path.exists() and path.read_text())
        pid = int(path.read_text())
    assert until(lambda: not is_alive(pid))


def have_been_handed_over(server, count):
    """So many connections are with the listener, and none with the porch."""
    inodes = connection_inodes(server.port)
    return len(inodes) == count and not inodes & sockets(server.children()["glasshd-porch"][-1])


def test_who_resets_at_once_is_logged_with_the_address(server):
    """The socket itself does not know any more who that was."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as first:
        assert first.recv(1)  # the porch is there, and greets without the listener
    os.kill(server.process.pid, signal.SIGSTOP)
    with killing.half_a_key_exchange(server):
        with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
            port = connection.getsockname()[1]
            connection.recv(65536)
            connection.sendall(b"SSH-2.0-x\r\n" + bytes([0, 0, 0, 12, 10, 20]) + bytes(10))
            assert until(lambda: have_been_handed_over(server, 2))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.kill(server.process.pid, signal.SIGCONT)
        assert server.logs(rf"Connection from 127\.0\.0\.1 port {port} on 127\.0\.0\.1 port {server.port}"), server.log()
    assert "UNKNOWN" not in server.log()


REKEYS = ("-o", "RekeyLimit=64K")


def pass_through(process, size):
    """Sends octets to a remote cat; how many came back before the connection ended."""
    threading.Thread(target=feed, args=(process.stdin, size), daemon=True).start()
    return len(process.stdout.read(size))


def feed(stream, size):
    with contextlib.suppress(BrokenPipeError):
        stream.write(bytes(size))
        stream.flush()


def remote_cat(server):
    process = subprocess.Popen(server.ssh_command("cat", options=REKEYS), stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert pass_through(process, 10) == 10
    return process


def test_without_its_keyd_a_connection_gets_no_new_keys(server):
    """Another one serves the connections to come; what the old one was asked is lost, and fails."""
    before, quiet = remote_cat(server), remote_cat(server)
    old = server.keyd()
    os.kill(old, signal.SIGKILL)
    assert server.logs("glasshd-keyd has ended and is started anew")
    assert until(lambda: server.keyd() not in (None, old))
    assert server.output("echo again") == "again\n"
    after = remote_cat(server)
    assert pass_through(before, 1 << 20) < 1 << 20
    assert before.wait(60) != 0
    for process in (after, quiet):
        assert pass_through(process, 10) == 10
    assert pass_through(after, 1 << 20) == 1 << 20
    for process in (after, quiet):
        process.kill()


def test_connections_get_new_keys_after_a_reload(server):
    """The keyd that they began with lives as long as they do, and no longer."""
    process, old = remote_cat(server), server.keyd()
    server.process.send_signal(signal.SIGHUP)
    assert server.logs("Server listening", 2)
    assert until(lambda: server.keyd() not in (None, old))
    assert is_alive(old)
    assert pass_through(process, 1 << 20) == 1 << 20
    process.kill()
    assert until(lambda: not is_alive(old))


def test_keyd_that_says_nothing_is_not_waited_for_for_ever(tmp_path, server):
    path = pathlib.Path(GLASSHD).resolve().parent
    for program in ("glasshd-offer", "glassh-tcp"):
        (tmp_path / program).symlink_to(path / program)
    shutil.copy(path / "glasshd", tmp_path / "glasshd")
    (tmp_path / "glasshd-keyd").write_text(f"#!/bin/sh\necho $$ >{tmp_path}/id\nexec sleep 1000\n")
    (tmp_path / "glasshd-keyd").chmod(0o755)
    done = subprocess.run([tmp_path / "glasshd", *server.command()[1:]], capture_output=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr == b"glasshd: glasshd-keyd cannot be started: the other side did not answer in time\n"
    assert until(lambda: not is_alive(int((tmp_path / "id").read_text())))


def test_keyd_that_cannot_be_started_anew_comes_back_later(server):
    host = server.keys.path / "host"
    host.rename(server.keys.path / "hidden")
    os.kill(server.keyd(), signal.SIGKILL)
    assert server.logs("glasshd-keyd cannot be started")
    assert server.ssh("true").returncode == 255
    (server.keys.path / "hidden").rename(host)
    assert until(lambda: server.ssh("echo again").stdout == b"again\n")


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGSYS])
def test_after_a_crash_workers_are_made_anew(server, client, number):
    """Whoever made one crash has learnt nothing about the next; connections go on all the same."""
    process, pids, _ = client
    other = subprocess.Popen(server.ssh_command("cat"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    other.stdin.write(b"before\n")
    other.stdin.flush()
    assert other.stdout.readline() == b"before\n"
    nursery = server.nursery()
    os.kill(pids["worker"], number)
    assert until(lambda: server.nursery() not in (None, nursery))
    assert until(lambda: process.poll() is not None)
    assert server.output("echo again") == "again\n"
    assert other.communicate(b"after\n", timeout=60)[0] == b"after\n"
    assert until(lambda: not is_alive(nursery)), "the old nursery did not end with its last worker"


def test_a_nursery_that_is_killed_is_replaced(server, client):
    process, _, _ = client
    nursery = server.nursery()
    os.kill(nursery, signal.SIGKILL)
    assert until(lambda: server.nursery() not in (None, nursery))
    assert server.output("echo again") == "again\n"
    assert process.poll() is None


def bound_processes(pid, most):
    """How many there may be of its user when it makes another one; what there was at first has been inherited."""
    of, most = status(pid), "unlimited" if most == resource.RLIM_INFINITY else most
    subprocess.run(["prlimit", f"--pid={pid}", f"--nproc={most}:"], check=True, user=int(of["Uid"][0]),
                   group=int(of["Gid"][0]), extra_groups=[] if os.geteuid() == 0 else None)


def test_a_nursery_that_could_make_no_worker_tries_again(server):
    """Nothing else may happen in it that would make it look: all that it had are at work, for longer than this test."""
    nursery = until(server.nursery)
    assert until(lambda: len(children(nursery)) == IDLE)
    bound_processes(nursery, 1)
    with contextlib.ExitStack() as stack:
        for _ in range(IDLE):
            stack.enter_context(killing.half_a_key_exchange(server))
        assert until(lambda: len(server.workers()) == IDLE)
        time.sleep(1)  # it has tried, and was told of no other change
        assert len(children(nursery)) == IDLE
        bound_processes(nursery, resource.getrlimit(resource.RLIMIT_NPROC)[0])
        assert server.output("echo again") == "again\n"


def test_many_connections_leave_nothing_behind(server):
    """Logins, refused ones, and connections that say nothing or half a word."""
    pid = server.process.pid
    assert server.output("echo in") == "in\n"
    assert until(lambda: server.connections() == [])

    def held():
        return len(os.listdir(f"/proc/{pid}/fd")), len(children(server.nursery())), len(children(pid))
    before = processes.settled(held)
    for turn in range(40):
        assert server.output("echo in") == "in\n"
        assert server.ssh("true", key="other").returncode == 255
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(b"SSH-2.0-x\r\n"[:turn % 12])
    assert until(lambda: server.connections() == []), server.children()
    assert until(lambda: server.workers() == [])
    assert until(lambda: held() == before), (held(), before)
