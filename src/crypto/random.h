/* SPDX-License-Identifier: BSD-2-Clause */
/* The process's random octets, through the interface that machines take. Safe across fork. The one impure
 * file of this folder: programs pass random_source() to the machines. */
#pragma once

#include "base/rng.h"

/* The shared source: unpredictable octets from libcrypto's generator. Small requests are served from a
 * buffer. Lives as long as the process. Not thread-safe. */
const struct rng *random_source(void);
