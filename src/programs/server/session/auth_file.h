/* SPDX-License-Identifier: BSD-2-Clause */
/* ExposeAuthInfo: a file that tells the user's programs how the user logged in. */
#pragma once

struct session_host;

enum { AUTH_FILE_PATH_MAX = 64 };

/* Makes it in /tmp, with the text of proofs_write. The caller removes it. `path` is "" when it could not be made; the
 * reason is in the log. */
void auth_file_make(const struct session_host *host, char path[AUTH_FILE_PATH_MAX]);
