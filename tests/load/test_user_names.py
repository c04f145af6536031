# SPDX-License-Identifier: BSD-2-Clause
"""Attempts to log in that fail tell nobody whether the user exists: neither the octets of the answers nor the time
that they take. LOAD_FULL=1 takes enough samples to see some ten microseconds."""
import collections
import concurrent.futures
import os
import statistics
import subprocess

import pytest

import samples
from glasshd_server import BUILD, Server
from person import Person
from shared import change_users
from test_server_pam import UNIX, PamServer, can_have_mounts

pytestmark = [pytest.mark.skipif(not can_have_mounts(), reason="needs root to make users and mount namespaces"),
              pytest.mark.alone]
FULL = os.environ.get("LOAD_FULL") == "1"
# Without the pause of two seconds that pam_unix asks for: it would cover everything.
AT_ONCE = ["auth required pam_unix.so nodelay", *UNIX[1:]]
SERVERS = {"plain": None, "PAM": AT_ONCE, "PAM's pause": UNIX}
# Who judges and the method: connections as each user; attempts of each connection; how many connections at a time. A
# password costs 30 ms, PAM's no 250.
SIZES = {
    ("plain", "none"): (5000, 3, 1), ("plain", "query"): (2500, 3, 1), ("plain", "publickey"): (2500, 3, 1),
    ("plain", "password"): (400, 3, 1), ("plain", "keyboard-interactive"): (400, 3, 1),
    ("PAM", "none"): (500, 3, 1), ("PAM", "query"): (500, 3, 1), ("PAM", "publickey"): (500, 3, 1),
    ("PAM", "password"): (200, 1, 2), ("PAM", "keyboard-interactive"): (200, 1, 2),
    ("PAM's pause", "password"): (30, 1, 4), ("PAM's pause", "keyboard-interactive"): (30, 1, 4),
} if FULL else {
    ("plain", "none"): (24, 1, 2), ("plain", "query"): (12, 1, 2), ("plain", "publickey"): (12, 1, 2),
    ("plain", "password"): (12, 1, 2), ("plain", "keyboard-interactive"): (12, 1, 2),
    ("PAM", "password"): (12, 1, 4), ("PAM", "keyboard-interactive"): (12, 1, 4),
}
REPEATS = 1 if FULL else 4
# Who exists, and what was done to them.
KINDS = {"usual": "", "without keys": "", "locked": "usermod --lock {}", "no login": "usermod --shell /usr/sbin/nologin {}",
         "no shell": "usermod --shell /no/such/shell {}", "expired": "usermod --expiredate 1 {}",
         "password expired": "chage --lastday 0 {}", "not listed": "", "denied": "", "group denied": "usermod --groups games {}"}


@pytest.fixture(scope="module")
def names(keys):
    """By what is special about them."""
    people = {}
    try:
        for what, command in KINDS.items():
            people[what] = Person(keys)
            if command:
                change_users(*command.format(people[what].name).split(), check=True)
        people["without keys"].write_keys("")
        yield {"missing": "gtnosuch0000", **{what: person.name for what, person in people.items()}}
    finally:
        for person in people.values():
            person.remove()


@pytest.fixture(scope="module")
def serve(tmp_path_factory, keys, names):
    """The server with what judges there; each is started once."""
    running = {}
    listed = " ".join(name for what, name in names.items() if what != "not listed")
    options = {"AuthorizedKeysFile": ".ssh/authorized_keys", "StrictModes": "yes", "PasswordAuthentication": "yes",
               "MaxAuthTries": 100, "MaxStartups": 1000, "AllowUsers": listed, "DenyUsers": names["denied"],
               "DenyGroups": "games"}

    def serve(judge):
        if judge not in running:
            path, service = tmp_path_factory.mktemp("server"), SERVERS[judge]
            server = PamServer(path, keys, service, **options) if service else Server(path, keys, **options)
            running[judge] = server.__enter__()
        return running[judge]

    yield serve
    for server in running.values():
        server.__exit__()


def probe(server, keys, names, method, rounds, tries, parallel):
    """By what is special about the user: microseconds of an attempt, the median of each connection, because those of
    one are no chances of their own; and how long the answers were."""
    command = [BUILD / "tests/load_probe", server.port, keys.path / "other", rounds // parallel, tries, method,
               *names.values()]

    def tell(_):
        return subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True).stdout
    with concurrent.futures.ThreadPoolExecutor(parallel) as probes:
        rows = [[int(word) for word in line.split()] for told in probes.map(tell, range(parallel)) for line in
                told.splitlines()]
    times, lengths = collections.defaultdict(list), collections.defaultdict(set)
    for at in range(0, len(rows), tries):
        what = list(names)[rows[at][0]]
        times[what].append(statistics.median(microseconds for _, microseconds, _ in rows[at:at + tries]))
        lengths[what].update(octets for _, _, octets in rows[at:at + tries])
    return times, lengths


def differences(times, method):
    """By what is special about each user that is not like the one that is missing, and whether it takes longer: what the
    difference is."""
    base, wrong = times["missing"], {}
    for what, found in times.items():
        t = samples.welch_t(*samples.without_tail(found, base))
        p, chance = samples.ks_p(found, base), samples.chance_of_longer(found, base)
        line = f"{method:<20} {what:<16} {len(found):>6} x {statistics.median(found):>8.0f} us  t {t:>7.2f}  " \
               f"KS p {p:.4f}  longer than missing {chance:.3f}"
        print(line)
        if abs(chance - 0.5) > 0.25 or (FULL and (abs(t) > 4.5 or p < 0.01 / (len(SIZES) * len(KINDS)))):
            wrong[what, chance > 0.5] = line
    return wrong


@pytest.mark.parametrize("judge, method", SIZES)
def test_users_are_alike(serve, keys, names, judge, method):
    """Few samples of a busy machine may differ by chance, but not those of the same user in the same direction each time."""
    wrong = {}
    for repeat in range(REPEATS):
        times, lengths = probe(serve(judge), keys, names, method, *SIZES[judge, method])
        assert len(set().union(*lengths.values())) == 1, f"answers of so many octets: {lengths}"
        found = differences(times, method)
        wrong = {what: found[what] for what in found if repeat == 0 or what in wrong}
        if not wrong:
            return
    pytest.fail("\n".join(wrong.values()))


@pytest.mark.parametrize("method", ["password", "keyboard-interactive"])
def test_the_password_of_a_missing_user_is_hashed(serve, keys, names, method):
    """The whole of the answer's time is the hash's: the difference is seen by any single attempt."""
    times, _ = probe(serve("plain"), keys, names, method, 1, 3, 1)
    assert min(times["missing"]) > min(times["usual"]) / 2, times
