/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/story.h"

#include "base/check.h"
#include "tcpip/tcp/seq.h"
#include "tcpip/wire/icmp_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEAR = 1 << 26, NAMED_BEFORE = 1 << 17 };

void story_init(struct story *story, struct instant start)
{
    memset(story, 0, sizeof(*story));
    story->start = start;
}

void story_wipe(struct story *story)
{
    for (size_t i = 0; i < story->step_count; i++) {
        free(story->steps[i].text);
        free(story->steps[i].remark);
    }
    free(story->steps);
    free(story->segments);
    free(story->octets);
    memset(story, 0, sizeof(*story));
}

bool story_is_full(const struct story *story)
{
    return story->segment_count >= STORY_SEGMENTS_MAX || story->step_count >= STORY_STEPS_MAX;
}

/* Room for one more element of an array. */
static void *grow(void *array, size_t count, size_t *size, size_t element)
{
    if (count < *size)
        return array;
    *size = *size ? 2 * *size : 64;
    array = realloc(array, *size * element);
    CHECK(array != NULL);
    return array;
}

static struct story_step *add_step(struct story *story, enum story_kind kind, int host,
                                   struct instant at)
{
    story->steps =
        grow(story->steps, story->step_count, &story->step_size, sizeof(story->steps[0]));
    struct story_step *step = &story->steps[story->step_count++];
    *step = (struct story_step){ .kind = kind, .host = host, .at = at };
    return step;
}

static char *copy_text(const char *text)
{
    if (!text)
        return NULL;
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    CHECK(copy != NULL);
    memcpy(copy, text, size);
    return copy;
}

static void keep_octets(struct story *story, struct story_segment *s, struct bytes packet)
{
    while (story->octets_len + packet.len > story->octets_size) {
        story->octets_size = story->octets_size ? 2 * story->octets_size : 65536;
        story->octets = realloc(story->octets, story->octets_size);
        CHECK(story->octets != NULL);
    }
    s->octets_at = story->octets_len;
    s->octets_len = packet.len;
    memcpy(story->octets + story->octets_len, packet.data, packet.len);
    story->octets_len += packet.len;
}

/* A SYN sets the origin of its end's numbers, and names it. */
static void name_origin(struct story *story, const struct story_segment *s)
{
    size_t max = sizeof(story->origins) / sizeof(story->origins[0]), same = 0;
    if (!s->is_main || !(s->tcp.flags & TCP_SYN) || story->origin_count == max)
        return;
    for (size_t i = 0; i < story->origin_count; i++) {
        same += story->origins[i].host == s->from && story->origins[i].name[0] != 'z';
        if (story->origins[i].host == s->from && story->origins[i].number == s->tcp.seq)
            return;
    }
    struct story_origin *o = &story->origins[story->origin_count++];
    *o = (struct story_origin){ .host = s->from, .number = s->tcp.seq };
    (void)snprintf(o->name, sizeof(o->name), "%s%.*s",
                   s->is_injected ? "z"
                   : s->from == 0 ? "x"
                                  : "y",
                   s->is_injected ? 0 : (int)(same < 4 ? same : 4), "''''");
}

/* Whether some of its octets were sent before; records how far they have been sent now. */
static bool has_left_before(struct story *story, const struct story_segment *s)
{
    uint32_t len = tcp_segment_len(&s->tcp), end = s->tcp.seq + len;
    if (len == 0 || !s->is_main || s->is_injected)
        return false;
    bool is_new_origin = s->tcp.flags & TCP_SYN && s->tcp.seq != story->sent_begin[s->from];
    if (is_new_origin) {
        story->sent_begin[s->from] = s->tcp.seq;
        story->sent_end[s->from] = end;
        return false;
    }
    bool is_again = seq_before(s->tcp.seq, story->sent_end[s->from]);
    story->sent_end[s->from] = seq_later(story->sent_end[s->from], end);
    return is_again;
}

static void describe_icmp(const struct ip_header *ip, struct story_segment *s)
{
    static const char *const texts[] = {
        [ICMP_ECHO_REQUEST] = "echo request",
        [ICMP_ECHO_REPLY] = "echo reply",
        [ICMP_NET_UNREACHABLE] = "network unreachable",
        [ICMP_HOST_UNREACHABLE] = "host unreachable",
        [ICMP_PROTOCOL_UNREACHABLE] = "protocol unreachable",
        [ICMP_PORT_UNREACHABLE] = "port unreachable",
        [ICMP_PROHIBITED] = "prohibited",
        [ICMP_PACKET_TOO_BIG] = "packet too big",
        [ICMP_TIME_EXCEEDED] = "time exceeded",
        [ICMP_FRAGMENTS_MISSING] = "fragments are missing",
        [ICMP_PARAMETER_PROBLEM] = "parameter problem",
        [ICMP_OTHER] = "something else",
    };
    struct icmp_message m;
    if (icmp_message_parse(ip, true, &m) == OK)
        (void)snprintf(s->text, sizeof(s->text), m.mtu ? "%s, MTU %u" : "%s", texts[m.meaning],
                       (unsigned)m.mtu);
}

static bool is_of(const struct ip_endpoint *a, const struct ip_endpoint *b)
{
    return b->port == 0 || (a->port == b->port && ip_address_equal(&a->address, &b->address));
}

static void describe(struct story *story, struct story_segment *s, struct bytes packet)
{
    struct ip_header ip;
    if (ip_header_parse(packet, &ip) != OK)
        return;
    s->ecn = ip.ecn;
    s->source.address = ip.source;
    s->destination.address = ip.destination;
    s->is_tcp = ip.protocol == IP_TCP && tcp_segment_parse(&ip, true, &s->tcp) == OK;
    if (!s->is_tcp) {
        describe_icmp(&ip, s);
        return;
    }
    s->source.port = s->tcp.source_port;
    s->destination.port = s->tcp.destination_port;
    s->tcp.payload.data = NULL;
    s->is_main = is_of(&s->source, &story->ends[s->from]) &&
                 is_of(&s->destination, &story->ends[1 - s->from]);
}

size_t story_leaves(struct story *story, int from, struct bytes packet, const char *why,
                    bool is_injected, struct instant at)
{
    struct story_segment s = { .from = from, .is_injected = is_injected, .sent_at = at };
    describe(story, &s, packet);
    (void)snprintf(s.why, sizeof(s.why), "%s", why);
    s.is_again = s.is_tcp && has_left_before(story, &s);
    keep_octets(story, &s, packet);
    name_origin(story, &s);
    memcpy(s.sent_states, story->states, sizeof(s.sent_states));
    memcpy(s.arrived_states, story->states, sizeof(s.arrived_states));
    story->segments = grow(story->segments, story->segment_count, &story->segment_size,
                           sizeof(story->segments[0]));
    story->segments[story->segment_count] = s;
    add_step(story, STORY_LEAVES, from, at)->segment = story->segment_count;
    return story->segment_count++;
}

void story_fate(struct story *story, size_t segment, enum story_fate fate)
{
    story->segments[segment].fate = fate;
}

void story_comes(struct story *story, size_t segment, struct instant at)
{
    struct story_segment *s = &story->segments[segment];
    if (s->copies == 0)
        s->arrived_at = at;
    struct story_step *step = add_step(story, STORY_COMES, 1 - s->from, at);
    step->segment = segment;
    step->copy = s->copies++;
}

void story_came(struct story *story, size_t segment)
{
    struct story_segment *s = &story->segments[segment];
    if (s->copies <= 1)
        memcpy(s->arrived_states, story->states, sizeof(s->arrived_states));
}

void story_state(struct story *story, int host, enum flow_state state, const char *why,
                 struct instant at)
{
    if (story->states[host] == state)
        return;
    struct story_step *step = add_step(story, STORY_STATE, host, at);
    step->old = story->states[host];
    step->new = state;
    step->text = copy_text(why);
    story->states[host] = state;
}

void story_tell(struct story *story, enum story_kind kind, int host, const char *text,
                struct instant at)
{
    add_step(story, kind, host, at)->text = copy_text(text);
}

void story_message(struct story *story, int host, const char *text, const char *remark,
                   bool is_sealed, struct instant at)
{
    struct story_step *step = add_step(story, STORY_MESSAGE, host, at);
    step->text = copy_text(text);
    step->remark = copy_text(remark);
    step->is_sealed = is_sealed;
}

void story_window(struct story *story, uint32_t window, uint32_t threshold, uint32_t in_flight,
                  struct instant at)
{
    struct story_step *step = add_step(story, STORY_WINDOW, 0, at);
    step->window = window;
    step->threshold = threshold;
    step->in_flight = in_flight;
}

struct bytes story_octets(const struct story *story, const struct story_segment *segment)
{
    return bytes_of(story->octets + segment->octets_at, segment->octets_len);
}

double story_ms(const struct story *story, struct instant at)
{
    return (double)(at.us - story->start.us) / 1000;
}

bool story_number(const struct story *story, int host, uint32_t number, char out[24])
{
    const struct story_origin *nearest = NULL;
    uint32_t distance = NEAR;
    for (size_t i = 0; i < story->origin_count; i++) {
        const struct story_origin *o = &story->origins[i];
        uint32_t ahead = seq_count(o->number, number), behind = seq_count(number, o->number);
        uint32_t away = behind < NAMED_BEFORE ? behind : ahead;
        if (o->host == host && away < distance) {
            distance = away;
            nearest = o;
        }
    }
    if (!nearest)
        (void)snprintf(out, 24, "%u", (unsigned)number);
    else if (distance == 0)
        (void)snprintf(out, 24, "%s", nearest->name);
    else
        (void)snprintf(out, 24, "%s%c%u", nearest->name,
                       seq_before(number, nearest->number) ? '-' : '+', (unsigned)distance);
    return nearest != NULL;
}

void story_flags(uint8_t flags, char out[40])
{
    static const struct {
        uint8_t flag;
        const char *text;
    } names[] = { { TCP_SYN, "SYN" }, { TCP_FIN, "FIN" }, { TCP_RST, "RST" }, { TCP_PSH, "PSH" },
                  { TCP_ACK, "ACK" }, { TCP_URG, "URG" }, { TCP_ECE, "ECE" }, { TCP_CWR, "CWR" } };
    size_t len = 0;
    (void)snprintf(out, 40, "none");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (flags & names[i].flag)
            len += (size_t)snprintf(out + len, 40 - len, "%s%s", len > 0 ? "-" : "", names[i].text);
    }
}

void story_options(const struct tcp_options *options, char out[160])
{
    size_t len = 0;
    out[0] = 0;
#define ADD(...) len += (size_t)snprintf(out + len, 160 - len, __VA_ARGS__)
    if (options->has_mss)
        ADD(", mss %u", options->mss);
    if (options->has_sack_permitted)
        ADD(", sack-permitted");
    if (options->has_scale)
        ADD(", scale %u", options->scale);
    if (options->has_timestamps)
        ADD(", timestamps %u %u", (unsigned)options->timestamp, (unsigned)options->timestamp_echo);
    for (size_t i = 0; i < options->sack_count; i++)
        ADD(", sack %u:%u", (unsigned)options->sacks[i].begin, (unsigned)options->sacks[i].end);
#undef ADD
    if (len > 0)
        memmove(out, out + 2, len - 1);
}
