/* SPDX-License-Identifier: BSD-2-Clause */
/* The porch's process: holds connections until their openings are whole (admission/opening.h). */
#pragma once

#include "os/sandbox.h"

/* The porch's end of its socket to the listener, see record.def. */
enum { PORCH_CONTROL = 3 };

/* Why a connection came to nothing, as PORCH_GONE has it. */
enum porch_end {
    PORCH_CLOSED, /* by the client */
    PORCH_TIMED_OUT,
    PORCH_BAD_LINE,    /* its first line is no identification */
    PORCH_BAD_VERSION, /* … or of another version */
    PORCH_BAD_PACKET,
    PORCH_END_COUNT
};

/* Until the listener is gone: the exit status. */
int porch_run(const struct sandbox_setup *sandbox);
