/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/wire/ip_header.h"

#include "base/check.h"
#include "base/reader.h"
#include "tcpip/wire/checksum.h"
#include "tcpip/wire/put.h"

#include <string.h>

enum { DATAGRAM_MAX = 65535, DONT_FRAGMENT = 0x4000, MORE_FRAGMENTS = 0x2000, OFFSET = 0x1fff };
enum { V4_END = 0, V4_NOP = 1, V4_LOOSE_ROUTE = 131, V4_STRICT_ROUTE = 137 };
enum { V6_HOP_BY_HOP = 0, V6_ROUTING = 43, V6_FRAGMENT = 44, V6_DESTINATION = 60 };
enum { V6_PAD_1 = 0, V6_ACTION = 0xc0, V6_IN_SILENCE = 0x40, V6_UNLESS_MULTICAST = 0xc0 };
enum { BAD_FIELD = 0, UNKNOWN_OPTION = 2 }; /* codes of RFC 4443 section 3.4 */

static struct ip_address read_address(struct reader *r, uint8_t version)
{
    struct ip_address a = { .version = version };
    struct bytes octets = reader_octets(r, "address", version == 4 ? 4 : 16);
    if (octets.len)
        memcpy(a.octets, octets.data, octets.len);
    return a;
}

/* Traffic class: RFC 2474 section 3, RFC 3168 section 5. */
static void set_class(struct ip_header *h, uint8_t octet)
{
    h->dscp = octet >> 2;
    h->ecn = (enum ip_ecn)(octet & 3);
}

/* A fragment other than the last has whole units of 8 octets (RFC 791 section 3.2, RFC 8200 section 4.5), and none
 * reaches beyond the largest datagram. */
static bool fragment_fits(const struct ip_header *h, size_t header_len)
{
    return (!h->more_fragments || h->payload.len % 8 == 0) &&
           header_len + h->fragment_offset + h->payload.len <= DATAGRAM_MAX;
}

static enum err skip_v4_options(struct bytes options)
{
    while (options.len && options.data[0] != V4_END) {
        uint8_t kind = options.data[0];
        if (kind == V4_LOOSE_ROUTE || kind == V4_STRICT_ROUTE)
            return ERR_BAD_VALUE;
        size_t len = kind == V4_NOP ? 1 : options.len > 1 ? options.data[1] : 0;
        if (len == 0 || (kind != V4_NOP && len < 2) || len > options.len)
            return ERR_BAD_VALUE;
        options = bytes_skip(options, len);
    }
    return OK;
}

static enum err parse_v4(struct bytes packet, bool is_whole, struct ip_header *h)
{
    struct reader r = reader_over(packet, NULL);
    size_t header_len = (reader_u8(&r, "version and length") & 15u) * 4u;
    set_class(h, reader_u8(&r, "service"));
    size_t total_len = reader_u16(&r, "total length");
    h->identification = reader_u16(&r, "identification");
    uint16_t fragment = reader_u16(&r, "flags and fragment offset");
    h->ttl = reader_u8(&r, "time to live");
    h->protocol = reader_u8(&r, "protocol");
    (void)reader_u16(&r, "header checksum");
    h->source = read_address(&r, 4);
    h->destination = read_address(&r, 4);
    if (r.is_short)
        return ERR_TRUNCATED;
    if (header_len < IP_HEADER_LEN_V4 || total_len < header_len)
        return ERR_BAD_VALUE;
    if (header_len > packet.len || (is_whole && total_len > packet.len))
        return ERR_TRUNCATED;
    struct bytes header = bytes_slice(packet, 0, header_len);
    if (is_whole && checksum_finish(checksum_add(0, header)) != 0)
        return ERR_BAD_VALUE;
    h->dont_fragment = fragment & DONT_FRAGMENT;
    h->more_fragments = fragment & MORE_FRAGMENTS;
    h->fragment_offset = (uint16_t)((fragment & OFFSET) * 8);
    h->header_len = header_len;
    h->protocol_at = 9;
    h->payload = bytes_slice(packet, header_len, total_len - header_len);
    if (is_whole && !fragment_fits(h, header_len))
        return ERR_BAD_VALUE;
    return skip_v4_options(bytes_skip(header, IP_HEADER_LEN_V4));
}

/* Only the first fault counts. The rest is read all the same: no error is sent about an ICMP error. */
static void note_fault(struct ip_header *h, uint8_t code, size_t at, bool is_told)
{
    if (!h->fault.is_there)
        h->fault = (struct ip_fault){ true, is_told, code, (uint32_t)at };
}

/* The two high bits of a type say what to do with a packet that has an unknown option; we know only the paddings. */
static void judge_v6_option(struct ip_header *h, uint8_t type, size_t at)
{
    uint8_t action = type & V6_ACTION;
    bool is_for_many = h->destination.octets[0] == 0xff;
    if (action != 0)
        note_fault(h, UNKNOWN_OPTION, at,
                   action != V6_IN_SILENCE && !(action == V6_UNLESS_MULTICAST && is_for_many));
}

/* `at`: where the options stand in the packet. */
static enum err skip_v6_options(struct bytes options, size_t at, struct ip_header *h)
{
    while (options.len) {
        uint8_t type = options.data[0];
        size_t len = type == V6_PAD_1 ? 1 : options.len > 1 ? options.data[1] + 2u : 0;
        if (len == 0 || len > options.len)
            return ERR_BAD_VALUE;
        judge_v6_option(h, type, at);
        options = bytes_skip(options, len);
        at += len;
    }
    return OK;
}

/* How far the extension headers have got: RFC 8200 section 4.1 gives the order, and how often each may come. */
enum v6_place {
    AFTER_HEADER,
    AFTER_HOP_BY_HOP,
    AFTER_DESTINATION,
    AFTER_ROUTING,
    AFTER_FRAGMENT,
    AT_END
};

/* False: `type` may not stand here. */
static bool v6_move(enum v6_place *place, uint8_t type)
{
    enum v6_place before = *place;
    switch (type) {
    case V6_HOP_BY_HOP:
        *place = AFTER_HOP_BY_HOP;
        return before == AFTER_HEADER;
    case V6_ROUTING:
        *place = AFTER_ROUTING;
        return before < AFTER_ROUTING;
    case V6_FRAGMENT:
        *place = AFTER_FRAGMENT;
        return before < AFTER_FRAGMENT;
    default: /* destination options: once before a routing header, once at the end */
        *place = before < AFTER_DESTINATION ? AFTER_DESTINATION : AT_END;
        return before != AT_END;
    }
}

static enum err read_v6_fragment(struct bytes body, struct ip_header *h)
{
    struct reader r = reader_over(body, NULL);
    uint16_t fragment = reader_u16(&r, "fragment offset and flags");
    h->identification = reader_u32(&r, "identification");
    h->fragment_offset = fragment & 0xfff8;
    h->more_fragments = fragment & 1;
    return reader_end(&r);
}

/* `body` is the header without its first two octets, and stands at `at`. */
static enum err read_v6_extension(uint8_t type, struct bytes body, size_t at, struct ip_header *h)
{
    if (type == V6_FRAGMENT)
        return read_v6_fragment(body, h);
    if (type != V6_ROUTING)
        return skip_v6_options(body, at, h);
    if (body.data[1] != 0) /* segments left */
        note_fault(h, BAD_FIELD, at, true);
    return OK;
}

static bool is_v6_extension(uint8_t type)
{
    return type == V6_HOP_BY_HOP || type == V6_ROUTING || type == V6_FRAGMENT ||
           type == V6_DESTINATION;
}

/* Moves h->payload past the extension headers. `h->protocol` is the type of the first. Each round takes at least 8
 * octets, and there are at most five. */
static enum err skip_v6_extensions(struct ip_header *h, enum v6_place place)
{
    while (is_v6_extension(h->protocol) && !ip_header_is_fragment(h)) {
        uint8_t type = h->protocol;
        if (!v6_move(&place, type))
            return ERR_BAD_VALUE;
        if (h->payload.len < 8)
            return ERR_TRUNCATED;
        size_t len = type == V6_FRAGMENT ? 8 : (h->payload.data[1] + 1u) * 8u;
        if (len > h->payload.len)
            return ERR_TRUNCATED;
        TRY(read_v6_extension(type, bytes_slice(h->payload, 2, len - 2), h->header_len + 2, h));
        h->protocol = h->payload.data[0];
        h->protocol_at = h->header_len;
        h->payload = bytes_skip(h->payload, len);
        h->header_len += len;
    }
    return h->fault.is_there ? ERR_UNSUPPORTED : OK;
}

static enum err parse_v6(struct bytes packet, bool is_whole, struct ip_header *h)
{
    struct reader r = reader_over(packet, NULL);
    uint32_t first = reader_u32(&r, "version, class and flow label");
    size_t payload_len = reader_u16(&r, "payload length");
    h->protocol = reader_u8(&r, "next header");
    h->ttl = reader_u8(&r, "hop limit");
    h->source = read_address(&r, 6);
    h->destination = read_address(&r, 6);
    h->payload = bytes_slice(reader_rest(&r, "payload"), 0, payload_len);
    if (r.is_short || (is_whole && h->payload.len < payload_len))
        return ERR_TRUNCATED;
    set_class(h, (uint8_t)(first >> 20));
    h->flow_label = first & 0xfffff;
    h->dont_fragment = true;
    h->header_len = IP_HEADER_LEN_V6;
    h->protocol_at = 6;
    enum err err = skip_v6_extensions(h, AFTER_HEADER);
    return is_whole && !fragment_fits(h, 0) ? ERR_BAD_VALUE : err;
}

static enum err parse(struct bytes packet, bool is_whole, struct ip_header *out)
{
    *out = (struct ip_header){ 0 };
    if (packet.len == 0)
        return ERR_TRUNCATED;
    uint8_t version = packet.data[0] >> 4;
    if (version == 4)
        return parse_v4(packet, is_whole, out);
    return version == 6 ? parse_v6(packet, is_whole, out) : ERR_BAD_VALUE;
}

enum err ip_header_parse(struct bytes packet, struct ip_header *out)
{
    return parse(packet, true, out);
}

enum err ip_header_parse_beginning(struct bytes packet, struct ip_header *out)
{
    return parse(packet, false, out);
}

enum err ip_header_parse_reassembled(struct ip_header *h)
{
    return h->source.version == 6 ? skip_v6_extensions(h, AFTER_FRAGMENT) : OK;
}

bool ip_header_is_fragment(const struct ip_header *h)
{
    return h->more_fragments || h->fragment_offset != 0;
}

static uint8_t class_of(const struct ip_header *h)
{
    return (uint8_t)(h->dscp << 2 | h->ecn);
}

static size_t write_v4(const struct ip_header *h, size_t payload_len, uint8_t *out)
{
    CHECK(payload_len <= DATAGRAM_MAX - IP_HEADER_LEN_V4);
    out[0] = 0x45;
    out[1] = class_of(h);
    put_u16(out, 2, (uint16_t)(IP_HEADER_LEN_V4 + payload_len));
    put_u16(out, 4, (uint16_t)h->identification);
    put_u16(out, 6,
            (uint16_t)((h->dont_fragment ? DONT_FRAGMENT : 0) |
                       (h->more_fragments ? MORE_FRAGMENTS : 0) | h->fragment_offset / 8));
    out[8] = h->ttl;
    out[9] = h->protocol;
    put_u16(out, 10, 0);
    memcpy(&out[12], h->source.octets, 4);
    memcpy(&out[16], h->destination.octets, 4);
    put_u16(out, 10, checksum_finish(checksum_add(0, bytes_of(out, IP_HEADER_LEN_V4))));
    return IP_HEADER_LEN_V4;
}

static size_t write_v6(const struct ip_header *h, size_t payload_len, uint8_t *out)
{
    CHECK(payload_len <= DATAGRAM_MAX);
    put_u32(out, 0, 6u << 28 | (uint32_t)class_of(h) << 20 | (h->flow_label & 0xfffff));
    put_u16(out, 4, (uint16_t)payload_len);
    out[6] = h->protocol;
    out[7] = h->ttl;
    memcpy(&out[8], h->source.octets, 16);
    memcpy(&out[24], h->destination.octets, 16);
    return IP_HEADER_LEN_V6;
}

size_t ip_header_write(const struct ip_header *h, size_t payload_len, uint8_t *out)
{
    CHECK(h->source.version == h->destination.version);
    return h->source.version == 4 ? write_v4(h, payload_len, out) : write_v6(h, payload_len, out);
}
