# SPDX-License-Identifier: BSD-2-Clause
"""What scripts and programs rely on when they call ssh: how the command line is read, what is printed
where, exit statuses; and some of these programs, run on top of glassh."""
import contextlib
import os
import pathlib
import pty
import re
import shutil
import signal
import subprocess
import sys

import pytest

import peers
from peers import USER
from shared import free_port, kill, read_until, until

pytestmark = pytest.mark.apart


@pytest.fixture(params=["sshd", "glasshd"])
def server(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def config(server, tmp_path):
    """A configuration file that makes "there" the server."""
    path = tmp_path / "config"
    path.write_text(f"Host there\n    HostName 127.0.0.1\n    Port {server.port}\n    User {USER}\n"
                    f"    IdentityFile {server.place.key('user')}\n    IdentitiesOnly yes\n    BatchMode yes\n"
                    f"    UserKnownHostsFile {server.known_hosts}\n    GlobalKnownHostsFile /dev/null\n")
    return path


@pytest.fixture
def wrapper(config, tmp_path):
    """An `ssh` for programs that take only a path."""
    path = tmp_path / "ssh-wrapper"
    path.write_text(f'#!/bin/sh\nexec {peers.program("glassh")} -F {config} "$@"\n')
    path.chmod(0o755)
    return path


@pytest.fixture
def call(place, config):
    """Runs glassh with that configuration and these words."""
    def run(*words, data=b"", timeout=60, **environment):
        return subprocess.run([peers.program("glassh"), "-F", str(config), *map(str, words)], input=data,
                              capture_output=True, timeout=timeout, env={**place.environment, **environment})
    return run


def tool(name):
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


# The command line.

@pytest.mark.parametrize("words", [
    ["there", "echo", "hello"],
    ["there", "echo hello"],
    ["-T", "-x", "-a", "there", "echo hello"],
    ["-2", "-a", "-x", "there", "echo hello"],
    ["-xaT", "there", "echo hello"],
    ["there", "-T", "-o", "NumberOfPasswordPrompts=1", "echo hello"],
    ["there", "-e", "none", "echo", "hello"],
    ["--", "there", "echo hello"],
    ["there", "--", "echo hello"],
    ["-n", "there", "--", "echo", "hello"],
    ["-oConnectTimeout=10", "there", "echo hello"],
    ["-o", "ConnectTimeout 10", "there", "echo hello"],
    ["-o ConnectTimeout=30", "-T", "--", "there", "echo hello"],
    ["-oConnectTimeout 10", "there", "echo hello"],
    ["-o", f'User="{USER}"', "there", "echo hello"],
    ["-obatchmode yes", "there", "echo hello"],
    ["-l", USER, "-e", "none", "there", "echo hello"],
    [f"-l{USER}", "there", "echo hello"],
    ["-o", "PreferredAuthentications=gssapi-with-mic,gssapi-keyex,hostbased,publickey", "there", "echo hello"],
    ["-o", "SendEnv=GIT_PROTOCOL", "there", "echo hello"],
])
def test_the_command_line_is_read_as_ssh_reads_it(call, words):
    result = call(*words)
    assert (result.returncode, result.stdout) == (0, b"hello\n"), result.stderr


def test_a_host_may_be_a_uri(call, server):
    result = call("-i", server.place.key("user"), "-o", f"UserKnownHostsFile={server.known_hosts}",
                  f"ssh://{USER}@127.0.0.1:{server.port}", "echo hello")
    assert result.stdout == b"hello\n", result.stderr


@pytest.mark.parametrize("words", [["--no-such-option"], ["-Z9"], []])
def test_what_is_not_understood_gives_the_usage(call, words):
    result = call(*words)
    assert result.returncode == 255
    assert b"usage:" in result.stderr.lower()


@pytest.mark.parametrize("words", [["-c", "des"], ["-m", "md5"], ["-oKexAlgorithms=+none-such"],
                                   ["-oHostKeyAlgorithms=-*"]])
def test_an_unknown_algorithm_is_refused_before_anything_is_sent(call, words):
    result = call("-oHostname=192.0.2.1", "-oConnectTimeout=20", *words, "there", "true", timeout=60)
    assert result.returncode == 255
    assert words[-1].split("=+")[-1].split("=")[-1].encode() in result.stderr


@pytest.mark.parametrize("words", [["there"], ["-oRemoteCommand=none", "there"]])
def test_f_needs_something_to_do(call, words):
    result = call("-f", *words)
    assert result.returncode == 255
    assert result.stderr == b"Cannot fork into background without a command to execute.\n"


def processes_with(word):
    """Those that have the word on their command line, by id."""
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.fsencode(word) in (folder / "cmdline").read_bytes().split(b"\0"):
                yield int(folder.name)


@pytest.mark.parametrize("words, told", [(["-N"], b""), (["-N", "--explain=short"], b"to the login")], ids=["alone", "explained"])
def test_f_without_a_session_keeps_no_reader_waiting(call, config, words, told):
    try:
        result = call("-f", *words, "there")
        assert result.returncode == 0 and told in result.stderr
        assert len(list(processes_with(config))) == 1
    finally:
        for process in processes_with(config):
            kill(process)


def test_an_unknown_keyword_is_refused_by_name(call):
    result = call("-o", "NoSuchKeyword=1", "there", "true")
    assert result.returncode == 255
    assert b"bad configuration option: nosuchkeyword" in result.stderr.lower()


def test_an_unknown_keyword_in_a_file_is_refused_with_its_line(call, config):
    config.write_text(config.read_text() + "    NoSuchKeyword yes\n")
    result = call("there", "true")
    assert result.returncode == 255
    assert str(config).encode() in result.stderr and re.search(rb"line 10\b|:10\b", result.stderr), result.stderr


def test_an_unknown_keyword_may_be_ignored(call, config):
    config.write_text("IgnoreUnknown NoSuch*\n" + config.read_text() + "    NoSuchKeyword yes\n")
    assert call("there", "echo hello").stdout == b"hello\n"


def test_the_version_is_told_on_stderr(call):
    result = call("-V")
    assert result.returncode == 0
    assert re.search(rb"OpenSSH_\d+\.\d+", result.stderr)


def test_the_resolved_configuration_is_printed(call, server):
    rows = dict(line.split(" ", 1) for line in call("-G", "there").stdout.decode().splitlines() if " " in line)
    assert rows["hostname"] == "127.0.0.1" and rows["port"] == str(server.port) and rows["user"] == USER
    assert rows["batchmode"] == "yes"


@pytest.mark.parametrize("query, expected", [
    ("cipher", peers.AEADS + peers.CIPHERS), ("mac", peers.MACS), ("kex", peers.KEXES),
    ("sig", list(peers.SIGNATURES)), ("key", ["ssh-ed25519"]), ("KexAlgorithms", peers.KEXES[:1]),
    ("Ciphers", peers.CIPHERS[:1]), ("HostKeyAlgorithms", ["ssh-ed25519"])])
def test_algorithms_are_listed_one_per_line(call, query, expected):
    result = call("-Q", query)
    assert result.returncode == 0
    assert set(expected) <= set(result.stdout.decode().split("\n"))


def test_an_unknown_query_is_refused(call):
    assert call("-Q", "nonsense").returncode == 255


# Streams and exit statuses.

@pytest.mark.parametrize("status", [0, 1, 42, 254])
def test_the_exit_status_is_the_commands(call, status):
    assert call("there", f"exit {status}").returncode == status


def test_a_command_that_a_signal_ends_gives_255(call):
    assert call("there", "kill -TERM $$; sleep 5").returncode == 255


def test_an_error_of_its_own_gives_255_and_a_message(call):
    result = call("-p", free_port(), "there", "true")
    assert result.returncode == 255
    assert b"refused" in result.stderr.lower()


def test_stdout_and_stderr_stay_apart_and_binary(call):
    result = call("there", r"printf '\000\377\r\n~.'; printf '\001\376\n' >&2")
    assert (result.stdout, result.stderr) == (b"\0\xff\r\n~.", b"\x01\xfe\n")


def test_the_end_of_input_reaches_the_command(call):
    assert call("there", "wc -c", data=b"x" * 100_001).stdout.strip() == b"100001"


def test_n_reads_nothing(call):
    assert call("-n", "there", "wc -c", data=b"x" * 10).stdout.strip() == b"0"


def test_output_after_the_end_of_input_arrives(call):
    result = call("there", "cat >/dev/null; sleep 0.3; echo done", data=b"x" * 1000)
    assert result.stdout == b"done\n"


def test_a_reader_that_goes_away_ends_the_command(place, config):
    command = [peers.program("glassh"), "-F", str(config), "there", "yes"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=place.environment) as process:
        process.stdout.read(10)
        process.stdout.close()
        assert process.wait(60) != 0


def test_sigterm_ends_it(place, config):
    command = [peers.program("glassh"), "-F", str(config), "there", "echo there; exec sleep 1000"]
    with subprocess.Popen(command, env=place.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"there\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) != 0
        assert process.stderr.read() == b""


def catches(process, number):
    masks = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines())
    return int(masks["SigCgt"], 16) >> (number - 1) & 1


@pytest.mark.parametrize("number, status", [(signal.SIGTERM, 0), (signal.SIGHUP, 255)])
def test_without_a_command_sigterm_is_a_good_end(place, config, number, status):
    command = [peers.program("glassh"), "-F", str(config), "-N", "there"]
    with subprocess.Popen(command, env=place.environment, stdin=subprocess.DEVNULL) as process:
        try:
            assert until(lambda: catches(process, number))
            process.send_signal(number)
            assert process.wait(60) == status
        finally:
            process.kill()


@pytest.mark.parametrize("remote", ["echo hello", "head -c 4M /dev/zero; exit 3"])
def test_a_full_disk_is_told(place, config, remote):
    with open("/dev/full", "wb") as full:
        result = subprocess.run([peers.program("glassh"), "-F", str(config), "there", remote], stdin=subprocess.DEVNULL,
                                stdout=full, stderr=subprocess.PIPE, env=place.environment, timeout=60)
    assert b"No space left on device" in result.stderr
    assert result.returncode == 255


@pytest.mark.parametrize("words", [["--help"], ["-Q", "cipher"], ["-G", "there"]], ids=" ".join)
def test_what_was_asked_to_be_printed_and_was_not_is_a_failure(place, config, words):
    with open("/dev/full", "wb") as full:
        result = subprocess.run([peers.program("glassh"), "-F", str(config), *words], stdin=subprocess.DEVNULL, stdout=full,
                                stderr=subprocess.PIPE, env=place.environment, timeout=30)
    assert result.returncode == 255


def test_environment_is_sent_and_set(call):
    result = call("-o", "SendEnv=LC_TEST", "-o", "SetEnv=LC_OTHER=two", "there", "echo $LC_TEST $LC_OTHER", LC_TEST="one")
    assert result.stdout == b"one two\n"


def test_the_connection_is_told_to_the_command(call, server):
    words = call("there", "echo $SSH_CONNECTION").stdout.decode().split()
    assert words[0] == words[2] == "127.0.0.1" and words[3] == str(server.port)


def test_a_terminal_is_given_on_request(call):
    assert call("-tt", "there", "tty", data=b"").stdout.startswith(b"/dev/pts/")
    assert call("-T", "there", "tty; true").stdout == b"not a tty\n"


def test_E_writes_the_log_to_a_file(call, tmp_path):
    result = call("-v", "-E", tmp_path / "log", "there", "echo hello")
    assert (result.stdout, result.stderr) == (b"hello\n", b"")
    assert "remote software version" in (tmp_path / "log").read_text()


def test_q_is_quiet_about_an_unknown_host(call, tmp_path):
    result = call("-q", "-o", f"UserKnownHostsFile={tmp_path / 'none'}", "-o", "StrictHostKeyChecking=no", "there", "true")
    assert (result.returncode, result.stderr) == (0, b"")


def test_no_way_to_log_in_names_the_methods(call):
    result = call("-o", "PubkeyAuthentication=no", "there", "true")
    assert result.returncode == 255
    assert re.search(rb"Permission denied \([a-z,-]+\)", result.stderr)


def test_an_unknown_host_is_refused_in_batch_mode(call, tmp_path):
    result = call("-o", f"UserKnownHostsFile={tmp_path / 'none'}", "there", "true")
    assert result.returncode == 255
    assert b"Host key verification failed." in result.stderr


def test_a_new_host_is_accepted_and_remembered_when_told(call, tmp_path):
    known = tmp_path / "known"
    words = ["-o", f"UserKnownHostsFile={known}", "-o", "StrictHostKeyChecking=accept-new", "there", "echo hello"]
    assert call(*words).stdout == b"hello\n"
    assert call(*words[:2], *words[4:]).stdout == b"hello\n"


# Standard input and output to the host and port it is given.
RELAY = """
import os, socket, sys, threading
there = socket.create_connection(sys.argv[1:3])
def copy(source, put):
    while data := os.read(source, 65536):
        put(data)
threading.Thread(target=copy, args=(0, there.sendall), daemon=True).start()
copy(there.fileno(), lambda data: os.write(1, data))
"""


@pytest.mark.parametrize("words, has_shell", [("%h %p", False), ("'%h' %p 2>&1", True)])
def test_a_proxy_command_carries_the_connection(call, tmp_path, words, has_shell):
    relay = tmp_path / "relay"
    relay.write_text(RELAY)
    command = f"ProxyCommand={sys.executable} {relay} {words}"
    result = call("-v", "-o", command, "there", "echo hello", SHELL="/bin/sh")
    assert result.stdout == b"hello\n", result.stderr
    assert (b"Executing proxy command: exec " in result.stderr) == has_shell
    assert (b"Executing proxy command without a shell: " in result.stderr) != has_shell
    assert (call("-o", command, "there", "true", SHELL="/nowhere").returncode == 255) == has_shell


@pytest.mark.parametrize("command, said", [
    ("exec no-such-program", "ended with status 127"), ("exit 0", "ended with status 0"),
    ("kill -9 $$", "ended with signal 9"), ("exec <&- >&-; sleep 3", "closed the connection")])
def test_how_a_proxy_command_failed_is_told(call, command, said):
    result = call("-o", f"ProxyCommand=sh -c '{command}'", "there", "true")
    assert result.returncode == 255
    message = result.stderr.decode()
    assert f"glassh: ProxyCommand {said} before the server spoke\n" in message
    assert "UNKNOWN" not in message and "65535" not in message


def test_a_proxy_command_that_is_not_there_is_named(call):
    result = call("-p", "22", "-o", "ProxyCommand=no-such-program %h %p", "127.0.0.1", "true")
    assert (result.returncode, result.stdout) == (255, b"")
    assert result.stderr.decode() == ('glassh: the ProxyCommand "no-such-program 127.0.0.1 22" cannot be started: '
                                      "No such file or directory\n")


@pytest.mark.parametrize("host", ["$(touch x)", "a;b", "a`b`", "a|b", "-oProxyCommand=x"])
def test_a_host_with_shell_characters_is_refused(call, tmp_path, host):
    result = call("-o", f"ProxyCommand=touch {tmp_path}/ran; echo %h", "--", host, "true")
    assert result.returncode == 255


# Programs on top.

def test_git_clones_and_pushes(place, wrapper, tmp_path):
    git = tool("git")
    environment = {**place.environment, "GIT_SSH_COMMAND": str(wrapper), "GIT_CONFIG_NOSYSTEM": "1",
                   "GIT_AUTHOR_NAME": "T", "GIT_AUTHOR_EMAIL": "t@example.org", "GIT_COMMITTER_NAME": "T",
                   "GIT_COMMITTER_EMAIL": "t@example.org"}

    def run(*words):
        subprocess.run([git, *map(str, words)], check=True, env=environment, timeout=60, capture_output=True)

    run("init", "-q", "--bare", tmp_path / "there.git")
    run("clone", "-q", f"there:{tmp_path}/there.git", tmp_path / "here")
    (tmp_path / "here/file").write_bytes(os.urandom(300_000))
    run("-C", tmp_path / "here", "add", "file")
    run("-C", tmp_path / "here", "commit", "-qm", "one")
    run("-C", tmp_path / "here", "push", "-q", "origin", "HEAD:main")
    run("clone", "-q", "-b", "main", f"there:{tmp_path}/there.git", tmp_path / "again")
    assert (tmp_path / "again/file").read_bytes() == (tmp_path / "here/file").read_bytes()


@pytest.fixture
def tree(tmp_path):
    folder = tmp_path / "tree"
    (folder / "sub").mkdir(parents=True)
    for name, size in (("empty", 0), ("small", 10), ("sub/large", 5_000_000), ("with blank", 100)):
        (folder / name).write_bytes(os.urandom(size))
    return folder


def same(one, two):
    return subprocess.run(["diff", "-r", one, two]).returncode == 0


def test_rsync_both_ways(place, wrapper, tree, tmp_path):
    tool("rsync")
    for source, target in ((f"{tree}/", f"there:{tmp_path}/up/"), (f"there:{tree}/", f"{tmp_path}/down/")):
        subprocess.run(["rsync", "-a", "-e", wrapper, source, target], check=True, env=place.environment, timeout=60)
    assert same(tree, tmp_path / "up") and same(tree, tmp_path / "down")


@pytest.mark.parametrize("mode", [[], ["-O"]], ids=["sftp", "legacy"])
def test_scp_both_ways(place, wrapper, tree, tmp_path, mode):
    tool("scp")
    for source, target in ((str(tree), f"there:{tmp_path}/up"), (f"there:{tree}", f"{tmp_path}/down")):
        subprocess.run(["scp", "-q", "-r", *mode, "-S", wrapper, source, target], check=True, env=place.environment,
                       timeout=60)
    assert same(tree, tmp_path / "up") and same(tree, tmp_path / "down")


def test_sftp(place, wrapper, tree, tmp_path):
    tool("sftp")
    batch = f"put {tree}/sub/large {tmp_path}/up\nget {tree}/sub/large {tmp_path}/down\nls {tree}\n"
    result = subprocess.run(["sftp", "-q", "-S", wrapper, "-b", "-", "there"], input=batch.encode(), timeout=60,
                            env=place.environment, capture_output=True)
    assert result.returncode == 0 and b"with blank" in result.stdout, result.stderr
    large = (tree / "sub/large").read_bytes()
    assert (tmp_path / "up").read_bytes() == large and (tmp_path / "down").read_bytes() == large


def test_sshfs(place, wrapper, tree, tmp_path):
    tool("sshfs")
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        pytest.skip("no /dev/fuse")
    point = tmp_path / "point"
    point.mkdir()
    mounted = subprocess.run(["sshfs", "-o", f"ssh_command={wrapper}", f"there:{tree}", point], env=place.environment,
                             timeout=60, capture_output=True)
    if b"fuse: mount failed" in mounted.stderr or b"fusermount" in mounted.stderr:
        pytest.skip("mounting is not permitted here")
    assert mounted.returncode == 0, mounted.stderr
    try:
        assert same(tree, point)
        (point / "new").write_bytes(b"new")
    finally:
        subprocess.run(["fusermount3", "-u", point], check=True)
    assert (tree / "new").read_bytes() == b"new"


def test_ansible(place, wrapper, tmp_path):
    tool("ansible")
    inventory = tmp_path / "inventory"
    inventory.write_text(f"there ansible_ssh_executable={wrapper} ansible_python_interpreter=/usr/bin/python3 "
                         "ansible_ssh_args='-o ControlMaster=no'\n")
    environment = {**place.environment, "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"), "ANSIBLE_NOCOLOR": "1",
                   "ANSIBLE_REMOTE_TEMP": str(tmp_path / "remote")}
    result = subprocess.run(["ansible", "-i", inventory, "all", "-m", "ping"], env=environment, timeout=120,
                            capture_output=True)
    assert b"SUCCESS" in result.stdout and b"pong" in result.stdout, result.stdout + result.stderr


def test_curl_speaks_sftp_to_glasshd(glasshd, place, tree):
    tool("curl")
    if b"sftp" not in subprocess.run(["curl", "-V"], capture_output=True).stdout:
        pytest.skip("this curl has no sftp")
    key = place.key("user")
    result = subprocess.run(["curl", "-sS", "-k", "--key", key, "--pubkey", f"{key}.pub", "-u", f"{USER}:",
                             f"sftp://127.0.0.1:{glasshd.port}{tree}/sub/large"], env=place.environment, timeout=60,
                            capture_output=True)
    assert result.stdout == (tree / "sub/large").read_bytes(), result.stderr


def test_an_encrypted_key_asks_for_its_passphrase_on_the_terminal(place, server, config, tmp_path):
    """What sshpass and expect scripts wait for: the prompt on the controlling terminal."""
    key = tmp_path / "locked"
    place.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "open sesame", "-f", key)
    authorized = place.authorized_keys.read_text()
    place.authorized_keys.write_text(authorized + pathlib.Path(f"{key}.pub").read_text())
    # Of this server nothing is remembered: the key that worked before would go first.
    environment = {**place.environment, "XDG_CACHE_HOME": str(tmp_path)}
    process, terminal = pty.fork()
    if process == 0:
        os.execve(peers.program("glassh"), ["glassh", "-F", str(config), "-oBatchMode=no", f"-oIdentityFile={key}",
                                            "-i", str(key), "there", "echo hello"], environment)
    try:
        assert b"passphrase for key" in read_until(terminal, b": ")
        os.write(terminal, b"open door\n")
        again = read_until(terminal, b": ")
        assert f"Bad passphrase, try again for {key}.".encode() in again and b"passphrase for key" in again
        os.write(terminal, b"open sesame\n")
        assert b"hello" in read_until(terminal, b"hello")
    finally:
        os.close(terminal)
        os.waitpid(process, 0)
        place.authorized_keys.write_text(authorized)


def test_an_unknown_host_is_asked_about_on_the_terminal(place, server, config, tmp_path):
    known = tmp_path / "known"
    process, terminal = pty.fork()
    if process == 0:
        os.execve(peers.program("glassh"), ["glassh", "-F", str(config), "-oBatchMode=no", f"-oUserKnownHostsFile={known}",
                                            "there", "echo hello"], place.environment)
    try:
        asked = read_until(terminal, rb"\? ")
        assert b"yes/no" in asked and b"SHA256:" in asked
        os.write(terminal, b"yes\n")
        assert b"hello" in read_until(terminal, b"hello")
    finally:
        os.close(terminal)
        os.waitpid(process, 0)
    assert f":{server.port}" in known.read_text()
