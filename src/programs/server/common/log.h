/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's log: events (events.def), to the system log or to stderr. They are written as lines in sshd's words, or
 * as JSON objects. */
#pragma once

#include "config/server_options.h"
#include "programs/server/common/events.h"

/* What to write, and as what in the system log. Before log_open; otherwise lines, of AUTH. */
void log_shape(enum server_log_format format, enum server_facility facility);

/* What is written has a level of at most `level`. Until this is called lines of INFO and above go to stderr. */
void log_open(enum option_log_level level, bool to_stderr);

/* What would go to stderr goes to the end of that file; false when it cannot be opened (errno). */
bool log_to_file(const char *path);

/* For another program's log that is to be as this one: as one argument, and taking it over from there; false: it
 * is none. What goes to stderr goes to its standard error. */
enum { LOG_ARGUMENT_MAX = 48 };
void log_describe(char argument[LOG_ARGUMENT_MAX]);
bool log_adopt(const char *argument);

/* From now on events of at most that level go there instead: to the process that may write them. */
typedef void (*log_take_fn)(void *context, enum option_log_level level, enum events_id id,
                            const struct events_value *values);
void log_hand_over(enum option_log_level most, log_take_fn take, void *context);

/* Where it goes, for other processes that write it: what stands for stderr. */
int log_descriptor(void);

bool log_wants(enum option_log_level level);
enum option_log_level log_level(void);

/* Another level from now on. */
void log_set_level(enum option_log_level level);

/* What follows in this process is about a connection: with that peer; of that user, who may be nobody's that may
 * log in; whom a login let in. Or about none again. */
void log_no_peer(void);
void log_peer(const char *address, uint32_t port);
void log_user(struct bytes user, bool is_invalid);
void log_let_in(void);

/* Tells an event of the table: LOG(LISTENING, .local = events_text("::1"), .local_port = events_number(22)).
 * LOG_BARE is for those without fields, LOG_AT for another level than the table's. */
#define LOG_AT(level, id, ...)      \
    log_event((level), EVENTS_##id, \
              (const struct events_value *)&(const struct events_of_##id){ __VA_ARGS__ })
#define LOG(id, ...) LOG_AT(events_row(EVENTS_##id)->level, id, __VA_ARGS__)
#define LOG_BARE(id) LOG(id, .end = { .number = 0 })

void log_event(enum option_log_level level, enum events_id id, const struct events_value *values);

/* What no program will look for is an event of one kind, MESSAGE, with free text. */
void log_line(enum option_log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define log_error(...)   log_line(OPTION_LOG_ERROR, __VA_ARGS__)
#define log_info(...)    log_line(OPTION_LOG_INFO, __VA_ARGS__)
#define log_verbose(...) log_line(OPTION_LOG_VERBOSE, __VA_ARGS__)
#define log_debug(...)   log_line(OPTION_LOG_DEBUG1, __VA_ARGS__)

/* Logs and ends the process with status 255, as sshd does. */
_Noreturn void log_fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));
