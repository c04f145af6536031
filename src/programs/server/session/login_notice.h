/* SPDX-License-Identifier: BSD-2-Clause */
/* What a user sees before the shell's first prompt: the last login, and the message of the day. */
#pragma once

#include "base/buf.h"
#include "os/login_record.h"

struct session_host;

/* Appends it, as far as the server's options say so and the user has no ~/.hushlogin. `last` is NULL or has an `at` of
 * 0 when no login is known. */
void login_notice_write(const struct session_host *host, const struct login_record_last *last,
                        struct buf *out);
