/* SPDX-License-Identifier: BSD-2-Clause */
/* Summarises a connection: how long each phase took, how many round trips it needed, and which algorithms
 * it uses. A phase ends when its purpose is achieved, however early the next one's first messages left, so
 * the phases add up to the whole. */
#pragma once

#include "base/instant.h"
#include "explain/fact.h"

enum summary_phase {
    SUMMARY_FIND,
    SUMMARY_CONNECT,
    SUMMARY_HELLO,
    SUMMARY_KEYS,
    SUMMARY_LOGIN,
    SUMMARY_SESSION,
    SUMMARY_PHASES
};

struct summary {
    bool is_server;
    struct instant start;
    enum summary_phase phase;
    struct instant began[SUMMARY_PHASES];

    bool asks;   /* the flight about to leave wants an answer */
    bool awaits; /* such a flight has left and has not been answered */
    unsigned round_trips, trips_to_login, trips_to_program;

    unsigned requests, replies,
        program_request; /* of the client, that want a reply; counted from 1 */
    bool is_logged_in, is_running, has_octets, has_ended;
    struct instant ready, first_octet, end;
    struct instant latest; /* fact not about TCP, whose facts go on when all is over */

    char kex[64], host_key[64], cipher[64];
    bool is_post_quantum;
};

void summary_init(struct summary *summary, bool is_server, struct instant start);

/* To be called for every fact, in order. */
void summary_observe(struct summary *summary, const struct fact *fact, struct instant now);

/* Lines, each with its newline, without marks; at most `size` octets. The first shows whether the login
 * succeeded, the second the phases. */
void summary_format(const struct summary *summary, char *out, size_t size);
