# SPDX-License-Identifier: BSD-2-Clause
"""Our own TCP beside the kernel's, lwIP and slirp4netns."""
import concurrent.futures
import contextlib
import os
import pathlib
import shutil
import statistics
import subprocess

import network
from table import LOAD, heading, note, row

IDLE_FLOWS = 5000


@contextlib.contextmanager
def answering(command):
    """A program that says "ready" and runs until its input ends: its process, and what it said."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.readline()
        if not said.startswith(("ready", "held")):
            raise SystemExit(f"{command} said {said!r}")
        try:
            yield process, said
        finally:
            process.stdin.close()


VETH, OURS, LWIP, SLIRP = "10.2.0.1", "10.1.0.1", "10.3.0.1", "10.0.2.2"


def configure(where, *lines):
    for line in lines:
        if where.run("ip", *line.split()).returncode != 0:
            raise SystemExit(f"ip {line} failed")


@contextlib.contextmanager
def two_links():
    """A network with our TCP on a TUN device, and the kernel's of another network over veth."""
    with network.network() as net, network.network() as far:
        configure(net, f"link add v0 type veth peer name v1 netns {far.pid}", "addr add 10.2.0.2/24 dev v0",
                  "link set v0 up")
        configure(far, f"addr add {VETH}/24 dev v1", "link set v1 up")
        with answering(net.words(LOAD / "tcp_stack", "t0", f"{OURS}/24")) as (stack, said), \
                answering(far.words(LOAD / "tcp_kernel", "serve", VETH)) as (kernel, _):
            print(f"\nour TCP is {said.strip()}")
            yield net, stack, kernel


@contextlib.contextmanager
def slirp(net):
    """A way out of the network by slirp4netns, whose host has the services of the kernel's TCP at its 127.0.0.1."""
    is_ready, tells = os.pipe()
    with network.network() as host, answering(host.words(LOAD / "tcp_kernel", "serve", "127.0.0.1")):
        command = host.words("slirp4netns", "--configure", "--mtu", 1500, "--exit-fd", 0, "--ready-fd", tells, net.pid,
                             "tap0")
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              pass_fds=(tells,)) as process:
            os.close(tells)
            try:
                if os.read(is_ready, 1) != b"1":
                    raise SystemExit("slirp4netns did not start")
                yield
            finally:
                os.close(is_ready)
                process.stdin.close()


def lwip(net):
    return answering(net.words(LOAD / "tcp_lwip", "t1", LWIP))


def tcp_others(net, running):
    """Those beside whom ours is measured, too: for each a function from what is measured to its figure."""
    others, reasons = {}, []
    if (LOAD / "tcp_lwip").exists():
        configure(net, "tuntap add t1 mode tun", "addr add 10.3.0.2/24 dev t1", "link set t1 up")

        def with_lwip(mode):
            with lwip(net):  # a new one: the old one keeps the ports for minutes
                return tcp_figure(net, mode, LWIP, 0.5)
        others["lwIP"] = with_lwip
    else:
        reasons.append("skipped: lwIP is not installed (apt install liblwip-dev; meson setup --reconfigure build)")
    if shutil.which("slirp4netns"):
        running.enter_context(slirp(net))
        others["slirp4netns"] = lambda mode: tcp_figure(net, mode, SLIRP, 1)
    else:
        reasons.append("skipped: slirp4netns is not installed (apt install slirp4netns)")
    return others, reasons


def tcp_figure(net, mode, address, duration):
    done = net.run(LOAD / "tcp_kernel", mode, address, duration, check=True)
    return float(done.stdout)


def tcp_on_one_processor(net, others, servers, runs):
    """The round trip again where it takes no other processor's waking up, which may cost more than all else."""
    everywhere = os.sched_getaffinity(0)
    pids = [0, *(server.pid for server in servers)]  # what this process starts stays there, too
    for pid in pids:
        os.sched_setaffinity(pid, {min(everywhere)})
    try:
        tcp_rates(net, {name: figure for name, figure in others.items() if name == "lwIP"}, runs,
                  [("one exchange on one processor, us", "rr", 25, False, None)])
    finally:
        for pid in pids:
            os.sched_setaffinity(pid, everywhere)


def sequence_index(net, address):
    """nmap's index of how hard the initial sequence numbers are to predict."""
    told = net.run("nmap", "-O", "-v", "-n", "-Pn", "-p", "7,8", "--max-os-tries", 1, address).stdout.decode()
    return int(told.split("TCP Sequence Prediction: Difficulty=")[1].split()[0])


def tcp_sequence(net, runs):
    if not shutil.which("nmap"):
        print("skipped: nmap is not installed (apt install nmap)")
        return
    addresses = {"veth": VETH, **({"lwIP": LWIP} if (LOAD / "tcp_lwip").exists() else {})}
    with lwip(net) if "lwIP" in addresses else contextlib.nullcontext():
        ours, *theirs = (statistics.median(sequence_index(net, address) for _ in range(runs))
                         for address in (OURS, *addresses.values()))
    for name, index in zip(addresses, theirs):
        figures = (f"nmap's index of sequence numbers, {name}", f"{index:.0f}", f"{ours:.0f}", "")
        if name == "veth":
            row(*figures, ">= 250", ours >= 250)
        else:
            note(*figures)


def tcp_memory(net, stack):
    """Octets that each further idle connection adds to the process, once there are many: what is there for 65,536 of
    them, and is touched by the first ones, is not counted again."""
    def hold(count):
        return answering(net.words(LOAD / "tcp_kernel", "hold", OURS, count))

    def resident():
        status = pathlib.Path(f"/proc/{stack.pid}/status").read_text()
        return 1024 * int(status.split("VmRSS:")[1].split()[0])

    with hold(IDLE_FLOWS):
        many = resident()
        with hold(2 * IDLE_FLOWS):
            return (resident() - many) / (2 * IDLE_FLOWS)


TCP_MEASURES = (  # what, mode of tcp_kernel, goal and whether it is a ratio to veth, the least ratio to lwIP
    ("bulk in, Gbit/s", "in", 0.6, True, 8),
    ("bulk out, Gbit/s", "out", 0.7, True, 8),
    ("connections of one exchange per second", "crr", 1.0, True, None),
    ("one exchange, us", "rr", 25, False, None),
)


def tcp_rates(net, others, runs, measures):
    for what, mode, goal, is_ratio, least in measures:
        rounds = [[tcp_figure(net, mode, OURS, 1), tcp_figure(net, mode, VETH, 1),
                   *(figure(mode) for figure in others.values())] for _ in range(runs)]
        ours = statistics.median(figures[0] for figures in rounds)
        for number, name in enumerate(["veth", *others], 1):
            theirs = statistics.median(figures[number] for figures in rounds)
            ratio = statistics.median(figures[0] / figures[number] for figures in rounds)
            figures = (f"{what}, {name}", f"{theirs:.2f}", f"{ours:.2f}", f"{ratio:.2f}")
            if name == "veth":
                row(*figures, f"{'>=' if is_ratio else '<='} {goal}", ratio >= goal if is_ratio else ours <= goal)
            elif name == "lwIP" and least:
                row(*figures, f">= {least}", ratio >= least)
            else:
                note(*figures)


def tcp(place, options):
    if network.why_not():
        print(f"\ntcp: {network.why_not()}")
        return
    with two_links() as (net, stack, kernel):
        heading("TCP", ("theirs", "ours", "ratio", "goal"))
        with contextlib.ExitStack() as running:
            others, reasons = tcp_others(net, running)
            tcp_rates(net, others, options.runs, TCP_MEASURES)
            tcp_on_one_processor(net, others, (stack, kernel), options.runs)
            tcp_sequence(net, options.runs)
        for reason in reasons:
            print(reason)
        idle = tcp_memory(net, stack)
        row("a further idle connection, octets", "", f"{idle:.0f}", "", "<= 512", idle <= 512)
    rates = []
    for _ in range(options.runs):
        words = subprocess.run([LOAD / "tcp_handshakes", "100000"], check=True, capture_output=True,
                               text=True).stdout.split()
        facts = dict(zip(words[::2], map(int, words[1::2])))
        rates.append(facts["handshakes_per_s"])
    row("handshakes of two stacks per second", "", f"{statistics.median(rates):.0f}", "", ">= 200000",
        statistics.median(rates) >= 200000)
    for what, key, goal in (("a handshake that is pending, octets in all", "pending_whole", 128),
                            ("a connection in TIME-WAIT, octets in all", "time_wait_whole", 48)):
        row(what, "", facts[key], "", f"<= {goal}", facts[key] <= goal)


# Goodput over a bad line.

def over_a_bad_line(seed, is_ours, duration):
    """Mbit/s from our TCP or the kernel's to the kernel's, at a round trip of 50 ms and 0.1 % loss each way."""
    with network.network() as near, network.network() as far:
        for net in (near, far):  # no packets of IPv6, or each would be drawn for, too
            net.run("sh", "-c", "cd /proc/sys/net; echo 1 >ipv6/conf/default/disable_ipv6; echo 1 >ipv4/ip_forward")
        # The receiver's window is no limit: how it grows depends on when its program runs, more than on the sender.
        far.run("sh", "-c", "echo 4096 4194304 33554432 >/proc/sys/net/ipv4/tcp_rmem")
        with network.link((near, "e0", "10.4.0.1/24"), (far, "e1", "10.4.0.2/24"), "--delay-ms", 25, "--loss", 0.1,
                          "--seed", seed):
            configure(near, "link set e0 txqueuelen 10000")
            configure(far, "link set e1 txqueuelen 10000", "route add 10.1.0.0/24 via 10.4.0.1")
            address, command = (OURS, ("tcp_stack", "t0", f"{OURS}/24")) if is_ours else \
                ("10.4.0.1", ("tcp_kernel", "serve", "10.4.0.1"))
            with answering(near.words(LOAD / command[0], *command[1:])):
                return 1e3 * tcp_figure(far, "out", address, duration)


def goodput(place, options):
    if network.why_not():
        print(f"\ngoodput: {network.why_not()}")
        return
    heading(f"goodput at 50 ms and 0.1 % loss, {options.seeds} seeds", ("kernel", "ours", "ratio", "goal"))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        runs = [[pool.submit(over_a_bad_line, seed, is_ours, 10) for is_ours in (False, True)]
                for seed in range(options.seeds)]
        theirs, ours = zip(*([run.result() for run in pair] for pair in runs))
    ratio = sum(ours) / sum(theirs)
    row("mean of CUBIC for 10 s, Mbit/s", f"{statistics.mean(theirs):.1f}", f"{statistics.mean(ours):.1f}",
        f"{ratio:.2f}", ">= 0.95", ratio >= 0.95)
    note("  median", f"{statistics.median(theirs):.1f}", f"{statistics.median(ours):.1f}",
         f"{statistics.median(b / a for a, b in zip(theirs, ours)):.2f}")
