/* SPDX-License-Identifier: BSD-2-Clause */
/* The random generator's part in start-up and in making keys. */
#pragma once

/* Called once, by crypto_start. */
void random_start(void);

/* To be called before libcrypto draws random octets on its own (for a key, a signature): in a child it
 * reseeds libcrypto's generator. libcrypto compares process ids, and those may be equal: the first process
 * of a container and its child that is the first in a namespace are both number 1. */
void random_notice_fork(void);
