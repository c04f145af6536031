/* SPDX-License-Identifier: BSD-2-Clause */
/* Two small stacks and what carries packets between them; behind <cmocka.h>. */
#pragma once

#include "tcpip/flow.h"

#include <string.h>

#define TWO_STACKS_NEAR "192.0.2.1"
#define TWO_STACKS_FAR  "192.0.2.2"

static void two_stacks_random(void *context, struct span out)
{
    uint64_t *state = context;
    for (size_t i = 0; i < out.len; i++) {
        *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
        out.data[i] = (uint8_t)(*state >> 33);
    }
}

static inline struct ip_endpoint two_stacks_endpoint(const char *address, uint16_t port)
{
    struct ip_endpoint endpoint = { .port = port };
    assert_true(ip_address_parse(bytes_text(address), &endpoint.address));
    return endpoint;
}

/* `number` is 1 or 2; the stack begins at time 0. */
static inline struct stack *two_stacks_new(const char *address, int number)
{
    static uint64_t seeds[3];
    static const struct rng rngs[] = { { NULL, NULL },
                                       { two_stacks_random, &seeds[1] },
                                       { two_stacks_random, &seeds[2] } };
    seeds[number] = (uint64_t)number;
    const struct stack_setup setup = { .addresses = { two_stacks_endpoint(address, 0).address },
                                       .address_count = 1,
                                       .mtu = 1500,
                                       .flow_max = 16,
                                       .pending_max = 16,
                                       .time_wait_max = 16,
                                       .chunk_max = 1024,
                                       .congestion = CONGESTION_CUBIC,
                                       .rng = &rngs[number] };
    struct stack *stack = stack_new(&setup, (struct instant){ 0 });
    assert_non_null(stack);
    return stack;
}

/* The next packet of `from`, whose events are due after it. False: there is none. */
static inline bool two_stacks_carry(struct stack *from, struct stack *to, struct instant now)
{
    static uint8_t packet[2048]; /* stays until the stack was asked for events */
    struct stack_frame frame;
    if (!stack_output(from, now, &frame))
        return false;
    size_t len = frame.header_len;
    memcpy(packet, frame.header, len);
    for (size_t i = 0; i < frame.slice_count; i++) {
        assert_true(len + frame.slices[i].len <= sizeof(packet));
        memcpy(packet + len, frame.slices[i].data, frame.slices[i].len);
        len += frame.slices[i].len;
    }
    const struct stack_packet fed = { bytes_of(packet, len), false };
    stack_feed(to, &fed, now);
    return true;
}
