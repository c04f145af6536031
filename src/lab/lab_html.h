/* SPDX-License-Identifier: BSD-2-Clause */
/* A story as a page of HTML: what lab_ladder shows, for a screen of any width, with a figure of the congestion window
 * if there is enough to see. */
#pragma once

#include "base/buf.h"
#include "lab/story.h"

/* ERR_NO_SPACE: it does not fit the limit of `out`. */
NODISCARD enum err lab_html_write(const struct story *story, struct buf *out);
