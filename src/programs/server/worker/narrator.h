/* SPDX-License-Identifier: BSD-2-Clause */
/* --explain: shows one connection as a ladder on stderr while it proceeds. */
#pragma once

#include "os/endpoint.h"

struct narrator;
struct trace;

/* Finds out what stderr and the locale can show, which a locked-in process cannot. */
void narrator_look(void);

struct narrator *narrator_new(const struct endpoint *peer, const struct endpoint *local);

/* Ends the ladder with its summary. */
void narrator_free(struct narrator *narrator);

/* For the machines; NULL without a narrator. */
const struct trace *narrator_trace(const struct narrator *narrator);
