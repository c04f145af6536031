/* SPDX-License-Identifier: BSD-2-Clause */
/* The words for types in client_option.def and server_option.def; only for the two sources that turn those
 * tables into rows. */
#pragma once

#define FLAG           .kind = OPTION_FLAG
#define CHOICE(list)   .kind = OPTION_CHOICE, .choices = (list)
#define NUMBER(lo, hi) .kind = OPTION_NUMBER, .min = (lo), .max = (hi)
#define PORT           .kind = OPTION_PORT
#define SECONDS        .kind = OPTION_SECONDS
#define TIMEOUT        .kind = OPTION_SECONDS, .min = -1
#define TEXT           .kind = OPTION_TEXT
#define LINE           .kind = OPTION_LINE
#define NAMES          .kind = OPTION_NAMES
#define LIST(most)     .kind = OPTION_LIST, .max = (most)
#define WORDS(most)    .kind = OPTION_WORDS, .max = (most)
#define PATTERNS(most) .kind = OPTION_PATTERNS, .max = (most)
#define WHO(most)      .kind = OPTION_WHO, .max = (most)
#define WHO_CHECKED(most, check, must) \
    .kind = OPTION_WHO, .max = (most), .is_good = (check), .rule = (must)
#define SETTINGS(most) .kind = OPTION_SETTINGS, .max = (most)
#define COMMANDS(most) .kind = OPTION_COMMAND, .max = (most)
#define PORTS          .kind = OPTION_PORTS
#define REKEY          .kind = OPTION_REKEY
#define IPQOS          .kind = OPTION_IPQOS
#define ESCAPE         .kind = OPTION_ESCAPE
#define STARTUPS       .kind = OPTION_STARTUPS
#define COUNT          .kind = OPTION_NUMBER, .min = -1, .max = INT_MAX
#define LISTEN(most)   .kind = OPTION_LISTEN, .max = (most)
#define BLOCKS         .kind = OPTION_BLOCKS
#define PENALTIES      .kind = OPTION_PENALTIES
#define ITEMS(most, single, check, must) \
    .kind = OPTION_ITEMS, .max = (most), .alone = (single), .is_good = (check), .rule = (must)
#define CHECKED_LINE(check, must) .kind = OPTION_LINE, .is_good = (check), .rule = (must)
#define CHECKED_TEXT(check, must) .kind = OPTION_TEXT, .is_good = (check), .rule = (must)
