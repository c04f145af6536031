/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/observed.h"

#include "base/escape.h"
#include "programs/client/log.h"
#include "ssh/events.h"

#include <stdio.h>
#include <string.h>

enum { SHOWN_MAX = 512 };

/* The fields of one event. */
struct fact {
    const struct trace_field *fields;
    size_t count;
};

static struct bytes text_of(const struct fact *fact, const char *name)
{
    const struct trace_field *field = trace_find(fact->fields, fact->count, name);
    return field ? field->octets : BYTES_NONE;
}

static uint64_t number_of(const struct fact *fact, const char *name)
{
    const struct trace_field *field = trace_find(fact->fields, fact->count, name);
    return field ? field->number : 0;
}

struct shown {
    char text[SHOWN_MAX];
};

static struct shown show(const struct fact *fact, const char *name)
{
    struct shown shown;
    (void)escape_text(text_of(fact, name), shown.text, sizeof(shown.text));
    return shown;
}

static void keep_first(struct bytes list, char text[CACHE_TEXT_MAX])
{
    (void)bytes_to_text(bytes_cut(&list, ','), text, CACHE_TEXT_MAX);
}

static void on_ident_sent(struct observed *o, const struct fact *fact)
{
    (void)o;
    log_write(OPTION_LOG_DEBUG1, "Local version string %s", show(fact, "line").text);
}

/* "SSH-2.0-OpenSSH_9.2p1 Debian-2" is protocol 2.0 of software "OpenSSH_9.2p1 Debian-2". */
static void on_ident_received(struct observed *o, const struct fact *fact)
{
    (void)o;
    struct bytes rest = text_of(fact, "line");
    (void)bytes_cut(&rest, '-');
    char version[32], software[SHOWN_MAX];
    (void)escape_text(bytes_cut(&rest, '-'), version, sizeof(version));
    log_write(OPTION_LOG_DEBUG1, "Remote protocol version %s, remote software version %s", version,
              escape_text(rest, software, sizeof(software)));
}

static void on_banner_line(struct observed *o, const struct fact *fact)
{
    struct shown line = show(fact, "line");
    log_write(OPTION_LOG_DEBUG1, "kex_exchange_identification: banner line: %s", line.text);
    if (line.text[0] == '\0')
        return;
    (void)snprintf(o->said[o->said_count % OBSERVED_SAID_LINES], OBSERVED_SAID_LEN, "%s",
                   line.text);
    o->said_count++;
}

static void on_kexinit(struct observed *o, const struct fact *fact)
{
    bool is_ours = number_of(fact, "out") != 0;
    log_write(OPTION_LOG_DEBUG1, "SSH2_MSG_KEXINIT %s", is_ours ? "sent" : "received");
    log_write(OPTION_LOG_DEBUG2, "%s KEXINIT proposal", is_ours ? "local client" : "peer server");
    static const char *const lists[] = { "kex", "host_key", "cipher", "mac", "compression" };
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        log_write(OPTION_LOG_DEBUG2, "%s: %s", lists[i], show(fact, lists[i]).text);
    if (is_ours) {
        o->has_guessed |= number_of(fact, "follows") != 0;
        return;
    }
    keep_first(text_of(fact, "kex"), o->server_kex);
    keep_first(text_of(fact, "host_key"), o->server_host_key);
    (void)escape_text(text_of(fact, "host_key"), o->server_host_keys, sizeof(o->server_host_keys));
}

static void on_chosen(struct observed *o, const struct fact *fact)
{
    (void)o;
    log_write(OPTION_LOG_DEBUG1, "kex: algorithm: %s", show(fact, "kex").text);
    log_write(OPTION_LOG_DEBUG1, "kex: host key algorithm: %s", show(fact, "host_key").text);
    log_write(OPTION_LOG_DEBUG1, "kex: server->client cipher: %s MAC: %s compression: %s",
              show(fact, "cipher_in").text, show(fact, "mac_in").text,
              show(fact, "compression_in").text);
    log_write(OPTION_LOG_DEBUG1, "kex: client->server cipher: %s MAC: %s compression: %s",
              show(fact, "cipher_out").text, show(fact, "mac_out").text,
              show(fact, "compression_out").text);
}

static void on_truncatable(struct observed *o, const struct fact *fact)
{
    (void)o;
    log_write(OPTION_LOG_DEBUG1,
              "kex: not strict: %s with MAC %s does not notice when its first packets are dropped",
              show(fact, "cipher_out").text, show(fact, "mac_out").text);
}

static void on_newkeys(struct observed *o, const struct fact *fact)
{
    (void)o;
    log_write(OPTION_LOG_DEBUG1, "SSH2_MSG_NEWKEYS %s",
              number_of(fact, "out") ? "sent" : "received");
}

static void on_rekey(struct observed *o, const struct fact *fact)
{
    (void)o;
    log_write(OPTION_LOG_DEBUG1, "rekeying because of %s", show(fact, "cause").text);
}

static void on_sig_algs(struct observed *o, const struct fact *fact)
{
    (void)o;
    log_write(OPTION_LOG_DEBUG1, "kex_input_ext_info: server-sig-algs=<%s>",
              show(fact, "names").text);
}

static void on_auth_failure(struct observed *o, const struct fact *fact)
{
    (void)fact;
    o->was_refused = true;
}

static void on_auth_success(struct observed *o, const struct fact *fact)
{
    (void)fact;
    o->is_logged_in = true;
}

static void on_channel_open(struct observed *o, const struct fact *fact)
{
    if (number_of(fact, "out"))
        o->was_early |= !o->is_logged_in;
}

static void on_message(struct observed *o, const struct fact *fact)
{
    (void)o;
    log_write(OPTION_LOG_DEBUG3, "%s packet: type %u", number_of(fact, "out") ? "send" : "receive",
              (unsigned)number_of(fact, "number"));
}

static const struct {
    const struct trace_event *event;
    void (*listen)(struct observed *o, const struct fact *fact);
} listeners[] = {
    { &events_MESSAGE, on_message },
    { &events_IDENT_SENT, on_ident_sent },
    { &events_IDENT_BANNER, on_banner_line },
    { &events_IDENT_RECEIVED, on_ident_received },
    { &events_KEXINIT, on_kexinit },
    { &events_CHOSEN, on_chosen },
    { &events_TRUNCATABLE, on_truncatable },
    { &events_NEWKEYS, on_newkeys },
    { &events_REKEY, on_rekey },
    { &events_SIG_ALGS, on_sig_algs },
    { &events_AUTH_FAILURE, on_auth_failure },
    { &events_AUTH_SUCCESS, on_auth_success },
    { &events_CHANNEL_OPEN, on_channel_open },
};

static void observe(void *context, const struct trace_event *event,
                    const struct trace_field *fields, size_t field_count)
{
    struct observed *o = context;
    const struct fact fact = { fields, field_count };
    for (size_t i = 0; i < sizeof(listeners) / sizeof(listeners[0]); i++) {
        if (listeners[i].event == event)
            listeners[i].listen(o, &fact);
    }
    if (o->next)
        o->next->observe(o->next->context, event, fields, field_count);
}

void observed_tell_said(const struct observed *o)
{
    size_t first = o->said_count > OBSERVED_SAID_LINES ? o->said_count - OBSERVED_SAID_LINES : 0;
    for (size_t i = first; i < o->said_count; i++)
        log_write(OPTION_LOG_INFO, "glassh: the server says: %s", o->said[i % OBSERVED_SAID_LINES]);
}

void observed_init(struct observed *o, const struct trace *next)
{
    *o = (struct observed){ .next = next };
    o->trace = (struct trace){ observe, o };
}
