/* SPDX-License-Identifier: BSD-2-Clause */
/* The listener's end, with a program that says what the test wants. */
#include "programs/server/listener/offer_link.h"

#include "config/server_options.h"
#include "ipc/record.h"
#include "os/seqpacket.h"
#include "programs/server/offer/offer_record.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define B(text)    BYTES_LITERAL(text)
#define PREFACE    "SSH-2.0-us\r\n0000 0 sixteen octets !and so on"
#define COOKIE_AT  19
#define WITH_NAMES .texts = { B(""), B("a"), B("b,c"), B("d"), B("e"), B("none"), B("f") }

static const struct record good_names = { RECORD_OFFER_NAMES, { OK }, WITH_NAMES };
static const struct record good_preface = { RECORD_OFFER_PREFACE,
                                            { COOKIE_AT },
                                            { B(PREFACE), B("b"), B("1"), B("2"), B("3") } };

/* A program that will have said so, and a process that ends only if it is made to. */
static void open_line(struct offer_link *link, struct bytes datagram)
{
    int ends[2];
    offer_link_init(link);
    assert_int_equal(seqpacket_pair(ends), OK);
    link->fd = ends[0];
    link->id = fork();
    assert_true(link->id >= 0);
    if (link->id == 0)
        for (;;)
            (void)pause();
    assert_int_equal(seqpacket_send(ends[1], datagram, NULL), OK);
    (void)close(ends[1]);
}

static enum err hear(struct offer_link *link, const struct record *said)
{
    struct server_options options;
    scoped(buf) datagram = BUF_EMPTY(RECORD_LEN_MAX);
    assert_int_equal(record_encode(said, &datagram), OK);
    open_line(link, buf_bytes(&datagram));
    server_options_init(&options);
    assert_int_equal(server_options_set(&options, B("MACs m")), OK);
    (void)signal(SIGPIPE, SIG_IGN);
    enum err err = said->type == RECORD_OFFER_PREFACE ? offer_link_greet(link, "us", B(""))
                                                      : offer_link_apply(link, &options);
    server_options_wipe(&options);
    return err;
}

static void expect_end(const struct record *said)
{
    struct offer_link link;
    assert_int_not_equal(hear(&link, said), OK);
    assert_int_equal(link.fd, -1);
    assert_int_equal(link.id, 0);
    assert_int_equal(buf_len(&link.words), 0);
    offer_link_wipe(&link);
}

static void names_and_the_preface_are_kept(void **state)
{
    (void)state;
    struct offer_link link;
    assert_int_equal(hear(&link, &good_names), OK);
    assert_true(bytes_is(offer_link_names(&link).lists[OFFER_NAMES_HOST_KEY], "b,c"));
    assert_string_equal(buf_text(&link.user_keys), "f");
    offer_link_wipe(&link);

    assert_int_equal(hear(&link, &good_preface), OK);
    assert_string_equal(buf_text(&link.preface), PREFACE);
    assert_int_equal(link.cookie_at, COOKIE_AT);
    assert_true(bytes_is(offer_link_names(&link).lists[OFFER_NAMES_HOST_KEY], "b"));
    assert_string_equal(buf_text(&link.refused), "3");
    offer_link_wipe(&link);
}

static void what_is_wrong_with_a_list_is_in_its_words(void **state)
{
    (void)state;
    struct offer_link link;
    const struct record said = { RECORD_OFFER_NAMES,
                                 { ERR_BAD_VALUE, OFFER_WISH_MAC },
                                 { B("Bad '\u00e9'") } };
    assert_int_equal(hear(&link, &said), ERR_UNSUPPORTED);
    assert_string_equal(link.wrong, "MACs");
    assert_string_equal(buf_text(&link.words), "Bad '\u00e9'");
    assert_true(link.id > 0);
    offer_link_wipe(&link);
}

static void only_a_list_that_was_given_can_be_wrong(void **state)
{
    (void)state;
    static const uint32_t lists[] = { OFFER_WISH_CIPHER, OFFER_WISH_COUNT, 32, UINT32_MAX };
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        expect_end(
            &(struct record){ RECORD_OFFER_NAMES, { ERR_BAD_VALUE, lists[i] }, { B("Bad") } });
}

static void other_octets_than_those_of_words_end_the_program(void **state)
{
    (void)state;
    static const char *const bad[] = { "", "a\033[2J", "a\nb", "\x7f", "\x80" };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        expect_end(&(struct record){
            RECORD_OFFER_NAMES, { ERR_BAD_VALUE, OFFER_WISH_MAC }, { bytes_text(bad[i]) } });
    for (size_t i = 1; i < sizeof(bad) / sizeof(bad[0]); i++)
        for (size_t text = OFFER_RECORD_NAMES; text < OFFER_RECORD_NAMES_END; text++) {
            struct record said = good_names;
            said.texts[text] = bytes_text(bad[i]);
            expect_end(&said);
        }
    struct record said = good_names;
    said.texts[OFFER_RECORD_USER_KEYS] = B("a b");
    expect_end(&said);
}

static void another_line_or_place_of_the_cookie_ends_the_program(void **state)
{
    (void)state;
    static const char *const bad[] = { "", "SSH-2.0-us",
                                       "SSH-2.0-us\n0000 0 sixteen octets !and so on",
                                       "SSH-2.0-us2\r\n0000 0 sixteen octets !and so on",
                                       "SSH-2.0-them\r\n0000 0 sixteen octets !and so on" };
    static const uint32_t places[] = { 0, 11, sizeof(PREFACE) - 16, sizeof(PREFACE), UINT32_MAX };
    struct record said = good_preface;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        said.texts[OFFER_RECORD_PREFACE] = bytes_text(bad[i]);
        expect_end(&said);
    }
    said = good_preface;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        said.numbers[0] = places[i];
        expect_end(&said);
    }
    said = good_preface;
    said.texts[OFFER_RECORD_POSSIBLE] = B("a b");
    expect_end(&said);
}

static void other_records_and_none_end_the_program(void **state)
{
    (void)state;
    struct server_options options;
    struct offer_link link;
    const struct bytes datagrams[] = { B("\xff"), B("not a record"), BYTES_NONE };
    server_options_init(&options);
    expect_end(&(struct record){ RECORD_PORCH_READY, { 1 }, { BYTES_NONE } });
    for (size_t i = 0; i < sizeof(datagrams) / sizeof(datagrams[0]); i++) {
        open_line(&link, datagrams[i]);
        assert_int_not_equal(offer_link_apply(&link, &options), OK);
        assert_int_equal(link.id, 0);
        offer_link_wipe(&link);
    }
    server_options_wipe(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_the_preface_are_kept),
        cmocka_unit_test(what_is_wrong_with_a_list_is_in_its_words),
        cmocka_unit_test(only_a_list_that_was_given_can_be_wrong),
        cmocka_unit_test(other_octets_than_those_of_words_end_the_program),
        cmocka_unit_test(another_line_or_place_of_the_cookie_ends_the_program),
        cmocka_unit_test(other_records_and_none_end_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
