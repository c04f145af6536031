/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a call of this layer failed, in words. */
#pragma once

#include "base/err.h"

/* For an error that was just returned: errno's text for ERR_SYSTEM, err_text for any other. Valid until
 * the next call. */
const char *system_error_text(enum err err);
