/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's log: events (events.def), written to the system log or to stderr, as lines in sshd's words or as JSON
 * objects. */
#pragma once

#include "config/server_options.h"
#include "programs/server/common/events.h"

/* The format, and the facility in the system log. To be called before log_open; the default is lines, with AUTH. */
void log_shape(enum server_log_format format, enum server_facility facility);

/* Writes events of at most `level`. Until this is called, lines of INFO and above go to stderr. */
void log_open(enum option_log_level level, bool to_stderr);

/* What would go to stderr is appended to that file; false with errno when it cannot be opened. */
bool log_to_file(const char *path);

/* To give another program the same log: writes the settings as one argument, and takes them over there; false: not such
 * an argument. What goes to stderr goes to that program's standard error. */
enum { LOG_ARGUMENT_MAX = 48 };
void log_describe(char argument[LOG_ARGUMENT_MAX]);
bool log_adopt(const char *argument);

/* From now on events of at most that level go to `take` instead: to the process that may write them. */
typedef void (*log_take_fn)(void *context, enum option_log_level level, enum events_id id,
                            const struct events_value *values);
void log_hand_over(enum option_log_level most, log_take_fn take, void *context);

/* The descriptor that stands for stderr, for other processes that write to this log. */
int log_descriptor(void);

bool log_wants(enum option_log_level level);
enum option_log_level log_level(void);

void log_set_level(enum option_log_level level);

/* What this process logs from now on is about a connection: with that peer; of that user, who may be invalid; logged
 * in. Or about none again. */
void log_no_peer(void);
void log_peer(const char *address, uint32_t port);
void log_user(struct bytes user, bool is_invalid);
void log_let_in(void);

/* Logs an event of the table: LOG(LISTENING, .local = events_text("::1"), .local_port = events_number(22)). LOG_BARE is
 * for events without fields, LOG_AT for another level than the table's. */
#define LOG_AT(level, id, ...)      \
    log_event((level), EVENTS_##id, \
              (const struct events_value *)&(const struct events_of_##id){ __VA_ARGS__ })
#define LOG(id, ...) LOG_AT(events_row(EVENTS_##id)->level, id, __VA_ARGS__)
#define LOG_BARE(id) LOG(id, .end = { .number = 0 })

void log_event(enum option_log_level level, enum events_id id, const struct events_value *values);

/* For what no program will look for: an event of one kind, MESSAGE, with free text. */
void log_line(enum option_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define log_error(...)   log_line(OPTION_LOG_ERROR, __VA_ARGS__)
#define log_info(...)    log_line(OPTION_LOG_INFO, __VA_ARGS__)
#define log_verbose(...) log_line(OPTION_LOG_VERBOSE, __VA_ARGS__)
#define log_debug(...)   log_line(OPTION_LOG_DEBUG1, __VA_ARGS__)

/* Logs and ends the process with status 255, as sshd does. */
_Noreturn void log_fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));
