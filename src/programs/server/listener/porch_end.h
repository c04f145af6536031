/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections that came to nothing on the porch: what the log says of them, and what they are penalised as. */
#pragma once

#include "admission/penalties.h"
#include "programs/server/porch/porch.h"

void porch_end_log(enum porch_end why);
enum penalties_class porch_end_class(enum porch_end why);
