/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a line of configuration is, and the problems found there: one line of text each, for the user,
 * worded as other programs expect from the output of ssh and sshd. */
#pragma once

#include "base/buf.h"

enum { PLACE_KEPT = 64 * 1024, PLACE_QUOTE_MAX = 80 };

struct place {
    const char *file; /* "command-line" for options given there */
    unsigned line;    /* from 1; 0 on the command line */
    struct buf *problems;
};

/* Makes an empty buf for problems. Problems after the first PLACE_KEPT octets are dropped. */
void place_init(struct buf *problems);

/* Adds "FILE line N: <text>" to the problems, ended by a newline. Always returns ERR_BAD_VALUE. */
NODISCARD enum err place_report(const struct place *place, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same as "FILE: line N: Bad configuration option: <keyword><why>", the keyword in lower case. */
NODISCARD enum err place_report_keyword(const struct place *place, struct bytes keyword,
                                        const char *why);

/* Adds "Bad owner or permissions on <file>": someone else could have written that file. */
NODISCARD enum err place_report_unsafe(const struct place *place, const char *file);

/* Ends the problems of a file: "FILE: terminating, N bad configuration options", even if some were
 * dropped. */
NODISCARD enum err place_report_total(const struct place *place, size_t count);

/* A word of the line, escaped and cut, to be shown in a report. */
struct place_quote {
    char text[PLACE_QUOTE_MAX];
};
struct place_quote place_quote(struct bytes word);
