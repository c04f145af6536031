/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that Include names, read for the parsers of configurations. */
#pragma once

#include "config/config_source.h"

/* Both are borrowed. */
struct config_files {
    const char *home;   /* for "~/"; NULL: such names are relative ones */
    const char *folder; /* of relative names */
};

/* Valid as long as *files. */
struct config_source config_files_source(struct config_files *files);
