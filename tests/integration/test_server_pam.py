# SPDX-License-Identifier: BSD-2-Clause
"""Root's glasshd with UsePAM, in a mount namespace with an /etc/pam.d of its own."""
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess

import pytest

from glasshd_server import BUILD, Server, children, is_alive, name, until
from person import Person, can_make_users
from shared import change_users
from test_server_passwords import answer_passwd, connect, plink, ssh


def can_have_mounts():
    return can_make_users() and subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not can_have_mounts(), reason="needs root to make users and mount namespaces")

GLASSH = os.environ.get("GLASSH", str(BUILD / "glassh"))
TALKATIVE = ["-o", "LogLevel=INFO"]
METHODS = ["password", "keyboard-interactive"]
UNIX = ["auth required pam_unix.so", "account required pam_unix.so", "password required pam_unix.so",
        "session required pam_unix.so"]


class PamServer(Server):
    """One for which /etc/pam.d has nothing but the service of the test."""

    def __init__(self, path, keys, service, **options):
        self.services = path / "pam.d"
        self.services.mkdir(exist_ok=True)
        (self.services / "gttest").write_text("".join(f"{line}\n" for line in service))
        (self.services / "other").write_text("auth required pam_deny.so\naccount required pam_deny.so\n")
        settings = {"AuthorizedKeysFile": ".ssh/authorized_keys", "StrictModes": "yes", "UsePAM": "yes",
                    "PAMServiceName": "gttest", **options}
        super().__init__(path, keys, **settings)

    def command(self, *arguments):
        mount = f"mount --bind {shlex.quote(str(self.services))} /etc/pam.d && exec \"$@\""
        return ["unshare", "--mount", "sh", "-c", mount, "sh", *super().command(*arguments)]


@pytest.fixture
def start(tmp_path, keys):
    running = []

    def start(service=UNIX, **options):
        running.append(PamServer(tmp_path, keys, service, **options).__enter__())
        return running[-1]

    yield start
    for server in running:
        server.__exit__()


@pytest.fixture
def person(keys):
    """Of whom a test may change anything."""
    person = Person(keys)
    yield person
    person.remove()


def run(server, person, *words, **options):
    return subprocess.run(server.ssh_command(*words, user=person.name, **options), capture_output=True, timeout=60,
                          stdin=subprocess.DEVNULL)


def only(method):
    return {"PubkeyAuthentication": "no", "PasswordAuthentication": "yes" if method == "password" else "no",
            "KbdInteractiveAuthentication": "yes" if method == "keyboard-interactive" else "no"}


def interact(server, person, answers):
    """Answers what is asked, in as many rounds as there are answers: what was asked, whether it lets in, a command's
    output."""
    paramiko = pytest.importorskip("paramiko")
    asked = []

    def answer(title, instructions, prompts):
        asked.append((instructions, [tuple(prompt) for prompt in prompts]))
        return [answers.pop(0) for _ in prompts]
    with connect(server) as transport:
        try:
            transport.auth_interactive(person.name, answer)
        except paramiko.SSHException:
            return asked, False, transport.get_banner()
        channel = transport.open_session()
        channel.exec_command("id -un")
        return asked, True, channel.makefile().read().decode().strip()


# ---- ways in ----

@pytest.mark.parametrize("method", METHODS)
def test_pam_checks_the_password(start, people, method):
    server = start(**only(method))
    person, other = people
    told = "keyboard-interactive/pam" if method == "keyboard-interactive" else method
    assert ssh(server, person.name, person.password, method, "id -un").stdout.decode().split() == [person.name]
    assert server.logs(rf"Accepted {told} for {person.name} from 127\.0\.0\.1 port \d+ ssh2")
    assert ssh(server, person.name, other.password, method, "true").returncode != 0
    assert server.logs(rf"Failed {told} for {person.name} from 127\.0\.0\.1 port \d+ ssh2")


@pytest.mark.parametrize("method", METHODS)
def test_plink_logs_in(start, people, method):
    server = start(**only(method))
    assert plink(server, people[0].name, people[0].password, "id -un").stdout.decode().split() == [people[0].name]
    assert plink(server, people[0].name, "wrong", "id -un").returncode != 0


def compiled(path, body, before=""):
    """A module of PAM's for the login."""
    if shutil.which("gcc") is None:
        pytest.skip("needs a compiler")
    (path / "m.c").write_text("#include <security/pam_modules.h>\n#include <stdlib.h>\n#include <string.h>\n"
                              + before + "int pam_sm_authenticate(pam_handle_t *p, int f, int c, const char **v)\n{" + body + "}\n"
                              "int pam_sm_setcred(pam_handle_t *p, int f, int c, const char **v) { return PAM_SUCCESS; }\n")
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", path / "m.so", path / "m.c", "-lpam"], check=True, capture_output=True)
    return path / "m.so"


TWO_QUESTIONS = """
    const struct pam_conv *conv;
    const struct pam_message m[] = { { PAM_TEXT_INFO, "Two more:" }, { PAM_PROMPT_ECHO_ON, "Colour? " },
                                     { PAM_ERROR_MSG, "and\\033[1m" }, { PAM_PROMPT_ECHO_OFF, "Number? " } };
    const struct pam_message *list[] = { &m[0], &m[1], &m[2], &m[3] };
    struct pam_response *r = NULL;
    if (pam_get_item(p, PAM_CONV, (const void **)&conv) != PAM_SUCCESS ||
        conv->conv(4, list, &r, conv->appdata_ptr) != PAM_SUCCESS)
        return PAM_AUTH_ERR;
    return !r[0].resp && !strcmp(r[1].resp, "blue") && !strcmp(r[3].resp, "7") ? PAM_SUCCESS : PAM_AUTH_ERR;
"""


def test_a_stack_may_ask_several_times_and_say_something_first(start, people, tmp_path):
    text = tmp_path / "text"
    text.write_text("Hello \33[31mfrom PAM\n")
    module = compiled(tmp_path, TWO_QUESTIONS)
    server = start([f"auth optional pam_echo.so file={text}", UNIX[0], f"auth required {module}", *UNIX[1:]],
                   **only("keyboard-interactive"))
    person = people[0]
    asked, is_in, output = interact(server, person, [person.password, "blue", "7"])
    assert is_in and output == person.name
    assert asked == [("Hello \\x1b[31mfrom PAM\n", [("Password: ", False)]),
                     ("Two more:\nand\\x1b[1m\n", [("Colour? ", True), ("Number? ", False)])]
    for answers in (["wrong", "blue", "7"], [person.password, "red", "7"], [person.password, "blue", ""]):
        assert interact(server, person, answers)[1] is False
    assert server.logs(f"PAM: Authentication failure for {person.name} from 127.0.0.1")


def test_ssh_answers_several_questions(start, people, tmp_path):
    module = compiled(tmp_path, TWO_QUESTIONS)
    script = tmp_path / "askpass"
    script.write_text(f'#!/bin/sh\ncase "$1" in *Colour*) echo blue;; *Number*) echo 7;; *) echo {people[0].password};; esac\n')
    script.chmod(0o755)
    server = start([UNIX[0], f"auth required {module}", *UNIX[1:]], **only("keyboard-interactive"))
    for client in ("ssh", GLASSH):
        words = server.ssh_command("id -un", user=people[0].name, options=["-o", "BatchMode=no"])
        done = subprocess.run([client, *words[1:]], capture_output=True, timeout=60, stdin=subprocess.DEVNULL,
                              env={**os.environ, "SSH_ASKPASS": str(script), "SSH_ASKPASS_REQUIRE": "force"})
        assert done.stdout.decode().split() == [people[0].name], (client, done)


def test_a_question_that_is_not_answered_may_be_dropped(start, people):
    """Whoever turns to another method in the middle of a conversation is served there."""
    paramiko = pytest.importorskip("paramiko")
    server = start(PasswordAuthentication="yes")
    person = people[0]
    with connect(server) as transport:
        with pytest.raises(paramiko.SSHException):
            transport.auth_interactive(person.name, lambda *_: [])
        transport.auth_password(person.name, person.password)
        assert transport.is_authenticated()
    assert server.logs(f"Failed keyboard-interactive/pam for {person.name}"), server.log()


@pytest.mark.parametrize("method", METHODS)
def test_everybody_is_refused_alike(start, people, method):
    server = start(**only(method))
    answers = {ssh(server, user, "wrong", method, "true").stderr.replace(user.encode(), b"NAME")
               for user in (people[0].name, "gtnosuch")}
    assert len(answers) == 1, answers
    assert server.logs(r"Invalid user gtnosuch from 127\.0\.0\.1 port \d+")


def test_a_user_who_may_not_is_not_let_in_by_any_module(start, people):
    """Modules that permit everything do not make users who are not there, nor undo AllowUsers."""
    server = start(["auth required pam_permit.so", "account required pam_permit.so", "session required pam_permit.so"],
                   AllowUsers=people[0].name, PasswordAuthentication="yes")
    assert ssh(server, people[0].name, "anything", "password", "true").returncode == 0
    assert ssh(server, people[1].name, "anything", "password", "true").returncode != 0
    assert ssh(server, "gtnosuch", "anything", "password", "true").returncode != 0


def test_pam_is_a_device_of_authentication_methods(start, people):
    server = start(AuthenticationMethods="publickey,keyboard-interactive:pam")
    done = ssh(server, people[0].name, people[0].password, "publickey,keyboard-interactive", "id -un",
               options=["-o", "PubkeyAuthentication=yes"])
    assert done.stdout.decode().split() == [people[0].name], done
    assert server.logs("Partial publickey for") and server.logs("Accepted keyboard-interactive/pam for")


# ---- accounts ----

@pytest.mark.parametrize("module", ["pam_nologin.so file={path}/nologin", "pam_access.so accessfile={path}/access"], ids=str)
@pytest.mark.parametrize("method", ["publickey", *METHODS])
def test_an_account_that_pam_refuses(start, people, tmp_path, module, method):
    (tmp_path / "nologin").write_text("Closed for today.\n")
    (tmp_path / "access").write_text("-:ALL:ALL\n")
    server = start([*UNIX[:1], "account required " + module.format(path=tmp_path), *UNIX[1:]],
                   PasswordAuthentication="yes")
    person = people[0]
    done = run(server, person, "true", options=TALKATIVE) if method == "publickey" else ssh(server, person.name, person.password, method, "true")
    assert done.returncode != 0
    assert server.logs(f"Access denied for user {person.name} by PAM account configuration")
    assert not re.search("Accepted", server.log())
    if "nologin" in module and method == "publickey":
        assert b"Closed for today." in done.stderr


def test_an_account_that_pam_refuses_may_try_again(start, people, keys):
    paramiko = pytest.importorskip("paramiko")
    server = start([*UNIX[:1], "account required pam_deny.so", *UNIX[1:]])
    with connect(server) as transport:
        for _ in range(2):
            with pytest.raises(paramiko.AuthenticationException):
                transport.auth_publickey(people[0].name, paramiko.Ed25519Key.from_private_key_file(str(keys.path / "user")))
            assert transport.is_active()


def test_a_session_that_pam_cannot_open_refuses_the_login(start, people):
    server = start([*UNIX, "session required pam_deny.so"])
    done = run(server, people[0], "true")
    assert done.returncode == 255 and b"Permission denied" in done.stderr, done
    assert server.logs(r"PAM: pam_open_session\(\)") and "Accepted" not in server.log()


@pytest.mark.parametrize("method", ["publickey", "password"])
def test_who_cannot_be_asked_changes_an_expired_password_in_the_session(start, person, method):
    change_users("chage", "--lastday", "0", person.name, check=True)
    server = start(ForceCommand="id -un", KbdInteractiveAuthentication="no", PasswordAuthentication="yes")
    login = server.ssh("true", user=person.name) if method == "publickey" else \
        ssh(server, person.name, person.password, method, "true")
    assert login.returncode == 1 and login.stdout == b"", login
    assert b"Password change required but no TTY available." in login.stderr
    (server.services / "passwd").write_text("password required pam_unix.so\n")
    new = f"Much-N3wer-{person.password[::-1]}"
    with connect(server) as transport:
        if method == "password":
            transport.auth_password(person.name, person.password, fallback=False)
        else:
            key = pytest.importorskip("paramiko").Ed25519Key.from_private_key_file(str(server.keys.path / "user"))
            transport.auth_publickey(person.name, key)
        shown = answer_passwd(transport, person.password, new)
    assert shown.index("You are required to change your password") < shown.index("WARNING: Your password has expired.")
    assert ssh(server, person.name, new, "password", "true").stdout.decode().split() == [person.name]


def test_an_expired_password_is_changed_by_answers(start, person):
    change_users("chage", "--lastday", "0", person.name, check=True)
    server = start(**only("keyboard-interactive"))
    new = "N3w-" + person.password[::-1]
    asked, is_in, output = interact(server, person, [person.password, person.password, new, new])
    assert is_in and output == person.name, (asked, server.log())
    assert len(asked) >= 3
    assert interact(server, person, [new])[1] is True
    assert interact(server, person, [person.password])[1] is False


def test_a_module_may_not_make_another_user_of_this_one(start, people, tmp_path):
    module = compiled(tmp_path, f'return pam_set_item(p, PAM_USER, "{people[1].name}");')
    server = start([*UNIX[:1], f"auth required {module}", *UNIX[1:]], PasswordAuthentication="yes")
    for method in METHODS:
        assert ssh(server, people[0].name, people[0].password, method, "id -un").returncode != 0
    assert server.logs("a module has changed the user")


# ---- sessions ----

def test_limits_reach_the_session(start, people, tmp_path):
    (tmp_path / "limits").write_text(f"{people[0].name} hard nofile 321\n{people[0].name} soft nofile 123\n")
    server = start([*UNIX, f"session required pam_limits.so conf={tmp_path}/limits"])
    for words in ((), ("-tt",)):
        done = run(server, people[0], *words, "ulimit -Sn; ulimit -Hn")
        assert done.stdout.decode().split() == ["123", "321"], (done, server.log())
    assert run(server, people[1], "ulimit -Sn").stdout.decode().split() != ["123"]


def test_what_a_module_sets_for_files_holds(start, people):
    server = start([*UNIX, "session required pam_umask.so umask=0007"])
    assert run(server, people[0], "umask").stdout.decode().split() == ["0007"]


def test_variables_reach_the_session_and_dangerous_ones_do_not(start, people, tmp_path):
    (tmp_path / "env").write_text("FROM_PAM DEFAULT=\"yes it is\"\nLD_PRELOAD DEFAULT=/evil.so\nBASH_ENV DEFAULT=/evil\n"
                                  "SSH_CLIENT DEFAULT=evil\nPATH DEFAULT=/usr/bin:/bin:/of/pam\n")
    server = start([*UNIX, f"session required pam_env.so conffile={tmp_path}/env readenv=0"])
    rows = dict(row.split("=", 1) for row in run(server, people[0], "env").stdout.decode().splitlines() if "=" in row)
    assert rows["FROM_PAM"] == "yes it is" and rows["PATH"] == "/usr/bin:/bin:/of/pam"
    assert "LD_PRELOAD" not in rows and "BASH_ENV" not in rows and rows["SSH_CLIENT"].startswith("127.0.0.1 ")


def test_who_is_root_by_another_name_has_the_groups_of_that_name(start, other_root):
    server = start(PermitRootLogin="yes")
    for words in ((), ("-tt",)):
        uid, gid, *groups = map(int, run(server, other_root, *words, "id -u; id -g; id -G").stdout.split())
        assert (uid, gid) == (0, other_root.entry.pw_gid) and gid != 0, server.log()
        assert set(groups) == set(os.getgrouplist(other_root.name, gid))


@pytest.fixture
def noted(start, tmp_path):
    """A server whose sessions leave notes; how to read them."""
    notes, script = tmp_path / "notes", tmp_path / "script"
    script.write_text(f"#!/bin/sh\necho $PAM_TYPE $PAM_USER $PAM_RHOST $PAM_SERVICE $(id -u) >> {notes}\n")
    script.chmod(0o755)
    server = start([*UNIX, f"session required pam_exec.so {script}"])
    return server, lambda: notes.read_text().splitlines() if notes.exists() else []


def test_a_session_is_opened_once_and_closed(noted, people):
    server, notes = noted
    person = people[0]
    wanted = [f"open_session {person.name} 127.0.0.1 gttest 0", f"close_session {person.name} 127.0.0.1 gttest 0"]
    done = run(server, person, "echo", "$$")
    assert done.returncode == 0, server.log()
    assert until(lambda: notes() == wanted), (notes(), server.log())
    assert until(lambda: not server.connections())


@pytest.mark.parametrize("method, exposes", zip(METHODS, ["no", "yes"]))
def test_modules_are_told_how_the_user_has_logged_in(start, people, keys, tmp_path, method, exposes):
    """As by sshd: those that log in what came before, the others all of it; but who is asked questions may be asked for a
    new password, so the account is looked at among them. The session is told only by ExposeAuthInfo."""
    paramiko = pytest.importorskip("paramiko")
    notes, script = tmp_path / "notes", tmp_path / "script"
    script.write_text(f'#!/bin/sh\necho "$PAM_TYPE<$SSH_AUTH_INFO_0>" >> {notes}\n')
    script.chmod(0o755)
    note = f"required pam_exec.so {script}"
    server = start([f"auth {note}", UNIX[0], f"account {note}", *UNIX[1:], f"session {note}"], ExposeAuthInfo=exposes,
                   AuthenticationMethods=f"publickey,{method}", PasswordAuthentication="yes")
    person, name = people[0], {"keyboard-interactive": "keyboard-interactive/pam"}.get(method, method)
    key = keys.public("user").rpartition(" ")[0]
    with connect(server) as transport:
        def log_in(password):
            if method == "password":
                return transport.auth_password(person.name, password, fallback=False)
            return transport.auth_interactive(person.name, lambda *_: [password])
        transport.auth_publickey(person.name, paramiko.Ed25519Key.from_private_key_file(str(keys.path / "user")))
        with pytest.raises(paramiko.AuthenticationException):
            log_in("wrong")
        log_in(person.password)
        channel = transport.open_session()
        channel.exec_command("echo ${SSH_AUTH_INFO_0-unset}")
        assert channel.makefile().read() == b"unset\n"
    before, whole = f"<publickey {key}\n>\n", f"<publickey {key}\n{name}\n>\n"
    account = before if method == "keyboard-interactive" else whole
    wanted = f"auth{before}auth{before}account{account}open_session{whole}close_session{whole}"
    assert until(lambda: notes.read_text() == wanted), notes.read_text()


def test_nothing_is_opened_for_who_is_refused(noted, people):
    server, notes = noted
    assert run(server, people[0], "true", key="other").returncode == 255
    assert ssh(server, people[0].name, "wrong", "password", "true").returncode != 0
    assert notes() == []


NOTES_ITS_END = """
#include <stdio.h>
static void at_end(pam_handle_t *p, void *notes, int result)
{
    FILE *file = fopen(notes, "a");
    fprintf(file, "%d\\n", result);
    fclose(file);
}
"""


def test_modules_are_told_how_it_ended(start, people, tmp_path):
    """Also of a login that came to nothing, before their process is gone."""
    notes = tmp_path / "ends"
    notes.write_text("")
    module = compiled(tmp_path, f'return pam_set_data(p, "gt", "{notes}", at_end);', NOTES_ITS_END)
    server = start([f"auth required {module}", UNIX[0] + " nodelay", *UNIX[1:]], PasswordAuthentication="yes")
    wanted = []
    for password, result in [("wrong", 7)] * 3 + [(people[0].password, 0)]:
        ssh(server, people[0].name, password, "password", "true")
        wanted.append(str(result))
        assert until(lambda: notes.read_text().split() == wanted), (notes.read_text(), wanted)


def test_what_a_module_runs_cannot_speak_for_pam(start, people, tmp_path):
    """Some run programs as the user, before anything is proven."""
    notes = tmp_path / "descriptors"
    module = compiled(tmp_path, f'return system("/bin/ls -l /proc/self/fd > {notes}") ? PAM_AUTH_ERR : PAM_SUCCESS;')
    server = start([f"auth required {module}", *UNIX], **only("password"))
    assert ssh(server, people[0].name, people[0].password, "password", "true").returncode == 0
    assert "/dev/null" in notes.read_text() and "socket:" not in notes.read_text()


def test_a_session_that_a_module_refuses_stays_refused(start, people):
    paramiko = pytest.importorskip("paramiko")
    server = start([*UNIX, "session required pam_deny.so"], PasswordAuthentication="yes")
    with connect(server) as transport:
        for _ in range(2):
            with pytest.raises(paramiko.AuthenticationException):
                transport.auth_password(people[0].name, people[0].password)
    assert server.logs(r"PAM: pam_open_session\(\): it was refused before")
    assert "cannot be asked" not in server.log()


def tree(server, person, *words):
    """A running session: the client, and its processes by name."""
    client = subprocess.Popen(server.ssh_command(*words, "echo $$; exec sleep 1000", user=person.name), stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    shell = int(client.stdout.readline())
    found, pid = {"shell": shell}, shell
    while name(pid) != "glasshd":
        pid = int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        found.setdefault(name(pid), pid)
    return client, found


def test_the_session_is_a_child_of_pams_process(noted, people):
    server, _ = noted
    client, found = tree(server, people[0])
    assert list(found) == ["shell", "glasshd-session", "glasshd-pam", "glasshd"]
    status = pathlib.Path(f"/proc/{found['glasshd-session']}/status").read_text()
    assert re.search(r"^Uid:" + rf"\t{people[0].entry.pw_uid}" * 4 + "$", status, re.MULTILINE)
    assert re.search(r"^CapEff:\s*0+$", status, re.MULTILINE) and re.search(r"^NoNewPrivs:\s*0$", status, re.MULTILINE)
    client.kill()
    client.communicate()
    assert until(lambda: not any(is_alive(pid) for pid in found.values()))


@pytest.mark.parametrize("victim", ["glasshd", "glasshd-session", "glasshd-pam"])
def test_whoever_is_killed_nothing_is_left(noted, people, victim):
    server, notes = noted
    client, found = tree(server, people[0], "-tt")
    os.kill(found[victim], signal.SIGKILL)
    client.wait(60)
    client.stdout.close()
    assert until(lambda: not any(is_alive(pid) for pid in found.values())), {who: is_alive(pid) for who, pid in found.items()}
    if victim != "glasshd-pam":
        assert until(lambda: len(notes()) == 2), notes()


def test_a_module_that_waits_for_ever_has_until_the_end_of_the_login(start, people, tmp_path):
    """As for a second factor that never comes."""
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\nexec sleep 1000\n")
    script.chmod(0o755)
    server = start([f"auth required pam_exec.so quiet {script}", *UNIX], PasswordAuthentication="yes", LoginGraceTime="10")
    client = subprocess.Popen(["sshpass", "-p", "x", *server.ssh_command(
        "true", user=people[0].name, options=["-o", "BatchMode=no", "-o", "PubkeyAuthentication=no"])],
        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert until(lambda: any(name(child) == "glasshd-pam" for pid in server.connections() for child in children(pid)))
    assert client.wait(60) != 0
    assert until(lambda: not server.connections()), server.log()


def test_a_module_that_lets_no_signal_in_ends_with_the_login(start, people, tmp_path):
    module = compiled(tmp_path, "sigset_t all; sigfillset(&all); sigprocmask(SIG_BLOCK, &all, NULL); for (;;) sleep(1000);",
                      "#include <signal.h>\n#include <unistd.h>\n")
    server = start([f"auth required {module}", *UNIX], PasswordAuthentication="yes")
    client = subprocess.Popen(["sshpass", "-p", "x", *server.ssh_command(
        "true", user=people[0].name, options=["-o", "BatchMode=no", "-o", "PubkeyAuthentication=no"])],
        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert until(lambda: any("SigBlk:\tf" in pathlib.Path(f"/proc/{child}/status").read_text()
                             for pid in server.connections() for child in children(pid)))
    client.terminate()
    client.wait(20)
    assert until(lambda: not server.connections()), server.log()


def test_what_pam_says_is_shown_to_who_gets_a_shell(start, people):
    (people[0].home / "motd").write_text("Welcome, says PAM.\n")
    server = start([*UNIX, f"session optional pam_motd.so motd={people[0].home}/motd noupdate"])
    shown, _ = server.shell(user=people[0].name)
    assert "Welcome, says PAM.\r\n" in shown, (shown, server.log())
    assert b"Welcome" not in run(server, people[0], "true").stdout


def test_the_worker_still_has_nothing(noted, people):
    """PAM's process is the only one that has libpam."""
    server, _ = noted
    client, found = tree(server, people[0])
    linked = {who: "libpam" in pathlib.Path(f"/proc/{pid}/maps").read_text() for who, pid in found.items() if who != "shell"}
    client.kill()
    client.communicate()
    assert linked == {"glasshd-session": False, "glasshd-pam": True, "glasshd": False}
