/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/command.h"

#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void command_init(struct command *command, const char *shell, const char *line)
{
    const char *slash = strrchr(shell, '/');
    const char *name = slash ? slash + 1 : shell;

    *command = (struct command){ .path = shell };
    CHECK(asprintf(&command->argv[0], "%s%s", line ? "" : "-", name) >= 0);
    if (!line)
        return;
    command->argv[1] = strdup("-c");
    command->line = command->argv[2] = strdup(line);
    CHECK(command->argv[1] && command->line);
}

void command_init_refusal(struct command *command)
{
    static const char shell[] = "/bin/sh";
    command_init(command, shell, "cat " COMMAND_NOLOGIN " >&2; exit 254");
}

void command_wipe(struct command *command)
{
    for (size_t i = 0; i < 3; i++)
        free(command->argv[i]);
    *command = (struct command){ 0 };
}
