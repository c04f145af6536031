/* SPDX-License-Identifier: BSD-2-Clause */
/* How much room a text takes on a terminal, and making it fit. The text is UTF-8 that was escaped. */
#pragma once

#include <stddef.h>

/* Cells that a text takes, or more: what may be a wide character counts as one. */
size_t cells_of(const char *text);

/* Cuts to so many cells, the last of them "~" if something is missing. */
void cells_fit(char *text, size_t max);

/* The octets of the first line when the text is wrapped at so many cells: to its end, or else up to and
 * with the last comma and blank, or the last blank, comma or slash, if the line is half full then. At least 1, unless the
 * text is empty. */
size_t cells_wrap(const char *text, size_t max);
