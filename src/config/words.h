/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of ssh_config and sshd_config, cut into a keyword and words. */
#pragma once

#include "base/buf.h"

/* Cuts a line into its keyword and what follows, without the blanks around and the "=" between. No
 * keyword: the line is empty or a comment. Both are borrowed from the line. */
void words_split(struct bytes line, struct bytes *keyword, struct bytes *arguments);

enum words_result { WORDS_WORD, WORDS_END, WORDS_BAD_QUOTES };

/* Takes the next word off *arguments. Single and double quotes hold blanks together, a backslash
 * stands before a quote, a backslash or, outside of quotes, a space; a word that starts with "#"
 * begins a comment. `word` is emptied and then has the word without its quotes; its limit is at
 * least the length of the arguments. */
enum words_result words_next(struct bytes *arguments, struct buf *word);

/* Appends the text in quotes such that words_next gives it back. */
NODISCARD enum err words_quote(struct bytes text, struct buf *out);
