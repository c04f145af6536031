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


@pytest.fixture(scope="module")
def person(keys):
    made = Person(keys)
    yield made
    made.remove()


@pytest.fixture
def other_root(keys):
    """Somebody with the user number 0, and with groups of their own."""
    made = Person(keys, groups=["games"], options=["--non-unique", "--uid", "0", "--gid", "users"])
    yield made
    made.remove()


@pytest.fixture
def kind():
    """What start() makes; a file of tests may have one of its own."""
    return Server


@pytest.fixture
def start(tmp_path, keys, kind):
    running = []

    def start(**options):
        settings = {"AuthorizedKeysFile": ".ssh/authorized_keys", "StrictModes": "yes", **options}
        running.append(kind(tmp_path, keys, **settings).__enter__())
        return running[-1]

    yield start
    for server in running:
        server.__exit__()
