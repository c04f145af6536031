/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/screen.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool screen_has_unicode(void)
{
    (void)setlocale(LC_CTYPE, "");
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

bool screen_has_colour(int fd)
{
    const char *type = getenv("TERM");
    return isatty(fd) && !getenv("NO_COLOR") && type && strcmp(type, "dumb") != 0;
}
