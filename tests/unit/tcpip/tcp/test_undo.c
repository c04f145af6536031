/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/undo.h"

#include "unit/tcpip/dice.h"

static struct undo begun(bool is_timeout, bool is_first)
{
    struct undo u;
    undo_init(&u);
    undo_begin(&u, 1000, is_timeout, is_first);
    undo_sent_again(&u, 100, at_ms(50));
    return u;
}

/* An ACK until `begin` of `acked` octets, in recovery. */
static struct undo_facts facts(uint32_t begin, uint32_t acked)
{
    return (struct undo_facts){
        .begin = begin,
        .acked = acked,
        .delivered = acked,
        .echo_until = INSTANT_NEVER,
        .has_ambiguous = true,
        .is_recovery = true,
    };
}

static void what_was_sent_again_and_came_twice_was_needless(void **state)
{
    (void)state;
    struct undo u = begun(false, true);
    struct undo_facts f = facts(500, 0);
    undo_sent_again(&u, 50, at_ms(60));
    undo_duplicate(&u, 100);
    assert_false(undo_judge(&u, &f));
    undo_duplicate(&u, 80);
    assert_true(undo_judge(&u, &f));
    undo_end(&u);
    assert_false(undo_judge(&u, &f));
    u = begun(false, false); /* within another recovery it is not known what was needless */
    undo_duplicate(&u, 100);
    assert_false(undo_judge(&u, &f));
}

static void an_older_echo_means_needless_once_all_is_there(void **state)
{
    (void)state;
    struct undo u = begun(false, true);
    struct undo_facts f = facts(500, 100);
    f.echo_until = at_ms(50);
    assert_false(undo_judge(&u, &f)); /* there may be other holes */
    f.begin = 1000;
    assert_true(undo_judge(&u, &f));
    f.echo_until = at_ms(51);
    assert_false(undo_judge(&u, &f));
    f.echo_until = at_ms(50); /* once it was refuted it stays */
    assert_false(undo_judge(&u, &f));
    u = begun(true, true);
    f = facts(500, 100);
    f.is_loss = true;
    f.echo_until = at_ms(50);
    assert_true(undo_judge(&u, &f)); /* after a timeout one is enough */
}

/* RFC 5682 section 3.1 */
static void after_a_timeout_the_second_ack_decides(void **state)
{
    (void)state;
    struct undo u = begun(true, true);
    struct undo_facts f = facts(500, 100);
    assert_false(undo_wants_new(&u));
    assert_false(undo_judge(&u, &f)); /* 2b */
    assert_true(undo_wants_new(&u));
    f.has_original = true;
    assert_true(undo_judge(&u, &f)); /* 3b */
    assert_false(undo_wants_new(&u));
}

static void a_duplicate_ack_or_all_at_once_is_the_usual_case(void **state)
{
    (void)state;
    struct undo u = begun(true, true);
    struct undo_facts repeated = facts(400, 0), part = facts(500, 100), all = facts(1000, 600);
    repeated.may_be_duplicate = true;
    all.has_original = part.has_original = repeated.has_original = true;
    assert_false(undo_judge(&u, &repeated));
    assert_false(undo_judge(&u, &part)); /* 2a: it is over */
    assert_false(undo_wants_new(&u));
    u = begun(true, true);
    assert_false(undo_judge(&u, &all));
    assert_false(undo_wants_new(&u));
    u = begun(true, true);
    assert_false(undo_judge(&u, &part));
    undo_sent_again(&u, 100, at_ms(70)); /* there was no new data */
    assert_false(undo_wants_new(&u) || undo_judge(&u, &part));
    u = begun(true, true);
    assert_false(undo_judge(&u, &part));
    undo_stop_frto(&u);
    assert_false(undo_wants_new(&u) || undo_judge(&u, &part));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sent_again_and_came_twice_was_needless),
        cmocka_unit_test(an_older_echo_means_needless_once_all_is_there),
        cmocka_unit_test(after_a_timeout_the_second_ack_decides),
        cmocka_unit_test(a_duplicate_ack_or_all_at_once_is_the_usual_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
