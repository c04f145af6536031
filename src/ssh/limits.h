/* SPDX-License-Identifier: BSD-2-Clause */
/* Bounds of the SSH layer that are not in the module they belong to. docs/limits.md explains them. */
#pragma once

enum {
    LIMITS_KEX_FIELD = 64 * 1024,     /* octets of anything kept from a key exchange */
    LIMITS_PAYLOAD = 256 * 1024,      /* octets of a payload */
    LIMITS_COMMAND = 255 * 1024,      /* octets of a command, which a payload has room for */
    LIMITS_HELD = 4 * 1024 * 1024,    /* octets waiting for the end of a key exchange */
    LIMITS_OUTPUT = 64 * 1024 * 1024, /* octets of output; data stops long before */
    LIMITS_OUTPUT_DATA = 256 * 1024,  /* octets of output above which no data is taken */
    LIMITS_DATA_PACKET = 32 * 1024,   /* octets of data in one message, whatever the peer says */
    LIMITS_CHANNELS = 1024,           /* channels of a connection */
    LIMITS_HANDSHAKE_MS = 30 * 1000,  /* identification and first key exchange */
    LIMITS_REKEY_MS = 60 * 1000,      /* a later key exchange */
    LIMITS_DISCARD_MS = 2 * 1000,     /* silence after a forged packet, see opener.h */
};
