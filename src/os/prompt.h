/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the person: on the terminal (/dev/tty, not stdin: that may carry data), or by the program that
 * SSH_ASKPASS names, as OpenSSH does: SSH_ASKPASS_REQUIRE=prefer or force asks it even with a terminal,
 * never forbids it. */
#pragma once

#include "base/buf.h"

enum prompt_kind {
    PROMPT_SECRET,  /* what is typed is not shown */
    PROMPT_LINE,    /* it is */
    PROMPT_CONFIRM, /* yes or no: the program is told so by SSH_ASKPASS_PROMPT=confirm */
};

/* Appends the answer without its line end; the text should be safe to show. ERR_UNSUPPORTED: nobody can
 * be asked; ERR_SYSTEM: the person broke off, or the program said no; ERR_TOO_LONG. Waits without an
 * end of its own; the terminal is restored, also when a signal ends the process meanwhile. */
NODISCARD enum err prompt_ask(enum prompt_kind kind, const char *text, struct buf *answer);
