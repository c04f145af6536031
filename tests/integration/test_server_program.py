# SPDX-License-Identifier: BSD-2-Clause
"""glasshd as a program: options, exit codes, signals, background, inetd, demonstration."""
import os
import pathlib
import re
import signal
import socket
import subprocess

import pytest

from glasshd_server import GLASSHD, Server, is_alive, until


def run(*words, timeout=60, **how):
    return subprocess.run([GLASSHD, *map(str, words)], capture_output=True, text=True, timeout=timeout,
                          stdin=subprocess.DEVNULL, **how)


@pytest.fixture
def server(tmp_path, keys):
    """Configured, not running."""
    return Server(tmp_path, keys)


def test_an_unknown_option_is_answered_with_the_usage():
    done = run("-Z")
    assert done.returncode == 1
    assert "usage: glasshd" in done.stderr and done.stdout == ""


def test_further_arguments_are_refused():
    done = run("-t", "more")
    assert done.returncode == 1 and "Extra argument more." in done.stderr


def test_a_good_configuration_passes_the_test(server):
    assert run("-t", "-f", server.config).returncode == 0


def test_a_missing_configuration_is_told(tmp_path):
    done = run("-t", "-f", tmp_path / "none")
    assert done.returncode == 1 and done.stderr == f"{tmp_path}/none: No such file or directory\n"


@pytest.mark.parametrize("line", ["Nonsense yes", "Port many", "UsePAM maybe", "MaxStartups 1:2", "ListenAddress ::1 rdomain x"])
def test_a_bad_configuration_is_refused_with_its_line(server, line):
    with server.config.open("a") as config:
        config.write(line + "\n")
    number = len(server.config.read_text().splitlines())
    done = run("-t", "-f", server.config)
    assert done.returncode == 255
    assert re.search(rf"{server.config}:? line {number}\b", done.stderr), done.stderr
    assert "terminating, 1 bad configuration options" in done.stderr


def test_an_unknown_cipher_is_refused(server):
    done = run("-t", "-f", server.config, "-o", "Ciphers=rot13")
    assert done.returncode == 255 and "rot13" in done.stderr


def test_without_a_host_key_there_is_no_server(server, tmp_path):
    done = run("-D", "-e", "-f", "none", "-h", tmp_path / "missing", "-p", server.port)
    assert done.returncode == 1 and "no hostkeys available -- exiting." in done.stderr


def test_a_host_key_that_others_can_read_is_not_used(server, keys, tmp_path):
    key = tmp_path / "key"
    key.write_bytes((keys.path / "host").read_bytes())
    key.chmod(0o644)
    for option in ("-t", "-T"):
        done = run(option, "-f", "none", "-h", key)
        assert done.returncode == 1 and "too open" in done.stderr


def test_a_host_key_that_is_not_there_is_named(server, tmp_path):
    done = run("-t", "-f", server.config, "-o", f"HostKey={tmp_path / 'nowhere'}")
    assert f'Unable to load host key "{tmp_path / "nowhere"}": No such file or directory\n' in done.stderr


def test_the_effective_configuration_is_printed_and_reads_back(server, tmp_path):
    first = run("-T", "-f", server.config, "-o", "Ciphers=aes128-ctr")
    assert first.returncode == 0
    assert "ciphers aes128-ctr" in first.stdout.splitlines()
    assert f"port {server.port}" in first.stdout.splitlines()
    (tmp_path / "again").write_text(first.stdout)
    assert run("-T", "-f", tmp_path / "again").stdout == first.stdout


def test_the_command_line_beats_the_file(server):
    lines = run("-T", "-f", server.config, "-p", "4711", "-o", "MaxSessions=3").stdout.splitlines()
    assert "port 4711" in lines and "maxsessions 3" in lines


def test_a_port_in_use_is_told(server):
    with server:
        done = run("-D", "-e", "-f", server.config)
    assert done.returncode == 255
    assert f"Bind to port {server.port} on 127.0.0.1 failed: Address already in use." in done.stderr
    assert "Cannot bind any address." in done.stderr


def test_it_goes_to_the_background_and_tells_its_number(server):
    done = run("-f", server.config, "-E", server.log_path)
    assert done.returncode == 0
    assert until(server.pid_file.exists)
    pid = int(server.pid_file.read_text())
    try:
        assert server.output("echo in") == "in\n"
    finally:
        os.kill(pid, signal.SIGTERM)
    assert until(lambda: not is_alive(pid))
    assert until(lambda: not server.pid_file.exists())
    assert server.logs(r"Received signal 15; terminating\.")


def test_after_a_hangup_it_reads_its_configuration_anew(server):
    with server:
        client = subprocess.Popen(server.ssh_command("echo in; exec cat"), stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE)
        assert client.stdout.readline() == b"in\n"
        server.write_config(ForceCommand="echo anew")
        server.process.send_signal(signal.SIGHUP)
        assert server.logs("Server listening", count=2)
        assert server.output("true") == "anew\n"
        assert client.communicate(b"still here", timeout=60)[0] == b"still here"


def test_connections_outlive_the_listener(server):
    with server:
        client = subprocess.Popen(server.ssh_command("echo in; exec cat"), stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE)
        assert client.stdout.readline() == b"in\n"
        server.process.terminate()
        server.process.wait(60)
        assert client.communicate(b"still here", timeout=60)[0] == b"still here"


def test_it_serves_one_connection_on_standard_input(server):
    command = " ".join(server.command("-i", "-E", str(server.log_path)))
    assert server.output("echo in", options=["-o", f"ProxyCommand={command}"]) == "in\n"


def test_debugging_serves_one_connection_in_front(server):
    process = subprocess.Popen(server.command("-d"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=server.log_path.open("wb"))
    assert server.logs("Server listening")
    assert server.output("echo in") == "in\n"
    assert process.wait(60) == 0
    assert server.logs("debug1: kex: ")


def test_the_demonstration_works_and_leaves_nothing(tmp_path):
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    process = subprocess.Popen([GLASSHD, "--demo"], env=environment, text=True, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    announced = process.stdout.readline().split()
    assert pathlib.Path(announced[0]).name == "glassh"
    client = subprocess.Popen(["ssh", *announced[1:], "echo $$; exec sleep 1000"], stdout=subprocess.PIPE,
                              env=environment)
    pid = int(client.stdout.readline())
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    client.communicate(timeout=60)
    assert until(lambda: not is_alive(pid))
    assert os.listdir(tmp_path) == []


def test_it_explains_what_it_sees(server):
    server.arguments = ("--explain",)
    with server:
        assert server.output("echo in") == "in\n"
        assert server.logs("round trips")
    rows = server.log()
    for row in ("three-way handshake", "SYN seq=", "SYN-ACK seq=y", "PROVE WHO YOU ARE", "OPEN A SESSION", "KEXINIT", "NEWKEYS", "EXT_INFO",
                "SERVICE_REQUEST", "exit-status"):
        assert row in rows
    assert max(len(line) for line in rows.splitlines() if line.startswith("  ")) <= 80


# Keywords that are about the connection or its users.

@pytest.fixture
def started(tmp_path, keys):
    running = []

    def start(**options):
        running.append(Server(tmp_path, keys, **options).__enter__())
        return running[-1]

    yield start
    for server in running:
        server.__exit__()


def identification(server):
    with socket.create_connection(("127.0.0.1", server.port), 60) as connection:
        return connection.makefile("rb").readline()


def test_the_identification_may_say_more(started):
    assert identification(started(VersionAddendum="of example.org")).endswith(b" of example.org\r\n")


def test_the_identification_must_stay_one(tmp_path, keys):
    server = Server(tmp_path, keys, VersionAddendum="caf\u00e9")
    done = subprocess.run(server.command("-t"), capture_output=True, timeout=60)
    assert done.returncode != 0 and b"VersionAddendum" in done.stderr


def test_the_banner_comes_before_the_login(started, tmp_path):
    banner = tmp_path / "banner"
    banner.write_text("Friends only.\nOthers go away.\n")
    server = started(Banner=banner)
    for key in ("user", "other"):
        done = server.ssh("true", key=key, options=["-o", "LogLevel=INFO"])
        assert done.stderr.decode().replace("\r", "").count("Friends only.\nOthers go away.\n") == 1
        assert done.returncode == (0 if key == "user" else 255)


def test_a_banner_that_is_not_there_is_none(started, tmp_path):
    assert started(Banner=tmp_path / "nowhere").output("echo in") == "in\n"


def test_terminals_may_be_denied(started):
    server = started(PermitTTY="no")
    assert b"PTY allocation request failed" in server.ssh("tty", options=["-tt", "-o", "LogLevel=INFO"]).stderr
    assert server.output("tty || true") == "not a tty\n"


def test_variables_may_be_set_and_not_changed(started):
    server = started(SetEnv='MINE=1 "WITH=a b"', AcceptEnv="MINE")
    done = server.ssh('echo "$MINE $WITH"', options=["-o", "SetEnv=MINE=2"])
    assert done.stdout == b"1 a b\n"


def test_an_address_family_may_be_chosen(tmp_path, keys):
    server = Server(tmp_path, keys, AddressFamily="inet6")
    done = subprocess.run(server.command("-D", "-e"), capture_output=True, timeout=60)
    assert done.returncode != 0 and b"127.0.0.1" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="other names for addresses need root")
@pytest.mark.parametrize("count, listens, is_refused", [(64, 64, False), (65, 0, True)])
def test_a_name_may_have_so_many_addresses(tmp_path, keys, count, listens, is_refused):
    (tmp_path / "hosts").write_text("".join(f"127.0.1.{i} many.example\n" for i in range(count)))
    server = Server(tmp_path, keys, ListenAddress="many.example")
    done = subprocess.run(["unshare", "--mount", "sh", "-c", 'mount --bind "$1" /etc/hosts; shift; exec "$@"', "sh",
                           tmp_path / "hosts", *server.command("-T")], capture_output=True, text=True, timeout=60)
    assert done.stdout.count("listenaddress 127.0.1.") == listens, done
    assert ("too many addresses" in done.stderr) == (done.returncode != 0) == is_refused, done


def test_files_are_included(started, tmp_path):
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "10-first.conf").write_text("VersionAddendum first\n")
    (folder / "20-second.conf").write_text(f"VersionAddendum second\nInclude {folder}/nested\n")
    (folder / "nested").write_text("PermitTTY no\n")
    server = started(Include=f"{folder}/*.conf {folder}/not-there")
    assert identification(server).endswith(b" first\r\n")
    printed = subprocess.run(server.command("-T"), capture_output=True, text=True, timeout=60).stdout
    assert "permittty no\n" in printed and "versionaddendum first\n" in printed


def test_a_mistake_in_an_included_file_has_its_place(tmp_path, keys):
    (tmp_path / "bad.conf").write_text("PermitTTY yes\nFrobnicate yes\n")
    server = Server(tmp_path, keys, Include=tmp_path / "bad.conf")
    done = subprocess.run(server.command("-t"), capture_output=True, text=True, timeout=60)
    assert done.returncode == 255
    assert f"{tmp_path}/bad.conf: line 2: Bad configuration option: frobnicate" in done.stderr
    (tmp_path / "bad.conf").write_text(f"Include {tmp_path}/bad.conf\n")
    done = subprocess.run(server.command("-t"), capture_output=True, text=True, timeout=60)
    assert done.returncode == 255 and "Too many recursive configuration includes" in done.stderr


# Started by a service manager.

def handed_over(server, listener, **environment):
    """Starts the server as systemd does: with a listening socket as descriptor 3."""
    script = 'export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@"'
    with server.log_path.open("ab") as log:
        return subprocess.Popen(["sh", "-c", script, "sh", *server.command("-D", "-e")], stdin=subprocess.DEVNULL, stdout=log,
                                stderr=log, env={**os.environ, **environment}, close_fds=True, pass_fds=(3,),
                                preexec_fn=lambda: os.dup2(listener.fileno(), 3))


def test_a_socket_may_be_handed_over_and_outlives_a_reload(tmp_path, keys):
    server = Server(tmp_path, keys)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        spare = os.open("/dev/null", os.O_RDONLY)  # so that 3 is taken in this process, too
        server.port = listener.getsockname()[1]
        process = handed_over(server, listener)
        try:
            assert server.logs(f"Server listening on 127.0.0.1 port {server.port}")
            assert server.output("echo in") == "in\n"
            process.send_signal(signal.SIGHUP)
            assert server.logs("Server listening", 2)
            assert server.output("echo again") == "again\n"
        finally:
            os.close(spare)
            process.terminate()
            process.wait(60)


def test_a_service_manager_is_told(tmp_path, keys):
    server = Server(tmp_path, keys)
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        manager.settimeout(60)
        process = subprocess.Popen(server.command("-D", "-e"), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env={**os.environ, "NOTIFY_SOCKET": str(path)})
        try:
            assert manager.recv(100) == b"READY=1"
            process.send_signal(signal.SIGHUP)
            assert [manager.recv(100) for _ in range(2)] == [b"RELOADING=1", b"READY=1"]
            server.write_config(Frobnicate="yes")
            process.send_signal(signal.SIGHUP)
            assert [manager.recv(100) for _ in range(2)] == [b"RELOADING=1", b"READY=1"]
        finally:
            process.terminate()
            process.wait(60)
        assert manager.recv(100) == b"STOPPING=1"


def test_sockets_for_another_process_are_not_ours(tmp_path, keys):
    """LISTEN_PID of a parent that did not clear it."""
    server = Server(tmp_path, keys)
    done = subprocess.run(server.command("-t"), env={**os.environ, "LISTEN_PID": "1", "LISTEN_FDS": "1"},
                          capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
