/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/flow_offer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void a_syn_without_options_offers_the_least(void **unused)
{
    (void)unused;
    struct tcp_segment syn = { .seq = 7, .window = 1000, .flags = TCP_SYN };
    struct flow_offer offer = flow_offer_of(&syn, 4);
    assert_int_equal(offer.initial_received, 7);
    assert_int_equal(offer.window, 1000);
    assert_int_equal(offer.mss, 536);
    assert_false(offer.has_scale || offer.has_sack || offer.has_timestamps);
    assert_int_equal(flow_offer_of(&syn, 6).mss, 1220);
}

static void what_makes_no_sense_is_bounded(void **unused)
{
    (void)unused;
    struct tcp_segment syn = { .options = {
                                   .has_mss = true, .mss = 48, .has_scale = true, .scale = 200 } };
    struct flow_offer offer = flow_offer_of(&syn, 4);
    assert_int_equal(offer.mss, 48);
    assert_true(flow_offer_is_acceptable(&syn));
    syn.options.mss = 47;
    assert_false(flow_offer_is_acceptable(&syn));
    syn.options.has_mss = false;
    assert_true(flow_offer_is_acceptable(&syn));
    assert_int_equal(offer.scale, TCP_SCALE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_syn_without_options_offers_the_least),
        cmocka_unit_test(what_makes_no_sense_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
