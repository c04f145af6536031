/* SPDX-License-Identifier: BSD-2-Clause */
/* The messages and questions about a host key. */
#pragma once

#include "programs/client/host_key.h"

struct host_key_facts {
    const char *type;  /* for people: "ED25519" */
    char key_type[64]; /* "ssh-ed25519" */
    char fingerprint[128];
    char picture[512];
    struct bytes blob;
    struct known_hosts_entry entry; /* the line that decides, or line 0 */
};

/* The blob is borrowed; `entry` is left empty. */
NODISCARD enum err host_key_text_facts(struct bytes blob, enum option_fingerprint_hash hash,
                                       struct host_key_facts *facts);

/* The question on first contact. */
NODISCARD enum err host_key_text_question(struct host_key *h, const struct host_key_facts *facts,
                                          struct buf *out);

/* The message that the host's address is known with another key, that of `entry`. */
NODISCARD enum err host_key_text_address(struct host_key *h, const struct host_key_facts *facts,
                                         const char *address, const struct known_hosts_entry *entry,
                                         struct buf *out);

/* These are logged. */
void host_key_text_nobody(const struct host_key_facts *facts); /* nobody can be asked */
/* Depends on the verdict: changed, of a type that the server no longer offers, or one of several. */
void host_key_text_changed(struct host_key *h, const struct host_key_facts *facts);
void host_key_text_revoked(struct host_key *h, const struct host_key_facts *facts);
void host_key_text_picture(const struct host_key_facts *facts);
