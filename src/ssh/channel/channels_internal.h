/* SPDX-License-Identifier: BSD-2-Clause */
/* What channels.c (commands) and channels_feed.c (messages from the peer) share. */
#pragma once

#include "ssh/channel/channels.h"

/* The channel with this number of ours, or NULL. */
struct channels_channel *channels_find(const struct channels *c, uint32_t id);
/* A new channel, or NULL if there are too many. */
struct channels_channel *channels_take(struct channels *c, uint32_t *id);
void channels_free(struct channels_channel *channel);

void channels_send(const struct channels *c, const struct buf *payload);
void channels_send_signal(const struct channels *c, uint8_t number, uint32_t peer_id);
void channels_refuse(const struct channels *c, uint32_t peer_id, uint32_t reason);
/* Our open was confirmed: sends the requests that waited for it. */
void channels_confirmed(struct channels *c, struct channels_channel *channel, uint32_t peer_id);
void channels_trace_exit(const struct channels *c, bool out, const struct channel_request *request);
void channels_trace_window(const struct channels *c, bool out, bool *seen, uint32_t count);
void channels_trace_data(const struct channels *c, bool out, bool *seen, uint32_t extended,
                         size_t len);
