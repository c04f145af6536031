/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/inspection/sandbox_check.h"

#include "programs/server/common/log.h"
#include "programs/server/inspection/sandbox_look.h"

#include <stdio.h>

int sandbox_check_run(const struct sandbox_cast_setup *setup)
{
    struct sandbox_look look = { .is_wrong = false };
    size_t count;
    log_open(OPTION_LOG_QUIET, true);
    struct sandbox_cast *cast = sandbox_cast_new(setup);
    const struct sandbox_subject *subjects = sandbox_cast_subjects(cast, &count);
    for (size_t i = 0; i < count; i++)
        sandbox_look_at(&look, &subjects[i]);
    sandbox_cast_free(cast);
    if (look.is_wrong)
        printf("something is not as it should be\n");
    else if (look.hidden_count > 0)
        printf("what is visible is as it should be, but %zu rows are not visible to this user\n",
               look.hidden_count);
    else
        printf("everything is as it should be\n");
    return look.is_wrong ? 1 : 0;
}
