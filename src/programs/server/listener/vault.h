/* SPDX-License-Identifier: BSD-2-Clause */
/* The listener's end of the process that holds the host's private keys (keyd/keyd.h). Root reads the files and passes
 * their content on unparsed. */
#pragma once

#include "base/buf.h"
#include "os/sandbox_setup.h"

enum { VAULT_BLOBS_MAX = 128 * 1024 };

struct server_options;

struct vault {
    struct sandbox_setup sandbox;
    const struct server_options *options;
    const char *ident; /* the server's line; outlives the vault */
    int fd;            /* EXCHANGE records go here; hangs up when keyd ends; -1: none */
    pid_t id;
    struct buf blobs; /* the keys' public halves as SSH strings, the best first; empty: no key */
};

void vault_init(struct vault *vault);

/* Starts keyd and gives it the keys of the options' files; a file that is wrong is logged and left out. If a keyd has
 * ended, the new one takes its place, and the keys must be the same. ERR_SYSTEM with errno, ERR_DISCONNECTED,
 * ERR_TIMEOUT and the like: it did not start, or did not answer for ten seconds; ERR_BAD_VALUE: other keys. On an error
 * the vault is unchanged. */
NODISCARD enum err vault_open(struct vault *vault);

/* The user that keyd becomes, and its root directory. */
struct sandbox_setup vault_identity(const struct vault *vault);

void vault_close(struct vault *vault);
