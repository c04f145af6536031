/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection to an SSH agent. Calls wait for the answer, but not for ever: the user may have to
 * confirm a signature, yet a dead agent must not hang a login. */
#pragma once

#include "base/buf.h"

struct agent_client {
    int fd; /* -1: not connected */
};

#define AGENT_CLIENT_NONE ((struct agent_client){ -1 })

/* Connects to the agent's socket. ERR_SYSTEM with errno. */
NODISCARD enum err agent_client_open(const char *path, struct agent_client *agent);
void agent_client_close(struct agent_client *agent);

/* Fills `frame` with the answer; *keys points into it, for agent_message_next_key. ERR_TIMEOUT,
 * ERR_UNSUPPORTED (the agent refused, or there is no connection), ERR_SYSTEM, or a decoding error. If sending
 * or receiving failed, the connection is closed. */
NODISCARD enum err agent_client_list(struct agent_client *agent, struct buf *frame,
                                     struct bytes *keys, size_t *count);

/* Appends a signature blob made with the key; errors as above. */
NODISCARD enum err agent_client_sign(struct agent_client *agent, struct bytes key_blob,
                                     struct bytes algorithm, struct bytes message,
                                     struct buf *signature);
