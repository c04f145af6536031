/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/wire/checksum.h"

#include <string.h>

static uint64_t word_at(const uint8_t *octets, size_t at)
{
    uint64_t word;
    memcpy(&word, octets + at, sizeof(word));
    return word;
}

/* End-around carry: 2^64 is 1 modulo 2^16 - 1, so words of eight octets work as well as words of two (RFC 1071
 * section 2(C)). */
static uint64_t add(uint64_t sum, uint64_t word)
{
    sum += word;
    return sum + (sum < word);
}

uint64_t checksum_add(uint64_t sum, struct bytes octets)
{
    /* Four sums: in one, each addition would wait for the carry of the one before. */
    uint64_t b = 0, c = 0, d = 0;
    size_t at = 0;
    for (; octets.len - at >= 32; at += 32) {
        sum = add(sum, word_at(octets.data, at));
        b = add(b, word_at(octets.data, at + 8));
        c = add(c, word_at(octets.data, at + 16));
        d = add(d, word_at(octets.data, at + 24));
    }
    for (; octets.len - at >= 8; at += 8)
        b = add(b, word_at(octets.data, at));
    if (at < octets.len) {
        uint64_t last = 0;
        memcpy(&last, octets.data + at, octets.len - at);
        c = add(c, last);
    }
    return add(add(sum, b), add(c, d));
}

uint64_t checksum_pseudo_header(const struct ip_address *source,
                                const struct ip_address *destination, uint8_t protocol,
                                uint32_t len)
{
    /* The longer pseudo header of IPv6: that of IPv4 only lacks words of zeros. */
    const uint8_t end[8] = {
        (uint8_t)(len >> 24),
        (uint8_t)(len >> 16),
        (uint8_t)(len >> 8),
        (uint8_t)len,
        0,
        0,
        0,
        protocol,
    };
    uint64_t sum = checksum_add(0, bytes_of(end, sizeof(end)));
    sum = checksum_add(sum, ip_address_bytes(source));
    return checksum_add(sum, ip_address_bytes(destination));
}

uint16_t checksum_fold(uint64_t sum)
{
    sum = (sum >> 32) + (sum & 0xffffffff);
    sum = (sum >> 32) + (sum & 0xffffffff);
    sum = (sum >> 16) + (sum & 0xffff);
    sum = (sum >> 16) + (sum & 0xffff);
    uint16_t folded = (uint16_t)sum;
    uint8_t octets[2];
    memcpy(octets, &folded, sizeof(octets));
    return (uint16_t)(octets[0] << 8 | octets[1]);
}

uint16_t checksum_finish(uint64_t sum)
{
    return (uint16_t)~checksum_fold(sum);
}
