/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/pam/refusal.h"

#include "os/clock.h"
#include "programs/server/pam/conversation.h"

#include <errno.h>
#include <security/pam_appl.h>
#include <time.h>

enum { US_PER_SECOND = 1000 * 1000, NS_PER_US = 1000 };

int64_t refusal_left_us(int64_t spent_us, int64_t asked_us)
{
    int64_t least_us = spent_us > asked_us ? spent_us : asked_us;
    int64_t count = least_us / REFUSAL_GRID_US + (least_us % REFUSAL_GRID_US != 0);
    return (count ? count : 1) * REFUSAL_GRID_US - spent_us;
}

void refusal_pause(int result, unsigned asked_us, void *context)
{
    const struct conversation *c = context;
    if (result == PAM_SUCCESS || c->is_over)
        return;
    int64_t left_us = refusal_left_us(clock_now().us - c->heard_us, asked_us);
    struct timespec left = { left_us / US_PER_SECOND, left_us % US_PER_SECOND * NS_PER_US };
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
        ;
}
