# SPDX-License-Identifier: BSD-2-Clause
"""What glassh remembers of servers (~/.cache/glassh/hosts): enough for a fast login, nothing to read."""
import subprocess

import pytest

import peers
from peers import USER


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "glassh" / "hosts"


@pytest.fixture
def login(place, sshd, tmp_path):
    """Runs glassh -v; gives what it says."""
    def run(*options, **environment):
        words = [peers.program("glassh"), "-v", "-F", "none", "-p", sshd.port, *options,
                 f"-oUserKnownHostsFile={sshd.known_hosts}", "-oGlobalKnownHostsFile=/dev/null",
                 "-oStrictHostKeyChecking=yes", "-oBatchMode=yes", "-oIdentitiesOnly=yes",
                 *(f"-i{place.key('user', key_type)}" for key_type in ("rsa", "ed25519")), f"{USER}@127.0.0.1", "true"]
        done = subprocess.run([str(word) for word in words], stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                              text=True, env={**place.environment, "XDG_CACHE_HOME": str(tmp_path), **environment})
        assert done.returncode == 0, done.stderr
        return done.stderr
    return run


def first_offer(text):
    return next(line for line in text.splitlines() if "Offering public key" in line)


def test_the_key_that_a_host_took_is_offered_first_the_next_time(place, login):
    assert "RSA" in first_offer(login())
    login(f"-oIdentityFile={place.key('user')}", "-oPubkeyAcceptedAlgorithms=ssh-ed25519")
    assert "ED25519" in first_offer(login())


def test_the_file_names_no_host_no_user_no_port_no_key_and_no_software(login, cache, sshd):
    said = login()
    text = cache.read_text()
    secrets = [USER + "@", "127.0.0.1", f":{sshd.port}", "SHA256:", "OpenSSH", "SSH-2.0"]
    assert not [word for word in secrets if word in text], text
    assert first_offer(said).split("SHA256:")[1][:20] not in text
    assert cache.stat().st_mode & 0o777 == 0o600
    # A line is the same the next time, as it is found by.
    assert login() and cache.read_text() == text


def test_a_file_of_the_former_format_is_gone(login, cache):
    cache.parent.mkdir()
    former = ("# glassh: what is known of servers, for faster logins; may be deleted\n"
              "former.example:22\tfast\tcurve25519-sha256\tssh-ed25519\tSHA256:abc\tSSH-2.0-OpenSSH_9.2\n")
    cache.write_text(former)
    login()
    assert "former" not in cache.read_text()


def test_a_file_of_the_former_format_goes_even_if_the_login_fails(place, tmp_path, cache):
    cache.parent.mkdir()
    cache.write_text("former.example:22\tfast\ta\tb\tc\td\n")
    subprocess.run([peers.program("glassh"), "-F", "none", "nowhere.invalid", "true"], capture_output=True, timeout=60,
                   env={**place.environment, "XDG_CACHE_HOME": str(tmp_path)})
    assert not cache.exists()


def test_it_can_be_switched_off(login, cache):
    login(GLASSH_CACHE="no")
    assert not cache.parent.exists()
    login()
    text = cache.read_text()
    cache.write_text("kept as it is")
    login(GLASSH_CACHE="no")
    assert text and cache.read_text() == "kept as it is"
