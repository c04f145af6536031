/* SPDX-License-Identifier: BSD-2-Clause */
/* Encoded terminal modes of a pty-req: RFC 4254 section 8, and IUTF8 of RFC 8160. Opcodes below 160
 * carry a uint32; 0 ends the list. Modes that this system does not have are skipped. */
#pragma once

#include "base/buf.h"

#include <termios.h>

/* Appends the modes with their speeds and the end opcode. */
NODISCARD enum err terminal_modes_encode(const struct termios *modes, struct buf *out);

/* Applies the encoded modes to *modes; the others stay. Ends at opcode 0, at one of 160 or above, or at the end of the
 * input. ERR_TRUNCATED: an argument is cut off; nothing was changed. */
NODISCARD enum err terminal_modes_decode(struct bytes encoded, struct termios *modes);
