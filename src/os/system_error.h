/* SPDX-License-Identifier: BSD-2-Clause */
/* What a call of this layer failed of, in words. */
#pragma once

#include "base/err.h"

/* Of an error that has just come: errno's words for ERR_SYSTEM, err_text for every other. Valid until the
 * next call. */
const char *system_error_text(enum err err);
