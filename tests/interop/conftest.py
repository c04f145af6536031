# SPDX-License-Identifier: BSD-2-Clause
import pytest

import peers


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    return peers.Place(tmp_path_factory.mktemp("place"))


@pytest.fixture(scope="session")
def sshd(place):
    with peers.Sshd(place) as server:
        yield server


TALKATIVE = {"LogLevel": "DEBUG1"}  # the log tells of each key exchange


@pytest.fixture(scope="session")
def talkative_sshd(place):
    with peers.Sshd(place, options=TALKATIVE) as server:
        yield server


@pytest.fixture(scope="session")
def talkative_glasshd(place):
    with peers.Glasshd(place, options=TALKATIVE) as server:
        yield server


@pytest.fixture(scope="session")
def glasshd(place):
    with peers.Glasshd(place) as server:
        yield server
