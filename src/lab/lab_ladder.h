/* SPDX-License-Identifier: BSD-2-Clause */
/* A story as a ladder for a terminal, 80 columns wide: the client on the left, the server on the right, the states of
 * both at each step, and below each segment its numbers and the reasons for them. A segment that crosses another takes
 * two rows, as in the figures of RFC 9293. */
#pragma once

#include "base/buf.h"
#include "lab/story.h"

enum lab_ladder_form { LAB_LADDER_UNICODE, LAB_LADDER_ASCII };

/* ERR_NO_SPACE: it does not fit the limit of `out`. */
NODISCARD enum err lab_ladder_write(const struct story *story, enum lab_ladder_form form,
                                    struct buf *out);
