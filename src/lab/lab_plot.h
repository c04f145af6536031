/* SPDX-License-Identifier: BSD-2-Clause */
/* The client's congestion window over time, as a figure of a page: what it lets be in flight, where slow start ends,
 * and where something was lost, marked or sent again. */
#pragma once

#include "explain/html.h"
#include "lab/story.h"

/* Whether there is enough to see. */
bool lab_plot_is_worth(const struct story *story);
void lab_plot_write(const struct story *story, struct html *h);

/* The parts of a page's style that are the figure's. */
extern const char lab_plot_style[];
