/* SPDX-License-Identifier: BSD-2-Clause */
/* Logs a line for another process: a record of a level and a text. */
#pragma once

#include "ipc/record.h"

/* The sender has escaped what is the peer's; this makes sure of it. ERR_BAD_VALUE for an unknown level. */
NODISCARD enum err told_line_log(const struct record *told);
