/* SPDX-License-Identifier: BSD-2-Clause */
/* Every role, phase and message number, each as the smallest message that is well formed, as its number
 * alone, cut, with an octet too many, and as large as it gets: what happens is what legality.def says,
 * and for the messages that are accepted there, what the table below says. */
#include "base/writer.h"
#include "machine/stage.h"
#include "ssh/msg/disconnect.h"
#include "ssh/msg/notice.h"
#include "ssh/reasons.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum shape { MINIMAL, EMPTY, TRUNCATED, TRAILING, MAXIMAL, SHAPE_COUNT };

static const char *const shape_names[] = { "minimal", "empty", "truncated", "trailing", "maximal" };

enum reaction {
    SILENT,        /* nothing is sent or said */
    ANSWER,        /* one packet or more, the first with this number */
    EVENT,         /* the owner is told or asked */
    ENDED,         /* the peer's DISCONNECT: nothing is sent */
    BAD_PROTOCOL,  /* DISCONNECT, PROTOCOL_ERROR */
    BAD_KEX,       /* DISCONNECT, KEY_EXCHANGE_FAILED */
    NO_SERVICE,    /* DISCONNECT, SERVICE_NOT_AVAILABLE */
    UNIMPLEMENTED, /* UNIMPLEMENTED with the packet's sequence number */
};

struct outcome {
    enum reaction reaction;
    unsigned detail; /* ANSWER: the message number; EVENT: its kind */
};

/* What stands behind the number in a well-formed message: u, v: a uint32 of 0 or 1; b, B: a boolean,
 * false or true; s: a string, taken from `text`, where blanks separate them; l: as s, but in the maximal
 * shape as long as a packet has room for; K: the peer's own KEXINIT; P: a public X25519 value; k: the
 * user's public key. */
struct row {
    enum role first_role, last_role;
    enum legality_phase first_phase, last_phase;
    uint8_t first, last;
    const char *fields;
    const char *text;
    struct outcome minimal;
    struct outcome maximal;
    bool empty_is_whole; /* the number alone is a message */
    bool has_open_end;   /* what follows is a part of the message */
};

#define CLIENT               ROLE_CLIENT, ROLE_CLIENT
#define SERVER               ROLE_SERVER, ROLE_SERVER
#define BOTH                 ROLE_CLIENT, ROLE_SERVER
#define IN(phase)            LEGALITY_##phase, LEGALITY_##phase
#define FROM_TO(first, last) LEGALITY_##first, LEGALITY_##last
#define NUMBER(n)            n, n
#define ANSWERS(n) \
    {              \
        ANSWER, n  \
    }
#define TELLS(kind)         \
    {                       \
        EVENT               \
        , CONNECTION_##kind \
    }
#define IS(reaction) \
    {                \
        reaction, 0  \
    }

/* clang-format off */
static const struct row rows[] = {
    { BOTH, FROM_TO(KEXINIT, REKEY_NEWKEYS), NUMBER(1), "uls", "bye en", IS(ENDED), IS(ENDED), 0, 0 },
    /* UNIMPLEMENTED, SERVICE_REQUEST, SERVICE_ACCEPT, EXT_INFO. The packet 0 behind NEWKEYS, which the
     * first one names, is a client's SERVICE_REQUEST and a server's EXT_INFO. */
    { CLIENT, FROM_TO(AFTER_NEWKEYS, OPEN), NUMBER(3), "u", "", IS(BAD_PROTOCOL), IS(BAD_PROTOCOL), 0, 0 },
    { SERVER, FROM_TO(AFTER_NEWKEYS, OPEN), NUMBER(3), "u", "", IS(SILENT), IS(SILENT), 0, 0 },
    { SERVER, FROM_TO(AFTER_NEWKEYS, AUTH_IDLE), NUMBER(5), "l", "ssh-userauth", ANSWERS(6), IS(BAD_PROTOCOL), 0, 0 },
    { SERVER, IN(AUTH_INTERACTIVE), NUMBER(5), "l", "ssh-userauth", ANSWERS(6), IS(BAD_PROTOCOL), 0, 0 },
    { CLIENT, FROM_TO(AFTER_NEWKEYS, SERVICE), NUMBER(6), "l", "ssh-userauth", IS(SILENT), IS(BAD_PROTOCOL), true, 0 },
    { SERVER, IN(AFTER_NEWKEYS), NUMBER(7), "vsl", "name value", IS(SILENT), IS(BAD_PROTOCOL), 0, 0 },
    { CLIENT, FROM_TO(AFTER_NEWKEYS, AUTH_INTERACTIVE), NUMBER(7), "vsl", "name value", IS(SILENT), IS(SILENT), 0, 0 },
    /* Key exchange. */
    { CLIENT, IN(KEXINIT), NUMBER(20), "K", "", ANSWERS(30), ANSWERS(30), 0, 0 },
    { SERVER, IN(KEXINIT), NUMBER(20), "K", "", IS(SILENT), IS(SILENT), 0, 0 },
    { BOTH, IN(OPEN), NUMBER(20), "K", "", ANSWERS(20), ANSWERS(20), 0, 0 },
    { BOTH, IN(NEWKEYS), NUMBER(21), "", "", TELLS(KEX_DONE), TELLS(KEX_DONE), true, 0 },
    { BOTH, IN(REKEY_NEWKEYS), NUMBER(21), "", "", TELLS(KEX_DONE), TELLS(KEX_DONE), true, 0 },
    { SERVER, IN(KEX), NUMBER(30), "P", "", TELLS(ASK_HOST_SIGNATURE), IS(BAD_KEX), 0, 0 },
    { SERVER, IN(REKEY), NUMBER(30), "P", "", TELLS(ASK_HOST_SIGNATURE), IS(BAD_KEX), 0, 0 },
    { CLIENT, IN(KEX), NUMBER(31), "lPs", "key signature", IS(BAD_KEX), IS(BAD_KEX), 0, 0 },
    { CLIENT, IN(REKEY), NUMBER(31), "lPs", "key signature", IS(BAD_KEX), IS(BAD_KEX), 0, 0 },
    /* Authentication. */
    { SERVER, IN(AUTH_IDLE), NUMBER(50), "sss", "alice ssh-connection none", TELLS(ASK_LOGIN), TELLS(ASK_LOGIN), 0, 0 },
    { SERVER, IN(AUTH_INTERACTIVE), NUMBER(50), "sss", "alice ssh-connection none", TELLS(ASK_LOGIN), TELLS(ASK_LOGIN), 0, 0 },
    { SERVER, IN(AUTH_INTERACTIVE), NUMBER(61), "vl", "answer", TELLS(ASK_ANSWERS), TELLS(ASK_ANSWERS), 0, 0 },
    { CLIENT, FROM_TO(AUTH_NONE, AUTH_INTERACTIVE), NUMBER(51), "lb", "password", TELLS(ASK_AUTH), TELLS(ASK_AUTH), 0, 0 },
    { CLIENT, FROM_TO(AUTH_NONE, AUTH_INTERACTIVE), NUMBER(52), "", "", TELLS(AUTHENTICATED), TELLS(AUTHENTICATED), true, 0 },
    { CLIENT, FROM_TO(AUTH_IDLE, AUTH_INTERACTIVE), NUMBER(53), "ls", "hello en", TELLS(BANNER), TELLS(BANNER), 0, 0 },
    { CLIENT, IN(AUTH_QUERY), NUMBER(60), "sk", "ssh-ed25519", TELLS(AUTH_PK_OK), IS(BAD_PROTOCOL), 0, 0 },
    { CLIENT, IN(AUTH_PASSWORD), NUMBER(60), "ls", "old en", TELLS(AUTH_CHANGE_PASSWORD), TELLS(AUTH_CHANGE_PASSWORD), 0, 0 },
    { CLIENT, IN(AUTH_INTERACTIVE), NUMBER(60), "slsu", "name do en", TELLS(ASK_PROMPTS), TELLS(ASK_PROMPTS), 0, 0 },
    /* The connection protocol; no request is open, and no channel. */
    { BOTH, IN(OPEN), NUMBER(80), "lB", "x", ANSWERS(82), ANSWERS(82), 0, true },
    { BOTH, IN(OPEN), 81, 82, "", "", IS(SILENT), IS(SILENT), true, true },
    { SERVER, IN(OPEN), NUMBER(90), "suuv", "session", TELLS(CHANNEL_OPENING), TELLS(CHANNEL_OPENING), 0, true },
    { CLIENT, IN(OPEN), NUMBER(90), "suuv", "session", ANSWERS(92), ANSWERS(92), 0, true },
    { BOTH, IN(OPEN), NUMBER(91), "uuvv", "", IS(BAD_PROTOCOL), IS(BAD_PROTOCOL), 0, 0 },
    { BOTH, IN(OPEN), NUMBER(92), "uuls", "no en", IS(BAD_PROTOCOL), IS(BAD_PROTOCOL), 0, 0 },
    { BOTH, IN(OPEN), NUMBER(93), "uv", "", IS(SILENT), IS(SILENT), 0, 0 },
    { BOTH, IN(OPEN), NUMBER(94), "ul", "data", IS(BAD_PROTOCOL), IS(BAD_PROTOCOL), 0, 0 },
    { BOTH, IN(OPEN), NUMBER(95), "uvl", "data", IS(BAD_PROTOCOL), IS(BAD_PROTOCOL), 0, 0 },
    { BOTH, IN(OPEN), 96, 97, "u", "", IS(BAD_PROTOCOL), IS(BAD_PROTOCOL), 0, 0 },
    { BOTH, IN(OPEN), NUMBER(98), "ulb", "shell", IS(BAD_PROTOCOL), IS(BAD_PROTOCOL), 0, 0 },
    { BOTH, IN(OPEN), 99, 100, "u", "", IS(SILENT), IS(SILENT), 0, 0 },
    { BOTH, IN(OPEN), NUMBER(192), "l", "x", ANSWERS(193), IS(SILENT), 0, 0 },
    { BOTH, IN(OPEN), NUMBER(193), "l", "x", IS(SILENT), IS(SILENT), 0, 0 },
};

/* The same with one open channel, whose number is 0 at both ends. */
static const struct row open_channel_rows[] = {
    { BOTH, IN(OPEN), NUMBER(90), "suuv", "session", IS(BAD_PROTOCOL), IS(BAD_PROTOCOL), 0, true },
    { BOTH, IN(OPEN), NUMBER(90), "svuu", "session", ANSWERS(92), ANSWERS(92), 0, true },
    { BOTH, IN(OPEN), NUMBER(91), "uuvv", "", IS(BAD_PROTOCOL), IS(BAD_PROTOCOL), 0, 0 },
    { BOTH, IN(OPEN), NUMBER(92), "uuls", "no en", IS(BAD_PROTOCOL), IS(BAD_PROTOCOL), 0, 0 },
    { BOTH, IN(OPEN), NUMBER(93), "uv", "", IS(SILENT), IS(SILENT), 0, 0 },
    { BOTH, IN(OPEN), NUMBER(94), "ul", "data", TELLS(CHANNEL_DATA), IS(BAD_PROTOCOL), 0, 0 },
    { CLIENT, IN(OPEN), NUMBER(95), "uvl", "data", TELLS(CHANNEL_DATA), IS(BAD_PROTOCOL), 0, 0 },
    { SERVER, IN(OPEN), NUMBER(95), "uvl", "data", IS(SILENT), IS(BAD_PROTOCOL), 0, 0 },
    { BOTH, IN(OPEN), NUMBER(96), "u", "", TELLS(CHANNEL_EOF), TELLS(CHANNEL_EOF), 0, 0 },
    { BOTH, IN(OPEN), NUMBER(97), "u", "", TELLS(CHANNEL_CLOSED), TELLS(CHANNEL_CLOSED), 0, 0 },
    { SERVER, IN(OPEN), NUMBER(98), "usB", "shell", TELLS(CHANNEL_REQUEST), TELLS(CHANNEL_REQUEST), 0, 0 },
    { SERVER, IN(OPEN), NUMBER(98), "usBl", "exec ls", TELLS(CHANNEL_REQUEST), ANSWERS(100), 0, 0 },
    { SERVER, IN(OPEN), NUMBER(98), "usBu", "exit-status", ANSWERS(100), ANSWERS(100), 0, 0 },
    { CLIENT, IN(OPEN), NUMBER(98), "usbu", "exit-status", TELLS(CHANNEL_REQUEST), TELLS(CHANNEL_REQUEST), 0, 0 },
    { CLIENT, IN(OPEN), NUMBER(98), "usB", "shell", ANSWERS(100), ANSWERS(100), 0, 0 },
    { BOTH, IN(OPEN), NUMBER(98), "usB", "unknown@x", ANSWERS(100), ANSWERS(100), 0, true },
    { BOTH, IN(OPEN), 99, 100, "u", "", IS(SILENT), IS(SILENT), 0, 0 },
};
/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* ---- making messages ---- */

static const struct row *row_for(enum role role, enum legality_phase phase, uint8_t number)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *r = &rows[i];
        if (role >= r->first_role && role <= r->last_role && phase >= r->first_phase &&
            phase <= r->last_phase && number >= r->first && number <= r->last)
            return r;
    }
    return NULL;
}

/* As large as a packet may be then, with room for the other fields. */
static size_t long_len(enum legality_phase phase)
{
    return phase >= LEGALITY_OPEN ? 250 * 1024 : 33 * 1024;
}

static void write_filler(struct writer *w, size_t len)
{
    static const uint8_t octets[STAGE_PAYLOAD_MAX] = { 0 };
    writer_octets(w, bytes_of(octets, len));
}

/* A string of the letter 'x', which also passes for a name. */
static void write_long(struct writer *w, size_t len)
{
    static uint8_t octets[STAGE_PAYLOAD_MAX];
    for (size_t i = 0; i < len; i++)
        octets[i] = 'x';
    writer_string(w, bytes_of(octets, len));
}

/* The peer's KEXINIT without its number; the large one has as many languages as it may. */
static void write_kexinit(struct writer *w, const struct stage *s, bool is_large)
{
    struct bytes own = buf_bytes(&s->peer->transport.kex.my_kexinit);
    if (!is_large) {
        writer_octets(w, bytes_skip(own, 1));
        return;
    }
    scoped(buf) languages = BUF_EMPTY(STAGE_PAYLOAD_MAX);
    for (size_t i = 0; i < KEXINIT_NAMES_MAX; i++)
        assert_int_equal(buf_format(&languages, "%s%062zu", i ? "," : "", i), OK);
    struct kexinit kexinit;
    scoped(buf) payload = BUF_EMPTY(STAGE_PAYLOAD_MAX);
    assert_int_equal(kexinit_decode(own, NULL, &kexinit), OK);
    kexinit.list[KEXINIT_LANGUAGE_TO_CLIENT] = buf_bytes(&languages);
    kexinit.list[KEXINIT_LANGUAGE_TO_SERVER] = buf_bytes(&languages);
    assert_int_equal(kexinit_encode(&payload, &kexinit), OK);
    writer_octets(w, bytes_skip(buf_bytes(&payload), 1));
}

static void write_field(struct writer *w, const struct stage *s, char field, struct bytes *text,
                        bool is_large)
{
    static const uint8_t base_point[32] = { 9 };
    size_t long_enough = long_len(stage_phase(s));
    switch (field) {
    case 's':
        writer_string(w, bytes_cut(text, ' '));
        break;
    case 'l':
        if (is_large)
            write_long(w, long_enough);
        else
            writer_string(w, bytes_cut(text, ' '));
        break;
    case 'u':
        writer_u32(w, 0);
        break;
    case 'v':
        writer_u32(w, 1);
        break;
    case 'b':
        writer_bool(w, false);
        break;
    case 'B':
        writer_bool(w, true);
        break;
    case 'K':
        write_kexinit(w, s, is_large);
        break;
    case 'P':
        if (is_large)
            write_long(w, 300);
        else
            writer_string(w, bytes_of(base_point, sizeof(base_point)));
        break;
    case 'k':
        if (is_large)
            write_long(w, long_enough);
        else
            writer_string(w, private_key_public_blob(s->key));
        break;
    default:
        fail_msg("no field %c", field);
    }
}

/* False when the message has no such shape: what has nothing to cut is not cut. */
static bool make(struct buf *out, const struct stage *s, const struct row *row, uint8_t number,
                 enum shape shape)
{
    struct writer w = writer_to(out);
    writer_u8(&w, number);
    if (shape == EMPTY)
        return true;
    struct bytes text = row ? bytes_text(row->text) : BYTES_NONE;
    for (const char *field = row ? row->fields : ""; *field; field++)
        write_field(&w, s, *field, &text, shape == MAXIMAL);
    if (shape == TRUNCATED)
        buf_truncate(out, buf_len(out) - 1);
    if (shape == TRAILING || (shape == MAXIMAL && row && row->has_open_end && !*row->fields))
        write_filler(&w, 1);
    if (shape == MAXIMAL && !row)
        write_filler(&w, long_len(stage_phase(s)));
    return buf_len(out) > 0;
}

/* ---- what has to come of them ---- */

static struct outcome of_row(const struct row *row, enum shape shape)
{
    const struct outcome refused = IS(BAD_PROTOCOL);
    bool is_bad =
        (shape == EMPTY && !row->empty_is_whole) || (shape == TRUNCATED && !row->empty_is_whole) ||
        (shape == TRAILING && !row->has_open_end) || (shape == TRUNCATED && row->fields[0]);
    if (is_bad)
        return refused;
    return shape == MAXIMAL ? row->maximal : row->minimal;
}

static struct outcome expected(const struct stage *s, const struct row *row, uint8_t number,
                               enum shape shape)
{
    bool is_strict = kex_chosen(&s->subject->transport.kex)->strict;
    switch (legality_of(s->role, stage_phase(s), number)) {
    case LEGALITY_ACCEPT:
    case LEGALITY_CHANNEL:
    case LEGALITY_ANSWER:
        assert_non_null(row);
        return of_row(row, shape);
    case LEGALITY_DISCONNECT_SERVICE:
        return (struct outcome)IS(NO_SERVICE);
    case LEGALITY_UNIMPLEMENTED:
        return (struct outcome)IS(UNIMPLEMENTED);
    case LEGALITY_PEER_DISCONNECT:
        return (struct outcome)IS(ENDED);
    case LEGALITY_IGNORE:
    case LEGALITY_IGNORE_EARLY:
        return (struct outcome)IS(SILENT);
    case LEGALITY_IGNORE_UNLESS_STRICT:
        return is_strict ? (struct outcome)IS(BAD_PROTOCOL) : (struct outcome)IS(SILENT);
    case LEGALITY_DISCONNECT_PROTOCOL:
        break;
    }
    return (struct outcome)IS(BAD_PROTOCOL);
}

static struct outcome of_disconnect(const struct stage_reaction *r)
{
    struct disconnect disconnect;
    assert_int_equal(disconnect_decode(buf_bytes(&r->first), NULL, &disconnect), OK);
    assert_int_equal(r->packets, 1);
    if (disconnect.reason == SSH_DISCONNECT_PROTOCOL_ERROR)
        return (struct outcome)IS(BAD_PROTOCOL);
    if (disconnect.reason == SSH_DISCONNECT_KEY_EXCHANGE_FAILED)
        return (struct outcome)IS(BAD_KEX);
    if (disconnect.reason == SSH_DISCONNECT_SERVICE_NOT_AVAILABLE)
        return (struct outcome)IS(NO_SERVICE);
    return (struct outcome)
    {
        EVENT
        , 1000 + disconnect.reason
    };
}

static struct outcome observed(const struct stage_reaction *r, uint32_t sequence)
{
    uint8_t number = message_number(buf_bytes(&r->first));
    if (r->has_event && r->event == CONNECTION_DISCONNECTED && r->packets == 0)
        return (struct outcome)IS(ENDED);
    if (number == SSH_MSG_DISCONNECT)
        return of_disconnect(r);
    assert_int_equal(r->err, OK);
    if (number == SSH_MSG_UNIMPLEMENTED) {
        struct notice_unimplemented notice;
        assert_int_equal(notice_decode_unimplemented(buf_bytes(&r->first), NULL, &notice), OK);
        assert_int_equal(notice.sequence, sequence);
        return (struct outcome)IS(UNIMPLEMENTED);
    }
    if (r->has_event)
        return (struct outcome)
        {
            EVENT
            , r->event
        };
    return r->packets ? (struct outcome){ ANSWER, number } : (struct outcome)IS(SILENT);
}

/* ---- the walk ---- */

static size_t messages;

static void check_one(struct stage *s, const struct row *row, uint8_t number, enum shape shape)
{
    scoped(buf) payload = BUF_EMPTY(STAGE_PAYLOAD_MAX + 64);
    if (!make(&payload, s, row, number, shape))
        return;
    struct outcome wanted = expected(s, row, number, shape);
    enum legality_phase phase = stage_phase(s);
    uint32_t sequence = s->subject->transport.opener.sequence;
    struct stage_reaction reaction = stage_feed(s, buf_bytes(&payload));
    struct outcome got = observed(&reaction, sequence);
    if (got.reaction != wanted.reaction || got.detail != wanted.detail)
        fail_msg("%s in %s, message %u, %s: %d %u instead of %d %u (%s)",
                 s->role == ROLE_CLIENT ? "client" : "server", legality_phase_name(phase), number,
                 shape_names[shape], got.reaction, got.detail, wanted.reaction, wanted.detail,
                 connection_failure(s->subject));
    buf_wipe(&reaction.first);
    messages++;
}

static bool has_phase(enum role role, enum legality_phase phase)
{
    if (role == ROLE_CLIENT)
        return true;
    return phase < LEGALITY_AUTH_NONE || phase >= LEGALITY_AUTH_INTERACTIVE;
}

/* What the table refuses or ignores leaves the stage as it was; all else needs a new one. */
static bool leaves_the_stage(const struct stage *s, enum legality_phase phase, uint8_t number)
{
    enum legality_action action = legality_of(s->role, phase, number);
    bool is_told = action == LEGALITY_ACCEPT || action == LEGALITY_CHANNEL ||
                   action == LEGALITY_PEER_DISCONNECT;
    return !is_told && stage_phase(s) == phase;
}

static void walk_phase(enum role role, enum legality_phase phase, bool is_strict)
{
    struct stage s;
    stage_init(&s, role, phase);
    for (unsigned number = 0; number <= UINT8_MAX; number++) {
        for (enum shape shape = MINIMAL; shape < SHAPE_COUNT; shape++) {
            s.subject->transport.kex.result.chosen.strict &= is_strict;
            check_one(&s, row_for(role, phase, (uint8_t)number), (uint8_t)number, shape);
            if (leaves_the_stage(&s, phase, (uint8_t)number)) {
                stage_forget(&s);
            } else {
                stage_wipe(&s);
                stage_init(&s, role, phase);
            }
        }
    }
    stage_wipe(&s);
}

static void walk(enum role role)
{
    messages = 0;
    for (enum legality_phase phase = 0; phase < LEGALITY_PHASE_COUNT; phase++)
        if (has_phase(role, phase))
            walk_phase(role, phase, true);
    print_message("%zu messages\n", messages);
}

static void a_server_reacts_as_the_table_says(void **state)
{
    (void)state;
    walk(ROLE_SERVER);
}

static void a_client_reacts_as_the_table_says(void **state)
{
    (void)state;
    walk(ROLE_CLIENT);
}

static void without_strict_key_exchange_generic_messages_are_ignored(void **state)
{
    (void)state;
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        walk_phase(role, LEGALITY_KEX, false);
        walk_phase(role, LEGALITY_NEWKEYS, false);
    }
}

static void an_open_channel_reacts_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(open_channel_rows); i++) {
        const struct row *row = &open_channel_rows[i];
        for (enum role role = row->first_role; role <= row->last_role; role++) {
            for (unsigned n = row->first; n <= row->last; n++) {
                for (enum shape shape = MINIMAL; shape < SHAPE_COUNT; shape++) {
                    struct stage s;
                    stage_init(&s, role, LEGALITY_OPEN);
                    stage_open_channel(&s);
                    check_one(&s, row, (uint8_t)n, shape);
                    stage_wipe(&s);
                }
            }
        }
    }
}

/* The peer's KEXINIT tells only afterwards that nothing may have come before it. */
static void what_came_before_a_strict_kexinit_is_held_against_it(void **state)
{
    (void)state;
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct stage s;
        stage_init(&s, role, LEGALITY_KEXINIT);
        check_one(&s, NULL, SSH_MSG_IGNORE, MINIMAL);
        scoped(buf) kexinit = BUF_EMPTY(STAGE_PAYLOAD_MAX);
        assert_true(make(&kexinit, &s, row_for(role, LEGALITY_KEXINIT, 20), 20, MINIMAL));
        struct stage_reaction reaction = stage_feed(&s, buf_bytes(&kexinit));
        assert_int_equal(of_disconnect(&reaction).reaction, BAD_PROTOCOL);
        buf_wipe(&reaction.first);
        stage_wipe(&s);
    }
}

static void only_four_messages_are_ignored_before_the_kexinit(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, ROLE_SERVER, LEGALITY_KEXINIT);
    for (int i = 0; i < LEGALITY_EARLY_MAX; i++)
        check_one(&s, NULL, SSH_MSG_IGNORE, MINIMAL);
    struct stage_reaction reaction = stage_feed(&s, BYTES_LITERAL("\2\0\0\0\0"));
    assert_int_equal(of_disconnect(&reaction).reaction, BAD_PROTOCOL);
    buf_wipe(&reaction.first);
    stage_wipe(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_reacts_as_the_table_says),
        cmocka_unit_test(a_client_reacts_as_the_table_says),
        cmocka_unit_test(without_strict_key_exchange_generic_messages_are_ignored),
        cmocka_unit_test(an_open_channel_reacts_as_the_table_says),
        cmocka_unit_test(what_came_before_a_strict_kexinit_is_held_against_it),
        cmocka_unit_test(only_four_messages_are_ignored_before_the_kexinit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
