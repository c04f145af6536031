/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/actor.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

/* What the programs send each other, repeated. */
static const char content[] = "The quick brown fox jumps over the lazy dog. ";

static void say(struct actors *a, int host, const char *format, unsigned long long number)
{
    char text[160];
    (void)snprintf(text, sizeof(text), "%s %llu octets", format, number);
    network_say(a->network, host, text);
}

static void send_more(struct actors *a, int host)
{
    struct actor *end = &a->ends[host];
    struct instant now = network_now(a->network);
    while (end->flow && end->is_open && end->to_send > 0) {
        struct span room = flow_room(end->flow);
        size_t count = room.len < end->to_send ? room.len : (size_t)end->to_send;
        if (count == 0)
            return;
        for (size_t i = 0; i < count; i++)
            room.data[i] = (uint8_t)content[i % (sizeof(content) - 1)];
        flow_commit(end->flow, count, now);
        end->to_send -= count;
    }
    if (end->closes_when_sent && !end->has_closed && end->is_open && end->to_send == 0)
        actor_close(a, host);
}

static void read_all(struct actors *a, int host)
{
    struct actor *end = &a->ends[host];
    if (end->keeps_data || !end->flow)
        return;
    struct bytes data;
    while ((data = flow_received(end->flow)).len > 0) {
        end->received += data.len;
        flow_consume(end->flow, data.len, network_now(a->network));
    }
    if (end->received > end->told && !end->is_terse)
        say(a, host, "its program reads", (unsigned long long)(end->received - end->told));
    bool is_first = end->told == 0 && end->received > 0;
    end->told = end->received;
    if (is_first && end->answers > 0) {
        say(a, host, "its program answers with", (unsigned long long)end->answers);
        end->to_send = end->answers;
        send_more(a, host);
    }
}

static void end(struct actors *a, int host, const char *how)
{
    struct actor *end = &a->ends[host];
    network_say(a->network, host, how);
    end->is_over = true;
    if (a->ends[NETWORK_CLIENT].flow == end->flow)
        network_watch(a->network, NULL);
    flow_release(end->flow, network_now(a->network));
    end->flow = NULL;
}

static void open(struct actors *a, int host, struct flow *flow)
{
    struct actor *end = &a->ends[host];
    end->flow = flow;
    end->is_open = true;
    if (host == NETWORK_CLIENT)
        network_watch(a->network, flow);
    if (end->to_send > 0)
        say(a, host, "its program sends", (unsigned long long)end->to_send);
    send_more(a, host);
}

void actor_event(void *context, int host, const struct flow_event *event)
{
    struct actors *a = context;
    struct actor *actor = &a->ends[host];
    if (actor->flow && event->flow != actor->flow)
        return;
    switch (event->kind) {
    case FLOW_OPENED:
        open(a, host, event->flow);
        break;
    case FLOW_DATA:
    case FLOW_URGENT:
        read_all(a, host);
        break;
    case FLOW_ROOM:
        send_more(a, host);
        break;
    case FLOW_PEER_CLOSED:
        network_say(a->network, host, "its program reads the end of the data");
        if (actor->closes_back)
            actor_close(a, host);
        break;
    case FLOW_CLOSED:
        end(a, host, "its program learns: both sides have closed, nothing is missing");
        break;
    case FLOW_REFUSED:
        end(a, host, "its program learns: connection refused");
        break;
    case FLOW_RESET:
        end(a, host, "its program learns: connection reset by peer");
        break;
    case FLOW_TIMED_OUT:
        end(a, host, "its program learns: connection timed out");
        break;
    case FLOW_UNREACHABLE:
        end(a, host, "its program learns: no route to host");
        break;
    case FLOW_SLOW:
        network_say(a->network, host, "its program could learn: no answer yet (R1)");
        break;
    case FLOW_ASKED:
    case FLOW_ACKED:
    case FLOW_SOFT_ERROR:
        break;
    }
}

void actor_listen(struct actors *a, int host, uint16_t port)
{
    CHECK(flow_listen(network_stack(a->network, host), port, false) == OK);
    network_listens(a->network, host);
}

void actor_connect(struct actors *a, int host, uint16_t from, uint16_t to)
{
    struct ip_endpoint remote = network_endpoint(a->network, 1 - host, to);
    network_say(a->network, host, "its program calls OPEN (connect)");
    CHECK(flow_connect(network_stack(a->network, host), &remote, from, network_now(a->network),
                       &a->ends[host].flow) == OK);
    if (host == NETWORK_CLIENT)
        network_watch(a->network, a->ends[host].flow);
}

void actor_send(struct actors *a, int host, uint64_t octets)
{
    if (!a->ends[host].flow)
        return;
    say(a, host, "its program sends", (unsigned long long)octets);
    a->ends[host].to_send += octets;
    send_more(a, host);
}

void actor_read(struct actors *a, int host)
{
    if (!a->ends[host].flow)
        return;
    network_say(a->network, host, "its program reads again");
    a->ends[host].keeps_data = false;
    read_all(a, host);
}

void actor_close(struct actors *a, int host)
{
    if (!a->ends[host].flow || a->ends[host].has_closed)
        return;
    network_say(a->network, host, "its program calls CLOSE: it has no more to send");
    a->ends[host].has_closed = true;
    flow_close(a->ends[host].flow, network_now(a->network));
}
