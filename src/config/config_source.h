/* SPDX-License-Identifier: BSD-2-Clause */
/* How the parsers get at the files that Include names: they cannot read any themselves. */
#pragma once

#include "base/buf.h"

enum config_source_result {
    CONFIG_SOURCE_FILE,   /* `name` and `content` are the file's */
    CONFIG_SOURCE_END,    /* no more files; a pattern that matches nothing has none */
    CONFIG_SOURCE_FAILED, /* `name` is what could not be read, and why */
    CONFIG_SOURCE_UNSAFE, /* `name` is a file that somebody else could have written */
};

struct config_source {
    /* Gives the file with that index, from 0, of those the pattern names in alphabetical order. It
     * knows "~/", "*" and "?", and against which folder a relative name is taken. Both bufs are
     * empty and limited; a larger file has failed. */
    enum config_source_result (*read)(void *context, const char *pattern, size_t index,
                                      struct buf *name, struct buf *content);
    void *context;
};
