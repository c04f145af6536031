/* SPDX-License-Identifier: BSD-2-Clause */
/* A story as a capture file (pcapng, draft-ietf-opsawg-pcapng): every packet as it was sent, whoever sent it and
 * whatever became of it, with IP as the lowest layer (LINKTYPE_RAW) and comments with the states of both ends, why it
 * was sent and whether it arrived. */
#pragma once

#include "base/buf.h"
#include "lab/story.h"

/* ERR_NO_SPACE: it does not fit the limit of `out`. */
NODISCARD enum err pcapng_write(const struct story *story, struct buf *out);
