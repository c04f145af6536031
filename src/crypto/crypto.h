/* SPDX-License-Identifier: BSD-2-Clause */
/* Start-up of the cryptographic library. Algorithms are fetched once, here, because an implicit fetch
 * costs more than a small packet. Everything else in this folder needs crypto_start first. */
#pragma once

/* Initialises libcrypto without reading its configuration file, fetches every algorithm that this
 * folder uses and touches the random generator. Call it once, before forking: a child inherits the
 * result. A second call does nothing. Aborts when the library lacks an algorithm. */
void crypto_start(void);

/* The library's name and version, for the user: "OpenSSL 3.0.15 3 Sep 2024". */
const char *crypto_version(void);
