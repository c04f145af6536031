/* SPDX-License-Identifier: BSD-2-Clause */
/* The link of a stack that gives it large segments: what it makes of a frame. */
#pragma once

#include "tcpip/stack.h"

/* How many packets the frame becomes; each is written by its number. */
size_t drill_link_count(const struct stack_frame *frame);
/* `out` has room for frame->len. Returns the length. The checksums are right. */
size_t drill_link_packet(const struct stack_frame *frame, size_t number, uint8_t *out);
