# SPDX-License-Identifier: BSD-2-Clause
"""Every shared key exchange, cipher, MAC and key type with every peer, in both roles: logs in, echoes
octets both ways through a rekey, which an end has to tell of, and returns the exit status. Every pair of
two values meets in some row; INTEROP_FULL=1 takes every combination, and 16 MiB in each."""
import itertools
import os
import shutil
import subprocess

import pytest

import pairwise
import peers
from peers import AEADS, CIPHERS, KEXES, MACS, SIGNATURES

pytestmark = pytest.mark.apart
FULL = bool(os.environ.get("INTEROP_FULL"))
PROTECTIONS = [(cipher, None) for cipher in AEADS] + list(itertools.product(CIPHERS, MACS))
SMALL, LARGE = 96 * 1024, 16 * 1024 * 1024
SIZE, LIMIT = (LARGE, "6M") if FULL else (SMALL, "64K")
REKEYS = {"RekeyLimit": LIMIT}
TALKATIVE_REKEYS = {**REKEYS, "LogLevel": "DEBUG1"}


def algorithms_of(kex, protection, host_key, signature=None):
    cipher, mac = protection
    rows = {"KexAlgorithms": kex, "Ciphers": cipher, "HostKeyAlgorithms": host_key}
    if mac:
        rows["MACs"] = mac
    if signature:
        rows["PubkeyAcceptedAlgorithms"] = signature
    return rows


def name_of(row):
    kex, (cipher, mac), *others = row
    return "-".join(filter(None, [kex, cipher, mac, *others]))


def rows_of(kexes, protections, signatures):
    """The host's key is of the first signature, the user's of the second one. With every combination they are the
    same: which two meet does not matter to the rest."""
    if FULL:
        return [(*row, row[-1]) for row in itertools.product(kexes, protections, signatures)]
    return pairwise.rows_of(kexes, protections, signatures, signatures)


def rotated(kexes, protections, signatures):
    """As many rows as the longest column; every value at least once. Both keys are of the same type."""
    if FULL:
        return list(itertools.product(kexes, protections, signatures))
    columns = kexes, protections, signatures
    return list(itertools.islice(zip(*map(itertools.cycle, columns)), max(map(len, columns))))


def assert_echoes(client, server, size=SIZE, rekeys=1, **arguments):
    wrong = peers.echo(client, server, size, rekeys=rekeys, **arguments)
    assert wrong is None, f"{wrong}\n--- {server.name} ---\n{server.text()[-3000:]}"


@pytest.mark.parametrize("row", rows_of(KEXES, PROTECTIONS, list(SIGNATURES)), ids=name_of)
@pytest.mark.parametrize("client_kind, server_name", [(peers.Glassh, "talkative_sshd"), (peers.Ssh, "talkative_glasshd")],
                         ids=["to-sshd", "from-ssh"])
def test_openssh(request, client_kind, server_name, row):
    server = request.getfixturevalue(server_name)
    *algorithms, signature = row
    assert_echoes(client_kind(), server, key_type=SIGNATURES[signature],
                  algorithms=algorithms_of(*algorithms, signature), options=REKEYS)


@pytest.mark.parametrize("protection", PROTECTIONS, ids=lambda protection: "-".join(filter(None, protection)))
@pytest.mark.parametrize("client_kind, server_name", [
    (peers.Glassh, "talkative_sshd"), (peers.Ssh, "talkative_glasshd"), (peers.Glassh, "talkative_glasshd")],
    ids=["to-sshd", "from-ssh", "ours"])
def test_16_mib_with_rekeys(request, client_kind, server_name, protection):
    server = request.getfixturevalue(server_name)
    algorithms = algorithms_of("curve25519-sha256", protection, "ssh-ed25519")
    assert_echoes(client_kind(), server, LARGE, rekeys=2, algorithms=algorithms, options={"RekeyLimit": "6M"})


@pytest.mark.parametrize("client_kind, server_name", [
    (peers.Glassh, "talkative_sshd"), (peers.Ssh, "talkative_glasshd"), (peers.Glassh, "talkative_glasshd")],
    ids=["to-sshd", "from-ssh", "ours"])
def test_compression(request, place, tmp_path, client_kind, server_name):
    """From a file, which fills as many packets at once as there may be; twice, because the second login is a faster
    one."""
    server = request.getfixturevalue(server_name)
    file = tmp_path / "data"
    file.write_bytes(os.urandom(LARGE // 2) + bytes(LARGE // 2))
    command = client_kind().command(server, "cat; exit 7", options={"Compression": "yes", "RekeyLimit": "2M"})
    for _ in range(2):
        before = server.exchanges()
        with file.open("rb") as data:
            result = subprocess.run([str(word) for word in command], stdin=data, capture_output=True, timeout=300,
                                    env=place.environment)
        assert result.returncode == 7, (result.stderr, server.text()[-3000:])
        assert result.stdout == file.read_bytes()
        assert server.exchanges() - before > 1


@pytest.mark.parametrize("row", rotated(KEXES, PROTECTIONS, list(SIGNATURES)), ids=name_of)
def test_the_server_may_start_the_rekey(place, row):
    """The limit is the stock server's, the client has none."""
    with peers.Sshd(place, options=TALKATIVE_REKEYS) as server:
        assert_echoes(peers.Glassh(), server, max(SIZE, SMALL * 4), algorithms=algorithms_of(*row))


DROPBEAR_PROTECTIONS = [("chacha20-poly1305@openssh.com", None), ("aes128-ctr", "hmac-sha2-256"),
                        ("aes256-ctr", "hmac-sha2-256")]
DROPBEAR_SIGNATURES = ["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-256"]
DROPBEAR_KEXES = ["curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384",
                  "ecdh-sha2-nistp521", "diffie-hellman-group14-sha256"]


@pytest.fixture(scope="session")
def dropbear(place):
    if shutil.which("unshare") is None or peers.os.geteuid() != 0:
        pytest.skip("dropbear's authorized_keys can only be replaced by root")
    with peers.Dropbear(place) as server:
        yield server


@pytest.mark.parametrize("row", rows_of(DROPBEAR_KEXES, DROPBEAR_PROTECTIONS, DROPBEAR_SIGNATURES), ids=name_of)
def test_to_dropbear(dropbear, row):
    *algorithms, signature = row
    assert_echoes(peers.Glassh(), dropbear, key_type=SIGNATURES[signature],
                  algorithms=algorithms_of(*algorithms, signature), options=REKEYS)


@pytest.mark.parametrize("row", rotated(DROPBEAR_KEXES, DROPBEAR_PROTECTIONS, DROPBEAR_SIGNATURES), ids=name_of)
def test_from_dbclient(place, row):
    with peers.Glasshd(place, algorithms_of(*row), options=TALKATIVE_REKEYS) as server:
        assert_echoes(peers.Dbclient(), server, key_type=SIGNATURES[row[2]])


# PuTTY 0.78 has no hmac-sha2-512.
PLINK_PROTECTIONS = [pair for pair in PROTECTIONS if not str(pair[1]).startswith("hmac-sha2-512")]


@pytest.mark.parametrize("row", rotated(KEXES, PLINK_PROTECTIONS, list(SIGNATURES)), ids=name_of)
def test_from_plink(place, row):
    with peers.Glasshd(place, algorithms_of(*row), options=TALKATIVE_REKEYS) as server:
        assert_echoes(peers.Plink(), server, key_type=SIGNATURES[row[2]])


PARAMIKO_PROTECTIONS = list(itertools.product(CIPHERS, MACS))
PARAMIKO_KEXES = ["curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521",
                  "diffie-hellman-group14-sha256", "diffie-hellman-group16-sha512"]


@pytest.mark.parametrize("row", rotated(PARAMIKO_KEXES, PARAMIKO_PROTECTIONS, list(SIGNATURES)), ids=name_of)
def test_from_paramiko(talkative_glasshd, row):
    assert_echoes(peers.Paramiko(), talkative_glasshd, key_type=SIGNATURES[row[2]], algorithms=algorithms_of(*row))


@pytest.mark.parametrize("row", rotated(PARAMIKO_KEXES, PARAMIKO_PROTECTIONS, list(SIGNATURES)), ids=name_of)
def test_to_paramiko(place, row):
    """Its server names no signature algorithms (RFC 8308), so an RSA key would be a guess."""
    key_type = SIGNATURES[row[2]]
    with peers.ParamikoServer(place, {"HostKeyAlgorithms": row[2]}) as server:
        assert_echoes(peers.Glassh(), server, key_type="ed25519" if key_type == "rsa" else key_type,
                      algorithms=algorithms_of(*row), options=REKEYS)


@pytest.mark.parametrize("client_kind", [peers.Dbclient, peers.Plink, peers.Paramiko])
def test_16_mib_from(place, client_kind):
    with peers.Glasshd(place, options={"RekeyLimit": "6M", "LogLevel": "DEBUG1"}) as server:
        assert_echoes(client_kind(), server, LARGE, rekeys=2)


def test_16_mib_to_dropbear(dropbear):
    assert_echoes(peers.Glassh(), dropbear, LARGE, rekeys=2, options={"RekeyLimit": "6M"})


def test_16_mib_to_paramiko(place):
    with peers.ParamikoServer(place) as server:
        assert_echoes(peers.Glassh(), server, LARGE, rekeys=2, options={"RekeyLimit": "6M"})
