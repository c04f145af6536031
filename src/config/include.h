/* SPDX-License-Identifier: BSD-2-Clause */
/* The keyword Include of ssh_config and sshd_config: the files that a line names are read in its place. */
#pragma once

#include "config/config_source.h"
#include "config/place.h"

enum {
    INCLUDE_DEPTH = 16,   /* of files within files, not counting the outermost */
    INCLUDE_FILES = 1024, /* that one file includes, directly or through others */
};

/* Describes the file that contains the line. */
struct include {
    const struct config_source *source; /* NULL: there is no Include */
    unsigned depth;                     /* how many files it is nested in; 0: the outermost */
    size_t *files_left;                 /* of INCLUDE_FILES, shared by all of them */
};

/* Reads one of the files, and reports its problems itself. `name` and `content` are valid during the call. */
typedef void (*include_read_fn)(void *context, const char *name, struct bytes content);

/* Calls `read` for the files that the arguments of the line at `place` name, in their order. ERR_BAD_VALUE: the line
 * has a problem, which is reported; the files before it have been read. */
NODISCARD enum err include_follow(const struct include *include, struct bytes arguments,
                                  const struct place *place, include_read_fn read, void *context);
