# SPDX-License-Identifier: BSD-2-Clause
"""The rows that script/bench prints, and how a program is timed."""
import os
import subprocess
import time

import peers

LOAD = peers.BUILD / "tests"  # services, light clients and relays
results = []  # of rows with a goal: whether it was met


def row(what, baseline, ours, ratio, goal, met):
    print(f"{what:<44} {baseline:>10} {ours:>10} {ratio:>8} {goal:>9}  {'ok' if met else 'MISSED'}", flush=True)
    results.append(met)


def note(what, baseline, figure, ratio):
    print(f"{what:<44} {baseline:>10} {figure:>10} {ratio:>8}", flush=True)


def heading(text, columns=("OpenSSH", "ours", "ratio", "goal")):
    print(f"\n{text:<44} {columns[0]:>10} {columns[1]:>10} {columns[2]:>8} {columns[3]:>9}")


def run_timed(command, place, **streams):
    """Seconds until it ended, and its CPU seconds with those of the children it waited for."""
    started = time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], env=place.environment, **streams)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"exit {process.returncode}: {' '.join(process.args)}")
    return time.perf_counter() - started, used.ru_utime + used.ru_stime
