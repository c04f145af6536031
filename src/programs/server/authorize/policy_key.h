/* SPDX-License-Identifier: BSD-2-Clause */
/* What a line of authorized_keys allows, as a policy. */
#pragma once

#include "programs/server/common/policy.h"
#include "trust/key_options.h"

/* Borrows from the options. */
struct policy policy_key_of(struct key_options *options);
