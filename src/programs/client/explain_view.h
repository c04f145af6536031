/* SPDX-License-Identifier: BSD-2-Clause */
/* What --explain shows: a ladder or JSON lines of all facts, on stderr or into the file of --explain-to. */
#pragma once

#include "os/dial.h"
#include "programs/client/arguments.h"
#include "programs/common/tcp_link.h"

struct explain_view;

/* NULL when nothing is to be explained, or when the file cannot be written (which is logged, and sets *failed). */
struct explain_view *explain_view_new(const struct arguments *arguments, bool *failed);
void explain_view_free(struct explain_view *view);

/* The observer of the facts; NULL for no view. */
const struct trace *explain_view_trace(struct explain_view *view);

/* The network's side of the story; `view` may be NULL. */
void explain_view_dial(struct explain_view *view, const char *host, const struct dial_event *event);

/* A command will carry the connection; how is not visible here. */
void explain_view_proxy(struct explain_view *view, const char *host, int port);

/* What our own TCP reports about the connection that it makes. */
void explain_view_tcp(struct explain_view *view, const struct tcp_link_news *news);

/* The other end, or the network, has ended the connection. */
void explain_view_closed(struct explain_view *view, const char *how);

/* Another connection is made in place of the one that has ended. */
void explain_view_again(struct explain_view *view, const char *why);

/* The terminal belongs to the session from now on: what goes to stderr ends here. */
void explain_view_yield(struct explain_view *view);

/* The connection is over, and about to be closed. */
void explain_view_ending(struct explain_view *view);

/* It is closed. Nothing is shown after this. */
void explain_view_finish(struct explain_view *view);
