/* SPDX-License-Identifier: BSD-2-Clause */
/* A page of HTML that needs nothing else: no script, no file, no network. It has light and dark colours by what the
 * reader prefers, fits narrow and wide windows and paper, and can be read aloud. What the pages of all renderers have
 * in common is here: the frame, its style, and escaping.
 *
 * The style knows these colours: --ground, --panel, --ink, --quiet, --line, --client, --server, --good, --warn, --bad;
 * and these classes: kicker, lesson, facts (a dl), hidden (for those who listen), mono, figure. */
#pragma once

#include "base/buf.h"

/* Sticky: after an error nothing more is written, and html_end says it. */
struct html {
    struct buf *out;
    enum err err;
};

/* Everything up to and with <main>. `title` is escaped; `style` is more of it, our own. */
struct html html_begin(struct buf *out, const char *title, const char *style);
/* ERR_NO_SPACE: it does not fit the limit of `out`. */
NODISCARD enum err html_end(struct html *h);

/* Markup, our own. What is put in by the format is ours, too: numbers and words of our tables. */
void html_mark(struct html *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Text of anybody: what would be markup, control characters and what changes the direction of text is made harmless. */
void html_text(struct html *h, const char *text);
/* <name class="…">text</name> */
void html_element(struct html *h, const char *name, const char *class, const char *text);
