# SPDX-License-Identifier: BSD-2-Clause
"""Attempts to log in that fail tell nobody whether the user exists: neither the octets of the answers nor the time
that they take. LOAD_FULL=1 takes enough samples to see some ten microseconds."""
import collections
import os
import statistics
import subprocess

import pytest

import samples
from glasshd_server import BUILD, Server
from person import Person, can_make_users
from shared import change_users

pytestmark = [pytest.mark.skipif(not can_make_users(), reason="needs root to make users"), pytest.mark.alone]
FULL = os.environ.get("LOAD_FULL") == "1"
TRIES = 3
# Connections as each user, of so many attempts: a password costs 30 ms each.
ROUNDS = {"none": 5000, "query": 2500, "publickey": 2500, "password": 400} if FULL else \
         {"none": 24, "query": 12, "publickey": 12, "password": 12}
# Where few samples must show nothing, too: the hash outweighs what looking for a user and for keys costs.
ALIKE_AT_ONCE = tuple(ROUNDS)


@pytest.fixture(scope="module")
def names(keys):
    """By what is special about them."""
    people = {what: Person(keys) for what in ("usual", "without keys", "locked", "no login", "no shell")}
    people["without keys"].write_keys("")
    changes = {"locked": "usermod --lock {}", "no login": "usermod --shell /usr/sbin/nologin {}",
               "no shell": "usermod --shell /no/such/shell {}"}
    for what, command in changes.items():
        change_users(*command.format(people[what].name).split(), check=True)
    yield {"missing": "gtnosuch0000", **{what: person.name for what, person in people.items()}}
    for person in people.values():
        person.remove()


@pytest.fixture(scope="module")
def server(tmp_path_factory, keys):
    with Server(tmp_path_factory.mktemp("server"), keys, AuthorizedKeysFile=".ssh/authorized_keys", StrictModes="yes",
                PasswordAuthentication="yes", MaxAuthTries=100, MaxStartups=1000) as server:
        yield server


def probe(server, keys, names, method, rounds):
    """By what is special about the user: microseconds of an attempt, the median of each connection, because those of
    one are no chances of their own; and how long the answers were."""
    command = [BUILD / "tests/load_probe", server.port, keys.path / "other", rounds, TRIES, method, *names.values()]
    told = subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True).stdout
    rows = [[int(word) for word in line.split()] for line in told.splitlines()]
    times, lengths = collections.defaultdict(list), collections.defaultdict(set)
    for at in range(0, len(rows), TRIES):
        what = list(names)[rows[at][0]]
        times[what].append(statistics.median(microseconds for _, microseconds, _ in rows[at:at + TRIES]))
        lengths[what].update(octets for _, _, octets in rows[at:at + TRIES])
    return times, lengths


def differences(times, method):
    """A line for each user that is not like the one that is missing."""
    base, wrong = times["missing"], []
    for what, found in times.items():
        t = samples.welch_t(*samples.without_tail(found, base))
        p, chance = samples.ks_p(found, base), samples.chance_of_longer(found, base)
        line = f"{method:<10} {what:<13} {len(found):>6} x {statistics.median(found):>8.0f} us  t {t:>7.2f}  " \
               f"KS p {p:.4f}  longer than missing {chance:.3f}"
        print(line)
        if abs(chance - 0.5) > 0.25 or (FULL and (abs(t) > 4.5 or p < 0.01 / 20)):
            wrong.append(line)
    return wrong


@pytest.mark.parametrize("method", ROUNDS)
def test_users_are_alike(server, keys, names, method):
    """Few samples of a busy machine may differ by chance, but not three times."""
    for _ in range(1 if FULL else 3):
        times, lengths = probe(server, keys, names, method, ROUNDS[method])
        assert len(set().union(*lengths.values())) == 1, f"answers of so many octets: {lengths}"
        wrong = differences(times, method)
        if not wrong or not (FULL or method in ALIKE_AT_ONCE):
            return
    pytest.fail("\n".join(wrong))


def test_the_password_of_a_missing_user_is_hashed(server, keys, names):
    """The whole of the answer's time is the hash's: the difference is seen by any single attempt."""
    times, _ = probe(server, keys, names, "password", 1)
    assert min(times["missing"]) > min(times["usual"]) / 2, times
