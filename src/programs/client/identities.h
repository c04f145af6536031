/* SPDX-License-Identifier: BSD-2-Clause */
/* The user's keys for a login, in the order of trying: the one that this server accepted last time, those that were
 * named, those of the agent, the usual files; where nobody gave an order ED25519 before ECDSA before RSA; last those
 * whose private half is missing. */
#pragma once

#include "keys/private/private_key.h"
#include "os/agent_client.h"
#include "programs/client/cache.h"

#include <limits.h>

struct settings;

enum { IDENTITIES_MAX = 256, IDENTITIES_NAME_MAX = PATH_MAX };

struct identity {
    const char *path; /* of the file, borrowed from the settings; NULL: only in the agent */
    char name[IDENTITIES_NAME_MAX]; /* the path, or the agent's comment; escaped */
    char fingerprint[96];           /* "SHA256:…", empty while the key is not known */
    struct buf blob;                /* the public key; empty: known only with the passphrase */
    struct private_key *key;        /* loaded, or NULL */
    bool is_in_agent;
    bool is_locked; /* the file needs a passphrase */
    bool is_done;   /* was tried */
    unsigned rank;  /* smaller goes first */
};

struct identities {
    struct identity *items[IDENTITIES_MAX];
    size_t count;
    struct agent_client agent;
};

/* Reads the key files and asks the agent; logs what is wrong with files that were named. `remembered` has the key that
 * worked last time. */
void identities_load(struct identities *all, const struct settings *settings,
                     const struct cache_entry *remembered);
void identities_wipe(struct identities *all);

/* Logs which keys could not be used for lack of their private half. */
void identities_tell_halves(const struct identities *all);

/* Asks for the passphrase, up to `prompts` times; ERR_WRONG_PASSPHRASE when none was right, ERR_SYSTEM
 * or ERR_UNSUPPORTED when nobody answered. */
NODISCARD enum err identities_unlock(struct identity *identity, int prompts);

/* Whether a signature can be made without asking the person. */
bool identities_signs_at_once(const struct identity *identity);

/* Appends a signature blob. ERR_UNSUPPORTED: no such key, or the agent refused. */
NODISCARD enum err identities_sign(struct identities *all, struct bytes blob,
                                   struct bytes algorithm, struct bytes message,
                                   struct buf *signature);
