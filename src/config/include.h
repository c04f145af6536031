/* SPDX-License-Identifier: BSD-2-Clause */
/* The keyword Include, of ssh_config and of sshd_config: the files that a line names are read in its place. */
#pragma once

#include "config/config_source.h"
#include "config/place.h"

enum {
    INCLUDE_DEPTH = 16,   /* of files within files, the outermost not counted */
    INCLUDE_FILES = 1024, /* that one file and those in it include */
};

/* Of the file that the line stands in. */
struct include {
    const struct config_source *source; /* NULL: there is no Include */
    unsigned depth;                     /* in how many files it is; 0: the outermost */
    size_t *files_left;                 /* of INCLUDE_FILES, of all of them */
};

/* Reads one of the files; what is wrong in it is its business. `name` and `content` last as long as the call. */
typedef void (*include_read_fn)(void *context, const char *name, struct bytes content);

/* Has the files read that the arguments of the line at `place` name, in their order. ERR_BAD_VALUE: what is wrong
 * with the line is reported, and those before it are read. */
NODISCARD enum err include_follow(const struct include *include, struct bytes arguments,
                                  const struct place *place, include_read_fn read, void *context);
