# SPDX-License-Identifier: BSD-2-Clause
"""Match: what holds for the connection and the user, in a running server."""
import subprocess

import pytest

from glasshd_server import GLASSHD, USER, Server


@pytest.fixture
def start(tmp_path, keys):
    running = []

    def start(block, **options):
        server = Server(tmp_path, keys, **options)
        with server.config.open("a") as config:
            config.write(block)
        running.append(server.__enter__())
        return server

    yield start
    for server in running:
        server.__exit__()


def test_a_block_for_the_user_takes_the_place_of_what_is_global(start):
    server = start(f"Match User {USER}\nForceCommand echo mine\nSetEnv A=1\nMatch User nobody\nForceCommand echo theirs\n",
                   ForceCommand="echo all")
    assert server.output("echo asked") == "mine\n"


def test_a_block_for_others_changes_nothing(start):
    server = start("Match User nobody\nForceCommand echo theirs\nPubkeyAuthentication no\n")
    assert server.output("echo asked") == "asked\n"


def test_a_block_for_the_address_and_port_counts(start):
    server = start("Match LocalAddress 127.0.0.0/8 Address 127.0.0.1\nForceCommand echo local\n")
    assert server.output("echo asked") == "local\n"


@pytest.mark.parametrize("line", ["PubkeyAuthentication no", "AuthorizedKeysFile none", "PermitRootLogin no\nDenyUsers *"])
def test_a_block_can_shut_a_user_out(start, line):
    server = start(f"Match User {USER}\n{line}\n")
    done = server.ssh("true")
    assert done.returncode == 255 and b"Permission denied" in done.stderr


def test_a_block_can_take_the_terminal_away(start):
    server = start(f"Match User {USER}\nPermitTTY no\n")
    assert b"PTY allocation request failed" in server.ssh("true", options=["-tt"]).stderr


def test_the_subsystem_of_a_block_runs(start):
    server = start(f"Match User {USER}\nSubsystem x echo mine\n", Subsystem="x echo all")
    assert server.output("x", options=["-s"]) == "mine\n"


def test_what_a_match_may_not_have_is_told_with_its_line(tmp_path, keys):
    server = Server(tmp_path, keys)
    with server.config.open("a") as config:
        config.write("Match User root\nPort 4711\nMatch Nobody\n")
    first = len(server.config.read_text().splitlines()) - 1
    done = subprocess.run([GLASSHD, "-t", "-f", server.config], capture_output=True, text=True, timeout=60)
    assert done.returncode == 255
    assert done.stderr.splitlines() == [
        f"{server.config} line {first}: Directive 'Port' is not allowed within a Match block",
        f"{server.config} line {first + 1}: Bad Match condition: Unsupported Match attribute Nobody",
        f"{server.config}: terminating, 2 bad configuration options"]


def test_the_connection_of_a_test_is_given_by_hand(tmp_path, keys):
    server = Server(tmp_path, keys, Banner="/all")
    with server.config.open("a") as config:
        config.write("Match Group root LocalPort 22\nBanner /root\nMatch Address 10.0.0.0/8\nMaxAuthTries 2\n"
                     "Match all\nMaxSessions 3\n")

    def printed(*spec):
        command = [GLASSHD, "-T", "-f", server.config, *(word for one in spec for word in ("-C", one))]
        return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout.splitlines()

    assert {"banner /all", "maxauthtries 6", "maxsessions 3"} <= set(printed())
    assert {"banner /root", "maxauthtries 2", "maxsessions 3"} <= set(printed("user=root,lport=22", "addr=10.1.2.3"))
    assert {"banner /all", "maxauthtries 2"} <= set(printed("user=nobody,lport=22,addr=10.1.2.3"))


@pytest.mark.parametrize("words, status, text", [
    (["-T", "-C", "user=a,foo=1"], 1, "Invalid test mode specification foo=1"),
    (["-T", "-C", "lport=x"], 1, "Invalid port 'x' in test mode specification lport=x"),
    (["-t", "-C", "user=a"], 255, "Config test connection parameter (-C) provided without test mode (-T)"),
])
def test_a_wrong_connection_is_told(tmp_path, keys, words, status, text):
    server = Server(tmp_path, keys)
    done = subprocess.run([GLASSHD, "-f", server.config, *words], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (status, text + "\n")


def test_the_banner_and_the_tries_are_those_of_the_user(start, tmp_path):
    (tmp_path / "mine").write_text("welcome, me\n")
    (tmp_path / "theirs").write_text("welcome, others\n")
    server = start(f"Match User {USER}\nBanner {tmp_path}/mine\nMaxAuthTries 1\nMatch User nobody\nBanner none\n",
                   Banner=tmp_path / "theirs")
    talkative = ["-o", "LogLevel=INFO"]
    done = server.ssh("true", options=talkative)
    assert b"welcome, me" in done.stderr and b"others" not in done.stderr, done
    assert b"welcome, others" in server.ssh("true", user="somebody", options=talkative).stderr
    assert b"welcome" not in server.ssh("true", user="nobody", options=talkative).stderr
    assert b"Too many authentication failures" in server.ssh("true", key="other", options=talkative).stderr
    assert b"Too many" not in server.ssh("true", key="other", user="nobody", options=talkative).stderr


def test_the_sessions_are_counted_as_for_the_user(start, tmp_path):
    server = start(f"Match User {USER}\nMaxSessions 0\n")
    done = server.ssh("true", options=["-o", "LogLevel=INFO"])
    assert done.returncode == 255 and b"open failed" in done.stderr, done


def test_a_block_can_let_a_user_in(start):
    server = start(f"Match User {USER}\nPubkeyAuthentication yes\n", PubkeyAuthentication="no")
    assert server.output("echo in") == "in\n"
    assert b"Permission denied" in server.ssh("true", user="nobody").stderr
