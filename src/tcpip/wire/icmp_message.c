/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/wire/icmp_message.h"

#include "base/reader.h"
#include "tcpip/wire/checksum.h"
#include "tcpip/wire/put.h"

#include <string.h>

enum { HEADER_LEN = 8, ECHO_AT = 4, DEFAULT_TTL = 64 };

/* The first matching row counts: for reading, by type and code; for writing, by meaning, with the first of its
 * codes. */
static const struct row {
    uint8_t version, type, code, last_code;
    enum icmp_meaning meaning;
} rows[] = {
    { 4, 0, 0, 0, ICMP_ECHO_REPLY },
    { 4, 8, 0, 0, ICMP_ECHO_REQUEST },
    { 4, 3, 0, 0, ICMP_NET_UNREACHABLE },
    { 4, 3, 1, 1, ICMP_HOST_UNREACHABLE },
    { 4, 3, 2, 2, ICMP_PROTOCOL_UNREACHABLE },
    { 4, 3, 3, 3, ICMP_PORT_UNREACHABLE },
    { 4, 3, 4, 4, ICMP_PACKET_TOO_BIG },
    { 4, 3, 13, 15, ICMP_PROHIBITED }, /* RFC 1812 section 5.2.7.1 */
    { 4, 3, 9, 10, ICMP_PROHIBITED },
    { 4, 3, 5, 6, ICMP_NET_UNREACHABLE }, /* a source route failed; RFC 1122 section 3.2.2.1 */
    { 4, 3, 7, 8, ICMP_HOST_UNREACHABLE },
    { 4, 3, 11, 11, ICMP_NET_UNREACHABLE },
    { 4, 3, 12, 12, ICMP_HOST_UNREACHABLE },
    { 4, 11, 0, 1, ICMP_TIME_EXCEEDED },
    { 4, 12, 0, 2, ICMP_PARAMETER_PROBLEM },
    { 6, 129, 0, 0, ICMP_ECHO_REPLY },
    { 6, 128, 0, 0, ICMP_ECHO_REQUEST },
    { 6, 1, 0, 0, ICMP_NET_UNREACHABLE },
    { 6, 1, 3, 3, ICMP_HOST_UNREACHABLE },
    { 6, 1, 4, 4, ICMP_PORT_UNREACHABLE },
    { 6, 1, 1, 1, ICMP_PROHIBITED },
    { 6, 1, 5, 6, ICMP_PROHIBITED },
    { 6, 1, 2, 2, ICMP_NET_UNREACHABLE },
    { 6, 2, 0, 255, ICMP_PACKET_TOO_BIG }, /* whatever the code: RFC 4443 section 3.2 */
    { 6, 3, 0, 1, ICMP_TIME_EXCEEDED },
    { 6, 4, 0, 2, ICMP_PARAMETER_PROBLEM },
    /* Only sent. */
    { 6, 4, 1, 1, ICMP_PROTOCOL_UNREACHABLE },
    { 4, 11, 1, 1, ICMP_FRAGMENTS_MISSING },
    { 6, 3, 1, 1, ICMP_FRAGMENTS_MISSING },
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static enum icmp_meaning meaning_of(uint8_t version, uint8_t type, uint8_t code)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].version == version && rows[i].type == type && rows[i].code <= code &&
            code <= rows[i].last_code)
            return rows[i].meaning;
    }
    return ICMP_OTHER;
}

static const struct row *row_for(uint8_t version, enum icmp_meaning meaning)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].version == version && rows[i].meaning == meaning)
            return &rows[i];
    }
    return NULL;
}

bool icmp_message_is_error(enum icmp_meaning meaning)
{
    return meaning != ICMP_ECHO_REQUEST && meaning != ICMP_ECHO_REPLY && meaning != ICMP_OTHER;
}

static uint8_t protocol_of(uint8_t version)
{
    return version == 4 ? IP_ICMP : IP_ICMPV6;
}

/* Only ICMPv6's covers a pseudo header (RFC 4443 section 2.3). */
static uint16_t checksum_of(const struct ip_header *ip, struct bytes message)
{
    uint64_t sum = ip->source.version == 4
                       ? 0
                       : checksum_pseudo_header(&ip->source, &ip->destination, IP_ICMPV6,
                                                (uint32_t)message.len);
    return checksum_finish(checksum_add(sum, message));
}

enum err icmp_message_parse(const struct ip_header *ip, bool checksum_is_known,
                            struct icmp_message *out)
{
    uint8_t version = ip->source.version;
    *out = (struct icmp_message){ .meaning = ICMP_OTHER, .version = version };
    if (ip->protocol != protocol_of(version) || ip_header_is_fragment(ip))
        return ERR_BAD_VALUE;
    if (ip->payload.len < HEADER_LEN)
        return ERR_TRUNCATED;
    struct reader r = reader_over(ip->payload, NULL);
    out->type = reader_u8(&r, "type");
    out->code = reader_u8(&r, "code");
    (void)reader_u16(&r, "checksum");
    uint32_t word = reader_u32(&r, "rest of the header");
    out->meaning = meaning_of(version, out->type, out->code);
    if (out->meaning == ICMP_PACKET_TOO_BIG)
        out->mtu = version == 4 ? word & 0xffff : word;
    out->body = bytes_skip(ip->payload, icmp_message_is_error(out->meaning) ? HEADER_LEN : ECHO_AT);
    return checksum_is_known || checksum_of(ip, ip->payload) == 0 ? OK : ERR_BAD_CHECKSUM;
}

enum err icmp_message_quote(const struct icmp_message *m, struct icmp_quote *out)
{
    struct ip_header ip;
    *out = (struct icmp_quote){ 0 };
    if (!icmp_message_is_error(m->meaning) || ip_header_parse_beginning(m->body, &ip) != OK ||
        ip.source.version != m->version || ip.protocol != IP_TCP || ip.fragment_offset != 0)
        return ERR_BAD_VALUE;
    struct reader r = reader_over(ip.payload, NULL);
    out->source = (struct ip_endpoint){ ip.source, reader_u16(&r, "source port") };
    out->destination = (struct ip_endpoint){ ip.destination, reader_u16(&r, "destination port") };
    out->seq = reader_u32(&r, "sequence number");
    return r.is_short ? ERR_BAD_VALUE : OK;
}

/* Octets of the body that fit a packet of the version after `before` octets. */
static size_t body_len(const struct icmp_message *m, size_t before, struct span out)
{
    size_t max = out.len;
    size_t error_max = m->version == 4 ? ICMP_ERROR_MAX_V4 : ICMP_ERROR_MAX_V6;
    if (icmp_message_is_error(m->meaning) && max > error_max)
        max = error_max;
    return before + m->body.len <= max ? m->body.len : max - before;
}

/* `pointer`: the octet of the quote that is at fault (RFC 4443 section 3.4). */
static size_t write_message(const struct icmp_message *m, uint32_t pointer,
                            const struct ip_header *ip, struct span out)
{
    bool is_error = icmp_message_is_error(m->meaning);
    size_t ip_len = m->version == 4 ? IP_HEADER_LEN_V4 : IP_HEADER_LEN_V6;
    size_t before = ip_len + (is_error ? HEADER_LEN : ECHO_AT);
    if (out.len < before || (!is_error && out.len < before + m->body.len))
        return 0;
    size_t len = body_len(m, before, out);
    struct ip_header header = *ip;
    header.protocol = protocol_of(m->version);
    (void)ip_header_write(&header, before - ip_len + len, out.data);
    out.data[ip_len] = m->type;
    out.data[ip_len + 1] = m->code;
    put_u16(out.data, ip_len + 2, 0);
    if (is_error)
        put_u32(out.data, ip_len + 4, m->mtu | pointer);
    struct span body = bytes_span_skip(out, before);
    if (len)
        memcpy(body.data, m->body.data, len);
    struct bytes message = bytes_slice(bytes_span(out), ip_len, before - ip_len + len);
    put_u16(out.data, ip_len + 2, checksum_of(&header, message));
    return before + len;
}

size_t icmp_message_write(const struct icmp_message *m, const struct ip_header *ip, struct span out)
{
    return write_message(m, 0, ip, out);
}

/* An echo request that is intact. */
static bool is_request(const struct ip_header *ip)
{
    struct icmp_message m;
    return icmp_message_parse(ip, false, &m) == OK && m.meaning == ICMP_ECHO_REQUEST;
}

/* Whether an error of `meaning` may be sent about a packet with this header, for which ip_header_parse returned
 * `err`. */
static bool may_be_told(enum icmp_meaning meaning, const struct ip_header *ip, enum err err)
{
    bool has_fault =
        meaning == ICMP_PARAMETER_PROBLEM && err == ERR_UNSUPPORTED && ip->fault.is_told;
    if (err != OK && !has_fault)
        return false;
    bool is_first = ip->more_fragments && ip->fragment_offset == 0;
    bool is_icmp = ip->protocol == IP_ICMP || ip->protocol == IP_ICMPV6;
    return (meaning == ICMP_FRAGMENTS_MISSING ? is_first : !ip_header_is_fragment(ip)) &&
           ip_address_is_unicast(&ip->source) && ip_address_is_unicast(&ip->destination) &&
           (!is_icmp || is_request(ip));
}

size_t icmp_message_answer(enum icmp_meaning meaning, uint32_t mtu, struct bytes cause,
                           const struct ip_address *source, struct span out)
{
    struct ip_header ip;
    enum err err = meaning == ICMP_FRAGMENTS_MISSING ? ip_header_parse_beginning(cause, &ip)
                                                     : ip_header_parse(cause, &ip);
    const struct row *row = row_for(source->version, meaning);
    if (!row || !icmp_message_is_error(meaning) || ip.source.version != source->version ||
        !may_be_told(meaning, &ip, err))
        return 0;
    bool has_fault = err == ERR_UNSUPPORTED;
    struct bytes quote = bytes_slice(cause, 0, ip.header_len + ip.payload.len);
    struct icmp_message m = { .meaning = meaning,
                              .version = source->version,
                              .type = row->type,
                              .code = has_fault ? ip.fault.code : row->code,
                              .mtu = meaning == ICMP_PACKET_TOO_BIG ? mtu : 0,
                              .body = quote };
    struct ip_header header = {
        .source = *source, .destination = ip.source, .ttl = DEFAULT_TTL, .dont_fragment = true
    };
    uint32_t pointer = has_fault ? ip.fault.at : 0;
    if (source->version == 6 && meaning == ICMP_PROTOCOL_UNREACHABLE)
        pointer = (uint32_t)ip.protocol_at;
    return write_message(&m, pointer, &header, out);
}
