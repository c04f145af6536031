/* SPDX-License-Identifier: BSD-2-Clause */
/* Cuts lines of ssh_config and sshd_config into a keyword and words. */
#pragma once

#include "base/buf.h"

/* Cuts a line into its keyword and what follows, without the blanks around and the "=" between. The
 * keyword is empty if the line is, or is a comment. Both are borrowed from the line. */
void words_split(struct bytes line, struct bytes *keyword, struct bytes *arguments);

enum words_result { WORDS_WORD, WORDS_END, WORDS_BAD_QUOTES };

/* Takes the next word off *arguments. Single and double quotes protect blanks; a backslash escapes a
 * quote, a backslash or, outside quotes, a space; a word that starts with "#" begins a comment. `word`
 * is cleared, then gets the word without its quotes; its limit must be at least the length of the
 * arguments. */
enum words_result words_next(struct bytes *arguments, struct buf *word);

/* Appends the text quoted so that words_next returns it unchanged. */
NODISCARD enum err words_quote(struct bytes text, struct buf *out);
