/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/system_error.h"

#include <errno.h>
#include <string.h>

const char *system_error_text(enum err err)
{
    return err == ERR_SYSTEM ? strerror(errno) : err_text(err);
}
