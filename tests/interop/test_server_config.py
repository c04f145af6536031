# SPDX-License-Identifier: BSD-2-Clause
"""-T of glasshd and of the sshd that is installed: the same files, the same connections, the same lines."""
import os
import re
import subprocess

import pytest

import peers

GLASSHD, SSHD = peers.program("glasshd"), peers.program("sshd")
pytestmark = pytest.mark.skipif(not SSHD, reason="needs sshd")

# What both print and does not agree, because it is not so here.
DIFFERENT = {
    **{keyword: "other algorithms are built in"
       for keyword in ("ciphers", "macs", "kexalgorithms", "hostkeyalgorithms", "pubkeyacceptedalgorithms")},
    "requiredrsasize": "below 2048 bits there are no RSA keys",
    **{keyword: "there are no forwardings yet"
       for keyword in ("allowagentforwarding", "allowstreamlocalforwarding", "allowtcpforwarding")},
    "ipqos": "packets are not marked",
}
# What only sshd prints: which algorithms something may have that there is not.
THEIRS = {
    "casignaturealgorithms": "certificates",
    "hostbasedacceptedalgorithms": "the login by host",
    "gssapikexalgorithms": "the key exchange by GSSAPI",
}
# What only glasshd prints, or only newer ones of sshd do.
OURS = {"logformat", "pamservicename", "persourcepenalties", "persourcepenaltyexemptlist",
        # where sshd is built without them
        "gssapiauthentication", "gssapicleanupcredentials", "gssapikeyexchange", "gssapistrictacceptorcheck",
        "gssapistorecredentialsonrekey", "kerberosauthentication", "kerberosorlocalpasswd", "kerberosticketcleanup",
        "unusedconnectiontimeout"}

FILES = {
    "nothing": "",
    "usual": "Port 2222\nListenAddress 127.0.0.1\nListenAddress [::1]:22\nPermitRootLogin no\nPubkeyAuthentication yes\n"
             "PasswordAuthentication no\nAcceptEnv LANG LC_*\nAcceptEnv X\nSubsystem sftp /usr/lib/sftp-server -l INFO\n"
             "MaxAuthTries 3\nMaxStartups 5:20:50\nClientAliveInterval 5m\nLoginGraceTime 1m30s\nLogLevel debug\n",
    "case and equals": "port=2200\nBANNER /b\nSyslogFacility daemon\nUseDNS yes\nGatewayPorts no\nPermitOpen host:1 [::1]:*\n"
                       "PermitListen *:80 host:81\nIgnoreRhosts shosts-only\nRekeyLimit 1G 1h\nSetEnv A=1 B=2\n",
    "users": "AllowUsers a b@10.0.0.0/8\nDenyUsers c\nAllowGroups *\nAuthorizedKeysFile a %h/b\nForceCommand echo \"a b\"\n"
             "AllowUsers d\nPermitUserEnvironment LANG,LC_*\nVersionAddendum none\nDisableForwarding yes\n",
    "without effect": "X11DisplayOffset 20\nX11UseLocalhost no\nStreamLocalBindMask 0111\nStreamLocalBindUnlink yes\nXAuthLocation /x\n"
                      "ModuliFile /m\nCompression delayed\nFingerprintHash sha256\nHostbasedUsesNameFromPacketOnly YES\n"
                      "IgnoreUserKnownHosts yes\nAuthorizedPrincipalsCommandUser nobody\nSecurityKeyProvider /p\nIPQoS none\n"
                      "TrustedUserCAKeys none\nRevokedKeys none\nX11DisplayOffset 21\nHostbasedAuthentication no\n"
                      "Match User ann\nX11DisplayOffset 30\nMatch Address 10.0.0.0/8\nX11UseLocalhost yes\n",
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
    return subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)


def effective(done):
    """Keyword to all its values, in any order of these."""
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
    assert set(theirs) - set(ours) <= set(THEIRS)
    assert set(ours) - set(theirs) <= OURS
    both = set(ours) & set(theirs) - set(DIFFERENT)
    assert {keyword: ours[keyword] for keyword in both} == {keyword: theirs[keyword] for keyword in both}
    assert [keyword for keyword in ours if keyword in theirs] == [keyword for keyword in theirs if keyword in ours]


@pytest.mark.parametrize("words", [
    ["-4"], ["-6"], ["-4", "-6"], ["-64"], ["-oAddressFamily=inet6", "-4"], ["-4", "-oAddressFamily=inet6"],
    ["-q"], ["-q", "-oLogLevel=DEBUG"], ["-oLogLevel=DEBUG", "-q"],
    ["-g", "30"], ["-g1m30s"], ["-g", "0"], ["-g1", "-g2"], ["-oLoginGraceTime=9", "-g2"], ["-g2", "-oLoginGraceTime=9"],
])
def test_options_for_keywords_count_as_for_sshd(tmp_path, host_key, words):
    path = tmp_path / "config"
    path.write_text("AddressFamily any\nLogLevel VERBOSE\nLoginGraceTime 77\n")
    ours, theirs = (effective(run(program, path, host_key, "-T", *words)) for program in (GLASSHD, SSHD))
    for keyword in ("addressfamily", "listenaddress", "loglevel", "logingracetime"):
        assert ours[keyword] == theirs[keyword]


@pytest.mark.parametrize("words", [["-g", "x"], ["-g", "-1"], ["-g"]])
def test_no_time_is_refused_with_the_status_of_sshd(tmp_path, host_key, words):
    path = tmp_path / "config"
    path.write_text("")
    ours, theirs = (run(program, path, host_key, "-t", *words) for program in (GLASSHD, SSHD))
    assert ours.returncode == theirs.returncode == 1
    assert "invalid time value" in ours.stderr or "usage: glasshd" in ours.stderr


def test_what_is_said_to_differ_does(tmp_path, host_key):
    path = tmp_path / "config"
    path.write_text("")
    ours, theirs = (effective(run(program, path, host_key, "-T")) for program in (GLASSHD, SSHD))
    assert not [keyword for keyword in DIFFERENT if ours[keyword] == theirs[keyword]]
    assert not set(THEIRS) & set(ours)


# What is not a comment in the file that Debian 12 installs.
DEBIAN = """Include /etc/ssh/sshd_config.d/*.conf
KbdInteractiveAuthentication no
UsePAM yes
X11Forwarding yes
PrintMotd no
AcceptEnv LANG LC_*
Subsystem	sftp	/usr/lib/openssh/sftp-server
"""


def test_what_to_change_in_debians_file_is_told_and_enough(tmp_path, host_key):
    path = tmp_path / "config"
    path.write_text(DEBIAN)
    refused = run(GLASSHD, path, host_key, "-t")
    assert refused.returncode == 255
    assert refused.stderr == (
        f'{path} line 4: unsupported option "yes" of keyword x11forwarding: X11 is never forwarded; write "X11Forwarding no"'
        f" or leave the line out.\n{path}: terminating, 1 bad configuration options\n")
    path.write_text(DEBIAN.replace("X11Forwarding yes", re.search('"(X11Forwarding .*?)"', refused.stderr)[1]))
    done = run(GLASSHD, path, host_key, "-t")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("text", WRONG)
def test_what_sshd_refuses_is_refused_with_the_same_status_and_line(tmp_path, host_key, text):
    path = tmp_path / "config"
    path.write_text(f"# a comment\n{text}\n")
    ours, theirs = (run(program, path, host_key, "-t") for program in (GLASSHD, SSHD))
    assert theirs.returncode == ours.returncode == 255, (ours, theirs)
    line = re.search(r"line (\d+)", theirs.stderr)
    if line:
        assert f"{path} line {line[1]}: " in ours.stderr or f"{path}: line {line[1]}: " in ours.stderr


@pytest.mark.parametrize("before, line", [
    *(("Port 22", line) for line in ("Ciphers bogus", "Ciphers aes128-ctr,bogus", "MACs ^bogus", "KexAlgorithms +bogus",
                                     "HostKeyAlgorithms bogus", "PubkeyAcceptedAlgorithms ssh-ed25519,bogus")),
    ("Match User ann", "PubkeyAcceptedAlgorithms +bogus"), ("Match User ann", "PubkeyAcceptedKeyTypes bogus"),
])
def test_a_bad_list_is_told_with_its_place_in_the_words_of_sshd(tmp_path, host_key, before, line):
    path = tmp_path / "config"
    path.write_text(f"{before}\n  {line}\n")
    ours, theirs = (run(program, path, host_key, "-t") for program in (GLASSHD, SSHD))
    words = next(words for words in theirs.stderr.splitlines() if words.startswith(f"{path} line 2: Bad "))
    assert ours.returncode == theirs.returncode == 255
    assert ours.stderr.lower().startswith(words.lower())  # "mac" is MAC here, as ssh says it
    assert ours.stderr.endswith(" No such name is known: bogus.\n")


@pytest.mark.parametrize("mode", ["-t", "-T", "-D"])
@pytest.mark.parametrize("level", ["INFO", "QUIET"])
def test_a_host_without_address_is_told_in_the_words_of_sshd(tmp_path, host_key, mode, level):
    path, log = tmp_path / "config", tmp_path / "log"
    path.write_text(f"LogLevel {level}\nListenAddress no..host\nListenAddress none..such:22\n")
    ours, theirs = run(GLASSHD, path, host_key, mode, "-E", log), run(SSHD, path, host_key, mode)
    assert (ours.returncode, ours.stdout, log.read_text()) == (theirs.returncode, theirs.stdout, "") == (255, "", "")
    told = ours.stderr.splitlines()
    assert told[:1] == theirs.stderr.splitlines()  # who goes on to the next
    assert told[1:] == [told[0].replace("no..host", "none..such")]


def test_names_to_listen_at_are_printed_as_their_addresses(tmp_path, host_key):
    path = tmp_path / "config"
    path.write_text("Port 22\nPort 23\nListenAddress localhost:2200\nListenAddress ::1\nListenAddress localhost\n")
    ours, theirs = (effective(run(program, path, host_key, "-T")) for program in (GLASSHD, SSHD))
    assert ours["listenaddress"] == theirs["listenaddress"]
    assert "127.0.0.1:2200" in ours["listenaddress"]
