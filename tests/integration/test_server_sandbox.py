# SPDX-License-Identifier: BSD-2-Clause
"""What each process is and may do: as it was built, as --sandbox-check shows it, and how that check fails."""
import contextlib
import ctypes
import os
import pathlib
import re
import resource
import shutil
import struct
import subprocess
import tempfile

import pytest

import killing
import processes
from glasshd_server import BUILD, GLASSHD, ROOT, USER, Server, children, until
from person import Person, can_make_users


@pytest.fixture
def server(tmp_path, keys):
    with Server(tmp_path, keys) as server:
        yield server


LANDLOCK_CREATE_RULESET = 444


def defined(path):
    """The functions and data that a program or an archive defines for others."""
    rows = subprocess.run(["nm", "--extern-only", "--defined-only", "--format=posix", path], capture_output=True,
                          text=True, check=True).stdout.splitlines()
    return {row.split()[0] for row in rows if len(row.split()) > 2 and not row.startswith("__")}


PARSERS = ["ssh", "keys", "private_keys", "trust", "glassh_crypto"]


@pytest.mark.parametrize("layer", PARSERS)
def test_the_program_of_root_has_no_function_of_what_reads_a_peers_octets(layer):
    """The listener and the monitor; the workers' program shows that what is searched for would be found."""
    there = defined(BUILD / f"src/lib{layer}.a")
    users = {"private_keys": "glasshd-keyd", "trust": "glasshd-authorize"}
    assert len(there) > 5 and there & defined(BUILD / users.get(layer, "glasshd-worker"))
    assert there & defined(GLASSHD) == set()


@pytest.mark.parametrize("role", ["verify", "worker", "judgement", "authorize", "keyd", "keeper", "session_service"])
def test_the_program_of_root_has_no_function_of_another_process(role):
    assert [name for name in defined(GLASSHD) if name.startswith(f"{role}_")] == []


def test_a_worker_has_eighteen_system_calls():
    table = (ROOT / "src/programs/server/worker/calls.def").read_text()
    calls = set(re.findall(r"^CALL(?:_IF)?\((\w+)", table, re.M))
    assert "recvmsg" in calls and len(calls) <= 18, sorted(calls)


def limits(pid):
    """Each limit of a process as the kernel has it: soft and hard."""
    rows = re.findall(r"^Max (.+?)  +(\S+) +(\S+)", pathlib.Path(f"/proc/{pid}/limits").read_text(), re.M)
    return {name: tuple(-1 if value == "unlimited" else int(value) for value in values) for name, *values in rows}


def waiting(server):
    """The nursery's children, as long as there is no connection; not those that it is just making."""
    return [pid for pid in children(server.nursery()) if is_locked_in(pid)]


def is_locked_in(pid):
    with contextlib.suppress(*processes.GONE):
        return "\nSeccomp:\t2\n" in pathlib.Path(f"/proc/{pid}/status").read_text()
    return False


EARLY, LATE = 64 << 20, 3 << 30


def is_sanitized():
    return any(name.startswith("__asan_") for name in subprocess.run(
        ["nm", GLASSHD], capture_output=True, text=True, check=True).stdout.split())


def check_limits(pid, data):
    there, ours = limits(pid), resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    for name in ("core file size", "processes", "file size"):
        assert there[name] == (0, 0), name
    assert there["open files"] == (min(4160, ours),) * 2
    assert is_sanitized() or there["data size"] == (data, LATE)


def can_change_limits():
    """Root does not everywhere: of another user's processes it takes CAP_SYS_RESOURCE."""
    effective = re.search(r"^CapEff:\t(\w+)", pathlib.Path("/proc/self/status").read_text(), re.M)[1]
    return os.geteuid() != 0 or int(effective, 16) >> 24 & 1


def look_at_limits(server, early, user):
    """Of a worker that waits, of one whose client has not logged in, and of one whose client has."""
    assert until(lambda: len(waiting(server)) == 4)
    check_limits(waiting(server)[0], LATE)
    with killing.half_a_key_exchange(server):
        assert until(server.workers)
        assert until(lambda: is_sanitized() or limits(server.workers()[0])["data size"][0] == early)
        check_limits(server.workers()[0], early)
    command = server.ssh_command("echo there; cat", user=user)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as ssh:
        assert ssh.stdout.readline() == b"there\n"
        check_limits(server.only_connection()["worker"], LATE)
        ssh.stdin.close()


def test_a_worker_may_use_no_more_than_it_needs(server):
    look_at_limits(server, EARLY if can_change_limits() else LATE, USER)


@pytest.mark.skipif(not can_make_users(), reason="needs a user to be")
def test_a_worker_may_use_little_before_the_login(keys):
    person = Person(keys)
    entry = person.entry
    for name in ("host", "authorized_keys"):
        (person.home / name).touch(mode=0o600)
        os.chown(person.home / name, entry.pw_uid, entry.pw_gid)
    (person.home / "host").write_bytes((keys.path / "host").read_bytes())

    def become():
        os.initgroups(person.name, entry.pw_gid)
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
    try:
        server = Server(person.home, keys, HostKey=person.home / "host")
        server.before = become
        with server:
            look_at_limits(server, EARLY, person.name)
    finally:
        person.remove()


def test_a_worker_that_explains_may_write_to_a_file(tmp_path, keys):
    with Server(tmp_path, keys, arguments=["--explain"]) as server:
        assert until(lambda: len(waiting(server)) == 4)
        assert limits(waiting(server)[0])["file size"][1] == resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        assert server.output("echo in") == "in\n"
        assert server.logs("USERAUTH "), server.log()


def test_a_lower_limit_of_the_servers_holds_for_workers(tmp_path, keys):
    server = Server(tmp_path, keys)
    server.before = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (500, 700))
    with server:
        assert until(lambda: len(waiting(server)) == 4)
        assert limits(waiting(server)[0])["open files"] == (700, 700)
        assert server.output("echo in") == "in\n"


def libraries(block):
    """The names of what is linked, without version and suffix; modules that libc loads for accounts are among them."""
    return {name.partition(".so")[0] for name in re.search(r"libraries +(.*)", block)[1].split()}


def test_the_program_of_root_links_the_c_library_alone(server):
    dynamic = subprocess.run(["readelf", "-d", server.command()[0]], capture_output=True, text=True, check=True).stdout
    needed = set(re.findall(r"Shared library: \[(\w+)", dynamic))
    assert needed == {"libc"} or "libasan" in needed, needed


PROGRAMS = {"monitor": "glasshd", "nursery": "glasshd-worker", "verifier": "glasshd-worker", "glassh-tcp": "glassh-tcp"}
ROWS = re.findall(r'^ROLE\(\w+, "([\w-]+)", .*, "([^"]*)", \w+, \w+\)$',
                  (ROOT / "src/programs/server/inspection/sandbox_role.def").read_text(), re.M)


@pytest.mark.skipif(is_sanitized(), reason="other libraries are linked, too")
@pytest.mark.parametrize("role,expected", ROWS, ids=[role for role, _ in ROWS])
def test_what_the_check_expects_of_libraries_is_what_is_linked(role, expected):
    path = pathlib.Path(GLASSHD).parent / PROGRAMS.get(role, f"glasshd-{role}")
    dynamic = subprocess.run(["readelf", "-d", path], capture_output=True, text=True, check=True).stdout
    needed = set(re.findall(r"Shared library: \[([\w-]+)", dynamic)) - {"libc"}
    assert expected == "*" or needed == set(expected.split()), needed


def check_sandbox(command):
    """The exit status, what is said of each role, and all of it."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    blocks = dict(block.split("\n", 1) for block in re.split(r"\n(?=[a-z]+\n)", done.stdout))
    return done.returncode, blocks, done.stdout + done.stderr


ROLES = {"porch", "monitor", "nursery", "worker", "verifier", "session", "authorize", "password", "keyd", "offer"}
WITH_CALLS = ("porch", "worker", "verifier", "keyd", "offer")
LOCKED_IN = ("seccomp       2, filters: ", "no new privs  1", "dumpable      no",
             "capabilities  permitted=none effective=none ambient=none inheritable=none bounding=none")
COLUMNS = ["uid", "gid", "groups", "capabilities", "no new privs", "seccomp", "limits", "root", "descriptors", "namespaces",
           "libraries", "landlock", "dumpable"]


def row(block, column):
    return re.search(rf"^  {column} +(.*)", block, re.M)[1]


def no_landlock():
    """A call that asks for the version, as the kernel's own headers number it."""
    return ctypes.CDLL(None).syscall(LANDLOCK_CREATE_RULESET, None, 0, 1) < 1


def test_the_check_of_the_sandbox_finds_it_in_order(server):
    status, blocks, text = check_sandbox(server.command("--sandbox-check"))
    last = "everything is as it should be\n" if os.geteuid() == 0 else "rows are not visible to this user\n"
    assert status == 0 and text.endswith(last) and "WRONG" not in text, text
    assert set(blocks) == ROLES
    assert all(row(block, column) for block in blocks.values() for column in COLUMNS), text
    for role in WITH_CALLS:
        for part in LOCKED_IN:
            assert part in blocks[role], blocks[role]
        if os.geteuid() == 0:
            assert ("libcrypto" in blocks[role]) == (role != "porch")
            assert row(blocks[role], "system calls")
            assert row(blocks[role], "landlock").startswith("denies files") or no_landlock(), text
    for role in ("monitor", *["session"][os.geteuid() != 0:]):
        linked = libraries(blocks[role])
        assert {"libc", "ld-linux-x86-64"} <= linked, blocks[role]
        assert not linked & {"libcrypto", "libcrypt", "libz", "libuv", "libseccomp"} or "libasan" in linked, blocks[role]


def test_the_check_of_the_sandbox_shows_the_process_of_pam(server):
    server.write_config(UsePAM="yes")
    status, blocks, text = check_sandbox(server.command("--sandbox-check"))
    assert status == 0, text
    if os.geteuid() == 0:
        assert "libpam" in blocks["pam"], text
    assert "libpam" not in "".join(block for role, block in blocks.items() if role != "pam")


def check_as_nobody(server, *options):
    if os.geteuid() != 0:
        pytest.skip("needs root to become somebody else")
    script = "install -m 600 -o nobody $1 /tmp/glasshd-check-key.$$ && shift && " \
             "setpriv --reuid nobody --regid nogroup --clear-groups \"$@\" " \
             "-f none --sandbox-check -h /tmp/glasshd-check-key.$$; s=$?; rm /tmp/glasshd-check-key.$$; exit $s"
    return check_sandbox(["sh", "-c", script, "sh", str(server.keys.path / "host"), *options, server.command()[0]])


def test_the_check_of_the_sandbox_can_fail(server):
    """With an ambient capability an unprivileged server's monitor is more than it should be; its worker is not."""
    status, blocks, text = check_as_nobody(server, "--inh-caps", "+net_raw", "--ambient-caps", "+net_raw")
    assert status == 1 and "WRONG: none" in blocks["monitor"], text
    assert "WRONG" not in blocks["worker"] and LOCKED_IN[-1] in blocks["worker"]


def test_the_check_of_the_sandbox_says_what_an_ordinary_user_cannot_see(server):
    """Of a process that may hold secrets the kernel shows others neither its root nor its descriptors."""
    status, blocks, text = check_as_nobody(server)
    assert status == 0 and "WRONG" not in text, text
    for role in (*WITH_CALLS, "nursery"):
        for part in ("root", "descriptors", "namespaces", "libraries", "landlock", *["system calls"][role == "nursery":]):
            assert row(blocks[role], part) == "not visible to this user", blocks[role]
    for part in LOCKED_IN:
        assert part in blocks["worker"]
    assert blocks["monitor"].count("not visible") == 1 and row(blocks["monitor"], "landlock").startswith("not visible")
    hidden = text.count("not visible to this user\n") - 1
    assert text.endswith(f"but {hidden} rows are not visible to this user\n"), text


@pytest.fixture
def changed():
    """A directory with programs of the server, where everybody may look: those that are not replaced are the built ones."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="glasshd-changed-"))
    path.chmod(0o755)
    built = pathlib.Path(GLASSHD).resolve().parent
    shutil.copy(built / "glasshd", path / "glasshd")
    for program in [*built.glob("glasshd-*"), built / "glassh-tcp"]:
        if program.is_file():
            (path / program.name).symlink_to(program)
    yield path
    shutil.rmtree(path)


def replace(changed, name, script):
    """Another program in its place; in it REAL is the built one."""
    path = changed / name
    built = path.resolve()
    path.unlink()
    path.write_text(script.replace("REAL", str(built)))
    path.chmod(0o755)


def check_changed(changed, server):
    return check_sandbox([changed / "glasshd", *server.command("--sandbox-check")[1:]])


# A kernel without Landlock, for one process: a filter has the call that asks for it fail.
NO_LANDLOCK = f"""#!/usr/bin/python3
import ctypes, os, struct, sys
steps = [(0x20, 0, 0, 0), (0x15, 0, 1, {LANDLOCK_CREATE_RULESET}), (0x06, 0, 0, 0x00050026), (0x06, 0, 0, 0x7fff0000)]
code = b"".join(struct.pack("HBBI", *step) for step in steps)
room = ctypes.create_string_buffer(code)
libc = ctypes.CDLL(None)
libc.prctl(38, 1, 0, 0, 0)
assert libc.prctl(22, 2, ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(room)))) == 0
os.execve("REAL", sys.argv, {{}})
"""
AS_SOMEBODY = "setpriv --reuid 102 --regid 65534 --groups 4,20 REAL"

# One way for each column to be wrong: the program that is replaced, by what, and what is said then.
WAYS = [
    ("porch", "uid", 'exec REAL 12345 "$2" "$3"', "12345 12345 12345 12345  WRONG: "),
    ("porch", "gid", 'exec REAL "$1" 12345 "$3"', "12345 12345 12345 12345  WRONG: "),
    ("keyd", "groups", f'exec {AS_SOMEBODY} "$@"', "4 20  WRONG: none"),
    ("keyd", "root", f'exec {AS_SOMEBODY} "$@"', "/  WRONG: /run/glasshd"),
    ("session", "no new privs", 'exec setpriv --no-new-privs REAL "$@"', "1  WRONG: 0"),
    ("session", "limits", 'ulimit -n 64; exec REAL "$@"', "as glasshd's  WRONG: nofile=64"),
    ("authorize", "limits", 'ulimit -f 7; exec REAL "$@"', "core=0, else as glasshd's  WRONG: fsize=3584"),
    ("session", "descriptors", 'exec 9</etc/profile; exec REAL "$@"', "9=/etc/profile  WRONG: no file, terminal or device"),
    ("worker", "descriptors", 'exec 9</etc/profile; exec REAL "$@"', "9=/etc/profile.*WRONG: no file, terminal or device"),
    ("session", "namespaces", 'exec unshare --user REAL "$@"', "user=own  WRONG: net=shared"),
    ("session", "libraries", 'LD_PRELOAD=libresolv.so.2 exec REAL "$@"', "WRONG: libresolv.so.2 should not be there"),
    ("worker", "libraries", 'LD_PRELOAD=libresolv.so.2 exec REAL "$@"', "WRONG: libresolv.so.2 should not be there"),
    ("password", "libraries", 'LD_PRELOAD=libresolv.so.2 exec REAL "$@"', "WRONG: libresolv.so.2 should not be there"),
    ("worker", "seccomp", NO_LANDLOCK, "2, filters: 2  WRONG: 2, filters: 1"),
    ("worker", "landlock", NO_LANDLOCK, r"none  WRONG: denies files \(version \d+\)"),
    ("offer", "landlock", NO_LANDLOCK, r"none  WRONG: denies files \(version \d+\)"),
]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, which sees all of it")
@pytest.mark.parametrize("role,column,script,said", WAYS, ids=[f"{role}-{column}" for role, column, *_ in WAYS])
def test_the_check_of_the_sandbox_fails_when_something_is_otherwise(server, changed, role, column, script, said):
    if column == "landlock" and no_landlock():
        pytest.skip("the kernel has no Landlock")
    if column == "libraries" and is_sanitized():
        pytest.skip("the sanitizer must be the first library")
    replace(changed, f"glasshd-{role}", script if script.startswith("#!") else f"#!/bin/sh\n{script}\n")
    status, blocks, text = check_changed(changed, server)
    assert status == 1 and text.endswith("something is not as it should be\n"), text
    assert re.search(said, row(blocks[role], column)), text
    assert "WRONG" not in blocks["monitor"] + blocks["porch" if role != "porch" else "keyd"], text


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, which sees all of it")
def test_the_check_of_the_sandbox_fails_with_another_list_of_calls(server, changed):
    """A program in which one number of its list is another one's."""
    path = changed / "glasshd-offer"
    code = path.read_bytes()
    restart, kill, mmap = 219, 62, struct.pack("<iiI", 9, 1, 2)
    entry = struct.pack("<i28x", restart) + mmap
    assert code.count(entry) == 1
    path.unlink()
    path.write_bytes(code.replace(entry, struct.pack("<i28x", kill) + mmap))
    path.chmod(0o755)
    status, blocks, text = check_changed(changed, server)
    assert status == 1 and "WRONG: not those of the list" in row(blocks["offer"], "system calls"), text
    assert text.count("WRONG") == 1, text


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("cc"), reason="needs root and a compiler")
@pytest.mark.skipif(is_sanitized(), reason="the sanitizer must be the first library")
def test_the_check_of_the_sandbox_fails_when_memory_can_be_read(server, changed):
    """Where what makes it unreadable does nothing."""
    source = "int prctl(int what, ...) { return what < 0; }"
    library = changed / "libz.so"  # whatever its name is
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, "-xc", "-"], input=source, text=True, check=True)
    replace(changed, "glasshd-session", f'#!/bin/sh\nLD_PRELOAD={library} exec REAL "$@"\n')
    status, blocks, text = check_changed(changed, server)
    assert status == 1 and row(blocks["session"], "dumpable") == "yes  WRONG: no", text


def test_the_check_of_the_sandbox_fails_with_a_library_in_roots_own_program(server):
    if is_sanitized():
        pytest.skip("the sanitizer must be the first library")
    status, blocks, text = check_sandbox(["env", "LD_PRELOAD=libresolv.so.2", *server.command("--sandbox-check")])
    assert status == 1 and "WRONG: libresolv.so.2 should not be there" in row(blocks["monitor"], "libraries"), text


def test_the_check_of_the_sandbox_leaves_nothing_running(server):
    assert until(lambda: len(waiting(server)) == 4)
    with processes.adopting():
        before = set(processes.descendants(os.getpid()))
        assert check_sandbox(server.command("--sandbox-check"))[0] == 0
        assert until(lambda: set(processes.descendants(os.getpid())) <= before)
