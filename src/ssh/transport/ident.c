/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/transport/ident.h"

#include "base/check.h"
#include "ssh/events.h"

#include <string.h>

static const char refusal[] = "Protocol mismatch.\r\n";

static void say(struct ident *m, struct bytes text)
{
    CHECK(text.len <= sizeof(m->output) - m->output_len);
    memcpy(m->output + m->output_len, text.data, text.len);
    m->output_len += text.len;
}

void ident_init(struct ident *m, enum role role, const char *software, const struct trace *trace)
{
    *m = (struct ident){ .role = role, .trace = trace, .failure = "" };
    say(m, BYTES_LITERAL("SSH-2.0-"));
    say(m, bytes_text(software));
    m->ours_len = m->output_len;
    say(m, BYTES_LITERAL("\r\n"));
    CHECK(m->output_len <= IDENT_LEN_MAX);
    TRACE(trace, &events_IDENT_SENT, trace_octets("line", ident_ours(m)));
}

static enum err fail(struct ident *m, enum err err, const char *failure)
{
    m->state = IDENT_FAILED;
    const char *diagnosis = ident_diagnose(bytes_of(m->hint, m->hint_len));
    m->failure = diagnosis ? diagnosis : failure;
    if (err == ERR_BAD_VERSION && m->role == ROLE_SERVER)
        say(m, BYTES_LITERAL(refusal));
    return err;
}

/* The line so far, without its end. */
static struct bytes line_of(const struct ident *m)
{
    struct bytes line = bytes_of(m->line, m->line_len);
    if (bytes_ends(line, "\n"))
        line.len--;
    if (bytes_ends(line, "\r"))
        line.len--;
    return line;
}

static void emit(struct ident *m, enum ident_event_kind kind)
{
    m->event = (struct ident_event){ kind, line_of(m) };
    m->has_event = true;
}

static enum err take_banner(struct ident *m)
{
    if (m->role == ROLE_SERVER)
        return fail(m, ERR_BAD_VERSION, "the client's first line is not an SSH identification");
    m->banner_lines++;
    m->banner_total += m->line_len;
    if (m->banner_lines > IDENT_BANNER_LINES_MAX || m->banner_total > IDENT_BANNER_TOTAL)
        return fail(m, ERR_TOO_LONG, "the server sends too much text before its identification");
    /* No SSH server begins like this, and an HTTP server would wait for more. */
    if (bytes_starts(line_of(m), "HTTP/"))
        return fail(m, ERR_BAD_VERSION, "");
    emit(m, IDENT_EVENT_BANNER);
    TRACE(m->trace, &events_IDENT_BANNER, trace_peer("line", line_of(m)));
    return OK;
}

static bool is_printable(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] < ' ' || text.data[i] > '~')
            return false;
    return true;
}

/* RFC 4253 section 5.1: "1.99" says that the peer speaks 2.0 and older versions. */
static bool is_version_2(struct bytes line)
{
    const size_t prefix_len = strlen("SSH-2.0-");
    return (bytes_starts(line, "SSH-2.0-") && line.len > prefix_len) ||
           (bytes_starts(line, "SSH-1.99-") && line.len > prefix_len + 1);
}

static enum err take_line(struct ident *m)
{
    struct bytes line = line_of(m);
    if (!bytes_starts(line, "SSH-"))
        return take_banner(m);
    if (!is_printable(line))
        return fail(m, ERR_BAD_VALUE, "the identification has a character that is not allowed");
    if (!is_version_2(line))
        return fail(m, ERR_BAD_VERSION, "the other side speaks another version of SSH");
    m->state = IDENT_DONE;
    emit(m, IDENT_EVENT_DONE);
    TRACE(m->trace, &events_IDENT_RECEIVED, trace_peer("line", line));
    return OK;
}

static size_t line_limit(const struct ident *m)
{
    bool is_banner = m->role == ROLE_CLIENT && !bytes_starts(line_of(m), "SSH-");
    return is_banner ? IDENT_BANNER_LEN_MAX : IDENT_LEN_MAX;
}

static enum err take_octet(struct ident *m, uint8_t octet)
{
    if (m->hint_len < IDENT_HINT_LEN)
        m->hint[m->hint_len++] = octet;
    if (octet == 0)
        return fail(m, ERR_BAD_VALUE, "there is a NUL where text should be");
    if (m->line_len == line_limit(m))
        return fail(m, ERR_TOO_LONG, "a line of the identification is too long");
    m->line[m->line_len++] = octet;
    return octet == '\n' ? take_line(m) : OK;
}

enum err ident_feed(struct ident *m, struct bytes in, size_t *used)
{
    *used = 0;
    if (m->state == IDENT_FAILED)
        return ERR_BAD_STATE;
    bool is_fresh = m->line_len > 0 && m->line[m->line_len - 1] == '\n';
    if (m->state == IDENT_EXPECT_LINE && !m->has_event && is_fresh)
        m->line_len = 0;
    while (*used < in.len && m->state == IDENT_EXPECT_LINE && !m->has_event)
        TRY(take_octet(m, in.data[(*used)++]));
    return OK;
}

bool ident_next(struct ident *m, struct ident_event *event)
{
    if (!m->has_event)
        return false;
    *event = m->event;
    m->has_event = false;
    return true;
}

struct bytes ident_output(const struct ident *m)
{
    return bytes_skip(bytes_of(m->output, m->output_len), m->output_sent);
}

void ident_sent(struct ident *m, size_t count)
{
    CHECK(count <= m->output_len - m->output_sent);
    m->output_sent += count;
}

bool ident_is_done(const struct ident *m)
{
    return m->state == IDENT_DONE;
}

struct bytes ident_ours(const struct ident *m)
{
    return bytes_of(m->output, m->ours_len);
}

struct bytes ident_peer(const struct ident *m)
{
    return m->state == IDENT_DONE ? line_of(m) : BYTES_NONE;
}

struct bytes ident_line(const struct ident *m)
{
    return line_of(m);
}

const char *ident_failure(const struct ident *m)
{
    if (m->state != IDENT_EXPECT_LINE)
        return m->failure;
    const char *diagnosis = ident_diagnose(bytes_of(m->hint, m->hint_len));
    return diagnosis ? diagnosis : "";
}

static const struct {
    const char *begins;
    const char *sentence;
} known_services[] = {
    { "HTTP/", "a web server (HTTP) answers here, not SSH" },
    { "GET ", "a web client (HTTP) is calling, not SSH" },
    { "POST ", "a web client (HTTP) is calling, not SSH" },
    { "HEAD ", "a web client (HTTP) is calling, not SSH" },
    { "CONNECT ", "a web client (HTTP) is calling, not SSH" },
    { "OPTIONS ", "a web client (HTTP) is calling, not SSH" },
    { "PRI * HTTP/2", "a web client (HTTP/2) is calling, not SSH" },
    { "\x15\x03", "TLS is spoken here, not SSH" },
    { "\x16\x03", "TLS is spoken here, not SSH" },
    { "220", "a mail or file server (SMTP or FTP) answers here, not SSH" },
    { "421", "a mail or file server (SMTP or FTP) answers here, not SSH" },
    { "554", "a mail server (SMTP) answers here, not SSH" },
    { "* OK", "a mail server (IMAP) answers here, not SSH" },
    { "+OK", "a mail server (POP3) answers here, not SSH" },
    { "RFB ", "a VNC server answers here, not SSH" },
    { "SSH-1.99-", NULL },
    { "SSH-1.",
      "the other side speaks SSH version 1 only, which is broken and no longer supported" },
    { "Not allowed at this time",
      "the server refuses connections from this address for a while (its limits or penalties)" },
    { "Exceeded MaxStartups", "the server has too many connections that are not logged in" },
};

const char *ident_diagnose(struct bytes first)
{
    for (size_t i = 0; i < sizeof(known_services) / sizeof(known_services[0]); i++)
        if (bytes_starts(first, known_services[i].begins))
            return known_services[i].sentence;
    return NULL;
}
