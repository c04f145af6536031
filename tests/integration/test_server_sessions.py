# SPDX-License-Identifier: BSD-2-Clause
"""What programs get from glasshd: streams, terminals, environment, status, signals."""
import hashlib
import os
import re
import resource
import signal
import subprocess

import pytest

import processes
from glasshd_server import Server, USER, children, is_alive, until
from shared import kill

SFTP_SERVER = "/usr/lib/openssh/sftp-server"


@pytest.fixture(scope="module")
def server(keys, tmp_path_factory):
    with Server(tmp_path_factory.mktemp("server"), keys, AcceptEnv="LANG LC_*",
                Subsystem=f"sftp {SFTP_SERVER}") as running:
        yield running


@pytest.fixture
def transport(server, keys):
    paramiko = pytest.importorskip("paramiko")
    opened = paramiko.Transport(("127.0.0.1", server.port))
    opened.start_client(timeout=60)
    opened.auth_publickey(USER, paramiko.Ed25519Key.from_private_key_file(str(keys.path / "user")))
    yield opened
    opened.close()


def send_request(transport, channel, name, *fields, want_reply=False):
    """A request that paramiko has no function for; the fields are texts and numbers."""
    from paramiko.common import cMSG_CHANNEL_REQUEST
    from paramiko.message import Message
    message = Message()
    message.add_byte(cMSG_CHANNEL_REQUEST)
    message.add_int(channel.remote_chanid)
    message.add_string(name)
    message.add_boolean(want_reply)
    for field in fields:
        (message.add_int if isinstance(field, int) else message.add_string)(field)
    transport._send_user_message(message)


def is_granted(transport, channel, name, *fields):
    import paramiko
    channel._event_pending()
    send_request(transport, channel, name, *fields, want_reply=True)
    try:
        channel._wait_for_event()
    except paramiko.SSHException:
        return False
    return True


@pytest.mark.parametrize("status", [0, 1, 42, 255])
def test_the_exit_status_arrives(server, status):
    assert server.ssh(f"exit {status}").returncode == status


def test_streams_are_apart_and_binary_clean(server):
    octets = bytes(range(256)) * 4096
    done = server.ssh("cat; echo problem >&2", data=octets)
    assert (done.returncode, done.stdout, done.stderr) == (0, octets, b"problem\n")


def test_half_close_reaches_the_program_and_output_follows(server):
    assert server.ssh("sha256sum", data=b"x" * 1000000).stdout.split()[0].decode() == \
        hashlib.sha256(b"x" * 1000000).hexdigest()


def test_all_output_comes_before_the_status(server):
    done = server.ssh("head -c 20000000 /dev/zero; exit 3")
    assert (done.returncode, len(done.stdout)) == (3, 20000000)


def test_a_background_program_holds_the_channel_only_by_its_output(server):
    kill(int(server.output("sleep 1000 >/dev/null 2>&1 & echo $!")))


def test_a_background_program_does_not_hold_a_terminal(server):
    shown, status = server.shell("sleep 1000 & echo pid=$!\nexit 3\n")
    kill(int(re.search(r"pid=(\d+)", shown)[1]))
    assert status == 3
    done = server.ssh("sleep 1000 & echo $!; seq 1 50000; exit 4", options=["-tt"])
    pid, *numbers = map(int, done.stdout.split())
    kill(pid)
    assert (done.returncode, numbers) == (4, list(range(1, 50001)))


def test_a_program_that_closes_its_output_runs_on(server):
    assert server.ssh("exec >&- 2>&-; sleep 1; exit 7").returncode == 7


def test_the_environment_is_made_anew(server, monkeypatch):
    monkeypatch.setenv("LC_TEST", "peer")
    monkeypatch.setenv("SECRET", "no")
    text = server.output("env", options=["-o", "SendEnv=LC_TEST SECRET"])
    found = dict(line.partition("=")[::2] for line in text.splitlines())
    assert found["USER"] == found["LOGNAME"] == USER
    assert found["LC_TEST"] == "peer"
    assert "SECRET" not in found and "PYTEST_CURRENT_TEST" not in found
    client, client_port, port = found["SSH_CLIENT"].split()
    assert (client, int(port)) == ("127.0.0.1", server.port)
    assert found["SSH_CONNECTION"] == f"127.0.0.1 {client_port} 127.0.0.1 {server.port}"
    assert "SSH_TTY" not in found


def test_the_shell_is_a_login_shell_in_the_home(server):
    text = server.output(data=b"echo zero=$0; pwd\n")
    assert "zero=-" in text
    assert os.path.realpath(os.path.expanduser(f"~{USER}")) in text


def test_a_terminal_has_size_type_and_modes(server, transport):
    channel = transport.open_session()
    channel.get_pty("vt220", 101, 33)
    channel.exec_command("echo $TERM $SSH_TTY; tty; stty size; read x; stty size; exit 5")
    text = b""
    while b"33 101" not in text:
        text += channel.recv(1000)
    channel.resize_pty(55, 22)
    channel.send(b"\n")
    while received := channel.recv(1000):
        text += received
    assert b"vt220 /dev/pts/" in text and b"22 55" in text
    assert channel.recv_exit_status() == 5


def test_the_terminals_modes_are_the_clients(server):
    # Without a local terminal ssh sends none; with script(1) there is one.
    command = " ".join(server.ssh_command("-tt", "stty -a"))
    shell = f"stty -echo -icanon intr ^G; {command}"
    done = subprocess.run(["script", "-qec", shell, "/dev/null"], capture_output=True, timeout=60,
                          stdin=subprocess.DEVNULL, env={**os.environ, "SHELL": "/bin/sh"})
    assert b"intr = ^G" in done.stdout and b"-icanon" in done.stdout


def test_the_interrupt_character_interrupts(server, transport):
    channel = transport.open_session()
    channel.get_pty()
    channel.exec_command("trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.1; done")
    text = b""
    while b"ready" not in text:
        text += channel.recv(1000)
    channel.send(b"\x03")
    assert channel.recv_exit_status() == 9


def test_a_program_killed_by_a_signal_is_told_as_such(server):
    done = server.ssh("kill -TERM $$", options=["-o", "LogLevel=DEBUG1"])
    assert done.returncode == 255
    assert b"rtype exit-signal" in done.stderr


def test_a_signal_request_reaches_the_program(server, transport):
    channel = transport.open_session()
    channel.exec_command("trap 'echo caught; exit 6' USR1; echo ready; while :; do sleep 0.1; done")
    assert channel.recv(100) == b"ready\n"
    send_request(transport, channel, "signal", "USR1")
    assert channel.recv_exit_status() == 6
    assert channel.recv(100) == b"caught\n"


def test_many_sessions_share_a_connection(server, transport):
    channels = [transport.open_session() for _ in range(10)]
    for number, channel in enumerate(channels):
        channel.exec_command(f"sleep 0.2; echo {number}; exit {number}")
    for number, channel in enumerate(channels):
        assert channel.recv_exit_status() == number
        assert channel.recv(100) == f"{number}\n".encode()


def test_too_many_sessions_are_refused(server, transport):
    import paramiko
    kept = [transport.open_session() for _ in range(10)]
    with pytest.raises(paramiko.ChannelException):
        transport.open_session()
    kept[0].close()
    assert until(lambda: try_open(transport))


def try_open(transport):
    import paramiko
    try:
        return transport.open_session()
    except paramiko.ChannelException:
        return None


@pytest.mark.parametrize("size", [1000, 40_000, 120_000])
def test_a_long_command_runs(server, transport, size):
    """Up to what Linux takes as one argument."""
    channel = transport.open_session()
    channel.exec_command(f": {'x' * size}; echo done")
    assert channel.makefile().read() == b"done\n"
    assert channel.recv_exit_status() == 0


def test_nothing_is_left_of_sessions_that_ended(server, transport):
    pids = server.only_connection()
    before = processes.settled(lambda: descriptors(*pids.values()))
    for turn in range(40):
        channel = transport.open_session()
        if turn % 4 == 0:
            channel.get_pty()
        channel.exec_command("true")
        assert channel.recv_exit_status() == 0
        channel.close()
    assert until(lambda: children(pids["session"]) == [])
    assert until(lambda: descriptors(*pids.values()) <= before)


def descriptors(*pids):
    return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in pids)


def test_one_program_runs_per_channel(server, transport):
    channel = transport.open_session()
    channel.exec_command("sleep 1")
    import paramiko
    with pytest.raises(paramiko.SSHException):
        channel.exec_command("true")


TERMINAL = ("pty-req", "vt100", 80, 24, 0, 0, "")
RUNNING = ("exec", "sleep 1000")


@pytest.mark.parametrize("before, request_", [
    ([TERMINAL], TERMINAL),
    ([RUNNING], TERMINAL),
    ([RUNNING], ("shell",)),
    ([RUNNING], ("subsystem", "sftp")),
    ([RUNNING], ("env", "LANG", "C")),
    ([], ("env", "PATH", "/tmp")),
    ([], ("window-change", 80, 24, 0, 0)),
    ([RUNNING], ("window-change", 80, 24, 0, 0)),
    ([], ("signal", "TERM")),
    ([RUNNING], ("signal", "NONE")),
    ([], ("subsystem", "nothing")),
    ([], ("x11-req", "x", "MIT-MAGIC-COOKIE-1", "00", 0)),
    ([], ("auth-agent-req@openssh.com",)),
], ids=str)
def test_a_request_out_of_place_fails(transport, before, request_):
    channel = transport.open_session()
    assert all(is_granted(transport, channel, *request) for request in before)
    assert not is_granted(transport, channel, *request_)
    assert transport.open_session()


@pytest.mark.parametrize("name, fields", [
    ("tcpip-forward", ("127.0.0.1", 65536)),
    ("tcpip-forward", ("x" * 1024, 0)),
    ("cancel-tcpip-forward", ("127.0.0.1", 1)),
    ("hostkeys-prove-00@openssh.com", ("no key",)),
    ("unknown@example", ()),
], ids=str)
def test_a_global_request_without_effect_fails(transport, name, fields):
    assert transport.global_request(name, fields) is None
    assert transport.open_session()


def test_the_program_is_hung_up_when_the_connection_dies(server):
    client = subprocess.Popen(server.ssh_command("echo $$; exec sleep 1000"), stdout=subprocess.PIPE)
    pid = int(client.stdout.readline())
    client.kill()
    client.wait()
    assert until(lambda: not is_alive(pid))


def test_a_shell_with_a_terminal_is_hung_up_when_its_process_is_killed(server):
    client = subprocess.Popen(server.ssh_command("-tt", "echo $$; exec sleep 1000"), stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    pid = int(client.stdout.readline())
    other = subprocess.Popen(server.ssh_command("sleep 1; echo unharmed"), stdout=subprocess.PIPE)
    assert until(lambda: len(server.connections()) >= 2)
    parent = int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1])
    os.kill(parent, signal.SIGKILL)
    assert until(lambda: not is_alive(pid))
    assert other.communicate(timeout=60)[0] == b"unharmed\n"
    client.communicate(timeout=60)


def test_a_client_that_wants_no_more_output_ends_an_endless_writer(server, transport):
    channel = transport.open_session()
    channel.exec_command("yes 2>/dev/null; echo $? >&2; exit 4")
    assert channel.recv(2) == b"y\n"
    send_request(transport, channel, "eow@openssh.com")
    while channel.recv(1000000):
        pass
    assert channel.recv_exit_status() == 4
    assert channel.recv_stderr(100).split()[-1] == b"141"


def test_a_channel_that_is_closed_hangs_its_program_up(server, transport):
    channel = transport.open_session()
    channel.exec_command("echo $$; exec sleep 1000")
    pid = int(channel.recv(100))
    channel.close()
    assert until(lambda: not is_alive(pid))


def test_an_endless_input_does_not_hold_up_the_end(server):
    with open("/dev/zero", "rb") as zero:
        done = subprocess.run(server.ssh_command("head -c 10 | wc -c"), stdin=zero, capture_output=True, timeout=60)
    assert done.stdout == b"10\n"


@pytest.mark.skipif(not os.path.exists(SFTP_SERVER), reason="no sftp-server")
def test_files_go_there_and_back(server, keys, tmp_path):
    content = os.urandom(3000000)
    (tmp_path / "a").write_bytes(content)
    options = server.ssh_command()[1:-1]
    options[options.index("-p")] = "-P"
    batch = f"put {tmp_path}/a {tmp_path}/b\nget {tmp_path}/b {tmp_path}/c\n".encode()
    subprocess.run(["sftp", "-q", "-b", "-", *options, f"{USER}@127.0.0.1"], input=batch, check=True, timeout=60,
                   capture_output=True)
    subprocess.run(["scp", "-q", *options, f"{USER}@127.0.0.1:{tmp_path}/c", tmp_path / "d"], check=True, timeout=60)
    assert (tmp_path / "d").read_bytes() == content


def test_an_unknown_subsystem_and_an_unknown_channel_are_refused(server, transport):
    import paramiko
    assert server.ssh("-s", "nothing").returncode != 0
    with pytest.raises(paramiko.ChannelException):
        transport.open_channel("direct-tcpip", ("127.0.0.1", 1), ("127.0.0.1", 2))
    assert server.output("echo still there") == "still there\n"


@pytest.mark.parametrize("most", range(80, 84))  # how many are missing for a session is 1 to 4
def test_when_descriptors_run_out_a_session_is_refused_and_others_go_on(tmp_path, keys, most):
    paramiko = pytest.importorskip("paramiko")
    server = Server(tmp_path, keys, MaxSessions=100)
    server.before = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with server, paramiko.Transport(("127.0.0.1", server.port)) as transport:
        transport.start_client(timeout=20)
        transport.auth_publickey(USER, paramiko.Ed25519Key.from_private_key_file(str(keys.path / "user")))
        channels = []
        with pytest.raises(paramiko.SSHException):
            for _ in range(50):
                channels.append(transport.open_session())
                channels[-1].exec_command("cat")
        channels[0].sendall(b"still\n")
        assert channels[0].recv(100) == b"still\n"
