/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/lab_json.h"

#include "base/check.h"
#include "base/escape.h"
#include "lab/reason.h"

#include <jansson.h>
#include <stdlib.h>

enum { ESCAPED_MAX = 1024 };

static const char *end_name(int host)
{
    return host == 0 ? "client" : host == 1 ? "server" : "network";
}

static void set(json_t *line, const char *name, json_t *value)
{
    int failed = json_object_set_new(line, name, value);
    CHECK(failed == 0);
}

static void set_text(json_t *line, const char *name, const char *text)
{
    char safe[ESCAPED_MAX];
    set(line, name, json_string(escape_text(bytes_text(text), safe, sizeof(safe))));
}

static json_t *begin(const struct story *story, struct instant at, const char *event)
{
    json_t *line = json_object();
    CHECK(line != NULL);
    set(line, "t_ms", json_real(story_ms(story, at)));
    set_text(line, "event", event);
    return line;
}

/* Writes it, and forgets it. */
static enum err end(json_t *line, struct buf *out)
{
    char *text = json_dumps(line, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(10));
    CHECK(text != NULL);
    enum err err = buf_format(out, "%s\n", text);
    free(text);
    json_decref(line);
    return err;
}

static void set_states(json_t *line, const enum flow_state states[STORY_ENDS])
{
    set_text(line, "client", flow_state_name(states[0]));
    set_text(line, "server", flow_state_name(states[1]));
}

static void set_tcp(json_t *line, const struct story *story, const struct story_segment *s)
{
    char flags[40], options[160], number[24];
    story_flags(s->tcp.flags, flags);
    story_options(&s->tcp.options, options);
    set_text(line, "flags", flags);
    set(line, "seq", json_integer(s->tcp.seq));
    if (s->is_main && story_number(story, s->from, s->tcp.seq, number))
        set_text(line, "seq_is", number);
    if (s->tcp.flags & TCP_ACK) {
        set(line, "ack", json_integer(s->tcp.ack));
        if (s->is_main && story_number(story, 1 - s->from, s->tcp.ack, number))
            set_text(line, "ack_is", number);
    }
    set(line, "window", json_integer(s->tcp.window));
    set(line, "len", json_integer((json_int_t)s->tcp.payload.len));
    set_text(line, "options", options);
}

static void set_sentences(json_t *line, const struct story *story, const struct story_segment *s)
{
    char sentences[REASON_MAX][REASON_TEXT];
    size_t count = reason_sentences(story, s, sentences);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        int failed = json_array_append_new(list, json_string(sentences[i]));
        CHECK(failed == 0);
    }
    set(line, "why", list);
}

static const char *fate_name(enum story_fate fate)
{
    static const char *const names[] = {
        [STORY_ARRIVES] = "arrives", [STORY_LOST] = "lost",
        [STORY_DROPPED] = "dropped", [STORY_NO_QUEUE] = "queue-full",
        [STORY_TOO_BIG] = "too-big", [STORY_SWALLOWED] = "swallowed",
        [STORY_NO_HOST] = "no-host", [STORY_FILTERED] = "filtered",
    };
    return names[fate];
}

static enum err write_leaves(const struct story *story, const struct story_step *step,
                             struct buf *out)
{
    const struct story_segment *s = &story->segments[step->segment];
    char from[IP_ENDPOINT_TEXT], to[IP_ENDPOINT_TEXT];
    ip_address_format_endpoint(&s->source, from);
    ip_address_format_endpoint(&s->destination, to);
    json_t *line = begin(story, step->at, s->is_tcp ? "segment.leaves" : "icmp.leaves");
    set(line, "segment", json_integer((json_int_t)step->segment));
    set_text(line, "from", end_name(s->from));
    set_text(line, "source", from);
    set_text(line, "destination", to);
    if (s->is_tcp)
        set_tcp(line, story, s);
    else
        set_text(line, "text", s->text);
    set(line, "ip_len", json_integer((json_int_t)s->octets_len));
    set(line, "again", json_boolean(s->is_again));
    set(line, "injected", json_boolean(s->is_injected));
    set(line, "ecn_capable", json_boolean(s->ecn != ECN_NOT_CAPABLE));
    set(line, "marked", json_boolean(s->is_marked));
    set_text(line, "fate", fate_name(s->fate));
    set_states(line, s->sent_states);
    set_sentences(line, story, s);
    return end(line, out);
}

static enum err write_comes(const struct story *story, const struct story_step *step,
                            struct buf *out)
{
    const struct story_segment *s = &story->segments[step->segment];
    json_t *line = begin(story, step->at, s->is_tcp ? "segment.comes" : "icmp.comes");
    set(line, "segment", json_integer((json_int_t)step->segment));
    set(line, "copy", json_integer(step->copy));
    set_text(line, "to", end_name(1 - s->from));
    if (step->copy == 0)
        set_states(line, s->arrived_states);
    return end(line, out);
}

static enum err write_state(const struct story *story, const struct story_step *step,
                            struct buf *out)
{
    json_t *line = begin(story, step->at, "state");
    set_text(line, "end", end_name(step->host));
    set_text(line, "old", flow_state_name(step->old));
    set_text(line, "new", flow_state_name(step->new));
    set_text(line, "reason", step->text);
    return end(line, out);
}

static enum err write_window(const struct story *story, const struct story_step *step,
                             struct buf *out)
{
    json_t *line = begin(story, step->at, "congestion");
    set(line, "window", json_integer(step->window));
    set(line, "threshold", json_integer(step->threshold));
    set(line, "in_flight", json_integer(step->in_flight));
    return end(line, out);
}

static enum err write_message(const struct story *story, const struct story_step *step,
                              struct buf *out)
{
    json_t *line = begin(story, step->at, "ssh");
    set_text(line, "from", end_name(step->host));
    set_text(line, "text", step->text);
    set_text(line, "remark", step->remark);
    set(line, "sealed", json_boolean(step->is_sealed));
    return end(line, out);
}

static enum err write_text(const struct story *story, const struct story_step *step,
                           const char *event, struct buf *out)
{
    json_t *line = begin(story, step->at, event);
    set_text(line, "end", end_name(step->host));
    set_text(line, "text", step->text);
    return end(line, out);
}

static enum err write_step(const struct story *story, const struct story_step *step,
                           struct buf *out)
{
    switch (step->kind) {
    case STORY_LEAVES:
        return write_leaves(story, step, out);
    case STORY_COMES:
        return write_comes(story, step, out);
    case STORY_STATE:
        return write_state(story, step, out);
    case STORY_ACTION:
        return write_text(story, step, "action", out);
    case STORY_NOTE:
        return write_text(story, step, "note", out);
    case STORY_TITLE:
        return write_text(story, step, "title", out);
    case STORY_WINDOW:
        return write_window(story, step, out);
    case STORY_MESSAGE:
        return write_message(story, step, out);
    }
    return OK;
}

enum err lab_json_write(const struct story *story, struct buf *out)
{
    json_t *line = begin(story, story->start, "story");
    set_text(line, "name", story->name);
    set_text(line, "title", story->title);
    set_text(line, "lesson", story->lesson);
    set(line, "seed", json_integer((json_int_t)story->seed));
    TRY(end(line, out));
    for (size_t i = 0; i < story->step_count; i++)
        TRY(write_step(story, &story->steps[i], out));
    return OK;
}
