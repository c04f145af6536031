/* SPDX-License-Identifier: BSD-2-Clause */
/* What the user's terminal can show. */
#pragma once

#include <stdbool.h>

/* Whether the locale uses UTF-8. Sets LC_CTYPE from the environment. */
bool screen_has_unicode(void);

/* Whether `fd` is a terminal with colours, and the user wants them (NO_COLOR). */
bool screen_has_colour(int fd);
