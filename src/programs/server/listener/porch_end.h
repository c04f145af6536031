/* SPDX-License-Identifier: BSD-2-Clause */
/* How connections that came to nothing on the porch are logged and penalised. */
#pragma once

#include "admission/penalties.h"
#include "programs/server/porch/porch.h"

void porch_end_log(enum porch_end why);
enum penalties_class porch_end_class(enum porch_end why);
