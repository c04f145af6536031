/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/command.h"

#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static const char internal_sftp[] = "internal-sftp";

bool command_is_internal_sftp(const char *line)
{
    struct bytes rest = bytes_text(line);
    return bytes_is(bytes_cut(&rest, ' '), internal_sftp);
}

/* The first that exists, or the first one. */
static const char *find_sftp_server(void)
{
    static const char *const paths[] = { "/usr/lib/openssh/sftp-server",
                                         "/usr/libexec/openssh/sftp-server",
                                         "/usr/lib/ssh/sftp-server" };
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        if (access(paths[i], X_OK) == 0)
            return paths[i];
    return paths[0];
}

void command_init_internal_sftp(struct command *command, const char *line)
{
    struct bytes rest = bytes_text(line);
    *command = (struct command){ .path = find_sftp_server() };
    for (size_t count = 0; rest.len > 0 && count < COMMAND_WORDS_MAX;) {
        struct bytes word = bytes_cut(&rest, ' ');
        if (word.len == 0)
            continue;
        command->argv[count] = strndup((const char *)word.data, word.len);
        CHECK(command->argv[count++] != NULL);
    }
}

/* Not the user's shell. */
static const char shell[] = "/bin/sh";

void command_init_password_change(struct command *command, bool has_terminal)
{
    command_init(command, shell,
                 has_terminal
                     ? "echo 'WARNING: Your password has expired.'; "
                       "echo 'You must change your password now and login again!'; "
                       "exec /usr/bin/passwd"
                     : "echo 'Password change required but no TTY available.' >&2; exit 1");
}

void command_init_refusal(struct command *command)
{
    command_init(command, shell, "cat " COMMAND_NOLOGIN " >&2; exit 254");
}

void command_wipe(struct command *command)
{
    for (size_t i = 0; command->argv[i]; i++)
        free(command->argv[i]);
    *command = (struct command){ 0 };
}
