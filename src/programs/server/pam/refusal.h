/* SPDX-License-Identifier: BSD-2-Clause */
/* When PAM's no is told. Modules compare with a hash where there is one, and with nothing for a name that is nobody's;
 * so the pause that they ask for is counted from the user's words, and what it takes to find out is a part of it. */
#pragma once

#include <stdint.h>

/* A multiple of it is waited for, so that a stack that asks for no pause tells nothing either. */
enum { REFUSAL_GRID_US = 250 * 1000 };

/* How many microseconds are left, if `spent_us` have gone since the user's words and a pause of `asked_us` is asked
 * for. */
int64_t refusal_left_us(int64_t spent_us, int64_t asked_us);

/* Waits for as long, where `result` is an error. For PAM_FAIL_DELAY of pam_set_item(3), with the conversation as its
 * context. */
void refusal_pause(int result, unsigned asked_us, void *context);
