/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/channel/terminal_modes.h"

#include "base/reader.h"
#include "base/writer.h"

enum { DISABLED = 0 }; /* Linux: a disabled control character */
enum { OPCODE_END = 0, OPCODE_INPUT_SPEED = 128, OPCODE_OUTPUT_SPEED = 129, OPCODE_UNKNOWN = 160 };

static const struct {
    uint8_t opcode;
    uint8_t index;
} characters[] = {
    { 1, VINTR },     { 2, VQUIT },    { 3, VERASE },  { 4, VKILL },     { 5, VEOF },
    { 6, VEOL },      { 7, VEOL2 },    { 8, VSTART },  { 9, VSTOP },     { 10, VSUSP },
    { 12, VREPRINT }, { 13, VWERASE }, { 14, VLNEXT }, { 18, VDISCARD },
};

enum group { INPUT, LOCAL, OUTPUT, CONTROL };

static const struct {
    uint8_t opcode;
    enum group group;
    tcflag_t mask;
    tcflag_t value; /* of the masked bits when the mode is on */
} flags[] = {
    { 30, INPUT, IGNPAR, IGNPAR }, { 31, INPUT, PARMRK, PARMRK },   { 32, INPUT, INPCK, INPCK },
    { 33, INPUT, ISTRIP, ISTRIP }, { 34, INPUT, INLCR, INLCR },     { 35, INPUT, IGNCR, IGNCR },
    { 36, INPUT, ICRNL, ICRNL },   { 37, INPUT, IUCLC, IUCLC },     { 38, INPUT, IXON, IXON },
    { 39, INPUT, IXANY, IXANY },   { 40, INPUT, IXOFF, IXOFF },     { 41, INPUT, IMAXBEL, IMAXBEL },
    { 42, INPUT, IUTF8, IUTF8 },   { 50, LOCAL, ISIG, ISIG },       { 51, LOCAL, ICANON, ICANON },
    { 52, LOCAL, XCASE, XCASE },   { 53, LOCAL, ECHO, ECHO },       { 54, LOCAL, ECHOE, ECHOE },
    { 55, LOCAL, ECHOK, ECHOK },   { 56, LOCAL, ECHONL, ECHONL },   { 57, LOCAL, NOFLSH, NOFLSH },
    { 58, LOCAL, TOSTOP, TOSTOP }, { 59, LOCAL, IEXTEN, IEXTEN },   { 60, LOCAL, ECHOCTL, ECHOCTL },
    { 61, LOCAL, ECHOKE, ECHOKE }, { 62, LOCAL, PENDIN, PENDIN },   { 70, OUTPUT, OPOST, OPOST },
    { 71, OUTPUT, OLCUC, OLCUC },  { 72, OUTPUT, ONLCR, ONLCR },    { 73, OUTPUT, OCRNL, OCRNL },
    { 74, OUTPUT, ONOCR, ONOCR },  { 75, OUTPUT, ONLRET, ONLRET },  { 90, CONTROL, CSIZE, CS7 },
    { 91, CONTROL, CSIZE, CS8 },   { 92, CONTROL, PARENB, PARENB }, { 93, CONTROL, PARODD, PARODD },
};

static const struct {
    speed_t code;
    uint32_t bits_per_second;
} speeds[] = {
    { B0, 0 },           { B50, 50 },         { B75, 75 },         { B110, 110 },
    { B134, 134 },       { B150, 150 },       { B200, 200 },       { B300, 300 },
    { B600, 600 },       { B1200, 1200 },     { B1800, 1800 },     { B2400, 2400 },
    { B4800, 4800 },     { B9600, 9600 },     { B19200, 19200 },   { B38400, 38400 },
    { B57600, 57600 },   { B115200, 115200 }, { B230400, 230400 }, { B460800, 460800 },
    { B921600, 921600 },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static tcflag_t *group_of(struct termios *modes, enum group group)
{
    switch (group) {
    case INPUT:
        return &modes->c_iflag;
    case LOCAL:
        return &modes->c_lflag;
    case OUTPUT:
        return &modes->c_oflag;
    case CONTROL:
        return &modes->c_cflag;
    }
    return NULL;
}

/* The speed is in c_cflag, where cfgetospeed reads it; this needs no call into libc. */
static uint32_t speed_of(const struct termios *modes)
{
    for (size_t i = 0; i < COUNT(speeds); i++) {
        if (speeds[i].code == (modes->c_cflag & CBAUD))
            return speeds[i].bits_per_second;
    }
    return 9600;
}

static void set_speed(struct termios *modes, uint32_t bits_per_second)
{
    for (size_t i = 0; i < COUNT(speeds); i++) {
        if (speeds[i].bits_per_second != bits_per_second)
            continue;
        modes->c_cflag = (modes->c_cflag & ~(tcflag_t)CBAUD) | speeds[i].code;
        modes->c_ispeed = modes->c_ospeed = speeds[i].code;
    }
}

static void write_mode(struct writer *w, uint8_t opcode, uint32_t value)
{
    writer_u8(w, opcode);
    writer_u32(w, value);
}

enum err terminal_modes_encode(const struct termios *modes, struct buf *out)
{
    struct termios copy = *modes;
    struct writer w = writer_to(out);
    write_mode(&w, OPCODE_OUTPUT_SPEED, speed_of(modes));
    write_mode(&w, OPCODE_INPUT_SPEED, speed_of(modes));
    for (size_t i = 0; i < COUNT(characters); i++) {
        cc_t c = modes->c_cc[characters[i].index];
        /* RFC 4254 section 8: 255 says that there is no such character. */
        write_mode(&w, characters[i].opcode, c == DISABLED ? 255 : c);
    }
    for (size_t i = 0; i < COUNT(flags); i++) {
        tcflag_t bits = *group_of(&copy, flags[i].group) & flags[i].mask;
        write_mode(&w, flags[i].opcode, bits == flags[i].value);
    }
    writer_u8(&w, OPCODE_END);
    return writer_end(&w);
}

static void apply_character(struct termios *modes, uint8_t opcode, uint32_t value)
{
    for (size_t i = 0; i < COUNT(characters); i++) {
        if (characters[i].opcode == opcode)
            modes->c_cc[characters[i].index] = value >= 255 ? DISABLED : (cc_t)value;
    }
}

static void apply_flag(struct termios *modes, uint8_t opcode, bool is_on)
{
    for (size_t i = 0; i < COUNT(flags); i++) {
        if (flags[i].opcode != opcode)
            continue;
        tcflag_t *bits = group_of(modes, flags[i].group);
        /* A character size that is off does not say which one is on. */
        if (is_on)
            *bits = (*bits & ~flags[i].mask) | flags[i].value;
        else if (flags[i].mask != CSIZE)
            *bits &= ~flags[i].mask;
    }
}

enum err terminal_modes_decode(struct bytes encoded, struct termios *modes)
{
    struct termios changed = *modes;
    struct reader r = reader_over(encoded, NULL);
    while (reader_more(&r)) {
        uint8_t opcode = reader_u8(&r, "terminal mode");
        if (opcode == OPCODE_END || opcode >= OPCODE_UNKNOWN)
            break;
        uint32_t value = reader_u32(&r, "mode value");
        if (opcode == OPCODE_OUTPUT_SPEED)
            set_speed(&changed, value);
        apply_character(&changed, opcode, value);
        apply_flag(&changed, opcode, value != 0);
    }
    if (r.is_short)
        return ERR_TRUNCATED;
    *modes = changed;
    return OK;
}
