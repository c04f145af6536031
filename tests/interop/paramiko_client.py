# SPDX-License-Identifier: BSD-2-Clause
"""paramiko as a client: PORT KEY KNOWN_HOSTS USER COMMAND [Keyword=value …]. Moves stdin and stdout,
renegotiates the keys halfway, ends with the command's exit status."""
import sys
import threading

import paramiko

port, key_file, known_hosts, user, command = sys.argv[1:6]
algorithms = dict(row.split("=", 1) for row in sys.argv[6:])
KINDS = {"KexAlgorithms": "kex", "Ciphers": "ciphers", "MACs": "digests", "HostKeyAlgorithms": "key_types",
         "PubkeyAcceptedAlgorithms": "pubkeys"}


def load_key(path):
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key_file(path)
        except (paramiko.SSHException, ValueError):
            pass
    raise SystemExit(f"cannot read {path}")


transport = paramiko.Transport(("127.0.0.1", int(port)))
security = transport.get_security_options()
for keyword, kind in KINDS.items():
    if keyword not in algorithms:
        continue
    if kind == "pubkeys":
        transport._preferred_pubkeys = (algorithms[keyword],)
    else:
        setattr(security, kind, (algorithms[keyword],))
transport.start_client(timeout=60)
host_key = transport.get_remote_server_key()
with open(known_hosts, encoding="ascii") as file:
    known = {tuple(line.split()[1:3]) for line in file}
if (host_key.get_name(), host_key.get_base64()) not in known:
    raise SystemExit("unknown host key")
transport.auth_publickey(user, load_key(key_file))
channel = transport.open_session()
channel.exec_command(command)


def send():
    data = sys.stdin.buffer.read()
    half = len(data) // 2
    channel.sendall(data[:half])
    if half:
        transport.renegotiate_keys()
    channel.sendall(data[half:])
    channel.shutdown_write()


sender = threading.Thread(target=send, daemon=True)
sender.start()
while received := channel.recv(65536):
    sys.stdout.buffer.write(received)
sys.stdout.buffer.flush()
sender.join(60)
status = channel.recv_exit_status()
transport.close()
sys.exit(status)
