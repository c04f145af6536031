# SPDX-License-Identifier: BSD-2-Clause
"""glassh on a terminal: raw while a shell runs there, told of each new size, and as it was before however
it ends. A process in the place of the person's shell starts glassh as a job and tells what becomes of it."""
import contextlib
import fcntl
import json
import os
import pathlib
import pty
import select
import signal
import struct
import termios
import time

import pytest

import peers
from peers import USER
from shared import SECONDS, kill, read_until, until

ICANON, ECHO = termios.ICANON, termios.ECHO


def run_job(words, environment, ignored, told, orders):
    """The shell: a job of its own, in the foreground, from the first order on; "pid N", "stopped", "exit N" and "signal N"
    go to `told`. After a stop the job goes on at the next order. Ends with the orders, so that the terminal has a session
    until then."""
    os.read(orders, 1)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        # Whoever started the tests may have had some ignored.
        for number in (signal.SIGTTOU, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTSTP):
            signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)
        os.execve(words[0], words, environment)
    with contextlib.suppress(OSError):
        os.setpgid(job, job)
    os.write(told, b"pid %d\n" % job)
    while True:
        status = os.waitpid(job, os.WUNTRACED)[1]
        os.tcsetpgrp(0, os.getpgrp())
        if not os.WIFSTOPPED(status):
            break
        os.write(told, b"stopped\n")
        if not os.read(orders, 1):
            os.kill(job, signal.SIGKILL)
        os.tcsetpgrp(0, job)
        os.kill(job, signal.SIGCONT)
    how = ("exit", os.WEXITSTATUS(status)) if os.WIFEXITED(status) else ("signal", os.WTERMSIG(status))
    os.write(told, b"%s %d\n" % (how[0].encode(), how[1]))
    os.read(orders, 1)
    os._exit(0)


class Terminal:
    """The person's side of it."""

    def __init__(self, words, environment, ignored):
        self.shown, self.news = b"", b""
        self.told, told = os.pipe()
        orders, self.orders = os.pipe()
        self.shell, self.fd = pty.fork()
        if self.shell == 0:
            try:
                os.close(self.orders)
                run_job([str(word) for word in words], environment, ignored, told, orders)
            finally:
                os._exit(1)
        os.close(told)
        os.close(orders)
        self.before = termios.tcgetattr(self.fd)
        self.go_on()
        self.job = int(self.learn().split()[1])

    def look(self, seconds=0.05):
        for fd in select.select([self.fd, self.told], [], [], seconds)[0]:
            data = b""
            with contextlib.suppress(OSError):
                data = os.read(fd, 65536)
            if fd == self.fd:
                self.shown += data
            else:
                self.news += data

    def wait(self, what, seconds=SECONDS):
        limit = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < limit, (self.shown, self.news)
            self.look()

    def learn(self):
        """The shell's next news."""
        self.wait(lambda: b"\n" in self.news)
        news, self.news = self.news.split(b"\n", 1)
        return news.decode()

    def expect(self, text):
        """What comes before it is forgotten."""
        self.wait(lambda: text in self.shown)
        self.shown = self.shown.split(text, 1)[1]

    def modes(self):
        return termios.tcgetattr(self.fd)

    def is_raw(self):
        return not self.modes()[3] & (ICANON | ECHO | termios.ISIG)

    def type(self, octets):
        os.write(self.fd, octets)

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def go_on(self):
        os.write(self.orders, b"g")

    def close(self):
        kill(self.job)
        for fd in (self.orders, self.fd, self.told):
            os.close(fd)
        os.waitpid(self.shell, 0)


TELLS_SIZE = "stty -echo; echo ready; while stty size; do sleep 0.1; done"
ECHOES = "stty -echo -icanon min 1; echo ready; exec cat -v"


@pytest.fixture
def start(place, sshd, tmp_path):
    """Starts glassh with these options and this command (or a shell) on a terminal of 30 rows and 100 columns, and waits
    until the session is there."""
    with contextlib.ExitStack() as terminals:
        def run(*options, command=None, server=sshd, ignored=()):
            words = [peers.program("glassh"), "-F", "none", "-p", server.port, "-i", place.key("user"), "-t",
                     f"-oUserKnownHostsFile={server.known_hosts}", "-oGlobalKnownHostsFile=/dev/null",
                     "-oStrictHostKeyChecking=yes", *options, f"{USER}@127.0.0.1", *([command] if command else [])]
            terminal = Terminal(words, {**place.environment, "XDG_CACHE_HOME": str(tmp_path)}, ignored)
            terminals.callback(terminal.close)
            terminal.resize(30, 100)
            terminal.wait(terminal.is_raw)
            if command:
                terminal.expect(b"ready")
            return terminal
        yield run


def restored(terminal):
    return terminal.modes() == terminal.before


# While it runs.

def test_the_terminal_is_raw_while_a_shell_runs_and_cooked_afterwards(start):
    terminal = start()
    terminal.type(b"echo six=$((6*7))\r")
    terminal.expect(b"six=42")
    assert terminal.is_raw()
    terminal.type(b"exit 7\r")
    assert terminal.learn() == "exit 7"
    assert restored(terminal)
    terminal.expect(b"Connection to 127.0.0.1 closed.")


def test_control_c_goes_to_the_other_side(start):
    terminal = start(command="stty -echo; trap 'echo caught' INT; echo ready; while :; do sleep 0.1; done")
    terminal.type(b"\x03")
    terminal.expect(b"caught")
    assert terminal.news == b""


def test_a_new_size_reaches_the_other_side(start):
    terminal = start(command=TELLS_SIZE)
    terminal.resize(41, 123)
    terminal.expect(b"41 123")
    terminal.resize(7, 200)
    terminal.expect(b"7 200")


# Escapes.

def test_escape_and_a_dot_end_the_connection(start):
    terminal = start(command=ECHOES)
    terminal.type(b"\r~.")
    assert terminal.learn() == "exit 255"
    assert restored(terminal)
    terminal.expect(b"Connection to 127.0.0.1 closed.")


def test_the_escape_character_counts_at_the_start_of_a_line_only(start):
    terminal = start(command=ECHOES)
    terminal.type(b"a~.b\r")
    terminal.expect(b"a~.b")


def test_escape_and_a_question_mark_list_the_escapes(start):
    terminal = start(command=ECHOES)
    terminal.type(b"\r~?")
    for line in (b"~.", b"~^Z", b"~?", b"~~"):
        terminal.expect(b"\r\n " + line)
    terminal.type(b"still here\r")
    terminal.expect(b"still here")


def test_the_escape_character_twice_sends_it_once(start):
    terminal = start(command=ECHOES)
    terminal.type(b"\r~~.x\r")
    terminal.expect(b"\n~.x")


def told_to(file):
    """The facts that it has been told so far."""
    return [json.loads(line) for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")]


@pytest.mark.parametrize("letter, fact", [(b"R", {"event": "ssh.rekey", "cause": "user"}),
                                          (b"B", {"event": "ssh.channel.request", "out": True, "name": "break"})])
def test_escape_and_a_letter_ask_the_server(start, tmp_path, letter, fact):
    told = tmp_path / "told"
    terminal = start("--explain=json", "--explain-to", told, command=ECHOES)
    terminal.type(b"\r~" + letter + b"still here\r")
    terminal.expect(b"still here")
    assert until(lambda: any(fact.items() <= row.items() for row in told_to(told))), told.read_text()


@pytest.mark.parametrize("letters, is_told", [(b"~V", False), (b"~V~v", True)])
def test_escape_and_a_letter_have_less_told_and_more(start, letters, is_told):
    terminal = start(command=ECHOES)
    terminal.type(b"\r" + letters + b"~.")
    terminal.expect(b"[LogLevel ERROR]\r\n[LogLevel INFO]\r\n" if is_told else b"[LogLevel ERROR]\r\n")
    assert terminal.learn() == "exit 255"
    terminal.wait(lambda: not is_told or b"Connection to 127.0.0.1 closed." in terminal.shown)
    assert is_told or b"closed" not in terminal.shown


def check_stop(terminal):
    """Stopped, as it was before; goes on raw, and has told the size that it got meanwhile."""
    assert terminal.learn() == "stopped"
    assert restored(terminal)
    terminal.resize(11, 77)
    terminal.go_on()
    terminal.wait(terminal.is_raw)
    terminal.expect(b"11 77")


def test_escape_and_control_z_suspend_it(start):
    terminal = start(command=TELLS_SIZE)
    terminal.type(b"\r~\x1a")
    check_stop(terminal)
    terminal.type(b"\r~\x1a")
    assert terminal.learn() == "stopped"


def test_a_stop_from_outside_suspends_it_in_the_same_way(start):
    """As `kill -TSTP` does, or a shell's `suspend` of the whole job; and once more."""
    terminal = start(command=TELLS_SIZE)
    for _ in range(2):
        os.kill(terminal.job, signal.SIGTSTP)
        check_stop(terminal)
        terminal.resize(30, 100)
        terminal.expect(b"30 100")
    terminal.type(b"\r~.")
    assert terminal.learn() == "exit 255"
    assert restored(terminal)


def test_after_a_stop_that_cannot_be_caught_it_is_raw_again(start):
    """Whoever had the terminal meanwhile has made it as it was."""
    terminal = start(command=TELLS_SIZE)
    os.kill(terminal.job, signal.SIGSTOP)
    assert terminal.learn() == "stopped"
    termios.tcsetattr(terminal.fd, termios.TCSANOW, terminal.before)
    terminal.resize(11, 77)
    terminal.go_on()
    terminal.wait(terminal.is_raw)
    terminal.expect(b"11 77")
    terminal.type(b"\r~.")
    assert terminal.learn() == "exit 255"
    assert restored(terminal)


def test_a_stop_that_is_ignored_stays_so(start):
    terminal = start(command=ECHOES, ignored=[signal.SIGTSTP])
    os.kill(terminal.job, signal.SIGTSTP)
    terminal.type(b"\r~\x1astill here\r")
    terminal.expect(b"still here")
    assert terminal.news == b"" and terminal.is_raw()


@pytest.mark.parametrize("options", [["-e", "none"], ["-oEscapeChar=none"]])
def test_without_an_escape_character_nothing_is_special(start, options):
    terminal = start(*options, command=ECHOES)
    terminal.type(b"\r~.\r~?\r~~\r")
    terminal.expect(b"~.\r\n~?\r\n~~\r\n")


def test_another_escape_character(start):
    terminal = start("-e", "^A", command=ECHOES)
    terminal.type(b"\r~.\r\x01\x01x\r")
    terminal.expect(b"~.\r\n^Ax\r\n")
    terminal.type(b"\x01.")
    assert terminal.learn() == "exit 255"


# However it ends.

def children(process):
    found = pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [each for child in found for each in [int(child), *children(child)]]


def test_the_terminal_is_restored_when_the_server_is_killed(start, place):
    with peers.Sshd(place) as server:
        terminal = start(command=ECHOES, server=server)
        for process in children(server.process.pid):
            kill(process)
        assert terminal.learn() == "exit 255"
    assert restored(terminal)
    terminal.expect(b"closed by remote host")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_the_terminal_is_restored_when_a_signal_ends_it(start, number):
    terminal = start(command=ECHOES)
    os.kill(terminal.job, number)
    assert terminal.learn() == "exit 255"
    assert restored(terminal)
    terminal.expect(b"Killed by signal %d." % number)


def run_in_background(words, environment):
    """As a shell starts a job behind which there is "&": the status with which it ends (255 also if it is stopped), and what
    it shows."""
    shell, fd = pty.fork()
    if shell == 0:
        job = os.fork()
        if job == 0:
            os.setpgid(0, 0)
            os.execve(words[0], words, environment)
        status = os.waitpid(job, os.WUNTRACED)[1]
        if os.WIFSTOPPED(status):
            kill(job)
        os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 255)
    shown = read_until(fd)
    os.close(fd)
    return os.waitstatus_to_exitcode(os.waitpid(shell, 0)[1]), shown


def test_in_the_background_it_reads_nothing_before_something_is_typed(place, sshd):
    words = peers.Glassh().command(sshd, "echo done; exit 7")
    status, shown = run_in_background([str(word) for word in words], place.environment)
    assert (status, shown) == (7, b"done\r\n")


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT])
def test_the_terminal_is_restored_when_it_crashes(start, number):
    terminal = start(command=ECHOES)
    os.kill(terminal.job, number)
    assert terminal.learn() == f"signal {int(number)}"
    assert restored(terminal)
