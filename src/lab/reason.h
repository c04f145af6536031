/* SPDX-License-Identifier: BSD-2-Clause */
/* Explains segments in sentences: why they have their numbers, and what became of them; and shows their parts as
 * text. */
#pragma once

#include "lab/plan.h"

enum { REASON_TEXT = 320, REASON_MAX = 4 };

/* "SYN-ACK seq=y ack=x+1", relative to the story's origins. */
void reason_label(const struct story *story, const struct story_segment *s, char out[REASON_TEXT]);

/* The numbers as on the wire: "seq 7, ack 9, window 65535; mss 1460 …". */
void reason_numbers(const struct story_segment *s, char out[REASON_TEXT]);

/* Sentences: why it was sent, and why seq and ack are what they are. Returns how many sentences. */
size_t reason_sentences(const struct story *story, const struct story_segment *s,
                        char out[REASON_MAX][REASON_TEXT]);

/* Sums up what is left out. */
void reason_skipped(const struct plan_row *row, char out[REASON_TEXT]);

/* "lost on the way"; NULL: it arrived once, in order and unharmed. */
const char *reason_fate(const struct story_segment *s);
