/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/icmp_limit.h"
#include "unit/tcpip/dice.h"

static struct icmp_limit limit;
static uint64_t dice = 7;

/* How many of `count` errors at one moment may be sent. */
static int take(uint64_t hash, int count, struct instant now)
{
    struct rng rng = dice_rng(&dice);
    int sent = 0;
    while (count-- > 0)
        sent += icmp_limit_take(&limit, hash, &rng, now);
    return sent;
}

static void one_peer_gets_ten_at_once_and_then_fewer_in_a_second(void **unused)
{
    (void)unused;
    icmp_limit_init(&limit, 0);
    assert_in_range(take(1, 1000, at_ms(5000)), 7, 10);
    int sent = 0;
    for (int ms = 5001; ms <= 105000; ms++)
        sent += take(1, 3, at_ms(ms));
    assert_in_range(sent, 750, 1000);
    /* Who has been quiet has all of them again, and no more. */
    assert_in_range(take(1, 1000, at_ms(200000)), 7, 10);
}

static void what_one_gets_another_does_not_notice(void **unused)
{
    (void)unused;
    icmp_limit_init(&limit, 0);
    assert_true(take(1, 1000, at_ms(0)) > 0);
    assert_int_equal(take(1, 1, at_ms(0)), 0);
    for (uint64_t peer = 2; peer <= ICMP_LIMIT_BUCKETS; peer++)
        assert_int_equal(take(peer, 5, at_ms(0)), 5);
}

static void who_shares_a_bucket_cannot_count(void **unused)
{
    (void)unused;
    bool was[ICMP_LIMIT_PER_SECOND + 1] = { 0 };
    int different = 0;
    for (int i = 0; i < 200; i++) {
        icmp_limit_init(&limit, 0);
        int sent = take(1, 100, at_ms(0));
        different += !was[sent];
        was[sent] = true;
    }
    assert_true(different >= 2);
}

static void how_many_can_be_chosen(void **unused)
{
    (void)unused;
    static const uint32_t rates[] = { 1, 2, 100, 60000 };
    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        icmp_limit_init(&limit, rates[i]);
        assert_in_range(take(3, 100000, at_ms(0)), (rates[i] - 1) * 2 / 3 + 1,
                        rates[i] + rates[i] / 9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_peer_gets_ten_at_once_and_then_fewer_in_a_second),
        cmocka_unit_test(what_one_gets_another_does_not_notice),
        cmocka_unit_test(who_shares_a_bucket_cannot_count),
        cmocka_unit_test(how_many_can_be_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
