/* SPDX-License-Identifier: BSD-2-Clause */
/* A story as JSON, one object per line: docs/lab-schema.md. Every step is included, in dense stories too. */
#pragma once

#include "base/buf.h"
#include "lab/story.h"

/* ERR_NO_SPACE: it does not fit the limit of `out`. */
NODISCARD enum err lab_json_write(const struct story *story, struct buf *out);
