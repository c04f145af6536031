/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain/summary.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const words[SUMMARY_PHASES] = {
    [SUMMARY_FIND] = "find", [SUMMARY_CONNECT] = "connect", [SUMMARY_HELLO] = "hello",
    [SUMMARY_KEYS] = "keys", [SUMMARY_LOGIN] = "login",     [SUMMARY_SESSION] = "session",
};

/* The facts with which a phase begins, ending those before it. */
static const struct {
    const char *event;
    enum summary_phase phase;
} beginnings[] = {
    { "net.try", SUMMARY_CONNECT },      { "net.proxy", SUMMARY_CONNECT },
    { "ssh.ident.sent", SUMMARY_HELLO }, { "ssh.ident.received", SUMMARY_KEYS },
    { "ssh.service", SUMMARY_LOGIN },    { "ssh.auth.success", SUMMARY_SESSION },
};

void summary_init(struct summary *s, bool is_server, struct instant start)
{
    *s = (struct summary){ .is_server = is_server, .start = start, .latest = start };
    /* A server looks nothing up. */
    s->phase = is_server ? SUMMARY_CONNECT : SUMMARY_FIND;
    for (enum summary_phase p = 0; p < SUMMARY_PHASES; p++)
        s->began[p] = start;
}

static void note_phase(struct summary *s, const struct fact *f, struct instant now)
{
    for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
        if (!fact_is(f, beginnings[i].event) || beginnings[i].phase <= s->phase)
            continue;
        for (enum summary_phase p = s->phase + 1; p <= beginnings[i].phase; p++)
            s->began[p] = now;
        s->phase = beginnings[i].phase;
    }
}

/* ---- round trips ---- */

/* Messages that neither expect an answer nor are one. */
static bool is_aside(const struct fact *f)
{
    static const char *const asides[] = { "NEWKEYS",
                                          "EXT_INFO",
                                          "IGNORE",
                                          "DEBUG",
                                          "USERAUTH_BANNER",
                                          "DISCONNECT",
                                          "CHANNEL_EOF",
                                          "CHANNEL_CLOSE",
                                          "CHANNEL_DATA",
                                          "CHANNEL_EXTENDED_DATA",
                                          "CHANNEL_WINDOW_ADJUST",
                                          "GLOBAL_REQUEST",
                                          "UNIMPLEMENTED" };
    char name[64];
    fact_text(f, "name", true, name, sizeof(name));
    for (size_t i = 0; i < sizeof(asides) / sizeof(asides[0]); i++) {
        if (strcmp(name, asides[i]) == 0)
            return true;
    }
    return false;
}

static void note_sent(struct summary *s, bool out)
{
    if (out) {
        s->asks = true;
    } else if (s->awaits) {
        s->awaits = false;
        s->round_trips++;
    }
}

static void note_trip(struct summary *s, const struct fact *f)
{
    if (fact_is(f, "ssh.ident.sent") || fact_is(f, "ssh.ident.received")) {
        note_sent(s, fact_is(f, "ssh.ident.sent"));
    } else if (fact_is(f, "ssh.message") && !is_aside(f)) {
        note_sent(s, fact_number(f, "out") != 0);
    } else if (fact_is(f, "ssh.flight") && fact_number(f, "out")) {
        s->awaits |= s->asks;
        s->asks = false;
    }
}

/* ---- how far it has come ---- */

static void note_ready(struct summary *s, struct instant now)
{
    if (s->is_running)
        return;
    s->is_running = true;
    s->trips_to_program = s->round_trips;
    s->ready = now;
}

static bool starts_program(const struct fact *f)
{
    char name[64];
    fact_text(f, "name", true, name, sizeof(name));
    return strcmp(name, "exec") == 0 || strcmp(name, "shell") == 0 ||
           strcmp(name, "subsystem") == 0;
}

/* Replies come in the order of the requests: which of them is the program's? */
static void note_channel(struct summary *s, const struct fact *f, struct instant now)
{
    bool is_clients = (fact_number(f, "out") != 0) != s->is_server;
    if (fact_is(f, "ssh.channel.request") && is_clients && fact_number(f, "want_reply")) {
        s->requests++;
        if (!s->program_request && starts_program(f))
            s->program_request = s->requests;
    } else if (fact_is(f, "ssh.channel.reply") && !is_clients) {
        s->replies++;
        if (s->replies == s->program_request && fact_number(f, "ok"))
            note_ready(s, now);
    } else if (fact_is(f, "ssh.channel.data") && !is_clients) {
        note_ready(s, now);
        if (!s->has_octets)
            s->first_octet = now;
        s->has_octets = true;
    } else if (fact_is(f, "ssh.channel.close")) {
        s->has_ended = true;
        s->end = now;
    }
}

static void note_algorithms(struct summary *s, const struct fact *f)
{
    fact_text(f, "kex", true, s->kex, sizeof(s->kex));
    fact_text(f, "host_key", true, s->host_key, sizeof(s->host_key));
    fact_text(f, "cipher_out", true, s->cipher, sizeof(s->cipher));
    s->is_post_quantum = fact_number(f, "pq") != 0;
}

void summary_observe(struct summary *s, const struct fact *f, struct instant now)
{
    note_phase(s, f, now);
    note_trip(s, f);
    note_channel(s, f, now);
    if (strncmp(f->name, "tcp.", 4) != 0)
        s->latest = now;
    if (fact_is(f, "ssh.chosen"))
        note_algorithms(s, f);
    if (fact_is(f, "ssh.auth.success") && !s->is_logged_in) {
        s->is_logged_in = true;
        s->trips_to_login = s->round_trips;
        s->ready = now;
    }
}

/* ---- output ---- */

static __attribute__((format(printf, 3, 4))) void add(char *out, size_t size, const char *format,
                                                      ...)
{
    size_t len = strlen(out);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(out + len, size - len, format, arguments);
    va_end(arguments);
}

/* In tenths of a millisecond from the start: differences of rounded times add up. */
static long tenths(const struct summary *s, struct instant at)
{
    return (long)((at.us - s->start.us + 50) / 100);
}

static void add_ms(char *out, size_t size, const char *before, long count)
{
    add(out, size, "%s%ld.%ld", before, count / 10, count % 10);
}

static void add_phases(const struct summary *s, long whole, char *out, size_t size)
{
    enum summary_phase first = s->is_server ? SUMMARY_CONNECT : SUMMARY_FIND;
    for (enum summary_phase p = first; p <= s->phase; p++) {
        long until = p < s->phase ? tenths(s, s->began[p + 1]) : whole;
        add(out, size, "%s%s", p == first ? "  " : ", ", words[p]);
        add_ms(out, size, " ", until - tenths(s, s->began[p]));
    }
    add(out, size, "\n");
}

static void add_times(const struct summary *s, char *out, size_t size)
{
    long whole = tenths(s, s->is_logged_in ? s->ready : s->latest);
    add_ms(out, size, s->is_logged_in ? "ready in " : "no login in ", whole);
    add(out, size, " ms");
    if (s->has_octets)
        add_ms(out, size, "; first octet after ", tenths(s, s->first_octet));
    if (s->has_ended)
        add_ms(out, size, s->has_octets ? ", end after " : "; end after ", tenths(s, s->end));
    add(out, size, "\n");
    add_phases(s, whole, out, size);
}

void summary_format(const struct summary *s, char *out, size_t size)
{
    out[0] = 0;
    add_times(s, out, size);
    if (s->is_logged_in)
        add(out, size, "  %u round trip%s to the login after TCP's own", s->trips_to_login,
            s->trips_to_login == 1 ? "" : "s");
    if (s->is_logged_in && s->is_running)
        add(out, size, ", %u to the program", s->trips_to_program);
    if (s->is_logged_in)
        add(out, size, "\n");
    if (!s->kex[0])
        return;
    add(out, size, "  %s, %s, %s\n", s->kex, s->host_key, s->cipher);
    add(out, size, "  post-quantum: %s\n",
        s->is_post_quantum ? "yes" : "no; who records this today may read it in some decades");
}
