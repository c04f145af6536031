/* SPDX-License-Identifier: BSD-2-Clause */
/* The client's congestion window over time, as a figure in a page: how much it allows in flight, where slow start ends,
 * and where something was lost, marked or sent again. */
#pragma once

#include "explain/html.h"
#include "lab/story.h"

/* Whether there is enough to see. */
bool lab_plot_is_worth(const struct story *story);
void lab_plot_write(const struct story *story, struct html *h);

/* The figure's part of a page's style. */
extern const char lab_plot_style[];
