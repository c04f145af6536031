/* SPDX-License-Identifier: BSD-2-Clause */
/* The client's messages to the person on stderr (or in the file of -E), one line at a time, in the form that callers of
 * ssh parse. There is one log per process. */
#pragma once

#include "config/option.h"

/* NULL is stderr. False: the file cannot be opened, with errno. */
bool log_open(const char *file);
void log_set_level(enum option_log_level level);
enum option_log_level log_level(void);

/* Writes one line (no newline in the format) if the level is shown; from DEBUG1 on it begins with "debug1: ". The text
 * must be safe to show: what comes from the peer must be escaped. */
void log_write(enum option_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Writes text of several lines as it is. */
void log_text(enum option_log_level level, const char *text);
