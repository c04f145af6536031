/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/transport/opener.h"

#include "base/equal.h"

#include <stdio.h>

enum { LENGTH_LEN = 4, PRINTABLE_FIRST = 0x20, PRINTABLE_LAST = 0x7e };

void opener_init(struct opener *o)
{
    *o = (struct opener){ .len_max = PACKET_LEN_MAX_BEFORE_LOGIN };
}

void opener_wipe(struct opener *o)
{
    packet_keys_wipe(&o->keys);
}

void opener_set_keys(struct opener *o, const struct algorithms_cipher *cipher,
                     const struct algorithms_mac *mac, const struct packet_keys_material *material,
                     bool resets)
{
    packet_keys_set(&o->keys, cipher, mac, material, false);
    o->octets = o->packets = 0;
    if (resets)
        o->sequence = 0;
}

static uint32_t number(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool decrypts_length(const struct opener *o)
{
    return o->keys.mac && !o->keys.mac->is_etm;
}

/* Octets needed before packet_length can be known. */
static size_t head_len(const struct opener *o)
{
    return decrypts_length(o) ? packet_keys_block_len(&o->keys) : LENGTH_LEN;
}

static void learn_length(struct opener *o, struct span in)
{
    if (o->keys.chachapoly) {
        o->length = chachapoly_peek_length(o->keys.chachapoly, o->sequence, in.data);
    } else {
        if (decrypts_length(o))
            cipher_apply(o->keys.ctr, (struct span){ in.data, head_len(o) });
        o->length = number(in.data);
    }
    o->has_length = true;
}

static bool length_is_good(const struct opener *o)
{
    size_t counted = o->length + (packet_keys_length_apart(&o->keys) ? 0 : LENGTH_LEN);
    return o->length >= PACKET_LEN_MIN && o->length <= o->len_max &&
           counted % packet_keys_block_len(&o->keys) == 0;
}

static enum err check_mac(const struct opener *o, struct span body, const uint8_t *tag)
{
    uint8_t sum[DIGEST_LEN_MAX];
    size_t len = packet_keys_tag_len(&o->keys);
    packet_keys_sum(&o->keys, o->sequence, bytes_span(body), sum);
    return equal_secret(bytes_of(sum, len), bytes_of(tag, len)) ? OK : ERR_BAD_MAC;
}

static enum err unprotect_with_mac(struct opener *o, struct span body, const uint8_t *tag)
{
    if (o->keys.mac->is_etm) {
        TRY(check_mac(o, body, tag));
        cipher_apply(o->keys.ctr, bytes_span_skip(body, LENGTH_LEN));
        return OK;
    }
    cipher_apply(o->keys.ctr, bytes_span_skip(body, head_len(o)));
    return check_mac(o, body, tag);
}

static enum err unprotect(struct opener *o, struct span body, const uint8_t *tag)
{
    if (!o->keys.cipher)
        return OK;
    switch (o->keys.cipher->mode) {
    case ALGORITHMS_CTR:
        return unprotect_with_mac(o, body, tag);
    case ALGORITHMS_GCM:
        TRY(aead_open(o->keys.gcm, o->keys.nonce, bytes_of(body.data, LENGTH_LEN),
                      bytes_span_skip(body, LENGTH_LEN), tag));
        packet_keys_next_nonce(&o->keys);
        return OK;
    case ALGORITHMS_CHACHAPOLY:
        return chachapoly_open(o->keys.chachapoly, o->sequence, body, tag);
    }
    return ERR_BAD_STATE;
}

/* Which check failed must not be seen from outside, so all input is swallowed alike. */
static enum err discard(struct opener *o, size_t len, size_t *wire_len)
{
    o->is_discarding = true;
    o->discarded += len;
    *wire_len = len;
    return o->discarded >= PACKET_LEN_MAX ? ERR_BAD_MAC : OK;
}

static enum err refuse(struct opener *o, enum opener_fault fault, size_t len, size_t *wire_len)
{
    if (!o->keys.cipher) {
        o->fault = fault;
        return ERR_BAD_VALUE;
    }
    return decrypts_length(o) ? discard(o, len, wire_len) : ERR_BAD_MAC;
}

enum err opener_open(struct opener *o, struct span in, struct bytes *payload, size_t *wire_len)
{
    *wire_len = 0;
    *payload = BYTES_NONE;
    if (o->is_discarding)
        return discard(o, in.len, wire_len);
    if (in.len < head_len(o))
        return OK;
    if (!o->has_length)
        learn_length(o, in);
    if (!length_is_good(o))
        return refuse(o, OPENER_BAD_LENGTH, in.len, wire_len);

    struct span body = { in.data, LENGTH_LEN + o->length };
    size_t whole = body.len + packet_keys_tag_len(&o->keys);
    if (in.len < whole)
        return OK;
    if (unprotect(o, body, in.data + body.len) != OK)
        return refuse(o, OPENER_FINE, in.len, wire_len);

    size_t padding = o->padding = body.data[LENGTH_LEN];
    if (padding < PACKET_PADDING_MIN || padding + 1 >= o->length)
        return refuse(o, OPENER_BAD_PADDING, in.len, wire_len);
    *payload = bytes_of(body.data + LENGTH_LEN + 1, o->length - 1 - padding);
    *wire_len = whole;
    o->has_length = false;
    o->sequence++;
    o->packets++;
    o->octets += whole;
    return OK;
}

/* The octets of the length as text, or "" if they are not printable. */
static void read_as_text(uint32_t length, char out[LENGTH_LEN + 1])
{
    for (size_t i = 0; i < LENGTH_LEN; i++) {
        uint8_t octet = (uint8_t)(length >> 8 * (LENGTH_LEN - 1 - i));
        bool is_printable = octet >= PRINTABLE_FIRST && octet <= PRINTABLE_LAST;
        if (!is_printable) {
            out[0] = 0;
            return;
        }
        out[i] = (char)octet;
    }
    out[LENGTH_LEN] = 0;
}

static void tell_length(const struct opener *o, char *out, size_t size)
{
    char text[LENGTH_LEN + 1];
    unsigned long length = o->length;
    read_as_text(o->length, text);
    if (o->length < PACKET_LEN_MIN || o->length > o->len_max)
        (void)snprintf(out, size, "its length, %lu (0x%08lx%s%s%s), is not from %d to %zu", length,
                       length, text[0] ? ", as text \"" : "", text, text[0] ? "\"" : "",
                       PACKET_LEN_MIN, o->len_max);
    else
        (void)snprintf(out, size, "its length, %lu, and %d are no multiple of %zu", length,
                       LENGTH_LEN, packet_keys_block_len(&o->keys));
}

void opener_failure(const struct opener *o, char *out, size_t size)
{
    switch (o->fault) {
    case OPENER_FINE:
        out[0] = 0;
        return;
    case OPENER_BAD_LENGTH:
        tell_length(o, out, size);
        return;
    case OPENER_BAD_PADDING:
        (void)snprintf(out, size,
                       "its padding, %u of %lu octets, is less than %d or leaves no message",
                       (unsigned)o->padding, (unsigned long)o->length, PACKET_PADDING_MIN);
        return;
    }
}
