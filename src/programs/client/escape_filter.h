/* SPDX-License-Identifier: BSD-2-Clause */
/* The escape character of a terminal session: at the beginning of a line it makes the next character a
 * command to us ("~." ends the connection). Pure: octets in, octets for the server and commands out. */
#pragma once

#include "base/buf.h"

enum escape_command {
    ESCAPE_FILTER_NONE,
    ESCAPE_FILTER_DISCONNECT, /* . */
    ESCAPE_FILTER_SUSPEND,    /* ^Z */
    ESCAPE_FILTER_HELP,       /* ? */
    ESCAPE_FILTER_REKEY,      /* R */
    ESCAPE_FILTER_BREAK,      /* B */
    ESCAPE_FILTER_LOUDER,     /* v */
    ESCAPE_FILTER_QUIETER,    /* V */
};

struct escape_filter {
    int character;      /* -1: none, everything passes */
    bool is_line_start; /* the character counts only there */
    bool is_pending;    /* the character was read, its command not yet */
};

void escape_filter_init(struct escape_filter *filter, int character);

/* Takes octets from the front of *in up to the next command and appends those for the server to `out`
 * (one more than were taken, at most). Returns the command, or NONE when *in is used up.
 * ERR_NO_SPACE cannot happen when `out` has room for in->len + 1 octets. */
enum escape_command escape_filter_next(struct escape_filter *filter, struct bytes *in,
                                       struct buf *out);

/* The help that "~?" shows, lines ended by CR LF. */
NODISCARD enum err escape_filter_help(const struct escape_filter *filter, struct buf *out);
