# SPDX-License-Identifier: BSD-2-Clause
"""-T of glasshd and of the sshd that is installed: the same files, the same connections, the same lines."""
import os
import re
import subprocess

import pytest

import peers

GLASSHD, SSHD = peers.program("glasshd"), peers.program("sshd")
pytestmark = pytest.mark.skipif(not SSHD, reason="needs sshd")

# Of other algorithms, other defaults, or what one of the two has not built.
DIFFERENT = {"ciphers", "macs", "kexalgorithms", "hostkeyalgorithms", "pubkeyacceptedalgorithms", "requiredrsasize",
             "allowagentforwarding", "allowstreamlocalforwarding", "allowtcpforwarding", "pidfile", "persourcepenalties"}

FILES = {
    "nothing": "",
    "usual": "Port 2222\nListenAddress 127.0.0.1\nListenAddress [::1]:22\nPermitRootLogin no\nPubkeyAuthentication yes\n"
             "PasswordAuthentication no\nAcceptEnv LANG LC_*\nAcceptEnv X\nSubsystem sftp /usr/lib/sftp-server -l INFO\n"
             "MaxAuthTries 3\nMaxStartups 5:20:50\nClientAliveInterval 5m\nLoginGraceTime 1m30s\nLogLevel debug\n",
    "case and equals": "port=2200\nBANNER /b\nSyslogFacility daemon\nUseDNS yes\nGatewayPorts no\nPermitOpen host:1 [::1]:*\n"
                       "PermitListen *:80 host:81\nIgnoreRhosts shosts-only\nRekeyLimit 1G 1h\nSetEnv A=1 B=2\n",
    "users": "AllowUsers a b@10.0.0.0/8\nDenyUsers c\nAllowGroups *\nAuthorizedKeysFile a %h/b\nForceCommand echo \"a b\"\n"
             "AllowUsers d\nPermitUserEnvironment LANG,LC_*\nVersionAddendum none\nDisableForwarding yes\n",
    "match user": "Banner /all\nAcceptEnv A\nMatch User ann\nBanner /ann\nAcceptEnv B\nMaxSessions 2\n"
                  "Match User a*\nBanner /a\nAcceptEnv C\nMaxAuthTries 1\nMatch all\nClientAliveCountMax 9\n",
    "match group": "Match Group root\nPermitTTY no\nMatch Group *,!root\nX11Forwarding no\nPermitRootLogin no\n",
    "match address": "Match Address 10.0.0.0/8,!10.1.0.0/16\nPubkeyAuthentication no\nMatch Address ::1/128\nLogLevel QUIET\n"
                     "Match LocalAddress 10.*\nMaxSessions 1\nMatch LocalPort 2222\nMaxAuthTries 2\n",
    "match host": "Match Host *.Example.org,!bad.*\nForceCommand x\nMatch Host \"h i\" User ann\nForceCommand y\n",
    "match quoted": "Match User \"ann,bob\" Address=10.0.0.1\nPermitRootLogin yes\nMatch User=cat\nBanner none\n",
    "match global": "Match User bob\nBanner /b\nMatch all\nPort 77\nUseDNS no\nBanner /all\n",
}

BASE = "host=client.example.org,addr=10.0.0.1,laddr=10.0.0.9,lport=2222"
CONNECTIONS = [None, *(f"user={user},{BASE}" for user in ("ann", "amy", "root", "nobody", "cat")),
               "user=ann,host=bad.example.org,addr=10.1.0.1,laddr=::1,lport=22", "user=ann,host=h i,addr=::1,laddr=::1,lport=22"]

WRONG = ["Nonsense yes", "Port x", "Port", "PermitRootLogin maybe", "Match", "Match foo x", "Match user", "Match all user x",
         "Match address 10.0.0.1/8", "Match user x\nPort 22", "Match user x\nNonsense y", "MaxStartups 1:2", "Subsystem sftp",
         "AllowUsers a@10.0.0.1/8", "AuthenticationMethods foo", "PermitOpen x", "AcceptEnv A=b", "LoginGraceTime x",
         "AuthorizedKeysCommand x", "ForceCommand", "ListenAddress a b", "Banner \"x"]


@pytest.fixture(scope="module")
def host_key(tmp_path_factory):
    key = tmp_path_factory.mktemp("keys") / "host"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    return key


def run(program, path, host_key, *words):
    if os.geteuid() == 0:
        os.makedirs("/run/sshd", exist_ok=True)  # sshd does not start without it
    command = [program, "-f", path, "-h", host_key, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)


def effective(done):
    """Keyword to all its values, in any order."""
    assert done.returncode == 0, done
    values = {}
    for line in done.stdout.splitlines():
        keyword, _, value = line.partition(" ")
        values.setdefault(keyword, []).append(value)
    return {keyword: sorted(lines) for keyword, lines in values.items()}


@pytest.mark.parametrize("connection", CONNECTIONS)
@pytest.mark.parametrize("name", FILES)
def test_what_holds_is_printed_as_sshd_does(tmp_path, host_key, name, connection):
    path = tmp_path / "config"
    if not connection and "LocalPort" in FILES[name]:
        pytest.skip("sshd wants to know the port")
    path.write_text(FILES[name])
    words = ["-T", *(["-C", connection] if connection else [])]
    ours, theirs = (effective(run(program, path, host_key, *words)) for program in (GLASSHD, SSHD))
    both = set(ours) & set(theirs) - DIFFERENT
    assert len(both) > 30
    assert {keyword: ours[keyword] for keyword in both} == {keyword: theirs[keyword] for keyword in both}


@pytest.mark.parametrize("text", WRONG)
def test_what_sshd_refuses_is_refused_with_the_same_status_and_line(tmp_path, host_key, text):
    path = tmp_path / "config"
    path.write_text(f"# a comment\n{text}\n")
    ours, theirs = (run(program, path, host_key, "-t") for program in (GLASSHD, SSHD))
    assert theirs.returncode == ours.returncode == 255, (ours, theirs)
    line = re.search(r"line (\d+)", theirs.stderr)
    if line:
        assert f"{path} line {line[1]}: " in ours.stderr or f"{path}: line {line[1]}: " in ours.stderr
