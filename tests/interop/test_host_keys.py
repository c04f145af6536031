# SPDX-License-Identifier: BSD-2-Clause
"""What a person is told when the server's key is not the one that is known: every line must be true."""
import os
import subprocess

import pytest

import peers
from peers import USER

CHANGED = "REMOTE HOST IDENTIFICATION HAS CHANGED!"
NOTHING_SENT = "Nothing secret was sent: no user name, no password, no key."


@pytest.fixture
def login(place, sshd, tmp_path):
    """Runs glassh with these lines known of the server; gives its exit status and what it says."""
    def run(*lines, options=(), server=sshd, checking="yes", **environment):
        known = tmp_path / "known"
        known.write_text("".join(line.replace("HOST", f"[127.0.0.1]:{server.port}") for line in lines))
        words = [peers.program("glassh"), "-F", "none", "-p", server.port, f"-oUserKnownHostsFile={known}",
                 "-oGlobalKnownHostsFile=/dev/null", f"-oStrictHostKeyChecking={checking}", "-i", place.key("user"),
                 "-oIdentitiesOnly=yes", *options, f"{USER}@127.0.0.1", "true"]
        done = subprocess.run([str(word) for word in words], stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                              text=True, env={**place.environment, "XDG_CACHE_HOME": str(tmp_path), **environment})
        return done.returncode, done.stderr
    return run


def fingerprint(place, role, key_type="ed25519"):
    done = place.run("ssh-keygen", "-l", "-f", f"{place.key(role, key_type)}.pub", capture_output=True, text=True)
    return done.stdout.split()[1]


def test_a_changed_key_is_shown_beside_the_old_one(place, login, tmp_path):
    status, text = login("# a comment\n", f"HOST {place.public('user')}")
    assert status == 255 and CHANGED in text
    assert f"before  ED25519 {fingerprint(place, 'user')}\n" in text
    assert f"now     ED25519 {fingerprint(place, 'host')}\n" in text
    assert f"Offending ED25519 key in {tmp_path}/known:2\n" in text
    assert NOTHING_SENT in text
    assert "Host key verification failed." in text


def test_the_command_that_is_shown_removes_the_line(place, login, sshd, tmp_path):
    _, text = login(f"HOST {place.public('user')}", f"other.example {place.public('user')}")
    command = next(line for line in text.splitlines() if line.startswith("  ssh-keygen "))
    assert command == f"  ssh-keygen -R '[127.0.0.1]:{sshd.port}' -f '{tmp_path}/known'"
    place.run("sh", "-c", command, capture_output=True)
    left = (tmp_path / "known").read_text()
    assert "127.0.0.1" not in left and "other.example" in left


def test_the_command_that_is_shown_removes_a_hashed_line(place, login, tmp_path):
    _, text = login(f"HOST {place.public('user')}")
    place.run("ssh-keygen", "-H", "-f", tmp_path / "known", capture_output=True)
    hashed = (tmp_path / "known").read_text()
    assert hashed.startswith("|1|")
    status, text = login(hashed)
    assert status == 255 and CHANGED in text
    place.run("sh", "-c", next(line for line in text.splitlines() if "ssh-keygen -R" in line), capture_output=True)
    assert (tmp_path / "known").read_text() == ""


def test_a_name_that_cannot_be_quoted_is_in_no_command(place, login):
    status, text = login(f"it's {place.public('user')}", options=['-oHostKeyAlias="it\'s"'])
    assert status == 255 and CHANGED in text
    assert "ssh-keygen" not in text and "remove line 1 of" in text


def test_a_line_that_ssh_keygen_does_not_find_is_named(place, login, tmp_path):
    status, text = login(f"\n[127.0.0.*]:* {place.public('user')}")
    assert status == 255 and "ssh-keygen" not in text
    assert f"remove line 2 of {tmp_path}/known" in text


def test_without_checks_it_does_not_say_that_nothing_was_sent(place, login):
    status, text = login(f"HOST {place.public('user')}", checking="no")
    assert status == 0 and CHANGED in text
    assert "Nothing" not in text
    assert "Going on all the same, as StrictHostKeyChecking=no asks" in text


def test_without_checks_no_password_goes_to_a_changed_host(place, login, tmp_path):
    """As it says. Whoever would be asked for one leaves a trace."""
    ask = tmp_path / "ask"
    ask.write_text(f"#!/bin/sh\ntouch {tmp_path}/was-asked\necho secret\n")
    ask.chmod(0o700)
    with peers.Sshd(place, options={"PubkeyAuthentication": "no", "PasswordAuthentication": "yes",
                                    "KbdInteractiveAuthentication": "no"}) as server:
        asked = {"SSH_ASKPASS": str(ask), "SSH_ASKPASS_REQUIRE": "force"}
        status, text = login(f"HOST {place.public('host')}", checking="no", server=server, **asked)
        assert status == 255 and os.path.exists(tmp_path / "was-asked"), text
        (tmp_path / "was-asked").unlink()
        status, text = login(f"HOST {place.public('user')}", checking="no", server=server, **asked)
    assert status == 255 and "Password authentication is disabled" in text
    assert not os.path.exists(tmp_path / "was-asked"), text


def answering(tmp_path, *answers):
    """What has each question of glassh's answered with the next of these."""
    for number, answer in enumerate(answers):
        (tmp_path / f"answer-{number}").write_text(answer)
    ask = tmp_path / "ask"
    ask.write_text(f"#!/bin/sh\ncd {tmp_path}; for answer in answer-*; do cat $answer; exec rm $answer; done\n")
    ask.chmod(0o700)
    return {"SSH_ASKPASS": str(ask), "SSH_ASKPASS_REQUIRE": "force"}


@pytest.mark.parametrize("answer", ["yes", "YES", " \tyes ", "{}", "{} "])
def test_a_new_key_is_taken_by_yes_and_by_its_fingerprint(place, login, tmp_path, answer):
    status, text = login(checking="ask", **answering(tmp_path, answer.format(fingerprint(place, "host"))))
    assert status == 0, text
    assert place.public("host").split()[1] in (tmp_path / "known").read_text()


def test_a_new_key_is_asked_for_until_the_answer_is_one(place, login, tmp_path):
    wrong = ["", "y", "maybe", fingerprint(place, "host")[:-1], fingerprint(place, "user"), "x" * 1000]
    status, _ = login(checking="ask", **answering(tmp_path, *wrong, "No"))
    assert status == 255 and not list(tmp_path.glob("answer-*"))
    assert (tmp_path / "known").read_text() == ""


ONLY_ED25519 = ["-oHostKeyAlgorithms=ssh-ed25519"]


def test_a_further_key_is_not_called_a_changed_one(place, login):
    status, text = login(f"HOST {place.public('host', 'rsa')}", options=ONLY_ED25519)
    assert status == 255 and "CHANGED" not in text and "no longer" not in text
    assert "a further key, not a changed one" in text
    assert fingerprint(place, "host") in text and NOTHING_SENT in text


def test_the_option_that_is_shown_has_the_known_key_proved(place, login):
    line = f"HOST {place.public('host', 'rsa')}"
    _, text = login(line, options=ONLY_ED25519)
    option = text[text.index("-o HostKeyAlgorithms="):].split("\n")[0].split()
    assert login(line, options=option) == (0, "")


def test_without_checks_a_further_key_is_told_and_gone_on_with(place, login):
    status, text = login(f"HOST {place.public('host', 'rsa')}", options=ONLY_ED25519, checking="no")
    assert status == 0 and "a further key" in text and "Going on all the same" in text
    assert "Nothing" not in text


def test_a_type_that_the_server_has_no_more_is_a_change(place, login, tmp_path):
    with peers.Sshd(place, algorithms={"HostKeyAlgorithms": "ssh-ed25519"}) as server:
        status, text = login(f"HOST {place.public('host', 'rsa')}", server=server)
    assert status == 255 and CHANGED in text
    assert "by another type of key (RSA), which it does not offer" in text
    assert f"before  RSA {fingerprint(place, 'host', 'rsa')}\n" in text
    assert f"now     ED25519 {fingerprint(place, 'host')}\n" in text
