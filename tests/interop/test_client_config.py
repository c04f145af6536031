# SPDX-License-Identifier: BSD-2-Clause
"""Files and options of glassh and of the ssh that is installed: what the one refuses, the other does too, in the same
words where programs and people look for them."""
import os
import re
import subprocess

import pytest

import peers

GLASSH, SSH = peers.program("glassh"), peers.program("ssh")
pytestmark = pytest.mark.skipif(not SSH, reason="needs ssh")


def run(program, *words):
    return subprocess.run([program, *map(str, words)], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL)


@pytest.fixture
def both(tmp_path):
    """Runs glassh and ssh with a configuration of that text; gives both results."""
    path = tmp_path / "config"

    def run_both(text, *words):
        path.write_text(text)
        return [run(program, "-F", path, *words) for program in (GLASSH, SSH)]
    run_both.path = path
    return run_both


@pytest.mark.parametrize("block", ["", "Host elsewhere\n"])
@pytest.mark.parametrize("mode, status", [(0o600, 0), (0o644, 0), (0o602, 255), (0o666, 255)])
def test_an_included_file_that_others_may_write_is_refused(both, tmp_path, mode, status, block):
    included = tmp_path / "included"
    included.write_text("User them\n")
    included.chmod(mode)
    for result in both(f"{block}Include {included}\n", "-G", "there"):
        assert result.returncode == status
        assert (f"Bad owner or permissions on {included}" in result.stderr) == (status == 255)
        assert ("user them\n" in result.stdout) == (status == 0 and block == "")


def test_a_group_may_write_as_little_as_others(tmp_path):
    """Debian's ssh makes an exception for a group that has nobody else in it; OpenSSH's does not."""
    included, path = tmp_path / "included", tmp_path / "config"
    path.write_text(f"Include {included}\n")
    included.write_text("User them\n")
    included.chmod(0o620)
    result = run(GLASSH, "-F", path, "-G", "there")
    assert result.returncode == 255 and f"Bad owner or permissions on {included}\n" in result.stderr


def test_a_folder_among_the_included_files_is_passed_over(both, tmp_path):
    (tmp_path / "conf.d/keys").mkdir(parents=True)
    (tmp_path / "conf.d/them").write_text("User them\n")
    (tmp_path / "conf.d/them").chmod(0o600)
    for result in both(f"Include {tmp_path}/conf.d/*\n", "-G", "there"):
        assert result.returncode == 0 and "user them\n" in result.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give a file away")
def test_an_included_file_of_somebody_else_is_refused(both, tmp_path):
    included = tmp_path / "included"
    included.write_text("User them\n")
    os.chown(included, 12345, 12345)
    for result in both(f"Include {included}\n", "-G", "there"):
        assert (result.returncode, result.stdout) == (255, "")
        assert f"Bad owner or permissions on {included}" in result.stderr


HARDENED = {
    "KexAlgorithms": ("sntrup761x25519-sha512@openssh.com,curve25519-sha256", "curve25519-sha256"),
    "MACs": ("umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com", "hmac-sha2-256-etm@openssh.com"),
    "HostKeyAlgorithms": ("ssh-ed25519-cert-v01@openssh.com,ssh-ed25519,sk-ssh-ed25519@openssh.com", "ssh-ed25519"),
    "PubkeyAcceptedAlgorithms": ("sk-ssh-ed25519@openssh.com,rsa-sha2-512", "rsa-sha2-512"),
    "Ciphers": ("aes256-cbc,aes256-ctr", "aes256-ctr"),
}


def test_names_that_only_ssh_has_are_passed_over_and_told(both):
    ours, theirs = both("".join(f"{keyword} {given}\n" for keyword, (given, _) in HARDENED.items()), "-v", "-G", "there")
    assert (ours.returncode, theirs.returncode) == (0, 0)
    for keyword, (given, left) in HARDENED.items():
        assert f"{keyword.lower()} {given}\n" in theirs.stdout
        assert f"{keyword.lower()} {left}\n" in ours.stdout
        for name in set(given.split(",")) - {left}:
            assert re.search(rf"^debug1: {keyword}: {re.escape(name)} is passed over: there (is|are) no ", ours.stderr, re.M)


def test_every_name_that_ssh_has_is_known(both):
    for keyword in HARDENED:
        names = run(SSH, "-Q", keyword).stdout.split()
        ours, theirs = both(f"{keyword} {','.join(names)}\n", "-G", "there")
        assert (ours.returncode, theirs.returncode) == (0, 0), ours.stderr


@pytest.mark.parametrize("keyword", HARDENED)
def test_a_list_of_which_nothing_is_left_is_refused_with_the_reason(both, keyword):
    given = HARDENED[keyword][0].split(",")[0]
    ours = both(f"{keyword} {given}\n", "-G", "there")[0]
    assert ours.returncode == 255 and f"{both.path} line 1: Bad " in ours.stderr
    assert re.search(rf"'{given}'\. Nothing is left of it: {given}: there (is|are) no ", ours.stderr)


@pytest.mark.parametrize("line", [
    "Ciphers +bogus", "Ciphers aes128-ctr,bogus", "MACs aes128-ctr", "MACs ^bogus", "KexAlgorithms bogus",
    "HostKeyAlgorithms bogus", "PubkeyAcceptedAlgorithms bogus,ssh-ed25519",
])
def test_a_bad_list_is_told_with_its_place_in_the_words_of_ssh(both, line):
    ours, theirs = both(f"# one\n  {line}\n", "-G", "there")
    assert ours.returncode == theirs.returncode == 255
    words, = (words for words in theirs.stderr.splitlines() if words.startswith(f"{both.path} line 2: Bad "))
    assert words in ours.stderr


def test_the_place_may_be_an_included_file_or_the_command_line(both, tmp_path):
    included = tmp_path / "included"
    included.write_text("\nCiphers bogus\n")
    included.chmod(0o600)
    for words, place in (([], f"{included} line 2: "), (["-oCiphers=bogus"], "command-line line 0: ")):
        for result in both(f"Include {included}\n", *words, "-G", "there"):
            assert result.returncode == 255 and f"{place}Bad SSH2 cipher spec 'bogus'." in result.stderr


def test_what_has_no_effect_is_told_with_the_reason(tmp_path):
    path = tmp_path / "config"
    path.write_text("Host there\nUpdateHostKeys yes\nGSSAPIAuthentication yes\nForwardAgent no\n"
                    "Host elsewhere\nControlMaster auto\n")
    told = [f"debug1: {words}" for words in (
        "-M has no effect: every login has a connection of its own", "-S has no effect: every login has a connection of its own",
        "-K has no effect: there is no login by GSSAPI", "-g has no effect: there are no forwardings",
        "-y has no effect: messages go to standard error or to a file", "-A has no effect: the agent is never forwarded",
        "GSSAPIAuthentication has no effect: other ways to log in are tried",
        "UpdateHostKeys has no effect: further keys of a host are not learned")]
    words = ["-F", path, "-M", "-M", "-S", "none", "-K", "-g", "-y", "-A", "-a", "-x", "-2", "-k", "-G", "there"]
    lines = run(GLASSH, "-v", *words).stderr.splitlines()
    assert [line for line in lines if "no effect" in line] == told
    assert run(GLASSH, *words).stderr == ""


@pytest.mark.parametrize("user", ["me", "DOM\\u", "a b", "a$b", "a*b", "a~b", "a-b", "a%b",
                                  "a\\", "a -b", "-x", "a;b", "a`b", "a\tb", "a(b", "a'b"])
def test_users_are_refused_whom_ssh_refuses(user):
    for program in (GLASSH, SSH):
        result = run(program, "-F", "none", "-oProxyCommand=true", "-l", user, "there")
        assert result.returncode == 255
        refused = "remote username contains invalid characters" in result.stderr
        assert refused == (user in ("a\\", "a -b", "-x", "a;b", "a`b", "a\tb", "a(b", "a'b"))


@pytest.mark.parametrize("words", [["there", "x"], ["-s", "there", "sftp"], ["-N", "there", "x"], ["-G", "there", "x"]])
def test_there_is_one_command(both, words):
    for result in both("RemoteCommand y\nHostname 127.0.0.1\nPort 1\n", *words):
        assert (result.returncode, result.stdout) == (255, "")
        assert result.stderr.splitlines() == ["Cannot execute command-line and remote command."]
    for result in both("RemoteCommand none\n", "-G", *words):
        assert result.returncode == 0


def test_a_command_is_no_longer_than_a_message(both):
    words = ["x" * 100 * 1024] * 3
    ours = both("Hostname 127.0.0.1\nPort 1\n", "there", *words)[0]
    told = f"glassh: the command is too long: it has {len(' '.join(words))} octets, and no more than 261120 can be sent\n"
    assert (ours.returncode, ours.stdout, ours.stderr) == (255, "", told)


@pytest.mark.parametrize("command", ["nonsense", "check ", "CHECK"])
def test_an_unknown_command_for_a_control_socket_is_told(both, command):
    for result in both("", "-O", command, "-S", "/nowhere", "there"):
        assert (result.returncode, result.stdout, result.stderr) == (255, "", "Invalid multiplex command.\n")


@pytest.mark.parametrize("command", ["check", "forward", "exit", "stop", "cancel", "proxy"])
def test_a_control_socket_that_is_not_there_is_told(both, command):
    for result in both("", "-O", command, "-S", "/nowhere", "there"):
        assert result.returncode == 255
        assert result.stderr.splitlines()[-1] == "Control socket connect(/nowhere): No such file or directory"


@pytest.mark.parametrize("words", [["-s", "there"], ["-s", "-G", "there"], ["-s", "-oRemoteCommand=sftp", "there"]])
def test_a_subsystem_needs_a_name(both, words):
    for result in both("Hostname 127.0.0.1\nPort 1\n", *words):
        assert (result.returncode, result.stdout) == (255, "")
        assert result.stderr.startswith("You must specify a subsystem to invoke.\nusage: ")


@pytest.mark.parametrize("words", [["-N"], ["-N", "-t"], ["-t", "-N"], ["-tt"], ["-T"], ["-N", "-oRequestTTY=yes"], []])
def test_whether_there_is_a_terminal_is_printed_as_ssh_does(both, words):
    asked = [re.findall(r"^requesttty .*$", result.stdout, re.M) for result in both("", *words, "-G", "there")]
    assert asked[0] == asked[1] != []
