/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/lab/arguments.h"

#include <stdio.h>
#include <string.h>

enum {
    MILLION = 1000 * 1000,
    DELAY_MAX_MS = 10 * 1000,
    BYTES_MAX = 16 * 1024 * 1024,
    MTU_MIN = 1280
};

/* What an option does, with its value if it has one. */
enum meaning {
    SEED,
    BYTES,
    DELAY,
    JITTER,
    LOSS,
    REORDER,
    DUPLICATE,
    RATE,
    MTU,
    HTML,
    PCAP,
    IPV6,
    JSON,
    ASCII,
    HELP,
    VERSION
};

static const struct option {
    const char *name;
    enum meaning meaning;
    bool has_value;
} options[] = {
    { "seed", SEED, true },           { "bytes", BYTES, true },  { "delay", DELAY, true },
    { "jitter", JITTER, true },       { "loss", LOSS, true },    { "reorder", REORDER, true },
    { "duplicate", DUPLICATE, true }, { "rate", RATE, true },    { "mtu", MTU, true },
    { "html", HTML, true },           { "pcap", PCAP, true },    { "ipv6", IPV6, false },
    { "json", JSON, false },          { "ascii", ASCII, false }, { "help", HELP, false },
    { "version", VERSION, false },
};

static enum err complain(struct arguments *a, const char *before, const char *word,
                         const char *after)
{
    (void)snprintf(a->problem, sizeof(a->problem), "%s%.100s%s", before, word, after);
    return ERR_BAD_VALUE;
}

/* A number with up to `decimals` digits after the point, times 10^decimals; `unit` may follow. */
static bool to_scaled(const char *text, unsigned decimals, const char *unit, uint64_t max,
                      uint64_t *value)
{
    struct bytes rest = bytes_text(text);
    if (bytes_ends(rest, unit))
        rest.len -= strlen(unit);
    bool has_point = bytes_find(rest, '.') < rest.len;
    struct bytes whole = bytes_cut(&rest, '.');
    uint64_t number, part = 0;
    if (!bytes_to_number(whole, max, &number) || rest.len > decimals ||
        (has_point && rest.len == 0))
        return false;
    for (unsigned i = 0; i < decimals; i++) {
        char digit = i < rest.len ? (char)rest.data[i] : '0';
        if (digit < '0' || digit > '9')
            return false;
        number *= 10;
        part = part * 10 + (uint64_t)(digit - '0');
    }
    *value = number + part;
    return true;
}

/* Bits per second: "10M", "512k". */
static bool to_rate(const char *text, uint64_t *rate)
{
    struct bytes number = bytes_text(text);
    uint64_t times = 1;
    if (bytes_ends(number, "M"))
        times = MILLION;
    else if (bytes_ends(number, "k"))
        times = 1000;
    number.len -= times > 1;
    if (!bytes_to_number(number, 100000, rate) &&
        !(times == 1 && bytes_to_number(number, 10000000000, rate)))
        return false;
    *rate *= times;
    return *rate >= 8000;
}

static bool take_number(struct scenario_options *o, enum meaning meaning, const char *value)
{
    uint64_t n;
    switch (meaning) {
    case SEED:
        return bytes_to_number(bytes_text(value), UINT64_MAX, &o->seed);
    case BYTES:
        return bytes_to_number(bytes_text(value), BYTES_MAX, &o->bytes) && o->bytes > 0;
    case RATE:
        return to_rate(value, &o->rate);
    case MTU:
        if (!bytes_to_number(bytes_text(value), UINT16_MAX, &n) || n < MTU_MIN)
            return false;
        o->mtu = (uint16_t)n;
        return true;
    case DELAY:
    case JITTER:
        if (!to_scaled(value, 3, "ms", DELAY_MAX_MS, &n))
            return false;
        *(meaning == DELAY ? &o->delay_us : &o->jitter_us) = (int64_t)n;
        return true;
    case LOSS:
    case REORDER:
    case DUPLICATE:
        if (!to_scaled(value, 4, "%", 100, &n) || n > MILLION)
            return false;
        *(meaning == LOSS      ? &o->loss
          : meaning == REORDER ? &o->reorder
                               : &o->duplicate) = (int64_t)n;
        return true;
    default:
        return false;
    }
}

static enum err take_option(struct arguments *a, const struct option *option, const char *value)
{
    switch (option->meaning) {
    case HTML:
    case PCAP:
        if (!*value)
            return complain(a, "--", option->name, " needs the name of a file");
        *(option->meaning == HTML ? &a->html_file : &a->pcap_file) = value;
        return OK;
    case IPV6:
        a->options.version = 6;
        return OK;
    case JSON:
    case ASCII:
        if (a->form != ARGUMENTS_UNICODE)
            return complain(a, "one form at a time; what is --", option->name, " for?");
        a->form = option->meaning == JSON ? ARGUMENTS_JSON : ARGUMENTS_ASCII;
        return OK;
    case HELP:
        a->mode = ARGUMENTS_HELP;
        return OK;
    case VERSION:
        a->mode = ARGUMENTS_VERSION;
        return OK;
    default:
        return take_number(&a->options, option->meaning, value)
                   ? OK
                   : complain(a, "this value does not do for --", option->name, "");
    }
}

static const struct option *find_option(struct bytes name)
{
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (bytes_is(name, options[i].name))
            return &options[i];
    }
    return NULL;
}

/* "--name=value" or "--name value"; *at is moved past the value. */
static enum err take_long(struct arguments *a, int count, char *const words[], int *at)
{
    const char *value = strchr(words[*at], '=');
    struct bytes name = bytes_text(words[*at] + 2);
    bool has_value = value != NULL;
    const struct option *option = find_option(bytes_cut(&name, '='));
    if (!option)
        return complain(a, "there is no option ", words[*at], "");
    if (has_value != option->has_value) {
        if (has_value)
            return complain(a, "--", option->name, " takes no value");
        if (*at + 1 == count)
            return complain(a, "--", option->name, " needs a value");
        return take_option(a, option, words[++*at]);
    }
    return take_option(a, option, has_value ? value + 1 : NULL);
}

static enum err take_word(struct arguments *a, const char *word)
{
    struct scenario scenario;
    if (a->scenario)
        return complain(a, "one scenario at a time; what is ", word, "?");
    a->scenario = strcmp(word, "handshake") == 0 ? "plain" : word;
    if (strcmp(word, "list") == 0)
        a->mode = ARGUMENTS_LIST;
    else if (strcmp(word, "ssh") == 0)
        a->mode = ARGUMENTS_SSH;
    else if (!scenario_find(a->scenario, &scenario))
        return complain(a, "there is no scenario ", word, "; \"glassh-lab list\" shows them");
    return OK;
}

enum err arguments_parse(int count, char *const words[], struct arguments *a)
{
    *a = (struct arguments){ .options = scenario_defaults() };
    for (int i = 1; i < count; i++) {
        if (strncmp(words[i], "--", 2) == 0)
            TRY(take_long(a, count, words, &i));
        else if (words[i][0] == '-')
            return complain(a, "there is no option ", words[i], "");
        else
            TRY(take_word(a, words[i]));
    }
    if (a->mode == ARGUMENTS_LIST && count > 2)
        return complain(a, "\"", a->scenario, "\" takes no options");
    bool needs_scenario = a->mode == ARGUMENTS_RUN;
    return needs_scenario && !a->scenario ? ERR_BAD_VALUE : OK;
}
