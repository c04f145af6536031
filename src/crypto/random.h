/* SPDX-License-Identifier: BSD-2-Clause */
/* The process's random octets, as the interface that machines take. Safe across fork. The one impure
 * file of this folder: programs hand random_source() to the machines. */
#pragma once

#include "base/rng.h"

/* The shared source; unpredictable octets from libcrypto's generator. Small requests are served from
 * a buffer. Lives as long as the process. Not for several threads at once. */
const struct rng *random_source(void);
