/* SPDX-License-Identifier: BSD-2-Clause */
/* What the sources of server_options share: the table and its rules (server_options.c), reading files
 * (server_options_parse.c), Match (server_options_resolve.c), ListenAddress (server_listen.c) and -T
 * (server_options_print.c). */
#pragma once

#include "config/server_options.h"

struct option_target server_options_target(struct server_options *options);
struct place server_options_command_line(struct server_options *options);

/* Cuts a line that is not too long into keyword and arguments. */
NODISCARD enum err server_options_split(const struct place *place, struct bytes line,
                                        struct bytes *keyword, struct bytes *arguments);

/* Checks that all lines after Match, taken together, are within the limits. */
NODISCARD enum err server_options_resolve_all(struct server_options *options);

/* Completes `listen`: every address with its port. */
NODISCARD enum err server_listen_complete(struct server_options *options);
