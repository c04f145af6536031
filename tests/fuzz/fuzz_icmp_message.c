/* SPDX-License-Identifier: BSD-2-Clause */
/* A message that is read and fits a packet of ours is written and read as the same, quotes lie within it, and an
 * answer to any packet is a packet with a right checksum that nobody answers. */
#include "fuzz/fuzz.h"
#include "tcpip/wire/icmp_message.h"

enum { ROOM = 65535 };

static uint8_t out[ROOM], again[ROOM];

static void check_written(const struct ip_header *ip, const struct icmp_message *m)
{
    struct ip_header written;
    struct icmp_message back;
    size_t len = icmp_message_write(m, ip, (struct span){ out, ROOM });
    if (len == 0)
        return;
    CHECK(ip_header_parse(bytes_of(out, len), &written) == OK);
    CHECK(icmp_message_parse(&written, false, &back) == OK);
    CHECK(back.meaning == m->meaning && back.type == m->type && back.code == m->code &&
          back.mtu == m->mtu);
    CHECK(bytes_equal(back.body, bytes_slice(m->body, 0, back.body.len)));
    CHECK(back.body.len == m->body.len || icmp_message_is_error(m->meaning));
}

static void check_answer(enum icmp_meaning meaning, const struct ip_header *ip, struct bytes cause)
{
    struct ip_header written;
    struct icmp_message m;
    size_t len =
        icmp_message_answer(meaning, 1400, cause, &ip->destination, (struct span){ out, ROOM });
    if (len == 0)
        return;
    CHECK(ip_header_parse(bytes_of(out, len), &written) == OK);
    CHECK(icmp_message_parse(&written, false, &m) == OK);
    CHECK(icmp_message_is_error(m.meaning));
    CHECK(icmp_message_answer(meaning, 0, bytes_of(out, len), &ip->source,
                              (struct span){ again, ROOM }) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size < ROOM ? size : ROOM);
    struct ip_header ip;
    struct icmp_message m;
    struct icmp_quote quote;
    if (ip_header_parse_beginning(in, &ip) != OK)
        return 0;
    if (icmp_message_parse(&ip, true, &m) == OK) {
        CHECK(icmp_message_quote(&m, &quote) != OK || icmp_message_is_error(m.meaning));
        check_written(&ip, &m);
    }
    for (enum icmp_meaning meaning = ICMP_ECHO_REQUEST; meaning <= ICMP_OTHER; meaning++)
        check_answer(meaning, &ip, in);
    return 0;
}
