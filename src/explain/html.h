/* SPDX-License-Identifier: BSD-2-Clause */
/* A self-contained HTML page: no script, no file, no network. It is light or dark as the reader prefers, fits narrow
 * and wide windows and paper, and works with screen readers. Here is what the pages of all renderers share: the frame,
 * its style, and escaping.
 *
 * The style has these colours: --ground, --panel, --ink, --quiet, --line, --client, --server, --good, --warn, --bad;
 * and these classes: kicker, lesson, facts (a dl), hidden (for screen readers), mono, figure. */
#pragma once

#include "base/buf.h"

/* Sticky: after an error nothing more is written, and html_end returns it. */
struct html {
    struct buf *out;
    enum err err;
};

/* Writes everything up to and including <main>. `title` is escaped; `style` is additional CSS of ours. */
struct html html_begin(struct buf *out, const char *title, const char *style);
/* ERR_NO_SPACE: it does not fit the limit of `out`. */
NODISCARD enum err html_end(struct html *h);

/* Our own markup, unescaped. What the format inserts must be ours too: numbers and words from our tables. */
void html_mark(struct html *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Untrusted text: markup, control characters and characters that change the direction of text are made harmless. */
void html_text(struct html *h, const char *text);
/* <name class="…">text</name> */
void html_element(struct html *h, const char *name, const char *class, const char *text);
