/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain/ladder.h"

#include "base/buf.h"
#include "base/check.h"
#include "base/escape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LANE_CELLS = 36,
    REMARK_CELLS = 32,
    LINE_CELLS = 80,
    NOTE_CELLS = 69,
    TEXT_MAX = 1024,
    WHOLE_MAX = 4096
};

enum step { NONE, FIND, CONNECT, HELLO, KEYS, LOGIN, SESSION, STEP_COUNT };

static const struct {
    const char *title, *word;
} steps[STEP_COUNT] = {
    [FIND] = { "FIND THE ADDRESS", "find" },
    [CONNECT] = { "OPEN A TCP CONNECTION (three-way handshake)", "connect" },
    [HELLO] = { "SAY HELLO (plain text)", "hello" },
    [KEYS] = { "AGREE ON ALGORITHMS AND MAKE A SHARED SECRET", "keys" },
    [LOGIN] = { "PROVE WHO YOU ARE (encrypted)", "login" },
    [SESSION] = { "OPEN A SESSION (encrypted)", "session" },
};

enum row_kind { LANE, NOTE, GOOD, WARN };

static const struct row {
    const char *event;
    enum step step;
    enum row_kind kind;
    const char *text;
    const char *remark_to_server, *remark_to_client;
} rows[] = {
#define ROW(event, step, kind, text, to_server, to_client) \
    { event, step, kind, text, to_server, to_client },
#include "explain/ladder.def"
#undef ROW
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
    struct instant start;
    enum step step;
    struct instant step_began[STEP_COUNT];
    bool is_over;

    /* The packet that the next facts are about. */
    bool has_message;
    bool out, is_sealed;
    uint64_t wire_len;
    char message[64];

    /* For the summary. */
    char kex[64], cipher[64], host_key[64];
    bool is_post_quantum, is_chosen, is_logged_in, has_data;
    bool was_out;
    unsigned round_trips, trips_to_login, trips_to_data;
    struct instant ready;
    unsigned notes;
};

/* ---- text ---- */

/* Cells that a text takes: every character that escaping lets through takes one. */
static size_t cells(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += (*text & 0xc0) != 0x80;
    return count;
}

/* Cuts to so many cells, the last of them "~" if something is missing. */
static void fit(char *text, size_t max)
{
    if (cells(text) <= max)
        return;
    size_t count = 0;
    char *at = text;
    for (; *at; at++) {
        if ((*at & 0xc0) != 0x80 && ++count == max)
            break;
    }
    strcpy(at, "~");
}

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
    (void)snprintf(whole, sizeof(whole), "%s\n", line);
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

/* ---- fields ---- */

struct fact {
    const char *name;
    const struct trace_field *fields;
    size_t count;
};

static uint64_t number_of(const struct fact *f, const char *name)
{
    const struct trace_field *field = trace_find(f->fields, f->count, name);
    return field && field->kind == TRACE_NUMBER ? field->number : 0;
}

static void text_of(const struct fact *f, const char *name, char *out, size_t size)
{
    const struct trace_field *field = trace_find(f->fields, f->count, name);
    out[0] = 0;
    if (!field || field->kind == TRACE_SECRET)
        return;
    if (field->kind == TRACE_NUMBER)
        (void)snprintf(out, size, "%llu", (unsigned long long)field->number);
    else
        (void)escape_text(field->octets, out, size);
}

/* Sequence numbers; those that the kernel hides have letters. */
static void numbers_of(const struct fact *f, char *out, size_t size)
{
    char flags[32];
    text_of(f, "flags", flags, sizeof(flags));
    const char *hidden = strcmp(flags, "SYN") == 0       ? "seq=x"
                         : strcmp(flags, "SYN-ACK") == 0 ? "seq=y ack=x+1"
                                                         : "seq=x+1 ack=y+1";
    if (number_of(f, "relative"))
        (void)snprintf(out, size, "%s", hidden);
    else
        (void)snprintf(out, size, "seq=%llu", (unsigned long long)number_of(f, "seq"));
}

/* What is acknowledged, where it is known and means something. */
static void acks_of(const struct fact *f, char *out, size_t size)
{
    out[0] = 0;
    if (number_of(f, "ack") && !number_of(f, "relative"))
        (void)snprintf(out, size, "ack=%llu", (unsigned long long)number_of(f, "ack"));
}

static void value_of(const struct ladder *l, const struct fact *f, const char *name, char *out,
                     size_t size)
{
    if (strcmp(name, "size") == 0)
        (void)snprintf(out, size, "%llu", (unsigned long long)l->wire_len);
    else if (strcmp(name, "message") == 0)
        (void)snprintf(out, size, "%s", l->message);
    else if (strcmp(name, "numbers") == 0)
        numbers_of(f, out, size);
    else if (strcmp(name, "acks") == 0)
        acks_of(f, out, size);
    else
        text_of(f, name, out, size);
}

/* Replaces each {field}. False: there were some, and none had a value. */
static bool expand(const struct ladder *l, const struct fact *f, const char *template, char *out,
                   size_t size)
{
    bool has_field = false, has_value = false;
    out[0] = 0;
    while (*template) {
        const char *open = strchr(template, '{');
        const char *close = open ? strchr(open, '}') : NULL;
        if (!close) {
            append(out, size, template);
            break;
        }
        char piece[256], name[64];
        (void)snprintf(piece, sizeof(piece), "%.*s", (int)(open - template), template);
        append(out, size, piece);
        (void)snprintf(name, sizeof(name), "%.*s", (int)(close - open - 1), open + 1);
        value_of(l, f, name, piece, sizeof(piece));
        append(out, size, piece);
        has_field = true;
        has_value |= piece[0] != 0;
        template = close + 1;
    }
    return has_value || !has_field;
}

/* ---- lines ---- */

static void enter_step(struct ladder *l, enum step step)
{
    if (step <= l->step)
        return;
    struct instant now = now_of(l);
    for (enum step s = l->step + 1; s <= step; s++)
        l->step_began[s] = now;
    l->step = step;

    char line[WHOLE_MAX];
    (void)snprintf(line, sizeof(line), "%d %s ", (int)step, steps[step].title);
    repeat(line, sizeof(line), l->glyphs->dash, LINE_CELLS - cells(line));
    emit(l, line);
}

static void write_note(struct ladder *l, enum row_kind kind, const char *text)
{
    static const char *const codes[] = { [NOTE] = "", [GOOD] = COLOUR_GOOD, [WARN] = COLOUR_WARN };
    const char *mark = kind == NOTE ? l->glyphs->dot : kind == GOOD ? l->glyphs->good : "!";
    char cut[TEXT_MAX], line[WHOLE_MAX];
    (void)snprintf(cut, sizeof(cut), "%s", text);
    fit(cut, NOTE_CELLS);
    (void)snprintf(line, sizeof(line), "        %s%s%s %s", colour(l, codes[kind]), mark,
                   codes[kind][0] ? colour(l, COLOUR_OFF) : "", cut);
    l->notes += kind == WARN;
    emit(l, line);
}

static void write_lane(struct ladder *l, bool to_server, bool is_sealed, const char *text,
                       const char *remark)
{
    const struct glyphs *g = l->glyphs;
    const char *wall = is_sealed ? g->sealed_wall : g->wall;
    char label[TEXT_MAX], shown[TEXT_MAX], dashes[TEXT_MAX] = "", line[WHOLE_MAX];
    (void)snprintf(label, sizeof(label), "%s", text);
    (void)snprintf(shown, sizeof(shown), "%s", remark);
    fit(label, LANE_CELLS - 6);
    fit(shown, REMARK_CELLS);
    /* Both forms take two dashes, two blanks and an arrow head beside the label. */
    repeat(dashes, sizeof(dashes), g->dash, LANE_CELLS - 5 - cells(label));
    (void)snprintf(
        line, sizeof(line), "%7.1f %s%s%s%s%s %s %s%s%s%s %s", ms_since(now_of(l), l->start), wall,
        colour(l, to_server ? COLOUR_CLIENT : COLOUR_SERVER), to_server ? "" : g->left, g->dash,
        g->dash, label, dashes, to_server ? g->right : "", colour(l, COLOUR_OFF), wall, shown);
    size_t len = strlen(line);
    while (len && line[len - 1] == ' ')
        line[--len] = 0;
    emit(l, line);
}

/* ---- why an algorithm was chosen ---- */

static void note_choice(struct ladder *l, const struct fact *f)
{
    text_of(f, "kex", l->kex, sizeof(l->kex));
    text_of(f, "cipher_out", l->cipher, sizeof(l->cipher));
    text_of(f, "host_key", l->host_key, sizeof(l->host_key));
    l->is_post_quantum = number_of(f, "pq") != 0;
    if (l->is_chosen || l->setup.is_short)
        return;
    l->is_chosen = true;
    char guess[16];
    text_of(f, "guess", guess, sizeof(guess));
    if (strcmp(guess, "right") == 0)
        write_note(l, GOOD, "our guess was right: one round trip saved");
    else if (strcmp(guess, "wrong") == 0)
        write_note(l, NOTE,
                   "our guess was wrong (their first wish is another): the share goes again");
}

/* ---- observing ---- */

/* A round trip is over when something comes back after something went out. */
static void count_trip(struct ladder *l, bool out)
{
    if (l->was_out && !out)
        l->round_trips++;
    l->was_out = out;
}

static void on_message(struct ladder *l, const struct fact *f)
{
    l->has_message = true;
    l->out = number_of(f, "out") != 0;
    l->is_sealed = number_of(f, "sealed") != 0;
    l->wire_len = number_of(f, "wire_len");
    text_of(f, "name", l->message, sizeof(l->message));
}

static bool is_ident(const char *name)
{
    return strncmp(name, "ssh.ident.", 10) == 0;
}

static bool goes_out(const struct ladder *l, const struct fact *f)
{
    if (is_ident(f->name))
        return strcmp(f->name, "ssh.ident.sent") == 0;
    if (strcmp(f->name, "tcp.segment") == 0)
        return number_of(f, "out") != 0;
    return l->out;
}

static void note_progress(struct ladder *l, const struct fact *f, bool out)
{
    if (strcmp(f->name, "ssh.auth.success") == 0) {
        l->is_logged_in = true;
        l->trips_to_login = l->round_trips;
        l->ready = now_of(l);
    }
    if (strcmp(f->name, "ssh.channel.data") == 0 && out == l->setup.is_server && !l->has_data) {
        l->has_data = true;
        l->trips_to_data = l->round_trips;
        l->ready = now_of(l);
    }
}

static void show_lane(struct ladder *l, const struct row *row, const struct fact *f)
{
    char text[TEXT_MAX], remark[TEXT_MAX];
    bool out = goes_out(l, f);
    bool to_server = out != l->setup.is_server;
    bool has_packet = l->has_message && !is_ident(f->name) && strncmp(f->name, "ssh.", 4) == 0;
    note_progress(l, f, out);
    if (l->setup.is_short)
        return;
    (void)expand(l, f, row->text, text, sizeof(text));
    (void)expand(l, f, to_server ? row->remark_to_server : row->remark_to_client, remark,
                 sizeof(remark));
    write_lane(l, to_server, has_packet && l->is_sealed, text, remark);
}

static void show(struct ladder *l, const struct row *row, const struct fact *f)
{
    enter_step(l, row->step);
    if (row->kind == LANE) {
        show_lane(l, row, f);
    } else if (!l->setup.is_short || row->kind == WARN) {
        char text[TEXT_MAX];
        if (expand(l, f, row->text, text, sizeof(text)))
            write_note(l, row->kind, text);
    }
    if (strcmp(f->name, "ssh.chosen") == 0)
        note_choice(l, f);
}

static void observe(void *context, const struct trace_event *event,
                    const struct trace_field *fields, size_t field_count)
{
    struct ladder *l = context;
    const struct fact f = { event->name, fields, field_count };
    if (l->is_over)
        return;
    if (strcmp(event->name, "ssh.message") == 0) {
        on_message(l, &f);
        return;
    }
    if (strcmp(event->name, "ssh.flight") == 0) {
        count_trip(l, number_of(&f, "out") != 0);
        return;
    }
    /* Of the data only its beginning is news. */
    if (strcmp(event->name, "ssh.channel.data") == 0 && !number_of(&f, "first"))
        return;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].event, event->name) == 0)
            show(l, &rows[i], &f);
    }
}

/* ---- life ---- */

struct ladder *ladder_new(const struct ladder_setup *setup)
{
    struct ladder *l = calloc(1, sizeof(*l));
    CHECK(l != NULL);
    l->setup = *setup;
    l->glyphs = setup->form == LADDER_UNICODE ? &unicode : &ascii;
    l->trace = (struct trace){ observe, l };
    l->start = now_of(l);
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

void ladder_name_ends(struct ladder *l, const char *client, const char *server)
{
    char left[TEXT_MAX], right[TEXT_MAX], line[WHOLE_MAX];
    (void)escape_text(bytes_text(client), left, sizeof(left));
    (void)escape_text(bytes_text(server), right, sizeof(right));
    fit(left, 30);
    fit(right, 39);
    (void)snprintf(line, sizeof(line), "     ms  %-30s %s", left, right);
    emit(l, line);
}

static void write_times(struct ladder *l)
{
    char line[WHOLE_MAX], piece[64];
    struct instant end = l->ready.us ? l->ready : now_of(l);
    (void)snprintf(line, sizeof(line),
                   "%s%s%s %s in %.0f ms:", colour(l, l->is_logged_in ? COLOUR_GOOD : COLOUR_WARN),
                   l->is_logged_in ? l->glyphs->good : "!", colour(l, COLOUR_OFF),
                   l->is_logged_in ? "ready" : "not logged in", ms_since(end, l->start));
    for (enum step s = FIND; s <= l->step; s++) {
        struct instant until = s < l->step ? l->step_began[s + 1] : end;
        if (!l->step_began[s].us || until.us < l->step_began[s].us)
            continue;
        (void)snprintf(piece, sizeof(piece), "%s %s %.1f", s == FIND ? "" : ",", steps[s].word,
                       ms_since(until, l->step_began[s]));
        append(line, sizeof(line), piece);
    }
    emit(l, line);
}

static void write_facts(struct ladder *l)
{
    char line[WHOLE_MAX];
    if (l->is_logged_in) {
        (void)snprintf(line, sizeof(line), "  %u round trips to the login after TCP's own",
                       l->trips_to_login);
        if (l->has_data) {
            char piece[64];
            (void)snprintf(piece, sizeof(piece), ", %u to the first byte", l->trips_to_data);
            append(line, sizeof(line), piece);
        }
        emit(l, line);
    }
    if (l->kex[0]) {
        (void)snprintf(line, sizeof(line), "  %s, %s, %s", l->kex, l->host_key, l->cipher);
        fit(line, LINE_CELLS);
        emit(l, line);
        emit(l, l->is_post_quantum
                    ? "  post-quantum: yes"
                    : "  post-quantum: no; who records this today may read it in some decades");
    }
}

void ladder_finish(struct ladder *l)
{
    char line[WHOLE_MAX] = "";
    if (l->is_over)
        return;
    l->is_over = true;
    repeat(line, sizeof(line), l->glyphs->dash, LINE_CELLS);
    emit(l, line);
    write_times(l);
    write_facts(l);
}
