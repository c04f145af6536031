/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/arguments.h"

#include "base/check.h"

#include <string.h>

/* The meaning of a letter. */
enum meaning {
    OPTION,   /* a configuration option: the keyword with its value, or the argument */
    OVERRIDE, /* the same; the last one wins over those before it, and over any -o */
    ACCEPTED, /* accepted; what it asks for is so anyway, or it has no effect here */
    REFUSED,  /* an error: needs what we do not have */
    SPECIAL,  /* see take_special */
};

struct letter {
    char letter;
    bool has_value;
    enum meaning meaning;
    const char *keyword; /* OPTION, OVERRIDE; REFUSED: what it would do; else why it does nothing */
    const char *value;   /* OPTION, OVERRIDE without a value of its own */
};

static const struct letter letters[] = {
    { '1', false, REFUSED, "SSH protocol 1", NULL },
    { '2', false, ACCEPTED, NULL, NULL },
    { '4', false, OVERRIDE, "AddressFamily", "inet" },
    { '6', false, OVERRIDE, "AddressFamily", "inet6" },
    { 'A', false, ACCEPTED, "the agent is never forwarded", NULL },
    { 'B', true, REFUSED, "binding to an interface", NULL },
    { 'C', false, OVERRIDE, "Compression", "yes" },
    { 'D', true, REFUSED, "dynamic port forwarding", NULL },
    { 'E', true, SPECIAL, NULL, NULL },
    { 'F', true, SPECIAL, NULL, NULL },
    { 'G', false, SPECIAL, NULL, NULL },
    { 'I', true, REFUSED, "PKCS#11", NULL },
    { 'J', true, REFUSED, "jump hosts", NULL },
    { 'K', false, ACCEPTED, "there is no login by GSSAPI", NULL },
    { 'L', true, REFUSED, "local port forwarding", NULL },
    { 'M', false, ACCEPTED, "every login has a connection of its own", NULL },
    { 'N', false, SPECIAL, NULL, NULL },
    { 'O', true, SPECIAL, NULL, NULL },
    { 'P', true, ACCEPTED, "configurations have no tags", NULL },
    { 'Q', true, SPECIAL, NULL, NULL },
    { 'R', true, REFUSED, "remote port forwarding", NULL },
    { 'S', true, SPECIAL, "every login has a connection of its own", NULL },
    { 'T', false, SPECIAL, NULL, NULL },
    { 'V', false, SPECIAL, NULL, NULL },
    { 'W', true, REFUSED, "forwarding of standard input and output", NULL },
    { 'X', false, REFUSED, "X11 forwarding", NULL },
    { 'Y', false, REFUSED, "X11 forwarding", NULL },
    { 'a', false, ACCEPTED, NULL, NULL },
    { 'b', true, OVERRIDE, "BindAddress", NULL },
    { 'c', true, OVERRIDE, "Ciphers", NULL },
    { 'e', true, OVERRIDE, "EscapeChar", NULL },
    { 'f', false, SPECIAL, NULL, NULL },
    { 'g', false, ACCEPTED, "there are no forwardings", NULL },
    { 'i', true, OPTION, "IdentityFile", NULL },
    { 'k', false, ACCEPTED, NULL, NULL },
    { 'l', true, OPTION, "User", NULL },
    { 'm', true, OVERRIDE, "MACs", NULL },
    { 'n', false, SPECIAL, NULL, NULL },
    { 'o', true, OPTION, NULL, NULL },
    { 'p', true, OPTION, "Port", NULL },
    { 'q', false, SPECIAL, NULL, NULL },
    { 's', false, SPECIAL, NULL, NULL },
    { 't', false, SPECIAL, NULL, NULL },
    { 'v', false, SPECIAL, NULL, NULL },
    { 'w', true, REFUSED, "tunnel devices", NULL },
    { 'x', false, ACCEPTED, NULL, NULL },
    { 'y', false, ACCEPTED, "messages go to standard error or to a file", NULL },
};

/* The remaining words. */
struct words {
    char *const *at;
    char *const *end;
};

static const char *next_word(struct words *words)
{
    return words->at < words->end ? *words->at++ : NULL;
}

static enum err complain(struct arguments *a, const char *before, struct bytes word,
                         const char *after)
{
    TRY(buf_append_text(&a->problem, before));
    TRY(buf_append(&a->problem, word));
    TRY(buf_append_text(&a->problem, after));
    return ERR_BAD_VALUE;
}

static enum err add_option(struct arguments *a, const char *keyword, const char *value)
{
    if (a->option_count == ARGUMENTS_OPTIONS_MAX)
        return complain(a, "glassh: too many options", BYTES_NONE, "\n");
    a->options[a->option_count++] = (struct arguments_option){ keyword, value };
    return OK;
}

/* The first of several options for one keyword counts. */
static enum err put_in_front(struct arguments *a, const char *keyword, const char *value)
{
    TRY(add_option(a, keyword, value));
    struct arguments_option last = a->options[a->option_count - 1];
    memmove(a->options + 1, a->options, (a->option_count - 1) * sizeof(a->options[0]));
    a->options[0] = last;
    return OK;
}

/* Whether there was a -t before this one. */
static bool wants_terminal(const struct arguments *a)
{
    return a->request_tty && strcmp(a->request_tty, "no") != 0;
}

static void take_special(struct arguments *a, char letter, const char *value)
{
    switch (letter) {
    case 'E':
        a->log_file = value;
        break;
    case 'F':
        a->config_file = value;
        break;
    case 'G':
        a->mode = ARGUMENTS_PRINT;
        break;
    case 'N':
        a->no_session = true;
        a->request_tty = "no";
        break;
    case 'O':
        a->mode = ARGUMENTS_CONTROL;
        a->control = value;
        break;
    case 'Q':
        a->mode = ARGUMENTS_QUERY;
        a->query = value;
        break;
    case 'S':
        a->control_path = value;
        break;
    case 'T':
        a->request_tty = "no";
        break;
    case 'V':
        a->mode = ARGUMENTS_VERSION;
        break;
    case 'f':
        a->goes_behind = a->no_input = true;
        break;
    case 'n':
        a->no_input = true;
        break;
    case 'q':
        a->is_quiet = true;
        a->verbosity = 0;
        break;
    case 's':
        a->is_subsystem = true;
        break;
    case 't':
        a->request_tty = wants_terminal(a) ? "force" : "yes";
        break;
    case 'v':
        a->verbosity++;
        break;
    default:
        CHECK(false); /* a row of the table that is not handled */
    }
}

static const struct letter *find_letter(char letter)
{
    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
        if (letters[i].letter == letter)
            return &letters[i];
    }
    return NULL;
}

static void note_idle(struct arguments *a, const struct letter *row)
{
    for (size_t i = 0; i < a->idle_count; i++)
        if (a->idle[i].letter == row->letter)
            return;
    CHECK(a->idle_count < ARGUMENTS_IDLE_MAX);
    a->idle[a->idle_count++] = (struct arguments_idle){ row->letter, row->keyword };
}

static enum err take_letter(struct arguments *a, const struct letter *row, const char *value)
{
    switch (row->meaning) {
    case ACCEPTED:
        if (row->keyword)
            note_idle(a, row);
        return OK;
    case OPTION:
        return add_option(a, row->keyword, row->has_value ? value : row->value);
    case OVERRIDE:
        return put_in_front(a, row->keyword, row->has_value ? value : row->value);
    case REFUSED:
        TRY(buf_format(&a->problem, "glassh: option -%c is not supported (", row->letter));
        return complain(a, "", bytes_text(row->keyword), ")\n");
    case SPECIAL:
        take_special(a, row->letter, value);
        if (row->keyword)
            note_idle(a, row);
        return OK;
    }
    return ERR_BAD_VALUE;
}

/* One word of short options: "-vp22" is -v -p 22. */
static enum err take_letters(struct arguments *a, const char *word, struct words *words)
{
    for (const char *at = word + 1; *at; at++) {
        const struct letter *row = find_letter(*at);
        if (!row)
            return complain(a, "glassh: unknown option -- ", bytes_of(at, 1), "\n");
        if (!row->has_value) {
            TRY(take_letter(a, row, NULL));
            continue;
        }
        const char *value = at[1] ? at + 1 : next_word(words);
        if (!value)
            return complain(a, "glassh: option requires an argument -- ", bytes_of(at, 1), "\n");
        return take_letter(a, row, value);
    }
    return OK;
}

static const struct {
    const char *name;
    enum arguments_explain explain;
} forms[] = {
    { "ladder", ARGUMENTS_EXPLAIN_LADDER }, { "unicode", ARGUMENTS_EXPLAIN_UNICODE },
    { "ascii", ARGUMENTS_EXPLAIN_ASCII },   { "short", ARGUMENTS_EXPLAIN_SHORT },
    { "json", ARGUMENTS_EXPLAIN_JSON },
};

static enum err take_explain(struct arguments *a, const char *how)
{
    a->explain = ARGUMENTS_EXPLAIN_LADDER;
    if (!how || !how[0])
        return OK;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (strcmp(how, forms[i].name) != 0)
            continue;
        a->explain = forms[i].explain;
        return OK;
    }
    TRY(buf_append_text(&a->problem, "glassh: --explain: there are the forms "));
    TRY(arguments_explain_forms(", ", &a->problem));
    return complain(a, "; not \"", bytes_text(how), "\"\n");
}

static enum err take_explain_to(struct arguments *a, const char *file)
{
    a->explain_to = file;
    if (a->explain == ARGUMENTS_EXPLAIN_OFF)
        a->explain = ARGUMENTS_EXPLAIN_LADDER;
    return OK;
}

static enum err take_help(struct arguments *a, const char *value)
{
    (void)value;
    a->mode = ARGUMENTS_HELP;
    return OK;
}

static enum err take_tun(struct arguments *a, const char *value)
{
    TRY(buf_append_text(&a->problem, "glassh: "));
    enum err err = tun_option_add(&a->tuns, value, &a->problem);
    if (err == OK)
        buf_clear(&a->problem);
    else
        TRY(buf_append_text(&a->problem, ".\n"));
    return err;
}

static enum err take_version(struct arguments *a, const char *value)
{
    (void)value;
    a->mode = ARGUMENTS_VERSION;
    return OK;
}

static const struct long_option {
    const char *name;
    enum {
        NO_VALUE,
        MAY_HAVE_VALUE,
        NEEDS_VALUE
    } kind; /* only a required value may be the next word */
    enum err (*take)(struct arguments *a, const char *value);
} long_options[] = {
    { "explain", MAY_HAVE_VALUE, take_explain },
    { "explain-to", NEEDS_VALUE, take_explain_to },
    { "help", NO_VALUE, take_help },
    { "tun", NEEDS_VALUE, take_tun },
    { "version", NO_VALUE, take_version },
};

static const struct long_option *find_long(struct bytes name)
{
    for (size_t i = 0; i < sizeof(long_options) / sizeof(long_options[0]); i++) {
        if (bytes_is(name, long_options[i].name))
            return &long_options[i];
    }
    return NULL;
}

static enum err take_long(struct arguments *a, const char *word, struct words *words)
{
    const char *equals = strchr(word, '=');
    struct bytes rest = bytes_text(word + strlen("--"));
    const struct long_option *row = find_long(bytes_cut(&rest, '='));
    if (!row || (equals && row->kind == NO_VALUE))
        return complain(a, "glassh: unknown option -- ", bytes_text(word), "\n");
    const char *value = equals ? equals + 1 : NULL;
    if (!equals && row->kind == NEEDS_VALUE)
        value = next_word(words);
    if (row->kind == NEEDS_VALUE && (!value || !value[0]))
        return complain(a, "glassh: option requires an argument -- ", bytes_text(word), "\n");
    return row->take(a, value);
}

/* Takes options up to the first word that is not one; *ended: no more options after a "--". */
static enum err take_options(struct arguments *a, struct words *words, bool *ended)
{
    while (words->at < words->end && !*ended) {
        const char *word = *words->at;
        if (word[0] != '-' || word[1] == 0)
            return OK;
        words->at++;
        if (strcmp(word, "--") == 0)
            *ended = true;
        else
            TRY(word[1] == '-' ? take_long(a, word, words) : take_letters(a, word, words));
    }
    return OK;
}

static enum err bad_destination(struct arguments *a, const char *word)
{
    return complain(a, "glassh: bad destination \"", bytes_text(word), "\"\n");
}

/* The user is what precedes the last '@': names may have one inside. */
static enum err take_user(struct arguments *a, struct bytes *destination)
{
    size_t at = destination->len;
    while (at > 0 && destination->data[at - 1] != '@')
        at--;
    if (at == 0)
        return OK;
    struct bytes user = bytes_slice(*destination, 0, at - 1);
    *destination = bytes_skip(*destination, at);
    if (user.len == 0)
        return ERR_BAD_VALUE;
    return add_option(a, "User", text_store_keep(&a->texts, user));
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 3986 section 2.1. */
static enum err decode_percent(struct bytes in, struct buf *out)
{
    while (in.len) {
        uint8_t c = in.data[0];
        size_t took = 1;
        if (c == '%') {
            int high = in.len > 2 ? hex_digit(in.data[1]) : -1;
            int low = in.len > 2 ? hex_digit(in.data[2]) : -1;
            if (high < 0 || low < 0 || (high == 0 && low == 0))
                return ERR_BAD_VALUE;
            c = (uint8_t)(high << 4 | low);
            took = 3;
        }
        TRY(buf_append(out, bytes_of(&c, 1)));
        in = bytes_skip(in, took);
    }
    return OK;
}

/* ssh://[user@]host[:port][/] */
static enum err take_uri(struct arguments *a, struct bytes rest)
{
    if (bytes_ends(rest, "/"))
        rest.len--;
    if (bytes_find(rest, '/') != rest.len)
        return ERR_BAD_VALUE;
    scoped(buf) plain = BUF_EMPTY(4096);
    TRY(decode_percent(rest, &plain));
    rest = buf_bytes(&plain);
    TRY(take_user(a, &rest));

    struct bytes host;
    if (bytes_starts(rest, "[")) {
        rest = bytes_skip(rest, 1);
        host = bytes_cut(&rest, ']');
        if (rest.len && bytes_cut(&rest, ':').len)
            return ERR_BAD_VALUE;
    } else {
        host = bytes_cut(&rest, ':');
    }
    if (rest.len)
        TRY(add_option(a, "Port", text_store_keep(&a->texts, rest)));
    a->host = text_store_keep(&a->texts, host);
    return OK;
}

static enum err take_destination(struct arguments *a, const char *word)
{
    struct bytes rest = bytes_text(word);
    enum err err;
    if (bytes_starts(rest, "ssh://")) {
        err = take_uri(a, bytes_skip(rest, strlen("ssh://")));
    } else {
        err = take_user(a, &rest);
        a->host = text_store_keep(&a->texts, rest);
    }
    if (err == OK && a->host[0] && a->host[0] != '-')
        return OK;
    return buf_len(&a->problem) ? ERR_BAD_VALUE : bad_destination(a, word);
}

static enum err take_command(struct arguments *a, struct words *words)
{
    scoped(buf) joined = BUF_EMPTY(SIZE_MAX / 2);
    for (const char *word = next_word(words); word; word = next_word(words)) {
        if (buf_len(&joined))
            TRY(buf_append_text(&joined, " "));
        TRY(buf_append_text(&joined, word));
    }
    if (buf_len(&joined))
        a->command = text_store_keep(&a->texts, buf_bytes(&joined));
    return OK;
}

static bool needs_host(const struct arguments *a)
{
    return a->mode == ARGUMENTS_CONNECT || a->mode == ARGUMENTS_PRINT ||
           a->mode == ARGUMENTS_CONTROL;
}

enum err arguments_parse(int count, char *const words[], struct arguments *a)
{
    *a = (struct arguments){ .mode = ARGUMENTS_CONNECT };
    text_store_init(&a->texts);
    buf_init(&a->problem, 64 * 1024);
    struct words rest = { words + (count > 0), words + count };
    bool ended = false;
    TRY(take_options(a, &rest, &ended));
    const char *destination = next_word(&rest);
    if (destination)
        TRY(take_destination(a, destination));
    TRY(take_options(a, &rest, &ended));
    if (!destination && needs_host(a))
        return ERR_BAD_VALUE;
    TRY(take_command(a, &rest));
    return a->is_subsystem && destination && !a->command
               ? complain(a, "You must specify a subsystem to invoke.\n", BYTES_NONE, "")
               : OK;
}

void arguments_wipe(struct arguments *a)
{
    text_store_wipe(&a->texts);
    buf_wipe(&a->problem);
}

enum err arguments_explain_forms(const char *between, struct buf *out)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        TRY(buf_format(out, "%s%s", i ? between : "", forms[i].name));
    return OK;
}
