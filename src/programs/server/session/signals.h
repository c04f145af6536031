/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals by their names in RFC 4254 section 6.10, without "SIG". */
#pragma once

#include "base/bytes.h"

/* 0: that signal may not be sent to a program. */
int signals_number(struct bytes name);

/* For an exit-signal; a signal that the RFC does not name is "SIG@openssh.com". */
const char *signals_name(int number);
