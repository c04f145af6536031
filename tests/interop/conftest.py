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


@pytest.fixture(scope="session")
def talkative_sshd(place):
    """One whose log counts the rekeys."""
    with peers.Sshd(place, options={"LogLevel": "DEBUG1"}) as server:
        yield server


@pytest.fixture(scope="session")
def glasshd(place):
    with peers.Glasshd(place) as server:
        yield server
