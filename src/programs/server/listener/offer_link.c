/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/offer_link.h"

#include "base/escape.h"
#include "config/server_options.h"
#include "os/companion.h"
#include "os/descriptor.h"
#include "os/record_socket.h"
#include "programs/server/common/software.h"
#include "programs/server/offer/offer_record.h"

#include <string.h>

enum { ANSWER_MS = 10 * 1000 };

void offer_link_init(struct offer_link *link)
{
    *link = (struct offer_link){
        .fd = -1,
        .user_keys = BUF_EMPTY(OFFER_NAMES_MAX),
        .words = BUF_EMPTY(OFFER_LINK_WORDS_MAX),
        .preface = BUF_EMPTY(OFFER_LINK_PREFACE_MAX),
        .bad_packet = BUF_EMPTY(OFFER_LINK_PREFACE_MAX),
        .too_many = BUF_EMPTY(OFFER_LINK_PREFACE_MAX),
        .refused = BUF_EMPTY(OFFER_LINK_PREFACE_MAX),
    };
    for (size_t i = 0; i < OFFER_NAMES_COUNT; i++)
        buf_init(&link->names[i], OFFER_NAMES_MAX);
}

enum err offer_link_open(struct offer_link *link, const struct sandbox_setup *sandbox)
{
    const struct companion_setup setup = { .name = "glasshd-offer", .sandbox = sandbox };
    return companion_start_linked(&setup, &link->fd, &link->id);
}

/* It has no work to finish: if it does not end by itself, something is wrong with it. */
void offer_link_close(struct offer_link *link)
{
    descriptor_close(&link->fd);
    companion_end(&link->id);
}

void offer_link_wipe(struct offer_link *link)
{
    offer_link_close(link);
    for (size_t i = 0; i < OFFER_NAMES_COUNT; i++)
        buf_wipe(&link->names[i]);
    buf_wipe(&link->user_keys);
    buf_wipe(&link->words);
    buf_wipe(&link->preface);
    buf_wipe(&link->bad_packet);
    buf_wipe(&link->too_many);
    buf_wipe(&link->refused);
}

/* ---- questions ---- */

static enum err hear(int fd, struct buf *room, enum record_type wanted, struct record *answer)
{
    struct record_gate gate = { 0 };
    TRY(record_socket_await(fd, ANSWER_MS));
    TRY(record_socket_take(fd, room, answer, NULL));
    TRY(record_admit(&gate, answer->type, RECORD_OFFER, RECORD_LISTENER));
    return answer->type == wanted ? OK : ERR_BAD_STATE;
}

/* The answer borrows from `room`. */
static enum err ask(const struct offer_link *link, const struct record *question, struct buf *room,
                    enum record_type wanted, struct record *answer)
{
    TRY(record_socket_send(link->fd, question, NULL));
    return hear(link->fd, room, wanted, answer);
}

/* After any error nothing more is taken from the program. */
static enum err judge(struct offer_link *link, enum err err)
{
    if (err != OK)
        offer_link_close(link);
    return err;
}

static bool is_list(struct bytes names)
{
    for (size_t i = 0; i < names.len; i++)
        if (names.data[i] <= ' ' || names.data[i] > '~')
            return false;
    return true;
}

static enum err take_names(struct buf *names, struct bytes told)
{
    buf_clear(names);
    return is_list(told) ? buf_append(names, told) : ERR_BAD_VALUE;
}

/* The words go to a terminal: they must be escaped already. */
static enum err take_words(struct offer_link *link, struct bytes told)
{
    scoped(buf) escaped = BUF_EMPTY(OFFER_LINK_WORDS_MAX);
    buf_clear(&link->words);
    TRY(escape_append(&escaped, told, ESCAPE_LINE, OFFER_LINK_WORDS_MAX));
    if (told.len == 0 || !bytes_equal(buf_bytes(&escaped), told))
        return ERR_BAD_VALUE;
    return buf_append(&link->words, told);
}

static enum err take_all_names(struct offer_link *link, const struct record *answer)
{
    for (size_t i = 0; i < OFFER_NAMES_COUNT; i++)
        TRY(take_names(&link->names[i], answer->texts[OFFER_RECORD_NAMES + i]));
    return OK;
}

static const struct {
    const char *keyword;
    size_t offset; /* of its list in the options */
} wishes[OFFER_WISH_COUNT] = {
    [OFFER_WISH_KEX] = { "KexAlgorithms", offsetof(struct server_options, kex_algorithms) },
    [OFFER_WISH_HOST_KEY] = { "HostKeyAlgorithms",
                              offsetof(struct server_options, host_key_algorithms) },
    [OFFER_WISH_CIPHER] = { "Ciphers", offsetof(struct server_options, ciphers) },
    [OFFER_WISH_MAC] = { "MACs", offsetof(struct server_options, macs) },
    [OFFER_WISH_COMPRESSION] = { .keyword = "Compression" },
    [OFFER_WISH_USER_KEY] = { "PubkeyAcceptedAlgorithms",
                              offsetof(struct server_options, pubkey_accepted_algorithms) },
};

/* Or NULL. */
static const char *wish_of(const struct server_options *options, size_t i)
{
    const char *list;
    if (i == OFFER_WISH_COMPRESSION)
        return options->compression == SERVER_COMPRESSION_NO ? "none" : NULL;
    memcpy(&list, (const char *)options + wishes[i].offset, sizeof(list));
    return list;
}

/* The list at fault must be one that was asked about. */
static enum err take_problem(struct offer_link *link, uint32_t asked, const struct record *answer)
{
    if (answer->numbers[1] >= OFFER_WISH_COUNT || !(asked >> answer->numbers[1] & 1))
        return ERR_BAD_VALUE;
    link->wrong = wishes[answer->numbers[1]].keyword;
    return take_words(link, answer->texts[OFFER_RECORD_WORDS]);
}

/* Asks about the lists from `first` on. *is_right: the program found nothing wrong. */
static enum err ask_lists(struct offer_link *link, const struct server_options *options,
                          enum offer_wish first, struct buf *room, struct record *answer,
                          bool *is_right)
{
    struct record question = { RECORD_OFFER_LISTS, { 0 }, { BYTES_NONE } };
    for (size_t i = first; i < OFFER_WISH_COUNT; i++) {
        const char *spec = wish_of(options, i);
        if (!spec)
            continue;
        question.numbers[0] |= 1U << i;
        question.texts[i] = bytes_text(spec);
    }
    TRY(ask(link, &question, room, RECORD_OFFER_NAMES, answer));
    *is_right = answer->numbers[0] == OK;
    return *is_right ? take_names(&link->user_keys, answer->texts[OFFER_RECORD_USER_KEYS])
                     : take_problem(link, question.numbers[0], answer);
}

enum err offer_link_apply(struct offer_link *link, const struct server_options *options)
{
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    struct record answer;
    bool is_right = false;
    TRY(judge(link, ask_lists(link, options, 0, &room, &answer, &is_right)));
    return is_right ? judge(link, take_all_names(link, &answer)) : ERR_UNSUPPORTED;
}

enum err offer_link_user_keys(struct offer_link *link, const struct server_options *options)
{
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    struct record answer;
    bool is_right = false;
    TRY(judge(link, ask_lists(link, options, OFFER_WISH_USER_KEY, &room, &answer, &is_right)));
    return is_right ? OK : ERR_UNSUPPORTED;
}

/* The first line must be ours; the rest is a packet with the cookie in it. */
static enum err take_preface(struct offer_link *link, const char *software,
                             const struct record *answer)
{
    char line[SOFTWARE_LINE_MAX];
    const struct bytes *texts = answer->texts;
    struct bytes preface = texts[OFFER_RECORD_PREFACE];
    size_t cookie_at = answer->numbers[0];
    software_line(software, line);
    struct bytes rest = preface;
    struct bytes said = bytes_cut(&rest, '\n');
    if (!bytes_starts(said, line) || said.len != bytes_text(line).len + 1 ||
        said.data[said.len - 1] != '\r')
        return ERR_BAD_VALUE;
    if (cookie_at < preface.len - rest.len || cookie_at > preface.len ||
        preface.len - cookie_at < OFFER_LINK_COOKIE_LEN)
        return ERR_BAD_VALUE;
    link->cookie_at = cookie_at;
    TRY(buf_append(&link->preface, preface));
    TRY(buf_append(&link->bad_packet, texts[OFFER_RECORD_BAD_PACKET]));
    TRY(buf_append(&link->too_many, texts[OFFER_RECORD_TOO_MANY]));
    TRY(buf_append(&link->refused, texts[OFFER_RECORD_REFUSED]));
    return take_names(&link->names[OFFER_NAMES_HOST_KEY], texts[OFFER_RECORD_POSSIBLE]);
}

static enum err greet(struct offer_link *link, const char *software, struct bytes blobs)
{
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    struct record question = { RECORD_OFFER_GREETING, { 0 }, { BYTES_NONE } };
    struct record answer;
    question.texts[OFFER_RECORD_SOFTWARE] = bytes_text(software);
    question.texts[OFFER_RECORD_HOST_KEYS] = blobs;
    for (size_t i = 0; i < OFFER_NAMES_COUNT; i++)
        question.texts[OFFER_RECORD_OFFERED + i] = buf_bytes(&link->names[i]);
    TRY(ask(link, &question, &room, RECORD_OFFER_PREFACE, &answer));
    return take_preface(link, software, &answer);
}

enum err offer_link_greet(struct offer_link *link, const char *software, struct bytes blobs)
{
    return judge(link, greet(link, software, blobs));
}

struct offer_names offer_link_names(const struct offer_link *link)
{
    struct offer_names names;
    for (size_t i = 0; i < OFFER_NAMES_COUNT; i++)
        names.lists[i] = buf_bytes(&link->names[i]);
    return names;
}
