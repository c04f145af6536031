/* SPDX-License-Identifier: BSD-2-Clause */
/* One session as the worker sees it: asks the session's process, and has the descriptors of the program. The calls are
 * those of session/session.h. */
#pragma once

#include "programs/server/session/session.h"
#include "programs/server/worker/record_link.h"

struct session_link;

struct session_link *session_link_new(struct record_link *records, uint32_t channel);

/* Hangs up what still runs, and closes everything. */
void session_link_free(struct session_link *link);

bool session_link_set_variable(struct session_link *link, struct bytes name, struct bytes value);
bool session_link_open_terminal(struct session_link *link, const struct session_terminal *terminal);
bool session_link_start(struct session_link *link, enum session_program program, struct bytes text,
                        struct buf *greeting);
const struct session_streams *session_link_streams(const struct session_link *link);

/* The program gets no more input; its output is dropped. A terminal stays open for both. */
void session_link_close_input(struct session_link *link);
void session_link_close_output(struct session_link *link);

bool session_link_resize(struct session_link *link, uint32_t columns, uint32_t rows, uint32_t width,
                         uint32_t height);
bool session_link_signal(struct session_link *link, struct bytes name);
bool session_link_break(struct session_link *link);

/* Readable when the program has ended; -1 before it started. */
int session_link_end_fd(const struct session_link *link);
bool session_link_ended(struct session_link *link, struct process_exit *how);
