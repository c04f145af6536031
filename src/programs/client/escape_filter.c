/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/escape_filter.h"

#include "base/check.h"

#include <stdio.h>

enum { CONTROL_Z = 26 };

static const struct {
    uint8_t character;
    enum escape_command command;
    const char *name; /* as a person types it */
    const char *help;
} commands[] = {
    { '.', ESCAPE_FILTER_DISCONNECT, ".", "end the connection" },
    { CONTROL_Z, ESCAPE_FILTER_SUSPEND, "^Z", "suspend glassh" },
    { 'R', ESCAPE_FILTER_REKEY, "R", "negotiate new keys" },
    { 'B', ESCAPE_FILTER_BREAK, "B", "send a BREAK to the remote system" },
    { 'v', ESCAPE_FILTER_LOUDER, "v", "log more" },
    { 'V', ESCAPE_FILTER_QUIETER, "V", "log less" },
    { '?', ESCAPE_FILTER_HELP, "?", "this message" },
};

void escape_filter_init(struct escape_filter *f, int character)
{
    *f = (struct escape_filter){ .character = character, .is_line_start = true };
}

static enum escape_command command_of(uint8_t c)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (commands[i].character == c)
            return commands[i].command;
    }
    return ESCAPE_FILTER_NONE;
}

static void pass(struct escape_filter *f, struct buf *out, uint8_t c)
{
    enum err err = buf_append(out, bytes_of(&c, 1));
    CHECK(err == OK);
    f->is_line_start = c == '\r' || c == '\n';
}

/* The character after the escape character. */
static enum escape_command take_command(struct escape_filter *f, uint8_t c, struct buf *out)
{
    f->is_pending = false;
    enum escape_command command = command_of(c);
    if (command != ESCAPE_FILTER_NONE) {
        f->is_line_start = true;
        return command;
    }
    pass(f, out, (uint8_t)f->character);
    if (c != f->character)
        pass(f, out, c);
    return ESCAPE_FILTER_NONE;
}

enum escape_command escape_filter_next(struct escape_filter *f, struct bytes *in, struct buf *out)
{
    while (in->len) {
        uint8_t c = in->data[0];
        *in = bytes_skip(*in, 1);
        if (f->is_pending) {
            enum escape_command command = take_command(f, c, out);
            if (command != ESCAPE_FILTER_NONE)
                return command;
        } else if (f->is_line_start && c == f->character) {
            f->is_pending = true;
        } else {
            pass(f, out, c);
        }
    }
    return ESCAPE_FILTER_NONE;
}

enum err escape_filter_help(const struct escape_filter *f, struct buf *out)
{
    char key[8];
    bool is_control = f->character < 0x20;
    (void)snprintf(key, sizeof(key), is_control ? "^%c" : "%c",
                   is_control ? f->character + '@' : f->character);
    TRY(buf_format(out, "%s?\r\nSupported escape sequences:\r\n", key));
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        TRY(buf_format(out, " %s%-3s- %s\r\n", key, commands[i].name, commands[i].help));
    TRY(buf_format(out, " %s%-3s- send the escape character by typing it twice\r\n", key, key));
    return buf_append_text(out,
                           "(Escape sequences are only recognised right after a newline.)\r\n");
}
