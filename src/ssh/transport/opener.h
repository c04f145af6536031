/* SPDX-License-Identifier: BSD-2-Clause */
/* Opens packets (RFC 4253 section 6) in place: checks, decrypts and lends the payload. Nothing of a packet is given out
 * before it is authenticated. */
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

/* Opens the packet at the front of `in`. *wire_len is its length, 0 until it has arrived whole: then feed the same
 * octets again with more after them (a cipher may already have changed the first block). The payload lies in `in`.
 * Errors: ERR_BAD_VALUE for a bad packet_length in the clear, empty payload or bad padding before encryption;
 * ERR_BAD_MAC for anything bad with encryption.
 * With a stream cipher and MAC-then-decrypt order a bad packet is not reported at once: input is discarded, *wire_len
 * octets at a time, until PACKET_LEN_MAX octets or until the owner gives up waiting (opener.is_discarding) and fails
 * with ERR_BAD_MAC itself. */
NODISCARD enum err opener_open(struct opener *o, struct span in, struct bytes *payload,
                               size_t *wire_len);

/* Which field of a packet in the clear was bad, and how: printable text of at most `size` octets, "" if none was. A
 * length is also shown as text if its octets are printable: that shows which other protocol the peer speaks. */
void opener_failure(const struct opener *o, char *out, size_t size);
