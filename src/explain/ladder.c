/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain/ladder.h"

#include "base/check.h"
#include "explain/cells.h"
#include "explain/ladder_rows.h"
#include "explain/phrase.h"
#include "explain/summary.h"
#include "explain/untold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINE_CELLS = 80,
    LANE_CELLS = 36,
    LABEL_CELLS = 30,
    REMARK_CELLS = 24,
    NOTE_CELLS = 69,
    NOTE_LINES = 3,
    LEFT_CELLS = 30,
    RIGHT_CELLS = 40,
    NAME_CELLS = 71,
    SUMMARY_CELLS = 76,
    TEXT_MAX = 1024,
    WHOLE_MAX = 4096
};

struct glyphs {
    const char *wall, *sealed_wall, *dash, *right, *left, *dot, *good;
};

static const struct glyphs unicode = { "│", "║", "─", "►", "◄", "·", "✓" };
static const struct glyphs ascii = { "|", "!", "-", ">", "<", ".", "ok" };

/* SGR sequences, by meaning. */
static const char COLOUR_CLIENT[] = "\033[36m", COLOUR_SERVER[] = "\033[35m",
                  COLOUR_GOOD[] = "\033[32m", COLOUR_WARN[] = "\033[33m", COLOUR_OFF[] = "\033[0m";

struct ladder {
    struct ladder_setup setup;
    struct trace trace;
    const struct glyphs *glyphs;
    bool is_ascii;
    struct instant start;
    enum ladder_step step;
    struct summary summary;
    bool is_chosen;
    bool is_over;

    /* The packet that the next facts are about. */
    bool has_message, is_told;
    bool out, is_sealed;
    uint64_t wire_len;
    char message[UNTOLD_NAME_MAX];
    struct untold untold;
};

/* ---- text ---- */

static void append(char *out, size_t size, const char *text)
{
    size_t len = strlen(out);
    (void)snprintf(out + len, size - len, "%s", text);
}

static void repeat(char *out, size_t size, const char *text, size_t count)
{
    while (count--)
        append(out, size, text);
}

static void emit(struct ladder *l, const char *line)
{
    char whole[WHOLE_MAX + 8];
    size_t len = strlen(line);
    while (len && line[len - 1] == ' ')
        len--;
    (void)snprintf(whole, sizeof(whole), "%.*s\n", (int)len, line);
    l->setup.write(l->setup.context, bytes_text(whole));
}

static const char *colour(const struct ladder *l, const char *code)
{
    return l->setup.has_colour ? code : "";
}

static double ms_since(struct instant now, struct instant then)
{
    return (double)(now.us - then.us) / 1000.0;
}

static struct instant now_of(const struct ladder *l)
{
    return l->setup.now(l->setup.context);
}

/* ---- lines ---- */

static void enter_step(struct ladder *l, enum ladder_step step)
{
    if (step <= l->step)
        return;
    l->step = step;
    char line[WHOLE_MAX];
    (void)snprintf(line, sizeof(line), "%d %s ", (int)step, ladder_rows_title(step));
    repeat(line, sizeof(line), l->glyphs->dash, LINE_CELLS - cells_of(line));
    emit(l, line);
}

/* Writes lines of at most `max` cells; the first one begins with `first`, the others with `below`. */
static void write_wrapped(struct ladder *l, const char *first, const char *below, const char *text,
                          size_t max)
{
    for (size_t i = 1; i == 1 || *text; i++) {
        char part[TEXT_MAX], line[WHOLE_MAX];
        size_t len = cells_wrap(text, max);
        bool is_last = i == NOTE_LINES;
        (void)snprintf(part, sizeof(part), "%.*s", is_last ? TEXT_MAX : (int)len, text);
        cells_fit(part, max);
        (void)snprintf(line, sizeof(line), "%s%s", i == 1 ? first : below, part);
        emit(l, line);
        if (is_last)
            return;
        text += len;
    }
}

static void write_note(struct ladder *l, enum ladder_kind kind, const char *text)
{
    static const char *const codes[] = {
        [LADDER_NOTE] = "", [LADDER_GOOD] = COLOUR_GOOD, [LADDER_WARN] = COLOUR_WARN
    };
    const char *mark = kind == LADDER_NOTE   ? l->glyphs->dot
                       : kind == LADDER_GOOD ? l->glyphs->good
                                             : "!";
    char first[64];
    (void)snprintf(first, sizeof(first), "        %s%s%s ", colour(l, codes[kind]), mark,
                   codes[kind][0] ? colour(l, COLOUR_OFF) : "");
    write_wrapped(l, first, "          ", text, NOTE_CELLS);
}

/* Repeats a text that did not fit into its row. */
static void write_in_full(struct ladder *l, const char *text, size_t max)
{
    char note[TEXT_MAX + 16];
    (void)snprintf(note, sizeof(note), "in full: %s", text);
    if (cells_of(text) > max)
        write_note(l, LADDER_NOTE, note);
}

struct lane {
    bool to_server, is_sealed;
    struct instant at;
    char size[16]; /* eight cells, or empty */
    char text[TEXT_MAX], remark[TEXT_MAX];
};

static void write_lane(struct ladder *l, const struct lane *lane)
{
    const struct glyphs *g = l->glyphs;
    const char *wall = lane->is_sealed ? g->sealed_wall : g->wall;
    char label[TEXT_MAX], remark[TEXT_MAX], dashes[TEXT_MAX] = "", line[WHOLE_MAX];
    (void)snprintf(label, sizeof(label), "%s", lane->text);
    (void)snprintf(remark, sizeof(remark), "%s", lane->remark);
    cells_fit(label, LABEL_CELLS);
    cells_fit(remark, REMARK_CELLS);
    /* Both forms take two dashes, two blanks and an arrow head beside the label. */
    repeat(dashes, sizeof(dashes), g->dash, LANE_CELLS - 5 - cells_of(label));
    (void)snprintf(
        line, sizeof(line), "%7.1f %s%s%s%s%s %s %s%s%s%s %s%s", ms_since(lane->at, l->start), wall,
        colour(l, lane->to_server ? COLOUR_CLIENT : COLOUR_SERVER), lane->to_server ? "" : g->left,
        g->dash, g->dash, label, dashes, lane->to_server ? g->right : "", colour(l, COLOUR_OFF),
        wall, lane->size, remark);
    emit(l, line);
    write_in_full(l, lane->text, LABEL_CELLS);
    write_in_full(l, lane->remark, REMARK_CELLS);
}

/* ---- observing ---- */

/* The previous packet has had all its rows. */
static void leave_message(struct ladder *l)
{
    if (l->has_message && !l->is_told)
        untold_add(&l->untold, l->message, l->out != l->setup.is_server);
    l->is_told = true;
}

static void on_message(struct ladder *l, const struct fact *f)
{
    leave_message(l);
    l->has_message = true;
    l->is_told = false;
    l->out = fact_number(f, "out") != 0;
    l->is_sealed = fact_number(f, "sealed") != 0;
    l->wire_len = fact_number(f, "wire_len");
    fact_text(f, "name", true, l->message, sizeof(l->message));
}

static void tell_untold(struct ladder *l)
{
    char text[TEXT_MAX];
    if (!l->setup.is_short && untold_format(&l->untold, text, sizeof(text)))
        write_note(l, LADDER_NOTE, text);
    l->untold = (struct untold){ 0 };
}

static bool is_ident(const struct fact *f)
{
    return strncmp(f->name, "ssh.ident.", 10) == 0;
}

static bool goes_out(const struct ladder *l, const struct fact *f)
{
    if (is_ident(f))
        return fact_is(f, "ssh.ident.sent");
    if (fact_is(f, "tcp.segment"))
        return fact_number(f, "out") != 0;
    return l->out;
}

/* A packet's size on the wire, or what a segment carries; unknown if the segment was not seen. */
static void size_of(const struct ladder *l, const struct fact *f, char *out, size_t size)
{
    enum { LINE_END = 2 };
    const struct trace_field *line = trace_find(f->fields, f->count, "line");
    unsigned long long octets = l->wire_len;
    if (is_ident(f) && line)
        octets = line->octets.len + LINE_END;
    else if (fact_is(f, "tcp.segment"))
        octets = fact_number(f, "len");
    if (fact_is(f, "tcp.segment") && fact_number(f, "relative"))
        (void)snprintf(out, size, "%8s", "");
    else
        (void)snprintf(out, size, "%5llu B ", octets);
}

static void show_lane(struct ladder *l, const struct ladder_row *row, const struct fact *f)
{
    const struct phrase phrase = { l->is_ascii, l->setup.is_server, l->message };
    int64_t age_us = (int64_t)fact_number(f, "age_us");
    struct lane lane = { .at = { now_of(l).us - age_us },
                         .to_server = goes_out(l, f) != l->setup.is_server };
    bool has_packet = l->has_message && !is_ident(f) && strncmp(f->name, "ssh.", 4) == 0;
    const char *remark = lane.to_server ? row->remark_to_server : row->remark_to_client;
    lane.is_sealed = has_packet && l->is_sealed;
    l->is_told |= has_packet;
    size_of(l, f, lane.size, sizeof(lane.size));
    (void)phrase_expand(&phrase, f, row->text, lane.text, sizeof(lane.text));
    (void)phrase_expand(&phrase, f, remark, lane.remark, sizeof(lane.remark));
    write_lane(l, &lane);
}

static void show(struct ladder *l, const struct ladder_row *row, const struct fact *f)
{
    const struct phrase phrase = { l->is_ascii, l->setup.is_server, l->message };
    tell_untold(l);
    enter_step(l, row->step);
    if (l->setup.is_short && row->kind != LADDER_WARN)
        return;
    if (row->kind == LADDER_LANE) {
        show_lane(l, row, f);
        return;
    }
    char text[TEXT_MAX];
    if (phrase_expand(&phrase, f, row->text, text, sizeof(text)))
        write_note(l, row->kind, text);
}

/* What became of the guess, at the first choice of algorithms; later exchanges have no guess. */
static void show_guess(struct ladder *l, const struct fact *f)
{
    char guess[16];
    fact_text(f, "guess", true, guess, sizeof(guess));
    if (l->setup.is_short || l->is_chosen)
        return;
    l->is_chosen = true;
    if (strcmp(guess, "right") == 0)
        write_note(l, LADDER_GOOD, "our guess was right: one round trip saved");
    else if (strcmp(guess, "wrong") == 0)
        write_note(l, LADDER_NOTE,
                   "our guess was wrong, they wish for another: the share goes again");
}

static void observe(void *context, const struct trace_event *event,
                    const struct trace_field *fields, size_t field_count)
{
    struct ladder *l = context;
    const struct fact f = { event->name, fields, field_count };
    if (l->is_over)
        return;
    summary_observe(&l->summary, &f, now_of(l));
    if (fact_is(&f, "ssh.message")) {
        on_message(l, &f);
        return;
    }
    if (fact_is_repeated(&f))
        return;
    for (size_t i = 0; i < ladder_rows_count; i++) {
        if (fact_is(&f, ladder_rows[i].event))
            show(l, &ladder_rows[i], &f);
    }
    if (fact_is(&f, "ssh.chosen"))
        show_guess(l, &f);
}

/* ---- life ---- */

struct ladder *ladder_new(const struct ladder_setup *setup)
{
    struct ladder *l = calloc(1, sizeof(*l));
    CHECK(l != NULL);
    l->setup = *setup;
    l->is_ascii = setup->form == LADDER_ASCII;
    l->glyphs = l->is_ascii ? &ascii : &unicode;
    l->trace = (struct trace){ observe, l };
    l->start = now_of(l);
    summary_init(&l->summary, setup->is_server, l->start);
    return l;
}

void ladder_free(struct ladder *l)
{
    free(l);
}

const struct trace *ladder_trace(struct ladder *l)
{
    return &l->trace;
}

/* Ends that do not fit side by side get a line each. */
void ladder_name_ends(struct ladder *l, const char *client, const char *server)
{
    const struct trace_field fields[] = { trace_text("client", client),
                                          trace_text("server", server) };
    const struct fact f = { "", fields, 2 };
    char left[TEXT_MAX], right[TEXT_MAX], line[WHOLE_MAX];
    fact_text(&f, "client", l->is_ascii, left, sizeof(left));
    fact_text(&f, "server", l->is_ascii, right, sizeof(right));
    if (cells_of(left) <= LEFT_CELLS && cells_of(right) <= RIGHT_CELLS) {
        (void)snprintf(line, sizeof(line), "     ms  %-*s %s", LEFT_CELLS, left, right);
        emit(l, line);
        return;
    }
    write_wrapped(l, "     ms  ", "         ", left, NAME_CELLS);
    write_wrapped(l, "         ", "         ", right, NAME_CELLS);
}

void ladder_finish(struct ladder *l)
{
    char line[WHOLE_MAX] = "", first[64], text[TEXT_MAX];
    bool is_good = l->summary.is_logged_in;
    if (l->is_over)
        return;
    l->is_over = true;
    leave_message(l);
    tell_untold(l);
    repeat(line, sizeof(line), l->glyphs->dash, LINE_CELLS);
    emit(l, line);
    (void)snprintf(first, sizeof(first), "%s%s%s ", colour(l, is_good ? COLOUR_GOOD : COLOUR_WARN),
                   is_good ? l->glyphs->good : "!", colour(l, COLOUR_OFF));
    summary_format(&l->summary, text, sizeof(text));
    struct bytes rest = bytes_text(text);
    for (bool is_first = true; rest.len; is_first = false) {
        struct bytes part = bytes_cut(&rest, '\n');
        (void)snprintf(line, sizeof(line), "%.*s", (int)part.len, (const char *)part.data);
        write_wrapped(l, is_first ? first : "", "    ", line, SUMMARY_CELLS);
    }
}
