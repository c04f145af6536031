/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks up a host's name by its address, with the system's resolver. */
#pragma once

#include "base/bytes.h"

enum { HOST_NAME_LEN_MAX = 256 };

/* The name in lower case, checked to have the address in turn: the owner of an address can give it any name.
 * False: no name passes. May take as long as the resolver does. */
bool host_name_of(const char *address, char name[HOST_NAME_LEN_MAX]);
