/* SPDX-License-Identifier: BSD-2-Clause */
/* The name of a host by its address, as the system's resolver has it. */
#pragma once

#include "base/bytes.h"

enum { HOST_NAME_LEN_MAX = 256 };

/* Looks the name up, and whether it has the address in turn: who owns an address can give it any name. In lower
 * case. False: there is none that counts. It may take as long as the resolver does. */
bool host_name_of(const char *address, char name[HOST_NAME_LEN_MAX]);
