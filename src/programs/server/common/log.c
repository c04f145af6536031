/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/log.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

enum { LOG_LINE_MAX = 1024 };

static enum option_log_level log_level = OPTION_LOG_INFO;
static bool log_on_stderr = true;

void log_open(enum option_log_level level, bool to_stderr)
{
    log_level = level;
    log_on_stderr = to_stderr;
    if (!to_stderr)
        openlog("glasshd", LOG_PID | LOG_NDELAY, LOG_AUTH);
}

bool log_to_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool taken = dup2(fd, STDERR_FILENO) >= 0;
    close(fd);
    return taken;
}

bool log_wants(enum option_log_level level)
{
    return level <= log_level;
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

__attribute__((format(printf, 2, 0))) static void write_line(enum option_log_level level,
                                                             const char *format, va_list arguments)
{
    char line[LOG_LINE_MAX];
    (void)vsnprintf(line, sizeof(line), format, arguments);

    if (!log_on_stderr) {
        syslog(priority_of(level), "%s%s", level == OPTION_LOG_ERROR ? "error: " : "", line);
        return;
    }
    const char *prefix = level == OPTION_LOG_FATAL    ? "fatal: "
                         : level >= OPTION_LOG_DEBUG1 ? "debug: "
                                                      : "";
    /* One write, so that lines of several processes do not mix; a terminal may be in raw mode. */
    (void)dprintf(STDERR_FILENO, "%s%s%s", prefix, line, isatty(STDERR_FILENO) ? "\r\n" : "\n");
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
