/* SPDX-License-Identifier: BSD-2-Clause */
/* The porch's process: holds connections until their openings are whole (admission/opening.h). */
#pragma once

#include "os/sandbox.h"

/* The descriptor of its socket to the listener, see record.def. */
enum { PORCH_CONTROL = 3 };

/* Why a connection came to nothing, as PORCH_GONE reports it. */
enum porch_end {
    PORCH_CLOSED, /* by the client */
    PORCH_TIMED_OUT,
    PORCH_BAD_LINE,    /* the first line is not an identification */
    PORCH_BAD_VERSION, /* … or has another version */
    PORCH_BAD_PACKET,
    PORCH_END_COUNT
};

/* Runs until the listener is gone; returns the exit status. */
int porch_run(const struct sandbox_setup *sandbox);
