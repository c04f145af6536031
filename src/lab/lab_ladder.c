/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/lab_ladder.h"

#include "explain/cells.h"
#include "lab/plan.h"
#include "lab/reason.h"

#include <stdio.h>
#include <string.h>

enum {
    LINE_CELLS = 80,
    STATE_CELLS = 12,
    LANE_CELLS = 42,
    NOTE_CELLS = 69,
    WRAPPED_CELLS = 78,
    TEXT_MAX = 1024,
    LINE_MAX = 2048
};

struct glyphs {
    const char *wall, *sealed_wall, *dash, *right, *left, *dot, *lost, *away, *becomes;
};

static const struct glyphs unicode = { "│", "║", "─", "►", "◄", "·", "✗", "┄", "→" };
static const struct glyphs ascii = { "|", "!", "-", ">", "<", ".", "X", ".", "->" };

struct page {
    const struct story *story;
    const struct glyphs *glyphs;
    struct buf *out;
    struct instant at; /* of the last line with a time */
    enum err err;
};

static void emit(struct page *p, const char *line)
{
    size_t len = strlen(line);
    while (len && line[len - 1] == ' ')
        len--;
    if (p->err == OK)
        p->err = buf_format(p->out, "%.*s\n", (int)len, line);
}

static void repeat(char *out, size_t size, const char *text, size_t count)
{
    size_t len = strlen(out);
    while (count-- && len < size)
        len += (size_t)snprintf(out + len, size - len, "%s", text);
}

/* Octets of the first line: up to and including the last blank that fits. Unlike cells_wrap it ignores commas: these
 * are sentences. */
static size_t line_len(const char *text, size_t max)
{
    size_t len = cells_wrap(text, max);
    if (!text[len])
        return len;
    const char *end = text + max;
    while (end > text + len && *end != ' ')
        end--;
    return end > text + len ? (size_t)(end - text) + 1 : len;
}

/* Writes the text after `first`, and what does not fit on lines below it. */
static void write_wrapped(struct page *p, const char *first, const char *below, const char *text,
                          size_t max)
{
    for (bool is_first = true; is_first || *text; is_first = false) {
        char line[LINE_MAX];
        size_t len = line_len(text, max);
        (void)snprintf(line, sizeof(line), "%s%.*s", is_first ? first : below, (int)len, text);
        emit(p, line);
        text += len;
    }
}

static void write_note(struct page *p, const char *text)
{
    char first[32];
    (void)snprintf(first, sizeof(first), "         %s ", p->glyphs->dot);
    write_wrapped(p, first, "           ", text, NOTE_CELLS);
}

static const char *end_name(int host)
{
    return host == 0 ? "client" : host == 1 ? "server" : "network";
}

static void write_rule(struct page *p)
{
    char line[LINE_MAX] = "";
    repeat(line, sizeof(line), p->glyphs->dash, LINE_CELLS);
    emit(p, line);
}

/* ---- rows ---- */

/* The lane: at its ends an arrow, a cross, or, on the far side, nothing yet. */
static void draw_lane(const struct page *p, const struct plan_row *row, const char *label,
                      char out[LINE_MAX])
{
    const struct glyphs *g = p->glyphs;
    const struct story_segment *s = row->segment;
    bool to_server = s->from == 0, is_gone = s->copies == 0;
    bool has_left = row->kind != PLAN_COMES, has_come = row->kind != PLAN_LEAVES;
    const char *tail = has_left ? (s->is_injected ? "*" : g->dash) : g->away;
    const char *head = !has_come ? g->away : is_gone ? g->lost : to_server ? g->right : g->left;
    const char *line = has_left && has_come ? g->dash : g->away;
    char text[TEXT_MAX], dashes[LINE_MAX] = "";
    (void)snprintf(text, sizeof(text), "%s", label);
    cells_fit(text, LANE_CELLS - 5);
    size_t free_cells = LANE_CELLS - 4 - cells_of(text);
    repeat(dashes, sizeof(dashes), line, free_cells);
    if (to_server)
        (void)snprintf(out, LINE_MAX, "%s %s %s%s", tail, text, dashes, head);
    else
        (void)snprintf(out, LINE_MAX, "%s%s %s %s", head, dashes, text, tail);
}

static void write_sentences(struct page *p, const struct story_segment *s)
{
    char sentences[REASON_MAX][REASON_TEXT], numbers[REASON_TEXT], first[64] = "";
    reason_numbers(s, numbers);
    if (s->copies > 0)
        (void)snprintf(first, sizeof(first), "%8.1f ", story_ms(p->story, s->arrived_at));
    write_wrapped(p, s->copies > 0 ? first : "         ", "         ", numbers, NOTE_CELLS);
    size_t count = reason_sentences(p->story, s, sentences);
    for (size_t i = 0; i < count; i++)
        write_note(p, sentences[i]);
}

/* Names the endpoints, if it is not of the connection that the story is about. */
static void write_ends(struct page *p, const struct story_segment *s)
{
    char from[IP_ENDPOINT_TEXT], to[IP_ENDPOINT_TEXT], text[TEXT_MAX];
    if (s->is_main)
        return;
    ip_address_format_endpoint(&s->source, from);
    ip_address_format_endpoint(&s->destination, to);
    (void)snprintf(text, sizeof(text), "%s from %s to %s",
                   s->is_injected ? "injected," : "another one,", from, to);
    write_note(p, text);
}

static void write_fate(struct page *p, const struct plan_row *row)
{
    const struct story_segment *s = row->segment;
    const char *fate = reason_fate(s);
    if (row->kind == PLAN_COMES && row->step->copy > 0)
        write_note(p, "the second copy");
    else if (fate && row->kind != PLAN_COMES)
        write_note(p, fate);
}

static void write_segment(struct page *p, const struct plan_row *row)
{
    char label[REASON_TEXT], lane[LINE_MAX], line[2 * LINE_MAX];
    const struct glyphs *g = p->glyphs;
    reason_label(p->story, row->segment, label);
    draw_lane(p, row, label, lane);
    (void)snprintf(line, sizeof(line), "%8.1f %-*s %s%s%s %s", story_ms(p->story, row->at),
                   STATE_CELLS, flow_state_name(row->states[0]), g->wall, lane, g->wall,
                   flow_state_name(row->states[1]));
    emit(p, line);
    p->at =
        row->kind == PLAN_WHOLE && row->segment->copies > 0 ? row->segment->arrived_at : row->at;
    if (row->kind != PLAN_COMES)
        write_sentences(p, row->segment);
    write_ends(p, row->segment);
    write_fate(p, row);
}

static void write_timed(struct page *p, struct instant at, const char *text)
{
    char first[64];
    (void)snprintf(first, sizeof(first), "%8.1f ", story_ms(p->story, at));
    write_wrapped(p, first, "           ", text, NOTE_CELLS + 2);
    p->at = at;
}

static void write_skipped(struct page *p, const struct plan_row *row)
{
    char text[REASON_TEXT];
    reason_skipped(row, text);
    write_timed(p, row->at, text);
}

/* With its time, if that is not the one of the lines above. */
static void write_note_at(struct page *p, struct instant at, const char *text)
{
    if (at.us == p->at.us)
        write_note(p, text);
    else
        write_timed(p, at, text);
}

static void write_state(struct page *p, const struct story_step *step)
{
    char text[TEXT_MAX];
    (void)snprintf(text, sizeof(text), "%s: %s %s %s (%s)", end_name(step->host),
                   flow_state_name(step->old), p->glyphs->becomes, flow_state_name(step->new),
                   step->text);
    write_note_at(p, step->at, text);
}

static void write_message(struct page *p, const struct story_step *step)
{
    char lane[LINE_MAX], line[2 * LINE_MAX], dashes[LINE_MAX] = "", text[TEXT_MAX];
    const struct glyphs *g = p->glyphs;
    const char *wall = step->is_sealed ? g->sealed_wall : g->wall;
    bool to_server = step->host == 0;
    (void)snprintf(text, sizeof(text), "%s", step->text);
    cells_fit(text, LANE_CELLS - 5);
    repeat(dashes, sizeof(dashes), g->dash, LANE_CELLS - 4 - cells_of(text));
    if (to_server)
        (void)snprintf(lane, sizeof(lane), "%s %s %s%s", g->dash, text, dashes, g->right);
    else
        (void)snprintf(lane, sizeof(lane), "%s%s %s %s", g->left, dashes, text, g->dash);
    (void)snprintf(line, sizeof(line), "%8.1f %-*s %s%s%s SSH", story_ms(p->story, step->at),
                   STATE_CELLS, "SSH", wall, lane, wall);
    emit(p, line);
    p->at = step->at;
    if (step->remark[0])
        write_note(p, step->remark);
}

static void write_title(struct page *p, const char *title)
{
    char line[LINE_MAX];
    (void)snprintf(line, sizeof(line), "%s ", title);
    repeat(line, sizeof(line), p->glyphs->dash, LINE_CELLS - cells_of(line));
    emit(p, line);
}

static void write_step(struct page *p, const struct story_step *step)
{
    char text[TEXT_MAX];
    switch (step->kind) {
    case STORY_STATE:
        write_state(p, step);
        break;
    case STORY_ACTION:
        (void)snprintf(text, sizeof(text), "%s: %s", end_name(step->host), step->text);
        write_timed(p, step->at, text);
        break;
    case STORY_NOTE:
        (void)snprintf(text, sizeof(text), "%s: %s", end_name(step->host), step->text);
        write_note_at(p, step->at, text);
        break;
    case STORY_MESSAGE:
        write_message(p, step);
        break;
    case STORY_TITLE:
        write_title(p, step->text);
        break;
    case STORY_LEAVES:
    case STORY_COMES:
    case STORY_WINDOW:
        break;
    }
}

static void write_head(struct page *p)
{
    const struct story *s = p->story;
    char line[LINE_MAX], ends[STORY_ENDS][IP_ENDPOINT_TEXT];
    for (int i = 0; i < STORY_ENDS; i++)
        ip_address_format_endpoint(&s->ends[i], ends[i]);
    (void)snprintf(line, sizeof(line), "%s: %s", s->name, s->title);
    write_wrapped(p, "", "  ", line, WRAPPED_CELLS);
    write_wrapped(p, "  ", "  ", s->lesson, WRAPPED_CELLS);
    (void)snprintf(line, sizeof(line), "  x and y are the initial sequence numbers; seed %llu",
                   (unsigned long long)s->seed);
    emit(p, line);
    write_rule(p);
    (void)snprintf(line, sizeof(line), "      ms client %-34s%30s", ends[0], "server");
    emit(p, line);
    (void)snprintf(line, sizeof(line), "%79s", ends[1]);
    emit(p, line);
}

enum err lab_ladder_write(const struct story *story, enum lab_ladder_form form, struct buf *out)
{
    struct page p = { story, form == LAB_LADDER_ASCII ? &ascii : &unicode, out, story->start, OK };
    struct plan plan = plan_of(story);
    struct plan_row row;
    write_head(&p);
    while (p.err == OK && plan_next(&plan, &row)) {
        if (row.kind == PLAN_SKIPPED)
            write_skipped(&p, &row);
        else if (row.kind == PLAN_STEP)
            write_step(&p, row.step);
        else
            write_segment(&p, &row);
    }
    write_rule(&p);
    return p.err;
}
