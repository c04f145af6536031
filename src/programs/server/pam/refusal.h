/* SPDX-License-Identifier: BSD-2-Clause */
/* When PAM's refusal is reported. Modules compare with a hash where there is one, and with nothing for an unknown name;
 * so the pause that they ask for is counted from the user's input, and includes the time of the comparison. */
#pragma once

#include <stdint.h>

/* The pause is rounded up to a multiple of it, so that a stack that asks for no pause shows nothing either. */
enum { REFUSAL_GRID_US = 250 * 1000 };

/* The microseconds left if `spent_us` have passed since the user's input and a pause of `asked_us` is asked for. */
int64_t refusal_left_us(int64_t spent_us, int64_t asked_us);

/* Pauses that long if `result` is an error. For PAM_FAIL_DELAY of pam_set_item(3), with the conversation as its
 * context. */
void refusal_pause(int result, unsigned asked_us, void *context);
