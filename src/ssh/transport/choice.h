/* SPDX-License-Identifier: BSD-2-Clause */
/* Traces why each algorithm was chosen (RFC 4253 section 7.1): for each list, whether it is the client's first wish, or
 * which of the client's earlier wishes the server lacks. Nothing is decided here: that is negotiate's job. */
#pragma once

#include "base/trace.h"
#include "ssh/msg/kexinit.h"
#include "ssh/role.h"
#include "ssh/transport/algorithms.h"

/* A list with the same outcome in both directions is traced once. */
void choice_tell(const struct trace *trace, enum role role, const struct kexinit *ours,
                 const struct kexinit *theirs, const struct algorithms_chosen *chosen);
