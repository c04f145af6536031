/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/pcapng.h"

#include "lab/reason.h"

#include <stdio.h>
#include <string.h>

enum {
    SECTION = 0x0a0d0d0a,
    SECTION_ORDER = 0x1a2b3c4d,
    INTERFACE = 1,
    PACKET = 6,
    LINK_RAW = 101,
    OPTION_END = 0,
    OPTION_COMMENT = 1,
    OPTION_NAME = 2,
    OPTION_APPLICATION = 4,
    OPTION_FLAGS = 2,
    FLAG_INBOUND = 1,
    FLAG_OUTBOUND = 2,
    COMMENT_MAX = 2048,
    START_S = 1700000000 /* a story has no date; any will do that tools can show */
};

/* Blocks are little-endian here; the section header says so. */
struct writing {
    struct buf *out;
    enum err err;
};

static void put(struct writing *w, const void *data, size_t len)
{
    static const uint8_t zeros[4];
    if (w->err == OK)
        w->err = buf_append(w->out, bytes_of(data, len));
    if (w->err == OK && len % 4 > 0)
        w->err = buf_append(w->out, bytes_of(zeros, 4 - len % 4));
}

static void put_u32(struct writing *w, uint32_t value)
{
    uint8_t octets[] = { (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                         (uint8_t)(value >> 24) };
    put(w, octets, sizeof(octets));
}

/* Two fields of 16 bits. */
static void put_u16s(struct writing *w, uint32_t first, uint32_t second)
{
    put_u32(w, first | second << 16);
}

static size_t padded(size_t len)
{
    return (len + 3) / 4 * 4;
}

static void put_option(struct writing *w, uint32_t code, const void *data, size_t len)
{
    put_u16s(w, code, (uint32_t)len);
    put(w, data, len);
}

static void put_section(struct writing *w)
{
    static const char application[] = "glassh-lab";
    size_t len = 28 + 4 + padded(sizeof(application) - 1) + 4;
    put_u32(w, SECTION);
    put_u32(w, (uint32_t)len);
    put_u32(w, SECTION_ORDER);
    put_u16s(w, 1, 0);
    put_u32(w, UINT32_MAX); /* the section's length: not said */
    put_u32(w, UINT32_MAX);
    put_option(w, OPTION_APPLICATION, application, sizeof(application) - 1);
    put_u32(w, OPTION_END);
    put_u32(w, (uint32_t)len);
}

static void put_interface(struct writing *w)
{
    static const char name[] = "path between client and server";
    size_t len = 20 + 4 + padded(sizeof(name) - 1) + 4;
    put_u32(w, INTERFACE);
    put_u32(w, (uint32_t)len);
    put_u16s(w, LINK_RAW, 0);
    put_u32(w, 0); /* no bound on the length of packets */
    put_option(w, OPTION_NAME, name, sizeof(name) - 1);
    put_u32(w, OPTION_END);
    put_u32(w, (uint32_t)len);
}

static size_t comment_of(const struct story *story, const struct story_segment *s,
                         char out[COMMENT_MAX])
{
    char label[REASON_TEXT], sentences[REASON_MAX][REASON_TEXT];
    const char *fate = reason_fate(s);
    reason_label(story, s, label);
    int len = snprintf(out, COMMENT_MAX, "%s. Client %s, server %s.%s%s%s", label,
                       flow_state_name(s->sent_states[0]), flow_state_name(s->sent_states[1]),
                       s->is_injected ? " Injected." : "", fate ? " Fate: " : "", fate ? fate : "");
    size_t count = reason_sentences(story, s, sentences);
    for (size_t i = 0; i < count && len < COMMENT_MAX; i++)
        len += snprintf(out + len, (size_t)(COMMENT_MAX - len), " %s", sentences[i]);
    return strlen(out);
}

static void put_packet(struct writing *w, const struct story *story, const struct story_segment *s)
{
    char comment[COMMENT_MAX];
    struct bytes octets = story_octets(story, s);
    size_t comment_len = comment_of(story, s, comment);
    size_t len = 32 + padded(octets.len) + 4 + padded(comment_len) + 8 + 4;
    uint64_t at = (uint64_t)START_S * 1000000 + (uint64_t)(s->sent_at.us - story->start.us);
    put_u32(w, PACKET);
    put_u32(w, (uint32_t)len);
    put_u32(w, 0); /* the interface */
    put_u32(w, (uint32_t)(at >> 32));
    put_u32(w, (uint32_t)at);
    put_u32(w, (uint32_t)octets.len);
    put_u32(w, (uint32_t)octets.len);
    put(w, octets.data, octets.len);
    put_option(w, OPTION_COMMENT, comment, comment_len);
    put_u16s(w, OPTION_FLAGS, 4);
    put_u32(w, s->from == 0 ? FLAG_OUTBOUND : FLAG_INBOUND);
    put_u32(w, OPTION_END);
    put_u32(w, (uint32_t)len);
}

enum err pcapng_write(const struct story *story, struct buf *out)
{
    struct writing w = { out, OK };
    put_section(&w);
    put_interface(&w);
    for (size_t i = 0; i < story->segment_count; i++)
        put_packet(&w, story, &story->segments[i]);
    return w.err;
}
