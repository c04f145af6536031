/* SPDX-License-Identifier: BSD-2-Clause */
/* Decides which connections the listener takes: MaxStartups, PerSourceMaxStartups and PerSourcePenalties together. */
#pragma once

#include "admission/penalties.h"
#include "admission/source.h"
#include "os/endpoint.h"
#include "programs/server/common/outcome.h"

struct server_options;
struct admittance;

/* Where a connection comes from. */
struct admittance_visitor {
    struct source source;
    struct endpoint peer;
};

struct admittance_visitor admittance_visitor_of(const struct sockaddr_storage *address);

/* A number of connections or sources in the options, bounded: there are tables for them, and no Linux has more
 * processes than that. */
enum { ADMITTANCE_MOST = 4 * 1024 * 1024 };
size_t admittance_most(int64_t wanted);

struct admittance *admittance_new(const struct server_options *options); /* must outlive it */
void admittance_free(struct admittance *a);                              /* or NULL */

enum admittance_verdict {
    ADMITTANCE_GRANTED,
    ADMITTANCE_TOO_MANY, /* MaxStartups */
    ADMITTANCE_CROWDED,  /* PerSourceMaxStartups */
    ADMITTANCE_PENALTY,  /* PerSourcePenalties */
};

/* Judges a newcomer while `count` others have not logged in; *reason is for the log if it is not GRANTED. */
enum admittance_verdict admittance_ask(struct admittance *a,
                                       const struct admittance_visitor *visitor, int count,
                                       const char **reason);

/* A visitor that was granted enters, and leaves when it has logged in or is gone. */
void admittance_enter(struct admittance *a, const struct admittance_visitor *visitor);
void admittance_leave(struct admittance *a, const struct admittance_visitor *visitor);

void admittance_penalise(struct admittance *a, const struct admittance_visitor *visitor,
                         enum penalties_class class);
/* Also sends penalties to `fd`, a datagram socket for PENALTY records. */
void admittance_tell(struct admittance *a, int fd);
/* Applies the records that have come to that socket's other end. */
void admittance_hear(struct admittance *a, int fd);

/* For the program that takes over: see admission/penalties.h. */
bool admittance_penalty(const struct admittance *a, size_t place, struct penalties_entry *entry);
void admittance_restore(struct admittance *a, const struct penalties_entry *entry);

/* Like admittance_penalise, with the penalty for that outcome, if there is one. */
void admittance_judge(struct admittance *a, const struct admittance_visitor *visitor,
                      enum outcome outcome);
