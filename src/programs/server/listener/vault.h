/* SPDX-License-Identifier: BSD-2-Clause */
/* The listener's end of the process that holds the host's private keys (keyd/keyd.h). Root reads the files
 * and hands on what is in them unseen. */
#pragma once

#include "base/buf.h"
#include "os/sandbox_setup.h"

enum { VAULT_BLOBS_MAX = 128 * 1024 };

struct server_options;

struct vault {
    struct sandbox_setup sandbox;
    const struct server_options *options;
    const char *ident; /* the server's line; outlives the vault */
    int fd;            /* EXCHANGE records go here; hangs up when keyd ends; -1: there is none */
    pid_t id;
    struct buf blobs; /* the keys' public halves as SSH strings, the best first; empty: no key */
};

void vault_init(struct vault *vault);

/* Starts keyd and gives it the keys of the options' files; what is wrong with one of them is logged, and it
 * is left out. For one that has ended, in its place: then the keys must be the same. ERR_SYSTEM with errno,
 * ERR_DISCONNECTED, ERR_TIMEOUT and the like: it did not start, or says nothing for ten seconds; ERR_BAD_VALUE: other
 * keys. What was there stays. */
NODISCARD enum err vault_open(struct vault *vault);

/* Whom keyd becomes, and where. */
struct sandbox_setup vault_identity(const struct vault *vault);

void vault_close(struct vault *vault);
