/* SPDX-License-Identifier: BSD-2-Clause */
/* Bounds on what we read from files and from the user; the SSH layer's are in ssh/limits.h. */
#pragma once

enum {
    LIMIT_KEY_FILE = 64 * 1024,          /* octets of a private or public key file */
    LIMIT_CONFIG_FILE = 1024 * 1024,     /* octets of a configuration file */
    LIMIT_HOSTS_FILE = 16 * 1024 * 1024, /* octets of a known_hosts file */
    LIMIT_LINE = 64 * 1024,              /* octets of a line in such files */
    LIMIT_KEY_BLOB = 16 * 1024,          /* octets of a public key on the wire */
    LIMIT_SIGNATURE = 16 * 1024,         /* octets of a signature blob */
    LIMIT_PASSPHRASE = 1024,             /* octets of a password or passphrase */
};
