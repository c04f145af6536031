/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/log.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

enum { LOG_LINE_MAX = 1024 };

static enum option_log_level log_most = OPTION_LOG_INFO;
static bool log_on_stderr = true;
static bool log_on_terminal;
static int log_fd = STDERR_FILENO;
static void (*log_taker)(void *context, enum option_log_level level, const char *line);
static void *log_taker_context;

void log_open(enum option_log_level level, bool to_stderr)
{
    log_most = level;
    log_on_stderr = to_stderr;
    log_on_terminal = isatty(log_fd);
    if (!to_stderr)
        openlog("glasshd", LOG_PID | LOG_NDELAY, LOG_AUTH);
}

bool log_to_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    log_fd = fd;
    return true;
}

void log_hand_over(enum option_log_level most,
                   void (*take)(void *context, enum option_log_level level, const char *line),
                   void *context)
{
    log_most = most;
    log_taker = take;
    log_taker_context = context;
}

int log_descriptor(void)
{
    return log_fd;
}

bool log_is_on_stderr(void)
{
    return log_on_stderr;
}

bool log_wants(enum option_log_level level)
{
    return level <= log_most;
}

enum option_log_level log_level(void)
{
    return log_most;
}

static int priority_of(enum option_log_level level)
{
    switch (level) {
    case OPTION_LOG_QUIET:
    case OPTION_LOG_FATAL:
        return LOG_CRIT;
    case OPTION_LOG_ERROR:
        return LOG_ERR;
    case OPTION_LOG_INFO:
    case OPTION_LOG_VERBOSE:
        return LOG_INFO;
    case OPTION_LOG_DEBUG1:
    case OPTION_LOG_DEBUG2:
    case OPTION_LOG_DEBUG3:
        return LOG_DEBUG;
    }
    return LOG_INFO;
}

static const char *prefix_of(enum option_log_level level)
{
    if (level == OPTION_LOG_FATAL)
        return "fatal: ";
    if (level == OPTION_LOG_ERROR && !log_on_stderr)
        return "error: "; /* priorities are seldom kept */
    return level >= OPTION_LOG_DEBUG1 ? "debug: " : "";
}

__attribute__((format(printf, 2, 0))) static void write_line(enum option_log_level level,
                                                             const char *format, va_list arguments)
{
    char line[LOG_LINE_MAX + 2];
    const char *prefix = log_taker ? "" : prefix_of(level);
    size_t len = (size_t)snprintf(line, LOG_LINE_MAX, "%s", prefix);
    (void)vsnprintf(line + len, LOG_LINE_MAX - len, format, arguments);
    if (log_taker) {
        log_taker(log_taker_context, level, line);
        return;
    }

    if (!log_on_stderr)
        syslog(priority_of(level), "%s", line);
    if (!log_on_stderr && level != OPTION_LOG_FATAL)
        return; /* who started us wants to know why it came to nothing */
    len = strlen(line);
    if (log_on_terminal)
        line[len++] = '\r'; /* it may be in raw mode */
    line[len++] = '\n';
    /* One write, so that lines of several processes do not mix. */
    (void)!write(log_fd, line, len);
}

void log_line(enum option_log_level level, const char *format, ...)
{
    if (!log_wants(level))
        return;
    va_list arguments;
    va_start(arguments, format);
    write_line(level, format, arguments);
    va_end(arguments);
}

void log_fatal(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (log_wants(OPTION_LOG_FATAL))
        write_line(OPTION_LOG_FATAL, format, arguments);
    va_end(arguments);
    exit(255);
}
