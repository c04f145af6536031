/* SPDX-License-Identifier: BSD-2-Clause */
/* Renders what the client's SSH machine states as messages and notes of a story: the rows of explain's ladder, in its
 * words, between the segments that carry them. */
#pragma once

#include "base/trace.h"
#include "lab/network.h"

struct ssh_facts {
    struct network *network;
    struct story *story;
    struct trace trace; /* to be given to the machine */
    int step;           /* of the ladder */
    /* The packet that the next facts are about. */
    bool is_out, is_sealed;
    char message[64];
};

/* All three must outlive the machine. */
void ssh_facts_init(struct ssh_facts *facts, struct network *network, struct story *story);
