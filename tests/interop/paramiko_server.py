# SPDX-License-Identifier: BSD-2-Clause
"""paramiko as a server for exec requests: PORT HOST_KEY AUTHORIZED_KEYS."""
import socket
import subprocess
import sys
import threading

import paramiko

port, host_key_file, authorized_keys = sys.argv[1:4]


def load_key(path):
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key_file(path)
        except (paramiko.SSHException, ValueError):
            pass
    raise SystemExit(f"cannot read {path}")


host_key = load_key(host_key_file)
with open(authorized_keys, encoding="ascii") as file:
    authorized = {line.split()[1] for line in file if line.strip()}


class Login(paramiko.ServerInterface):
    def get_allowed_auths(self, username):
        return "publickey"

    def check_auth_publickey(self, username, key):
        return paramiko.AUTH_SUCCESSFUL if key.get_base64() in authorized else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel, command):
        threading.Thread(target=run, args=(channel, command.decode()), daemon=True).start()
        return True


def run(channel, command):
    process = subprocess.Popen(["sh", "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def feed():
        while data := channel.recv(65536):
            process.stdin.write(data)
        process.stdin.close()

    threading.Thread(target=feed, daemon=True).start()
    while data := process.stdout.read1(65536):
        channel.sendall(data)
    channel.send_exit_status(process.wait())
    channel.close()


def serve(connection):
    transport = paramiko.Transport(connection)
    transport.add_server_key(host_key)
    try:
        transport.start_server(server=Login())
    except (paramiko.SSHException, EOFError):
        transport.close()


listener = socket.create_server(("127.0.0.1", int(port)), backlog=64)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
