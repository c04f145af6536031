# SPDX-License-Identifier: BSD-2-Clause
"""What keywords do in a running server."""
import re
import subprocess

import pytest

from glasshd_server import USER, Server


@pytest.fixture
def start(tmp_path, keys):
    running = []

    def start(block="", authorized=None, **options):
        server = Server(tmp_path, keys, authorized=authorized, **options)
        with server.config.open("a") as config:
            config.write(block)
        running.append(server.__enter__())
        return server

    yield start
    for server in running:
        server.__exit__()


@pytest.mark.parametrize("accepted, announced", [
    ("ssh-ed25519,rsa-sha2-512", {"ssh-ed25519", "rsa-sha2-512"}),
    ("-*ed25519*,ecdsa-*", {"rsa-sha2-512", "rsa-sha2-256"}),
])
def test_what_is_accepted_is_announced(start, accepted, announced):
    server = start(PubkeyAcceptedAlgorithms=accepted)
    told = re.search(rb"server-sig-algs=<(.*)>", server.ssh("true", options=["-v"]).stderr)
    assert set(told[1].decode().split(",")) == announced


def test_what_is_accepted_from_an_address_is_announced_there(start):
    server = start(block="Match Address 127.0.0.0/8\n PubkeyAcceptedAlgorithms ssh-ed25519\n")
    assert b"server-sig-algs=<ssh-ed25519>" in server.ssh("true", options=["-v"]).stderr


@pytest.mark.parametrize("value, chosen", [("no", b"none"), ("yes", b"zlib@openssh.com"), ("delayed", b"zlib@openssh.com")])
def test_what_is_sent_is_compressed_where_clients_may_ask_for_it(start, value, chosen):
    done = start(Compression=value).ssh("true", options=["-v", "-C"])
    assert done.returncode == 0
    assert set(re.findall(rb"kex: .* compression: (\S+)", done.stderr)) == {chosen}


def test_only_accepted_algorithms_let_in(start):
    server = start(PubkeyAcceptedAlgorithms="-ssh-ed25519")
    assert b"Permission denied" in server.ssh("true").stderr


@pytest.mark.parametrize("bits, status", [(2048, 0), (3072, 255)])
def test_rsa_keys_need_the_required_size(start, tmp_path, bits, status):
    key = tmp_path / "rsa"
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", key], check=True)
    server = start(authorized=(tmp_path / "rsa.pub").read_text(), RequiredRSASize=bits)
    assert server.ssh("true", key=key).returncode == status


def test_the_name_of_the_client_counts_if_it_is_looked_up(start, keys):
    block = "Match Host localhost\nForceCommand echo by name\n"
    authorized = f'from="localhost" {keys.public("user")}'
    assert start(block, authorized, UseDNS="yes").output("echo asked") == "by name\n"


def test_without_names_only_the_address_counts(start, keys):
    block = "Match Host localhost\nForceCommand echo by name\n"
    server = start(block, f'from="localhost" {keys.public("user")}')
    assert b"Permission denied" in server.ssh("true").stderr
    assert server.logs("its from= does not have the client's address")


@pytest.mark.parametrize("use_dns, status", [("yes", 0), ("no", 255)])
def test_users_are_allowed_by_the_clients_name(start, use_dns, status):
    assert start(UseDNS=use_dns, AllowUsers=f"{USER}@local*").ssh("true").returncode == status


@pytest.mark.parametrize("value, shown", [("no", ""), ("yes", "1 2"), ("B*", " 2")])
def test_a_key_sets_variables_as_far_as_is_permitted(start, keys, value, shown):
    authorized = f'environment="AA=1",environment="BB=2",environment="LD_X=3" {keys.public("user")}'
    server = start(authorized=authorized, PermitUserEnvironment=value)
    assert server.output('echo "$AA $BB$LD_X"').strip() == shown.strip()


def test_the_log_is_as_loud_as_the_users_match_says(start):
    server = start(f"Match User {USER}\nLogLevel QUIET\n")
    server.output("true")
    server.ssh("true", user="somebody")
    assert server.logs("Failed publickey for invalid user somebody|Invalid user somebody")
    assert f"Accepted publickey for {USER}" not in server.log()
