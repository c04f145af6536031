# SPDX-License-Identifier: BSD-2-Clause
import pytest

from glasshd_server import Keys, Server
from person import Person


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def people(keys):
    made = [Person(keys), Person(keys)]
    yield made
    for person in made:
        person.remove()


@pytest.fixture
def start(tmp_path, keys):
    running = []

    def start(**options):
        settings = {"AuthorizedKeysFile": ".ssh/authorized_keys", "StrictModes": "yes", **options}
        running.append(Server(tmp_path, keys, **settings).__enter__())
        return running[-1]

    yield start
    for server in running:
        server.__exit__()
