/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection that was brought into a phase by a peer of its own kind, and is then fed with messages
 * that no honest peer would send there. They are sealed with the connection's own keys, so that it sees
 * a peer that knows the keys but not the rules. */
#pragma once

#include "keys/private/private_key.h"
#include "ssh/connection.h"
#include "ssh/connection_internal.h"

struct stage {
    enum role role; /* of the one under test */
    bool asks;      /* a server asks a question before it lets in */
    struct connection *subject, *peer;
    struct buf to_subject, to_peer;
    struct private_key *key; /* the host's and the user's */
    struct rng rng;
    uint64_t random;
    uint32_t sequence; /* that the subject expected before the last message */
};

/* What one message did. */
struct stage_reaction {
    enum err err;
    bool has_event;
    enum connection_event_kind event; /* the first one */
    size_t packets;                   /* that were sent */
    struct buf first;                 /* payload of the first of them */
};

enum { STAGE_PAYLOAD_MAX = 256 * 1024 };

/* Sets the stage; a phase that the role does not have is our own mistake. */
void stage_init(struct stage *s, enum role role, enum legality_phase phase);
void stage_wipe(struct stage *s);

enum legality_phase stage_phase(const struct stage *s);

/* The subject opens, or is asked to open, a session channel: both ends' number is 0. */
void stage_open_channel(struct stage *s);

/* Feeds one message; to be wiped with buf_wipe(&reaction.first). */
struct stage_reaction stage_feed(struct stage *s, struct bytes payload);

/* The same in two steps, for packets that are damaged in between. */
void stage_seal(struct stage *s, struct bytes payload, struct buf *wire);
struct stage_reaction stage_feed_octets(struct stage *s, struct span octets);

/* Takes back a refusal or an ignored message, which must have changed nothing else. */
void stage_forget(struct stage *s);
