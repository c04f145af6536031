/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/software.h"

#include "config/server_options.h"

#include <stdio.h>

void software_name(const struct server_options *options, char name[SOFTWARE_MAX])
{
    const char *addendum = options->version_addendum;
    (void)snprintf(name, SOFTWARE_MAX, "glassh_" GLASSH_VERSION "%s%s", addendum ? " " : "",
                   addendum ? addendum : "");
}

void software_line(const char *name, char line[SOFTWARE_LINE_MAX])
{
    (void)snprintf(line, SOFTWARE_LINE_MAX, "SSH-2.0-%s", name);
}
