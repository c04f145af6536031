/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the files that Include names, for the parsers of configurations. */
#pragma once

#include "config/config_source.h"

#include <sys/stat.h>

/* Both are borrowed. */
struct config_files {
    const char *home;   /* for "~/"; NULL: such names count as relative */
    const char *folder; /* for relative names */
    bool is_checked;    /* reads only trusted files */
};

/* Whether only root and the user who runs this could have written the file. */
bool config_files_trust(const struct stat *facts);

/* Valid as long as *files. */
struct config_source config_files_source(struct config_files *files);
