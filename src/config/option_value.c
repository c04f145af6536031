/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/option_value.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

const struct option_choice option_value_flags[] = {
    { "yes", 1 }, { "true", 1 }, { "no", 0 }, { "false", 0 }, { NULL, 0 },
};

const struct option_choice option_value_log_levels[] = {
    { "SILENT", OPTION_LOG_QUIET },
    { "QUIET", OPTION_LOG_QUIET },
    { "FATAL", OPTION_LOG_FATAL },
    { "ERROR", OPTION_LOG_ERROR },
    { "INFO", OPTION_LOG_INFO },
    { "VERBOSE", OPTION_LOG_VERBOSE },
    { "DEBUG", OPTION_LOG_DEBUG1 },
    { "DEBUG1", OPTION_LOG_DEBUG1 },
    { "DEBUG2", OPTION_LOG_DEBUG2 },
    { "DEBUG3", OPTION_LOG_DEBUG3 },
    { NULL, 0 },
};

const struct option_choice option_value_hashes[] = {
    { "SHA256", OPTION_SHA256 },
    { "MD5", OPTION_MD5 },
    { NULL, 0 },
};

/* Names of differentiated services: RFC 2474, RFC 2597, RFC 3246, RFC 8622; and those of RFC 1349. */
static const struct option_choice services[] = {
    { "af11", 0x28 },     { "af12", 0x30 },
    { "af13", 0x38 },     { "af21", 0x48 },
    { "af22", 0x50 },     { "af23", 0x58 },
    { "af31", 0x68 },     { "af32", 0x70 },
    { "af33", 0x78 },     { "af41", 0x88 },
    { "af42", 0x90 },     { "af43", 0x98 },
    { "cs0", 0x00 },      { "cs1", 0x20 },
    { "cs2", 0x40 },      { "cs3", 0x60 },
    { "cs4", 0x80 },      { "cs5", 0xa0 },
    { "cs6", 0xc0 },      { "cs7", 0xe0 },
    { "ef", 0xb8 },       { "le", 0x04 },
    { "lowdelay", 0x10 }, { "throughput", 0x08 },
    { "reliability", 4 }, { "none", OPTION_IPQOS_NONE },
    { NULL, 0 },
};

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

bool option_value_is(struct bytes word, const char *text)
{
    if (word.len != strlen(text))
        return false;
    for (size_t i = 0; i < word.len; i++) {
        if (lower(word.data[i]) != lower((uint8_t)text[i]))
            return false;
    }
    return true;
}

bool option_value_choice(const struct option_choice *choices, struct bytes word, int *number)
{
    for (; choices->name; choices++) {
        if (option_value_is(word, choices->name)) {
            *number = choices->number;
            return true;
        }
    }
    return false;
}

bool option_value_port(struct bytes word, int *number)
{
    uint64_t value = 0;
    if (!bytes_to_number(word, 65535, &value) || value == 0)
        return false;
    *number = (int)value;
    return true;
}

/* Takes the leading digits off. */
static bool take_number(struct bytes *word, uint64_t max, uint64_t *number)
{
    size_t len = 0;
    while (len < word->len && word->data[len] >= '0' && word->data[len] <= '9')
        len++;
    bool is_number = bytes_to_number(bytes_slice(*word, 0, len), max, number);
    *word = bytes_skip(*word, len);
    return is_number;
}

static uint64_t seconds_in(uint8_t unit)
{
    switch (unit) {
    case 's':
    case 'S':
        return 1;
    case 'm':
    case 'M':
        return 60;
    case 'h':
    case 'H':
        return 3600;
    case 'd':
    case 'D':
        return 86400;
    case 'w':
    case 'W':
        return 604800;
    default:
        return 0;
    }
}

bool option_value_seconds(struct bytes word, int *seconds)
{
    uint64_t total = 0;
    if (word.len == 0)
        return false;
    while (word.len) {
        uint64_t number = 0;
        if (!take_number(&word, INT_MAX, &number))
            return false;
        uint64_t unit = word.len ? seconds_in(word.data[0]) : 1;
        total += number * unit;
        if (unit == 0 || total > INT_MAX)
            return false;
        word = bytes_skip(word, 1);
    }
    *seconds = (int)total;
    return true;
}

static unsigned shift_of(uint8_t unit)
{
    static const char units[] = "kmgtpe";
    unsigned i = 0;
    while (units[i] && units[i] != lower(unit))
        i++;
    return units[i] ? 10 * (i + 1) : 0;
}

bool option_value_size(struct bytes word, uint64_t *octets)
{
    uint64_t number = 0;
    if (!take_number(&word, INT64_MAX, &number) || word.len > 1)
        return false;
    unsigned shift = word.len ? shift_of(word.data[0]) : 0;
    if ((word.len && shift == 0) || number > (uint64_t)INT64_MAX >> shift)
        return false;
    *octets = number << shift;
    return true;
}

/* "0x" and at most two digits. */
static bool hexadecimal(struct bytes word, int *number)
{
    int value = 0;
    if (!bytes_starts(word, "0x") || word.len < 3 || word.len > 4)
        return false;
    for (size_t i = 2; i < word.len; i++) {
        uint8_t c = lower(word.data[i]);
        if (c >= '0' && c <= '9')
            value = value * 16 + c - '0';
        else if (c >= 'a' && c <= 'f')
            value = value * 16 + c - 'a' + 10;
        else
            return false;
    }
    *number = value;
    return true;
}

bool option_value_service(struct bytes word, int *service)
{
    if (option_value_choice(services, word, service))
        return true;
    uint64_t value = 0;
    int number = 0;
    if (bytes_to_number(word, UINT8_MAX, &value))
        number = (int)value;
    else if (!hexadecimal(word, &number))
        return false;
    *service = number;
    return true;
}

bool option_value_escape(struct bytes word, int *escape)
{
    if (option_value_is(word, "none")) {
        *escape = -1;
        return true;
    }
    bool is_control =
        word.len == 2 && word.data[0] == '^' && word.data[1] >= '@' && word.data[1] < 0x7f;
    if (is_control)
        *escape = word.data[1] & 0x1f;
    else if (word.len == 1)
        *escape = word.data[0];
    return is_control || word.len == 1;
}

bool option_value_startups(struct bytes word, struct option_startups *startups)
{
    uint64_t begin = 0;
    uint64_t rate = 30;
    uint64_t full = 0;
    bool is_short = bytes_find(word, ':') == word.len;
    bool parsed = bytes_to_number(bytes_cut(&word, ':'), INT_MAX, &begin) && begin > 0;
    if (is_short) {
        full = begin;
    } else {
        parsed = parsed && bytes_to_number(bytes_cut(&word, ':'), 100, &rate) && rate > 0 &&
                 bytes_to_number(word, INT_MAX, &full) && begin <= full;
    }
    if (parsed)
        *startups = (struct option_startups){ (int)begin, (int)rate, (int)full };
    return parsed;
}

static bool prefix(struct bytes word, uint64_t max, int *bits)
{
    uint64_t value = max;
    bool is_good = bytes_is(word, "none") || bytes_to_number(word, max, &value);
    *bits = (int)value;
    return is_good;
}

bool option_value_net_blocks(struct bytes word, struct option_net_blocks *blocks)
{
    struct option_net_blocks parsed = { 32, 128 };
    bool has_ipv6 = bytes_find(word, ':') < word.len;
    if (!prefix(bytes_cut(&word, ':'), 32, &parsed.ipv4) ||
        (has_ipv6 && !prefix(word, 128, &parsed.ipv6)))
        return false;
    *blocks = parsed;
    return true;
}

struct option_value_text option_value_choice_text(const struct option_choice *choices, int number)
{
    struct option_value_text out = { "" };
    for (; choices->name; choices++) {
        if (choices->number == number) {
            (void)snprintf(out.text, sizeof(out.text), "%s", choices->name);
            return out;
        }
    }
    (void)snprintf(out.text, sizeof(out.text), "%d", number);
    return out;
}

struct option_value_text option_value_seconds_text(int seconds)
{
    struct option_value_text out = { "none" };
    if (seconds >= 0)
        (void)snprintf(out.text, sizeof(out.text), "%d", seconds);
    return out;
}

struct option_value_text option_value_service_text(int service)
{
    struct option_value_text out = option_value_choice_text(services, service);
    if (out.text[0] >= '0' && out.text[0] <= '9')
        (void)snprintf(out.text, sizeof(out.text), "0x%02x", (unsigned)service);
    return out;
}

struct option_value_text option_value_escape_text(int escape)
{
    struct option_value_text out = { "none" };
    if (escape == '\\')
        (void)snprintf(out.text, sizeof(out.text), "\\\\");
    else if (escape >= 0 && (escape < ' ' || escape == 0x7f))
        (void)snprintf(out.text, sizeof(out.text), "\\^%c", escape ^ 0x40);
    else if (escape > 0x7f)
        (void)snprintf(out.text, sizeof(out.text), "\\%03o", (unsigned)escape);
    else if (escape >= 0)
        (void)snprintf(out.text, sizeof(out.text), "%c", escape);
    return out;
}
