/* SPDX-License-Identifier: BSD-2-Clause */
/* A line for the log that another process tells: a record of a level and a text. */
#pragma once

#include "ipc/record.h"

/* Who told it has escaped what is the peer's; this makes sure of it. ERR_BAD_VALUE for what is no level. */
NODISCARD enum err told_line_log(const struct record *told);
