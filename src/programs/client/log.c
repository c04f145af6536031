/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/log.h"

#include "base/buf.h"
#include "os/terminal.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_MAX_LEN = 4096 };

static struct {
    int fd;
    enum option_log_level level;
} log_state = { STDERR_FILENO, OPTION_LOG_INFO };

bool log_open(const char *file)
{
    if (!file)
        return true;
    int fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd < 0)
        return false;
    log_state.fd = fd;
    return true;
}

void log_set_level(enum option_log_level level)
{
    log_state.level = level;
}

enum option_log_level log_level(void)
{
    return log_state.level;
}

/* A raw terminal does not return the carriage by itself. */
static const char *line_end(void)
{
    return log_state.fd == STDERR_FILENO && terminal_is_raw() ? "\r\n" : "\n";
}

static void put(const char *text, size_t len)
{
    while (len) {
        ssize_t took = write(log_state.fd, text, len);
        if (took <= 0)
            return;
        text += took;
        len -= (size_t)took;
    }
}

void log_write(enum option_log_level level, const char *format, ...)
{
    if (level > log_state.level)
        return;
    char line[LINE_MAX_LEN];
    int len = 0;
    if (level >= OPTION_LOG_DEBUG1)
        len = snprintf(line, sizeof(line), "debug%d: ", (int)level - (int)OPTION_LOG_DEBUG1 + 1);
    va_list args;
    va_start(args, format);
    int more = vsnprintf(line + len, sizeof(line) - (size_t)len - 2, format, args);
    va_end(args);
    len += more < 0 ? 0 : more;
    if (len > LINE_MAX_LEN - 3)
        len = LINE_MAX_LEN - 3;
    len += snprintf(line + len, sizeof(line) - (size_t)len, "%s", line_end());
    put(line, (size_t)len);
}

void log_text(enum option_log_level level, const char *text)
{
    if (level > log_state.level)
        return;
    struct bytes rest = bytes_text(text);
    while (rest.len) {
        struct bytes line = bytes_cut(&rest, '\n');
        put((const char *)line.data, line.len);
        put(line_end(), bytes_text(line_end()).len);
    }
}
