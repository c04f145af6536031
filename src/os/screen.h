/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be shown to the person who runs this. */
#pragma once

#include <stdbool.h>

/* Whether the locale has UTF-8. Sets LC_CTYPE by the environment. */
bool screen_has_unicode(void);

/* Whether `fd` is a terminal with colours, and the person wants them (NO_COLOR). */
bool screen_has_colour(int fd);
