/* SPDX-License-Identifier: BSD-2-Clause */
/* AuthorizedKeysCommand: the words to run for a key. */
#pragma once

#include "base/buf.h"
#include "os/endpoint.h"
#include "programs/server/common/account.h"

struct keys_command_about {
    const struct account *account; /* the account to log in to */
    struct bytes blob;             /* of the key */
    const char *key_name;          /* "ED25519 SHA256:…" */
    const struct endpoint *peer, *local;
};

enum { KEYS_COMMAND_MAX = 64 * 1024 };

/* Appends the command's words as strings, with their tokens replaced (%% %C %D %f %h %k %t %U %u); a single word gets
 * the user's name as its argument. ERR_BAD_VALUE for unmatched quotes and unknown tokens, with `problem` set. */
NODISCARD enum err keys_command_expand(const char *command, const struct keys_command_about *about,
                                       struct buf *words, const char **problem);
