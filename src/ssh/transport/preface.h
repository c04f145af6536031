/* SPDX-License-Identifier: BSD-2-Clause */
/* What a server sends before it has received anything, for a process that answers a connection before there is a
 * machine for it: the identification (RFC 4253 section 4.2) and the packet with the first KEXINIT (section 7.1). A
 * machine with the same software and offer continues from there: see sent_cookie in struct connection_setup. */
#pragma once

#include "base/buf.h"
#include "base/rng.h"
#include "ssh/transport/algorithms.h"

/* Appends both. The KEXINIT_COOKIE_LEN octets at *cookie_at are random; they may be replaced, so that one
 * preface serves many connections. ERR_NO_SPACE. */
NODISCARD enum err preface_write(const char *software, const struct algorithms_offer *offer,
                                 const struct rng *rng, struct buf *out, size_t *cookie_at);

/* Appends the packet that turns a client away after the preface: a DISCONNECT with this SSH_DISCONNECT_… reason.
 * ERR_NO_SPACE. */
NODISCARD enum err preface_write_refusal(uint32_t reason, const char *text, const struct rng *rng,
                                         struct buf *out);
