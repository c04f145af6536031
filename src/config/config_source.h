/* SPDX-License-Identifier: BSD-2-Clause */
/* How the parsers read the files that Include names: they cannot open files themselves. */
#pragma once

#include "base/buf.h"

enum config_source_result {
    CONFIG_SOURCE_FILE,   /* `name` and `content` are the file's */
    CONFIG_SOURCE_END,    /* no more files; a pattern that matches nothing has none */
    CONFIG_SOURCE_FAILED, /* `name` is what could not be read, and why */
    CONFIG_SOURCE_UNSAFE, /* `name` is a file that another user could have written */
};

struct config_source {
    /* Gives the file with that index, from 0, of those that match the pattern, in alphabetical order. It
     * knows "~/", "*" and "?", and which folder relative names start from. Both bufs are empty and
     * limited; a file that does not fit has failed. */
    enum config_source_result (*read)(void *context, const char *pattern, size_t index,
                                      struct buf *name, struct buf *content);
    void *context;
};
