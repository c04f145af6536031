/* SPDX-License-Identifier: BSD-2-Clause */
/* Holds the host's private keys and signs with them: exchange hashes, which it computes itself from what
 * both sides have said, with its own line and its own public key in them. Nothing else can be signed, so
 * that whoever asks gets no signature for a session of another server.
 *
 * It gets its keys from the listener. Then monitors ask, all of them over the same socket; with each
 * question comes a descriptor for the answer, and a question that cannot be answered has it closed. */
#pragma once

/* `ident`: the server's line. Until the last of those who may ask is gone; the exit status. */
int keyd_run(int fd, const char *ident);
