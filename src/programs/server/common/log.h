/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's log: one line per event in sshd's words, to the system log or to stderr. Text of a peer
 * must be escaped by the caller (base/escape.h); lines are cut at 1,024 octets. */
#pragma once

#include "config/option.h"

/* A line is written when its level is at most `level`. Until this is called lines of INFO and above go to stderr. */
void log_open(enum option_log_level level, bool to_stderr);

/* What would go to stderr goes to the end of that file; false when it cannot be opened (errno). */
bool log_to_file(const char *path);

/* From now on lines of at most that level go there instead: to the process that may write them. */
void log_hand_over(enum option_log_level most,
                   void (*take)(void *context, enum option_log_level level, const char *line),
                   void *context);

/* Where it goes, for other processes that write it: what stands for stderr, and whether that is used. */
int log_descriptor(void);
bool log_is_on_stderr(void);

bool log_wants(enum option_log_level level);
enum option_log_level log_level(void);

void log_line(enum option_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define log_error(...)   log_line(OPTION_LOG_ERROR, __VA_ARGS__)
#define log_info(...)    log_line(OPTION_LOG_INFO, __VA_ARGS__)
#define log_verbose(...) log_line(OPTION_LOG_VERBOSE, __VA_ARGS__)
#define log_debug(...)   log_line(OPTION_LOG_DEBUG1, __VA_ARGS__)

/* Logs and ends the process with status 255, as sshd does. */
_Noreturn void log_fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));
