/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole SSH connection over the two stacks of a network: a client logs in with a key, sends octets to a program that
 * echoes them, and says good-bye. The keys are made for it and thrown away. The messages of SSH are shown among the
 * segments of TCP that carry them. */
#pragma once

#include "lab/scenario.h"

/* Needs crypto_start. Initializes the story, which the caller wipes. */
void ssh_talk_run(const struct scenario_options *options, struct story *story);
