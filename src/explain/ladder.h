/* SPDX-License-Identifier: BSD-2-Clause */
/* The terminal ladder: shows a connection as it proceeds, one row per message between two ends, at most 80
 * columns wide, the client always on the left. Facts in, text out: it knows only what the trace points
 * state, and escapes whatever the peer sent. The rows are in ladder.def. */
#pragma once

#include "base/instant.h"
#include "base/trace.h"

struct ladder;

enum ladder_form { LADDER_UNICODE, LADDER_ASCII };

struct ladder_setup {
    enum ladder_form form;
    bool has_colour;
    bool is_short;  /* only the steps and the summary */
    bool is_server; /* our end is the one on the right */
    /* Shows whole lines. */
    void (*write)(void *context, struct bytes text);
    /* The time at which facts are observed. */
    struct instant (*now)(void *context);
    void *context;
};

/* The clock starts now. */
struct ladder *ladder_new(const struct ladder_setup *setup);
void ladder_free(struct ladder *ladder);

/* To be passed to the machines; valid as long as the ladder. */
const struct trace *ladder_trace(struct ladder *ladder);

/* The names over the two ends ("you 10.0.0.5:51846", "git.example.org 192.0.2.10:22"); escaped. */
void ladder_name_ends(struct ladder *ladder, const char *client, const char *server);

/* The connection is over: writes the summary. Later facts are not shown. */
void ladder_finish(struct ladder *ladder);
