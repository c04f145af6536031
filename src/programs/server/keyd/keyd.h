/* SPDX-License-Identifier: BSD-2-Clause */
/* Holds the host's private keys and signs with them: exchange hashes, which it computes itself from what both sides
 * have said, with its own line and its own public key in them. It signs nothing else, so nobody gets a signature for a
 * session of another server.
 *
 * It gets its keys from the listener. Then monitors ask, all of them over the same socket; each question comes with a
 * descriptor for the answer, which is closed if the question cannot be answered. */
#pragma once

/* `ident`: the server's line. Runs until the last process that may ask is gone; returns the exit status. */
int keyd_run(int fd, const char *ident);
