# SPDX-License-Identifier: BSD-2-Clause
"""Octets through a remote command."""
import os
import socket
import statistics
import subprocess
import time

import peers
from table import LOAD, heading, note, row, run_timed

CIPHERS = {  # name: (what is told to both ends, the goal for both ends ours)
    "aes128-gcm": ({"Ciphers": "aes128-gcm@openssh.com"}, 2.0),
    "chacha20-poly1305": ({"Ciphers": "chacha20-poly1305@openssh.com"}, 3.0),
    "aes128-ctr+sha2-etm": ({"Ciphers": "aes128-ctr", "MACs": "hmac-sha2-256-etm@openssh.com"}, 1.3),
}


def move(client, server, algorithms, size, is_upload):
    remote = "cat >/dev/null" if is_upload else f"head -c {size} /dev/zero"
    command = client.command(server, remote, algorithms={"KexAlgorithms": "curve25519-sha256", **algorithms})
    with open(os.devnull, "wb") as nothing:
        if not is_upload:
            return run_timed(command, server.place, stdin=subprocess.DEVNULL, stdout=nothing)[0]
        with subprocess.Popen(["head", "-c", str(size), "/dev/zero"], stdout=subprocess.PIPE) as source:
            return run_timed(command, server.place, stdin=source.stdout, stdout=nothing)[0]


def move_bare(cipher, size, is_upload):
    """Seconds for the same octets through the same programs and pipes, with relays instead of SSH."""
    relay = [LOAD / "relay", cipher]
    with socket.create_server(("127.0.0.1", 0)) as listener, open(os.devnull, "wb") as nothing:
        begun = time.perf_counter()
        sender = socket.create_connection(listener.getsockname())
        receiver, _ = listener.accept()
        head = subprocess.Popen(["head", "-c", str(size), "/dev/zero"], stdout=subprocess.PIPE)
        cat = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=nothing) if is_upload else None
        relays = [subprocess.Popen(relay, stdin=head.stdout, stdout=sender),
                  subprocess.Popen(relay, stdin=receiver, stdout=cat.stdin if cat else nothing)]
        for ours in (sender, receiver, head.stdout, *([cat.stdin] if cat else [])):
            ours.close()
        if any(process.wait() for process in (head, *relays, *([cat] if cat else []))):
            raise SystemExit("a relay failed")
    return time.perf_counter() - begun


def bulk(place, options):
    ssh, glassh = peers.Ssh(), peers.Glassh()
    with peers.Sshd(place) as sshd, peers.Glasshd(place) as glasshd:
        ends = {"ours at both ends": (glassh, glasshd), "glassh to sshd": (glassh, sshd), "ssh to glasshd": (ssh, glasshd)}
        heading(f"bulk, {options.size} MiB", ("MB/s", "MB/s", "ratio", "goal"))
        for cipher, (algorithms, goal) in CIPHERS.items():
            for is_upload in (True, False):
                size = options.size << 20
                rounds = []
                for _ in range(options.runs):
                    base = move(ssh, sshd, algorithms, size, is_upload)
                    rounds.append([base] + [move(*pair, algorithms, size, is_upload) for pair in ends.values()]
                                  + [move_bare(bare, size, is_upload) for bare in (cipher, "none")])
                for number, name in enumerate([*ends, "its cipher alone", "no cryptography"], 1):
                    ratio = statistics.median(times[0] / times[number] for times in rounds)
                    speeds = [size / 1e6 / statistics.median(times[i] for times in rounds) for i in (0, number)]
                    figures = (f"{cipher} {'up' if is_upload else 'down'}, {name}", f"{speeds[0]:.0f}",
                               f"{speeds[1]:.0f}", f"{ratio:.2f}x")
                    least = goal if number == 1 else 1.0
                    if number > len(ends):
                        note(*figures)
                    else:
                        row(*figures, f">= {least}x", ratio >= least)
