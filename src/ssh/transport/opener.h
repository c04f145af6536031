/* SPDX-License-Identifier: BSD-2-Clause */
/* Opens packets (RFC 4253 section 6) where they lie: checks, decrypts in place and lends the payload.
 * Nothing of a packet is given out before its authentication. */
#pragma once

#include "base/err.h"
#include "ssh/transport/packet_keys.h"

enum opener_fault { OPENER_FINE, OPENER_BAD_LENGTH, OPENER_BAD_PADDING };

struct opener {
    struct packet_keys keys;
    uint32_t sequence; /* of the next packet */
    uint64_t octets;   /* opened with these keys */
    uint64_t packets;
    size_t len_max;  /* of packet_length */
    uint32_t length; /* of the packet that is arriving, once known */
    bool has_length;
    bool is_discarding; /* a packet was bad; see opener_discard_done */
    size_t discarded;
    enum opener_fault fault; /* of a packet in the clear */
    uint8_t padding;         /* of the last packet */
};

void opener_init(struct opener *o);
void opener_wipe(struct opener *o);

/* As sealer_set_keys, for the other direction. */
void opener_set_keys(struct opener *o, const struct algorithms_cipher *cipher,
                     const struct algorithms_mac *mac, const struct packet_keys_material *material,
                     bool resets);

/* Opens the packet at the front of `in`. *wire_len is its length, 0 when it has not arrived whole: then
 * the same octets must be fed again with more behind them (a cipher may already have changed the first
 * block). The payload lies in `in`.
 * Errors: ERR_BAD_VALUE for a bad packet_length in the clear, empty payload or bad padding before
 * encryption; ERR_BAD_MAC for everything bad with encryption.
 * With a stream cipher and MAC-then-decrypt order a bad packet is not told from a good one right away:
 * input is discarded, *wire_len says how much, until PACKET_LEN_MAX octets or until the owner gives up
 * waiting (opener.is_discarding) and fails with ERR_BAD_MAC itself. */
NODISCARD enum err opener_open(struct opener *o, struct span in, struct bytes *payload,
                               size_t *wire_len);

/* Which field of a packet in the clear was bad, and how: printable words of at most `size` octets, "" if none
 * was. A length is shown as text, too, where its octets are printable: a peer of another protocol says what it
 * is. */
void opener_failure(const struct opener *o, char *out, size_t size);
