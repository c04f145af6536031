# SPDX-License-Identifier: BSD-2-Clause
"""The fast order of messages against real servers: what went out ahead of a login that was refused is
sent again behind the one that succeeded."""
import subprocess

import peers
import pytest


def log_in(server, *keys, explain_to=None):
    words = [word for key in keys for word in ("-i", key)]
    told = ["--explain=json", "--explain-to", explain_to] if explain_to else []
    command = [peers.program("glassh"), "-F", "none", "-p", server.port, *words, "-oIdentitiesOnly=yes",
               "-oBatchMode=yes", f"-oUserKnownHostsFile={server.known_hosts}", *told, f"{peers.USER}@127.0.0.1",
               "cat; exit 7"]
    return subprocess.run([str(word) for word in command], input=b"through", capture_output=True, timeout=60,
                          env=server.place.environment)


@pytest.mark.parametrize("kind", [peers.Sshd, peers.Glasshd], ids=lambda kind: kind.name)
def test_a_refused_key_does_not_lose_the_command(place, kind, tmp_path):
    wrong = tmp_path / "wrong"
    place.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", wrong)
    with kind(place) as server:
        for _ in range(2):  # the second time with what is remembered of the server
            result = log_in(server, wrong, place.key("user"))
            assert (result.returncode, result.stdout) == (7, b"through"), result.stderr


def test_openssh_gets_the_command_before_it_has_let_us_in(place, tmp_path):
    facts = tmp_path / "facts"
    with peers.Sshd(place) as server:
        result = log_in(server, place.key("user"), explain_to=facts)
    assert (result.returncode, result.stdout) == (7, b"through"), result.stderr
    text = facts.read_text()
    assert text.index('"ssh.channel.open"') < text.index('"ssh.auth.success"')
