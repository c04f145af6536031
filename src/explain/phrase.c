/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain/phrase.h"

#include <stdio.h>
#include <string.h>

enum { VALUE_MAX = 512, WORD_MAX = 64 };

struct out {
    char *text;
    size_t size;
};

/* ---- TCP ---- */

/* Sequence numbers, or letters for those that the kernel hides. */
static void numbers_of(const struct phrase *p, const struct fact *f, struct out out)
{
    char flags[WORD_MAX];
    fact_text(f, "flags", p->is_ascii, flags, sizeof(flags));
    const char *hidden = strcmp(flags, "SYN") == 0       ? "seq=x"
                         : strcmp(flags, "SYN-ACK") == 0 ? "seq=y ack=x+1"
                                                         : "seq=x+1 ack=y+1";
    if (fact_number(f, "relative"))
        (void)snprintf(out.text, out.size, "%s", hidden);
    else
        (void)snprintf(out.text, out.size, "seq=%llu", (unsigned long long)fact_number(f, "seq"));
}

/* What a segment means to the other end, and what it acknowledges where that is known. */
static void segment_of(const struct phrase *p, const struct fact *f, struct out out)
{
    static const struct {
        const char *flags, *words;
    } meanings[] = { { "SYN", "may I connect?" },
                     { "SYN-ACK", "yes" },
                     { "ACK", "thanks" },
                     { "RST", "no" },
                     { "FIN-ACK", "done" } };
    char flags[WORD_MAX];
    const char *words = "";
    fact_text(f, "flags", p->is_ascii, flags, sizeof(flags));
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
        if (strcmp(flags, meanings[i].flags) == 0)
            words = meanings[i].words;
    }
    bool has_ack = fact_number(f, "ack") && !fact_number(f, "relative");
    if (has_ack)
        (void)snprintf(out.text, out.size, "%s%sack=%llu", words, words[0] ? ", " : "",
                       (unsigned long long)fact_number(f, "ack"));
    else
        (void)snprintf(out.text, out.size, "%s", words);
}

static void states_of(const struct phrase *p, const struct fact *f, struct out out)
{
    char client[WORD_MAX], server[WORD_MAX];
    fact_text(f, "client", p->is_ascii, client, sizeof(client));
    fact_text(f, "server", p->is_ascii, server, sizeof(server));
    if (p->is_server)
        (void)snprintf(out.text, out.size, "%s here, %s at the client (deduced)", server, client);
    else
        (void)snprintf(out.text, out.size, "%s here, %s at the server (deduced)", client, server);
}

static void round_trip_of(const struct phrase *p, const struct fact *f, struct out out)
{
    (void)p;
    (void)snprintf(out.text, out.size, "%.3f ms", (double)fact_number(f, "rtt_us") / 1000.0);
}

static void found_of(const struct phrase *p, const struct fact *f, struct out out)
{
    char name[VALUE_MAX], address[WORD_MAX];
    fact_text(f, "name", p->is_ascii, name, sizeof(name));
    fact_text(f, "address", p->is_ascii, address, sizeof(address));
    if (strcmp(name, address) == 0)
        (void)snprintf(out.text, out.size, "%s is an address: nothing to look up", name);
    else
        (void)snprintf(out.text, out.size, "%s = %s", name, address);
}

/* ---- the login ---- */

static void refusal_of(const struct phrase *p, const struct fact *f, struct out out)
{
    (void)p;
    (void)snprintf(out.text, out.size, "%s",
                   fact_number(f, "partial") ? "right, but more is asked"
                                             : "refused; these remain");
}

/* ---- channels ---- */

/* "2 MiB" */
static void size_of(unsigned long long octets, char *out, size_t size)
{
    enum { KIB = 1024, MIB = 1024 * 1024 };
    if (octets % MIB == 0)
        (void)snprintf(out, size, "%llu MiB", octets / MIB);
    else if (octets % KIB == 0)
        (void)snprintf(out, size, "%llu KiB", octets / KIB);
    else
        (void)snprintf(out, size, "%llu B", octets);
}

static void room_of(const struct phrase *p, const struct fact *f, struct out out)
{
    char octets[WORD_MAX];
    (void)p;
    size_of(fact_number(f, "window"), octets, sizeof(octets));
    if (fact_number(f, "window") == 0)
        (void)snprintf(out.text, out.size, "send nothing yet");
    else
        (void)snprintf(out.text, out.size, "send up to %s", octets);
}

static void more_of(const struct phrase *p, const struct fact *f, struct out out)
{
    char octets[WORD_MAX];
    (void)p;
    size_of(fact_number(f, "count"), octets, sizeof(octets));
    (void)snprintf(out.text, out.size, "send %s more now", octets);
}

/* What a request asks for. */
static void wish_of(const struct phrase *p, const struct fact *f, struct out out)
{
    static const struct {
        const char *name, *words;
    } wishes[] = {
        { "pty-req", "a terminal, please" },
        { "env", "set this variable" },
        { "shell", "a shell, please" },
        { "exec", "run this command" },
        { "subsystem", "run this service" },
        { "window-change", "my window has a new size" },
        { "signal", "signal the program" },
        { "break", "send it a break" },
        { "exit-status", "the program has ended" },
        { "exit-signal", "a signal has ended it" },
        { "xon-xoff", "who does flow control" },
        { "eow@openssh.com", "nobody reads any more" },
        { "keepalive@openssh.com", "are you there?" },
        { "hostkeys-00@openssh.com", "these are all my keys" },
        { "no-more-sessions@openssh.com", "I will open no others" },
    };
    char name[VALUE_MAX];
    fact_text(f, "name", p->is_ascii, name, sizeof(name));
    (void)snprintf(out.text, out.size, "an extension");
    for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
        if (strcmp(name, wishes[i].name) == 0)
            (void)snprintf(out.text, out.size, "%s", wishes[i].words);
    }
}

static void verdict_of(const struct phrase *p, const struct fact *f, struct out out)
{
    (void)p;
    (void)snprintf(out.text, out.size, "%s",
                   fact_number(f, "ok") ? "granted: oldest request" : "refused: oldest request");
}

/* How a program ended. */
static void end_of(const struct phrase *p, const struct fact *f, struct out out)
{
    char signal[WORD_MAX];
    fact_text(f, "signal", p->is_ascii, signal, sizeof(signal));
    if (signal[0])
        (void)snprintf(out.text, out.size, "signal %s", signal);
    else
        (void)snprintf(out.text, out.size, "exit status %llu",
                       (unsigned long long)fact_number(f, "status"));
}

/* ---- expanding ---- */

static const struct {
    const char *name;
    void (*value)(const struct phrase *p, const struct fact *f, struct out out);
} values[] = {
    { "numbers", numbers_of }, { "segment", segment_of },
    { "states", states_of },   { "round_trip", round_trip_of },
    { "found", found_of },     { "refusal", refusal_of },
    { "room", room_of },       { "more", more_of },
    { "wish", wish_of },       { "granted", verdict_of },
    { "end", end_of },
};

static void value_of(const struct phrase *p, const struct fact *f, const char *name, struct out out)
{
    out.text[0] = 0;
    if (strcmp(name, "message") == 0) {
        (void)snprintf(out.text, out.size, "%s", p->message);
        return;
    }
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        if (strcmp(name, values[i].name) == 0) {
            values[i].value(p, f, out);
            return;
        }
    }
    fact_text(f, name, p->is_ascii, out.text, out.size);
}

static void append(char *out, size_t size, const char *text, size_t len)
{
    size_t at = strlen(out);
    (void)snprintf(out + at, size - at, "%.*s", (int)len, text);
}

bool phrase_expand(const struct phrase *p, const struct fact *f, const char *template, char *out,
                   size_t size)
{
    bool has_field = false, has_value = false;
    out[0] = 0;
    const char *open, *close;
    while ((open = strchr(template, '{')) != NULL && (close = strchr(open, '}')) != NULL) {
        char name[WORD_MAX], value[VALUE_MAX];
        (void)snprintf(name, sizeof(name), "%.*s", (int)(close - open - 1), open + 1);
        value_of(p, f, name, (struct out){ value, sizeof(value) });
        append(out, size, template, (size_t)(open - template));
        append(out, size, value, strlen(value));
        has_field = true;
        has_value |= value[0] != 0;
        template = close + 1;
    }
    append(out, size, template, strlen(template));
    return has_value || !has_field;
}
