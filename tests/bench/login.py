# SPDX-License-Identifier: BSD-2-Clause
"""How long logins take, and how much of the processors."""
import contextlib
import ctypes
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import time

import peers
from table import LOAD, heading, note, row, run_timed

TESTS = pathlib.Path(__file__).resolve().parent.parent
SAME = {"KexAlgorithms": "curve25519-sha256", "HostKeyAlgorithms": "ssh-ed25519",
        "PubkeyAcceptedAlgorithms": "ssh-ed25519", "Ciphers": "aes128-gcm@openssh.com"}
ROUND_TRIP = 0.100
PR_SET_CHILD_SUBREAPER = 36


def reap():
    """CPU seconds of all children that have ended since the last call; orphans of ours come here too."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def server_cpu(kind, place, logins, client):
    """Seconds and client CPU seconds of each login; and the server's CPU seconds per login."""
    def run(count):
        before = reap()
        with kind(place) as server:
            command = client.command(server, "true", algorithms=SAME)
            times = [run_timed(command, place, stdin=subprocess.DEVNULL) for _ in range(count)]
            time.sleep(0.3)
        time.sleep(0.1)
        return times, reap() - before - sum(cpu for _, cpu in times)

    run(1)  # what is remembered after the first login is there from now on
    _, idle = run(0)
    times, busy = run(logins)
    return times, (busy - idle) / logins


def login(place, options):
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    pairs = {"ssh to sshd": (peers.Sshd, peers.Ssh()), "ours": (peers.Glasshd, peers.Glassh())}
    rounds = [{name: server_cpu(kind, place, 20, client) for name, (kind, client) in pairs.items()}
              for _ in range(options.runs)]

    def median(name, figure):
        return statistics.median(figure(*rounds_of[name]) for rounds_of in rounds)

    figures = {
        "login with true, loopback (ms)": (lambda times, _: 1e3 * statistics.median(t for t, _ in times), 5.0),
        "CPU of both ends per login (ms)": (lambda times, server: 1e3 * (server + statistics.mean(c for _, c in times)), 1.0),
        "  of the client (ms)": (lambda times, _: 1e3 * statistics.mean(c for _, c in times), None),
        "  of the server (ms)": (lambda _, server: 1e3 * server, None),
    }
    heading("login (publickey, the same algorithms)")
    for what, (figure, goal) in figures.items():
        base, ours = median("ssh to sshd", figure), median("ours", figure)
        if goal is None:
            print(f"{what:<44} {base:>10.2f} {ours:>10.2f}")
        else:
            row(what, f"{base:.2f}", f"{ours:.2f}", f"{base / ours:.2f}x", f">= {goal}x", base / ours >= goal)


# Logins per second.

def load_logins(server, *words, **streams):
    """A process of the light client, which offers the algorithms of SAME and nothing else."""
    command = [LOAD / "load_logins", *words, server.port, peers.USER, server.place.key("user")]
    return subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True,
                            env=server.place.environment, **streams)


def light_clients(server, count, parallel, command):
    """Logins per second, and milliseconds of CPU that the client takes of each."""
    words = ["--count", count, "--parallel", parallel, *(["--command", command] if command else [])]
    with load_logins(server, *words) as process:
        told = process.stdout.read().split()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"logins failed: {' '.join(told)}; {server.text()[-1000:]}")
    return count / float(told[told.index("seconds") + 1]), 1e3 * (used.ru_utime + used.ru_stime) / count


def client_processes(client, server, count, parallel):
    """Logins with `true` per second of so many processes at a time."""
    command = [str(word) for word in client.command(server, "true", algorithms=SAME)]
    script = 'n=$1; p=$2; shift 2; seq "$n" | xargs -P "$p" -I% "$@"'
    return count / run_timed(["sh", "-c", script, "sh", count, parallel, *command], server.place,
                             stdin=subprocess.DEVNULL)[0]


def logins(place, options):
    heading(f"logins per second, {options.parallel} at a time")
    count = options.logins
    ways = {
        "one light client": lambda server, _: light_clients(server, count, options.parallel, None),
        "one light client, with true": lambda server, _: light_clients(server, count, options.parallel, "true"),
        "ssh to sshd, glassh to glasshd, with true":
            lambda server, client: (client_processes(client, server, count, options.parallel), None),
    }
    with peers.Sshd(place) as sshd, peers.Glasshd(place) as glasshd:
        ends = ((sshd, peers.Ssh()), (glasshd, peers.Glassh()))
        for what, measure in ways.items():
            rounds = [[measure(*end) for end in ends] for _ in range(options.runs)]
            base, ours = (statistics.median(figures[0] for figures in column) for column in zip(*rounds))
            ratio = statistics.median(ours[0] / base[0] for base, ours in rounds)
            row(what, f"{base:.0f}", f"{ours:.0f}", f"{ratio:.2f}x", ">= 3.0x", ratio >= 3)
            if rounds[0][0][1] is not None:
                base, ours = (statistics.median(figures[1] for figures in column) for column in zip(*rounds))
                note("  of this the client's CPU (ms per login)", f"{base:.2f}", f"{ours:.2f}", "")


# Round trips.

@contextlib.contextmanager
def slow_line(server):
    """A stand-in for the server behind a line of 100 ms round-trip time."""
    command = [sys.executable, "-B", TESTS / "emulator/link", f"127.0.0.1:{server.port}", "--delay-ms",
               str(ROUND_TRIP * 500)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as link:
        far = type("Far", (), {"place": server.place, "port": int(link.stdout.readline())})
        far.known_hosts = server.place.path / f"known_hosts-{far.port}"
        far.known_hosts.write_text(server.known_hosts.read_text().replace(f":{server.port} ", f":{far.port} "))
        yield far
        link.stdin.close()


def first_output(client, server):
    """Round trips until the command's output."""
    command = [str(word) for word in client.command(server, "echo ready")]
    started = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          env=server.place.environment) as process:
        if process.stdout.read(1) != b"r":
            raise SystemExit(f"no login: {' '.join(command)}")
        took = time.perf_counter() - started
        process.stdout.read()
    return took / ROUND_TRIP


def forget(place):
    """As if glassh had never been here: its memory of hosts is in the home of the place."""
    for path in place.home.iterdir():
        if path.name != ".ssh":
            shutil.rmtree(path)


def trips(place, options):
    heading("round trips of 100 ms until a command's output", ("ssh", "glassh", "", "goal"))
    for name, algorithms, first_goal, second_goal in (
            ("sshd with curve25519-sha256", {"KexAlgorithms": "curve25519-sha256"}, 4.0, 2.5),
            ("sshd as it is", {}, 4.0, 3.5)):
        with peers.Sshd(place, algorithms) as sshd, slow_line(sshd) as far:
            rounds = []
            for _ in range(options.runs):
                forget(place)
                rounds.append([first_output(client, far) for client in (peers.Ssh(), peers.Glassh(), peers.Glassh())])
        base, first, second = (statistics.median(column) for column in zip(*rounds))
        for which, trips_taken, goal in (("first", first, first_goal), ("second", second, second_goal)):
            row(f"{name}, {which} login", f"{base:.2f}", f"{trips_taken:.2f}", "", f"<= {goal}", trips_taken <= goal)
