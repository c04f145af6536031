/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the user: on the terminal (/dev/tty, because stdin may carry data), or with the program that
 * SSH_ASKPASS names, as OpenSSH does: SSH_ASKPASS_REQUIRE=prefer or force uses it even with a terminal,
 * never forbids it. */
#pragma once

#include "base/buf.h"

enum prompt_kind {
    PROMPT_SECRET,  /* without echo */
    PROMPT_LINE,    /* with echo */
    PROMPT_CONFIRM, /* yes or no: the program gets SSH_ASKPASS_PROMPT=confirm */
};

/* Appends the answer without its line end; the text should be safe to show. ERR_UNSUPPORTED: nobody can
 * be asked; ERR_SYSTEM: the user cancelled, or the program failed; ERR_TOO_LONG. Waits without a timeout;
 * the terminal is restored, also when a signal ends the process meanwhile. */
NODISCARD enum err prompt_ask(enum prompt_kind kind, const char *text, struct buf *answer);
