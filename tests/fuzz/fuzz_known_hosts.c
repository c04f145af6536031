/* SPDX-License-Identifier: BSD-2-Clause */
/* A line that we write is read back as known, whatever stands before it in the file, unless something
 * there revokes the key. */
#include "crypto/crypto.h"
#include "fuzz/fuzz.h"
#include "trust/known_hosts.h"

enum { ROOM = 256 * 1024 };

/* An Ed25519 blob: any 32 octets will do, nothing is verified with it. */
static const struct bytes blob = BYTES_LITERAL("\0\0\0\013ssh-ed25519\0\0\0\040"
                                               "0123456789abcdef0123456789abcdef");

static void must_read_back(struct bytes text, struct bytes host)
{
    scoped(buf) name = BUF_EMPTY(ROOM);
    scoped(buf) file = BUF_EMPTY(ROOM);
    if (known_hosts_name(host, 22, &name) != OK)
        return;
    CHECK(buf_append(&file, text) == OK && buf_append_text(&file, "\n") == OK);
    if (known_hosts_line(buf_bytes(&name), blob, NULL, &file) != OK)
        return;
    const struct known_hosts_file after = { "after", buf_bytes(&file) };
    struct known_hosts_answer answer = known_hosts_check(&after, 1, buf_bytes(&name), blob);
    CHECK(answer.verdict == KNOWN_HOSTS_KNOWN || answer.verdict == KNOWN_HOSTS_REVOKED);
    CHECK(answer.entry.line > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    crypto_start();
    struct bytes text = bytes_of(data, size < ROOM / 2 ? size : ROOM / 2);
    struct bytes host = fuzz_part(&text);
    const struct known_hosts_file file = { "file", text };
    scoped(buf) types = BUF_EMPTY(ROOM);

    (void)known_hosts_check(&file, 1, host, blob);
    CHECK(known_hosts_types(&file, 1, host, &types) == OK);
    must_read_back(text, host);
    return 0;
}
