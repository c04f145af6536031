/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells why each algorithm was chosen (RFC 4253 section 7.1), as facts: for each list, whether it is the
 * client's first wish, or which of the client's wishes before it the server lacks. Nothing is decided
 * here: that is negotiate's. */
#pragma once

#include "base/trace.h"
#include "ssh/msg/kexinit.h"
#include "ssh/role.h"
#include "ssh/transport/algorithms.h"

/* A list that both directions agree on is told once. */
void choice_tell(const struct trace *trace, enum role role, const struct kexinit *ours,
                 const struct kexinit *theirs, const struct algorithms_chosen *chosen);
