/* SPDX-License-Identifier: BSD-2-Clause */
/* Single values in configuration files: from text to value, and back. Each parser returns whether the word
 * is valid, and leaves the value unchanged if not. */
#pragma once

#include "config/option.h"

enum { OPTION_VALUE_REKEY_MIN = 16, OPTION_VALUE_TEXT_MAX = 64 };

extern const struct option_choice option_value_flags[]; /* yes, true, no, false */
extern const struct option_choice option_value_log_levels[];
extern const struct option_choice option_value_hashes[];

/* Whether the texts are the same, ignoring the case of ASCII letters. */
bool option_value_is(struct bytes word, const char *text);

bool option_value_choice(const struct option_choice *choices, struct bytes word, int *number);
bool option_value_port(struct bytes word, int *number);

/* "90", "1h30m", "1w2d": at most INT_MAX seconds. */
bool option_value_seconds(struct bytes word, int *seconds);

/* "512", "64K", "1G": powers of 1024. */
bool option_value_size(struct bytes word, uint64_t *octets);

/* "ef", "cs1", "lowdelay", "0x20", "none". */
bool option_value_service(struct bytes word, int *service);

/* "~", "^A", "none". */
bool option_value_escape(struct bytes word, int *escape);

/* "10" or "10:30:100". */
bool option_value_startups(struct bytes word, struct option_startups *startups);

/* "24" or "32:128": bits of IPv4 and IPv6 addresses. */
bool option_value_net_blocks(struct bytes word, struct option_net_blocks *blocks);

struct option_value_text {
    char text[OPTION_VALUE_TEXT_MAX];
};
struct option_value_text option_value_choice_text(const struct option_choice *choices, int number);
struct option_value_text option_value_seconds_text(int seconds);
struct option_value_text option_value_service_text(int service);
struct option_value_text option_value_escape_text(int escape);
