# SPDX-License-Identifier: BSD-2-Clause
"""glasshd as a program: options, exit codes, signals, background, inetd, demonstration."""
import os
import pathlib
import re
import signal
import subprocess

import pytest

from glasshd_server import GLASSHD, Server, is_alive, until


def run(*words, timeout=20, **how):
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


@pytest.mark.parametrize("line", ["Nonsense yes", "Port many", "UsePAM yes", "MaxStartups 1:2"])
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
    done = run("-t", "-e", "-f", "none", "-h", key)
    assert done.returncode == 1 and "too open" in done.stderr


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
        assert client.communicate(b"still here", timeout=10)[0] == b"still here"


def test_connections_outlive_the_listener(server):
    with server:
        client = subprocess.Popen(server.ssh_command("echo in; exec cat"), stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE)
        assert client.stdout.readline() == b"in\n"
        server.process.terminate()
        server.process.wait(10)
        assert client.communicate(b"still here", timeout=10)[0] == b"still here"


def test_it_serves_one_connection_on_standard_input(server):
    command = " ".join(server.command("-i", "-E", str(server.log_path)))
    assert server.output("echo in", options=["-o", f"ProxyCommand={command}"]) == "in\n"


def test_debugging_serves_one_connection_in_front(server):
    process = subprocess.Popen(server.command("-d"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=server.log_path.open("wb"))
    assert server.logs("Server listening")
    assert server.output("echo in") == "in\n"
    assert process.wait(10) == 0
    assert server.logs("debug: kex: ")


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
    assert process.wait(10) == 0
    client.communicate(timeout=10)
    assert until(lambda: not is_alive(pid))
    assert os.listdir(tmp_path) == []


def test_it_explains_what_it_sees(server):
    server.arguments = ("--explain",)
    with server:
        assert server.output("echo in") == "in\n"
        assert server.logs("round trips")
    rows = server.log()
    for row in ("three-way handshake", "SYN seq=", "SYN-ACK seq=y", "PROVE WHO YOU ARE", "OPEN A SESSION", "KEXINIT", "NEWKEYS", "SERVICE_REQUEST", "exit-status"):
        assert row in rows
    assert max(len(line) for line in rows.splitlines() if line.startswith("  ")) <= 80
