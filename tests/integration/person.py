# SPDX-License-Identifier: BSD-2-Clause
"""Real users of the system, made for a test and removed after it."""
import contextlib
import os
import pathlib
import pwd
import secrets
import shutil

from shared import change_users


def can_make_users():
    return os.geteuid() == 0 and shutil.which("useradd") is not None


class Person:
    """A user with a home, a password and, in ~/.ssh/authorized_keys, the key of the tests."""

    def __init__(self, keys, shell="/bin/sh", groups=(), options=()):
        self.name, self.password = f"gt{secrets.token_hex(4)}", secrets.token_hex(8)
        more = [*(word for group in groups for word in ("--groups", group)), *options]
        change_users("useradd", "--create-home", "--shell", shell, *more, self.name, check=True)
        change_users("chpasswd", input=f"{self.name}:{self.password}\n".encode(), check=True)
        self.entry = pwd.getpwnam(self.name)
        self.home = pathlib.Path(self.entry.pw_dir)
        self.write_keys(keys.public("user"))

    def write_keys(self, text):
        folder = self.home / ".ssh"
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / "authorized_keys").write_text(text)
        for path in (folder, folder / "authorized_keys"):
            os.chown(path, self.entry.pw_uid, self.entry.pw_gid)
            path.chmod(0o700 if path == folder else 0o600)

    @contextlib.contextmanager
    def other_keys(self, text):
        """Meanwhile these lines are in authorized_keys."""
        before = (self.home / ".ssh/authorized_keys").read_text()
        self.write_keys(text)
        try:
            yield
        finally:
            self.write_keys(before)

    def remove(self):
        change_users("userdel", "--force", "--remove", self.name)
