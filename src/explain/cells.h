/* SPDX-License-Identifier: BSD-2-Clause */
/* How much room a text takes on a terminal, and making it fit. The text is UTF-8 that has been escaped. */
#pragma once

#include <stddef.h>

/* An upper bound on the cells of a text: any character that may be wide counts as wide. */
size_t cells_of(const char *text);

/* Cuts the text to at most `max` cells; the last is "~" if anything was cut. */
void cells_fit(char *text, size_t max);

/* The octets of the first line when the text is wrapped at `max` cells: all of it if it fits, or else up to and
 * including the last comma and blank, or the last blank, comma or slash, if the line is half full then. At least 1,
 * unless the text is empty. */
size_t cells_wrap(const char *text, size_t max);
