/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct cache_entry example = {
    .host = "git.example:22",
    .kex = "curve25519-sha256",
    .host_key = "ssh-ed25519",
    .key = "SHA256:abc",
    .software = "SSH-2.0-OpenSSH_9.2p1 Debian",
    .is_careful = true,
};

static void assert_same(const struct cache_entry *a, const struct cache_entry *b)
{
    assert_string_equal(a->host, b->host);
    assert_string_equal(a->kex, b->kex);
    assert_string_equal(a->host_key, b->host_key);
    assert_string_equal(a->key, b->key);
    assert_string_equal(a->software, b->software);
    assert_int_equal(a->is_careful, b->is_careful);
}

static void what_is_kept_is_found(void **state)
{
    (void)state;
    struct cache_entry found;
    scoped(buf) file = BUF_EMPTY(CACHE_FILE_MAX);
    assert_int_equal(cache_replace(BYTES_NONE, &example, &file), OK);
    assert_true(cache_find(buf_bytes(&file), example.host, &found));
    assert_same(&found, &example);
    assert_false(cache_find(buf_bytes(&file), "git.example:2222", &found));
    assert_string_equal(found.host, "git.example:2222");
    assert_string_equal(found.kex, "");
}

static void a_host_has_one_line_and_the_newest_is_first(void **state)
{
    (void)state;
    struct cache_entry other = example, changed = example, found;
    strcpy(other.host, "other:22");
    strcpy(changed.kex, "ecdh-sha2-nistp256");
    scoped(buf) one = BUF_EMPTY(CACHE_FILE_MAX);
    scoped(buf) two = BUF_EMPTY(CACHE_FILE_MAX);
    scoped(buf) three = BUF_EMPTY(CACHE_FILE_MAX);
    assert_int_equal(cache_replace(BYTES_NONE, &example, &one), OK);
    assert_int_equal(cache_replace(buf_bytes(&one), &other, &two), OK);
    assert_int_equal(cache_replace(buf_bytes(&two), &changed, &three), OK);
    assert_true(cache_find(buf_bytes(&three), example.host, &found));
    assert_string_equal(found.kex, "ecdh-sha2-nistp256");
    assert_true(cache_find(buf_bytes(&three), "other:22", &found));
    assert_true(strstr(buf_text(&three), "git.example") < strstr(buf_text(&three), "other:22"));
}

static void what_is_no_line_of_ours_is_dropped(void **state)
{
    (void)state;
    static const char junk[] = "junk\nhost:22\tslow\ta\tb\tc\td\nother:22\tfast\ta\tb\tc\td\n";
    scoped(buf) file = BUF_EMPTY(CACHE_FILE_MAX);
    assert_int_equal(cache_replace(bytes_text(junk), &example, &file), OK);
    assert_null(strstr(buf_text(&file), "junk"));
    assert_null(strstr(buf_text(&file), "slow"));
    assert_non_null(strstr(buf_text(&file), "other:22\tfast"));
}

static void old_hosts_are_forgotten(void **state)
{
    (void)state;
    struct buf file = BUF_EMPTY(CACHE_FILE_MAX);
    struct cache_entry entry = example, found;
    for (int i = 0; i < CACHE_ENTRIES_MAX + 10; i++) {
        struct buf next = BUF_EMPTY(CACHE_FILE_MAX);
        (void)snprintf(entry.host, sizeof(entry.host), "host%d:22", i);
        assert_int_equal(cache_replace(buf_bytes(&file), &entry, &next), OK);
        buf_wipe(&file);
        file = next;
    }
    assert_false(cache_find(buf_bytes(&file), "host0:22", &found));
    assert_true(cache_find(buf_bytes(&file), "host20:22", &found));
    assert_true(cache_find(buf_bytes(&file), entry.host, &found));
    buf_wipe(&file);
}

static void a_damaged_file_is_an_empty_one(void **state)
{
    (void)state;
    static const char *const files[] = {
        "",
        "\n\n\n",
        "git.example:22",
        "git.example:22\tx",
        "git.example:22\t\t\t\t\t\t\t\t\t\n",
        "\t\t\t\t\t\n",
        "git.example:22\ta\tb\tc\td\tmaybe\n",
    };
    struct cache_entry found;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        (void)cache_find(bytes_text(files[i]), example.host, &found);
        assert_string_equal(found.host, example.host);
        scoped(buf) file = BUF_EMPTY(CACHE_FILE_MAX);
        assert_int_equal(cache_replace(bytes_text(files[i]), &example, &file), OK);
        assert_true(cache_find(buf_bytes(&file), example.host, &found));
        assert_same(&found, &example);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_is_found),
        cmocka_unit_test(a_host_has_one_line_and_the_newest_is_first),
        cmocka_unit_test(what_is_no_line_of_ours_is_dropped),
        cmocka_unit_test(old_hosts_are_forgotten),
        cmocka_unit_test(a_damaged_file_is_an_empty_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
