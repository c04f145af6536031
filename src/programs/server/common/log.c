/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/log.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum { LOG_ADDRESS_MAX = 64, LOG_USER_MAX = 256 };

static enum option_log_level log_most = OPTION_LOG_INFO;
static bool log_on_stderr = true;
static bool log_on_terminal;
static int log_fd = STDERR_FILENO;
static enum server_log_format log_format;
static enum server_facility log_facility;
static log_take_fn log_taker;
static void *log_taker_context;

static struct {
    struct events_connection about;
    char peer[LOG_ADDRESS_MAX];
    uint8_t user[LOG_USER_MAX];
} log_connection;

/* ---- where it goes ---- */

void log_shape(enum server_log_format format, enum server_facility facility)
{
    log_format = format;
    log_facility = facility;
}

static int syslog_facility(void)
{
    switch (log_facility) {
    case SERVER_FACILITY_AUTH:
        return LOG_AUTH;
    case SERVER_FACILITY_AUTHPRIV:
        return LOG_AUTHPRIV;
    case SERVER_FACILITY_DAEMON:
        return LOG_DAEMON;
    case SERVER_FACILITY_USER:
        return LOG_USER;
    case SERVER_FACILITY_LOCAL0:
        break;
    }
    return LOG_LOCAL0 + (((int)log_facility - SERVER_FACILITY_LOCAL0) << 3);
}

/* Programs that read sshd's lines look for them under its name. */
static const char *syslog_name(void)
{
    return log_format == SERVER_LOG_JSON ? "glasshd" : "sshd";
}

void log_open(enum option_log_level level, bool to_stderr)
{
    log_most = level;
    log_on_stderr = to_stderr;
    log_on_terminal = isatty(log_fd);
    if (!to_stderr)
        openlog(syslog_name(), LOG_PID | LOG_NDELAY, syslog_facility());
}

bool log_to_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    log_fd = fd;
    return true;
}

void log_describe(char argument[LOG_ARGUMENT_MAX])
{
    (void)snprintf(argument, LOG_ARGUMENT_MAX, "level=%d,stderr=%d,json=%d,facility=%d",
                   (int)log_most, log_on_stderr, log_format == SERVER_LOG_JSON, (int)log_facility);
}

bool log_adopt(const char *argument)
{
    int level = 0, to_stderr = 0, json = 0, facility = 0;
    if (sscanf(argument, "level=%d,stderr=%d,json=%d,facility=%d", &level, &to_stderr, &json,
               &facility) != 4)
        return false;
    log_shape(json ? SERVER_LOG_JSON : SERVER_LOG_TEXT, (enum server_facility)facility);
    log_open((enum option_log_level)level, to_stderr);
    return true;
}

void log_hand_over(enum option_log_level most, log_take_fn take, void *context)
{
    log_most = most;
    log_taker = take;
    log_taker_context = context;
}

int log_descriptor(void)
{
    return log_fd;
}

bool log_wants(enum option_log_level level)
{
    return level <= log_most;
}

enum option_log_level log_level(void)
{
    return log_most;
}

void log_set_level(enum option_log_level level)
{
    log_most = level;
}

/* ---- what it is about ---- */

void log_no_peer(void)
{
    log_connection.about = (struct events_connection){ .peer = NULL };
}

void log_peer(const char *address, uint32_t port)
{
    (void)snprintf(log_connection.peer, sizeof(log_connection.peer), "%s", address);
    log_connection.about = (struct events_connection){
        .peer = log_connection.peer,
        .peer_port = port,
        .is_preauth = true,
    };
}

void log_user(struct bytes user, bool is_invalid)
{
    struct bytes kept = bytes_slice(user, 0, LOG_USER_MAX);
    if (kept.len)
        memcpy(log_connection.user, kept.data, kept.len);
    log_connection.about.user = bytes_of(log_connection.user, kept.len);
    log_connection.about.has_user = true;
    log_connection.about.is_invalid = is_invalid;
}

void log_let_in(void)
{
    log_connection.about.is_preauth = false;
}

/* ---- writing ---- */

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

/* Priorities are seldom stored, so the text for the system log has them, too. */
static const char *prefix_of(enum option_log_level level)
{
    static const char *const debug[] = { "debug1: ", "debug2: ", "debug3: " };
    if (level == OPTION_LOG_FATAL)
        return "fatal: ";
    if (level == OPTION_LOG_ERROR && !log_on_stderr)
        return "error: ";
    return level >= OPTION_LOG_DEBUG1 ? debug[level - OPTION_LOG_DEBUG1] : "";
}

static void write_line(enum option_log_level level, struct bytes line)
{
    uint8_t whole[EVENTS_LINE_MAX + 16];
    const char *prefix = log_format == SERVER_LOG_JSON ? "" : prefix_of(level);
    int len = snprintf((char *)whole, sizeof(whole) - 2, "%s%.*s", prefix, (int)line.len,
                       (const char *)line.data);
    if (!log_on_stderr)
        syslog(priority_of(level), "%s", (const char *)whole);
    if (!log_on_stderr && level != OPTION_LOG_FATAL)
        return; /* whoever started us wants to know why it failed */
    if (log_on_terminal)
        whole[len++] = '\r'; /* it may be in raw mode */
    whole[len++] = '\n';
    /* One write, so that lines of several processes do not mix. */
    (void)!write(log_fd, whole, (size_t)len);
}

void log_event(enum option_log_level level, enum events_id id, const struct events_value *values)
{
    if (!log_wants(level))
        return;
    if (log_taker) {
        log_taker(log_taker_context, level, id, values);
        return;
    }
    struct timespec now = { 0 };
    (void)clock_gettime(CLOCK_REALTIME, &now);
    const struct events_stamp stamp = {
        .level = level,
        .ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000,
        .process = (uint32_t)getpid(),
    };
    scoped(buf) line = BUF_EMPTY(EVENTS_LINE_MAX);
    if (log_format == SERVER_LOG_JSON)
        events_json(id, values, &log_connection.about, &stamp, &line);
    else
        events_words(id, values, &log_connection.about, &line);
    write_line(level, buf_bytes(&line));
}

__attribute__((format(printf, 2, 0))) static void write_message(enum option_log_level level,
                                                                const char *format,
                                                                va_list arguments)
{
    char text[EVENTS_LINE_MAX + 1];
    (void)vsnprintf(text, sizeof(text), format, arguments);
    LOG_AT(level, MESSAGE, .text = events_text(text));
}

void log_line(enum option_log_level level, const char *format, ...)
{
    if (!log_wants(level))
        return;
    va_list arguments;
    va_start(arguments, format);
    write_message(level, format, arguments);
    va_end(arguments);
}

void log_fatal(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_message(OPTION_LOG_FATAL, format, arguments);
    va_end(arguments);
    exit(255);
}
