/* SPDX-License-Identifier: BSD-2-Clause */
/* ExposeAuthInfo: a file of the user's that tells programs how the user logged in. */
#pragma once

struct session_host;

enum { AUTH_FILE_PATH_MAX = 64 };

/* Makes it in /tmp, as proofs_write does. The caller removes it. `path` is "" when it could not be made; the log says why. */
void auth_file_make(const struct session_host *host, char path[AUTH_FILE_PATH_MAX]);
