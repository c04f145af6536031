# SPDX-License-Identifier: BSD-2-Clause
"""Any process of a connection is killed at any moment: within two seconds the others of that connection are gone, the
shell was hung up, and nobody else notices. LOAD_KILLS=2000 kills as many. What belongs to a connection is read from
/proc, so that the test knows nothing of the server's structure."""
import collections
import contextlib
import os
import random
import signal
import subprocess
import time

import pytest

import killing
import processes
from glasshd_server import BUILD, Server, USER, connection_inodes, sockets, until
from killing import census, logs_in
from shared import kill

pytestmark = pytest.mark.alone
KILLS = int(os.environ.get("LOAD_KILLS", "30"))
SECONDS = float(os.environ.get("KILL_SECONDS", "2"))
# The shell says in a file how far it came. It looks at signals between its programs.
SHELL = "trap 'echo hup >>{file}; exit' HUP; echo run >{file}; tty && echo ready; while :; do sleep 0.2; done"


@pytest.fixture
def server(tmp_path, keys):
    with processes.adopting(), Server(tmp_path, keys, MaxStartups=1000) as server:
        yield server


@pytest.fixture
def bystander(server):
    with killing.bystander(server) as answers:
        yield answers


@contextlib.contextmanager
def connection(server, path):
    """A shell on a terminal, by the light client."""
    command = [BUILD / "tests/load_logins", "--hold", "--terminal", "--command", SHELL.format(file=path), server.port,
               USER, server.keys.path / "user"]
    client = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
    try:
        yield client
    finally:
        client.kill()
        client.communicate()


def kill_one(server, path, moment):
    """Kills one by lot, so long after the connection began or, without a moment, in the session. Returns what was
    killed, None if there was nothing yet."""
    before, inodes = killing.ours(), connection_inodes(server.port)
    with connection(server, path) as client:
        if moment is None:
            assert client.stdout.readline() == b"held 1\n", server.log()[-1000:]
        time.sleep(moment or random.uniform(0, 0.02))
        victims = killing.of_connection(server, before, connection_inodes(server.port) - inodes)
        if not victims:
            return None
        name, victim = random.choice(list(victims.items()))
        what = f"{name} {'in the session' if moment is None else f'after {1000 * moment:.1f} ms'}"
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:  # one that had done its work
            return None
        assert until(lambda: client.poll() is not None, SECONDS), f"the client does not know that one is dead: {what}"
        return what


def test_one_dies_and_all_of_its_connection_do(server, bystander, tmp_path):
    assert logs_in(server)
    normal = processes.settled(census)
    began = time.monotonic()
    assert logs_in(server)
    usual = time.monotonic() - began
    killed = collections.Counter()
    for number in range(KILLS):
        path = tmp_path / f"shell-{number}"
        what = kill_one(server, path, random.uniform(0, usual) if number % 3 == 0 else None)
        assert until(lambda: census() == normal, SECONDS), f"{what}: {census()} instead of {normal}"
        said = path.read_text().split() if path.exists() else []
        # By the terminal, by the monitor or by both.
        assert said in ([], ["run", "hup"], ["run", "hup", "hup"]), f"{what}: {said}"
        assert said or number % 3 == 0, f"{what}: the shell was not hung up"
        assert bystander(), what
        assert logs_in(server), what
        killed[what.split()[0] if what else "nothing"] += 1
    print(dict(killed))
    assert len(set(killed) - {"nothing"}) > 1 or KILLS < 10, killed


def test_every_kind_is_killed_at_every_point(tmp_path, keys):
    """In turn; within the time that is promised."""
    if os.geteuid() != 0:
        pytest.skip("needs root for files that only root can change")
    turns = [(point, kind) for point in killing.POINTS for kind in killing.kinds(point, False)]
    with killing.waiting_script() as (script, flag), processes.adopting(), \
            Server(tmp_path, keys, MaxStartups=1000, **killing.with_command(script)) as server, \
            killing.bystander(server) as answers:
        assert killing.logs_in(server)
        killer = killing.Killer(server, flag, False, SECONDS)
        for number in range(KILLS):
            point, kind = turns[number % len(turns)]
            killer.kill(point, kind, tmp_path / f"point-{number}")
            assert answers() and killing.logs_in(server), (point, kind)


def helpers(server):
    """What lives without a connection, besides the listener itself."""
    return [pid for pid in processes.descendants(server.process.pid)
            if not connection_inodes(server.port) & sockets(pid)]


ORDERS = {"parents first": lambda pids: [[pid] for pid in pids], "children first": lambda pids: [[pid] for pid in pids[::-1]],
          "all at once": lambda pids: [pids]}


@pytest.mark.parametrize("order", ORDERS)
def test_helpers_that_die_are_replaced(server, order):
    assert logs_in(server)
    normal = processes.settled(census)
    found = helpers(server)
    if not found:
        pytest.skip("the server has no helpers")
    for batch in ORDERS[order](found):
        for pid in batch:
            kill(pid)
        assert until(lambda: logs_in(server), SECONDS), server.log()[-1000:]
        assert until(lambda: census() == normal, SECONDS), f"{census()} instead of {normal}"


def test_helpers_that_die_disturb_no_session(server, keys, request):
    assert logs_in(server)
    processes.settled(census)
    found = helpers(server)
    answers = request.getfixturevalue("bystander")
    for pid in found:
        if not connection_inodes(server.port) & sockets(pid):  # it was not waiting for work
            kill(pid)
            assert answers() and until(lambda: logs_in(server), SECONDS)
