/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/welcome.h"

#include "base/check.h"
#include "base/reader.h"
#include "base/writer.h"

enum { PEER_PORT, LOCAL_PORT, UID, GID };
enum { PEER, LOCAL, NAME, HOME, SHELL, POLICY, PROOFS, OPTIONS, PAM_ENVIRONMENT, LOGIN_TEXT };

enum kind { LIST, FLAG, TEXT };

static const struct {
    enum kind kind;
    size_t offset;
} fields[] = {
#define LIST(field) { LIST, offsetof(struct server_options, field) },
#define FLAG(field) { FLAG, offsetof(struct server_options, field) },
#define TEXT(field) { TEXT, offsetof(struct server_options, field) },
#include "programs/server/session/welcome.def"
#undef LIST
#undef FLAG
#undef TEXT
};

static const void *field_of(const struct server_options *options, size_t i)
{
    return (const char *)options + fields[i].offset;
}

static void write_list(struct writer *w, const struct option_list *list)
{
    writer_u32(w, (uint32_t)list->count);
    for (size_t i = 0; i < list->count; i++)
        writer_string(w, bytes_text(list->items[i]));
}

static void write_text(struct writer *w, const char *text)
{
    writer_bool(w, text != NULL);
    writer_string(w, bytes_text(text ? text : ""));
}

static enum err encode_options(const struct server_options *options, struct buf *out)
{
    struct writer w = writer_to(out);
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (fields[i].kind == LIST)
            write_list(&w, field_of(options, i));
        else if (fields[i].kind == TEXT)
            write_text(&w, *(const char *const *)field_of(options, i));
        else
            writer_bool(&w, *(const bool *)field_of(options, i));
    }
    return writer_end(&w);
}

enum err welcome_encode(const struct session_host *host, struct buf *datagram)
{
    const struct account *account = host->account;
    scoped(buf) options = BUF_EMPTY(RECORD_LEN_MAX);
    scoped(buf) policy = BUF_EMPTY(RECORD_LEN_MAX);
    TRY(policy_encode(host->policy, &policy));
    TRY(encode_options(host->options, &options));
    const struct record record = {
        RECORD_WELCOME,
        .numbers = { [PEER_PORT] = host->peer.port,
                     [LOCAL_PORT] = host->local.port,
                     [UID] = account->uid,
                     [GID] = account->gid },
        .texts = { [PEER] = bytes_text(host->peer.address),
                   [LOCAL] = bytes_text(host->local.address),
                   [NAME] = bytes_text(account->name),
                   [HOME] = bytes_text(account->home),
                   [SHELL] = bytes_text(account->shell),
                   [POLICY] = buf_bytes(&policy),
                   [PROOFS] = host->proofs,
                   [OPTIONS] = buf_bytes(&options),
                   [PAM_ENVIRONMENT] = host->pam_environment,
                   [LOGIN_TEXT] = host->login_text },
    };
    return record_encode(&record, datagram);
}

static enum err read_list(struct reader *r, struct server_options *options,
                          struct option_list *list)
{
    uint32_t count = reader_u32(r, "count");
    if (count > OPTION_LIST_MAX)
        return ERR_BAD_VALUE;
    for (; list->count < count; list->count++)
        list->items[list->count] = text_store_keep(&options->texts, reader_string(r, "item"));
    return OK;
}

static void read_text(struct reader *r, struct server_options *options, const char **field)
{
    bool is_there = reader_bool(r, "is there");
    struct bytes text = reader_string(r, "text");
    if (is_there)
        *field = text_store_keep(&options->texts, text);
}

static void read_flag(struct reader *r, bool *field)
{
    if (reader_bool(r, "flag"))
        *field = true;
}

/* Skips what is empty: the struct is large, and most of its pages are never touched. */
static enum err decode_options(struct bytes octets, struct server_options *options)
{
    struct reader r = reader_over(octets, NULL);
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        void *field = (char *)options + fields[i].offset;
        if (fields[i].kind == LIST)
            TRY(read_list(&r, options, field));
        else if (fields[i].kind == TEXT)
            read_text(&r, options, field);
        else
            read_flag(&r, field);
    }
    return reader_end(&r);
}

static void take_account(const struct record *record, struct welcome *w)
{
    const struct bytes *texts = record->texts;
    const struct account told = {
        .uid = record->numbers[UID],
        .gid = record->numbers[GID],
        .name = (char *)(uintptr_t)text_store_keep(&w->options.texts, texts[NAME]),
        .home = (char *)(uintptr_t)text_store_keep(&w->options.texts, texts[HOME]),
        .shell = (char *)(uintptr_t)text_store_keep(&w->options.texts, texts[SHELL]),
    };
    account_copy(&told, &w->account);
}

static enum err take(const struct record *record, struct welcome *w)
{
    const uint32_t *numbers = record->numbers;
    const struct bytes *texts = record->texts;
    if (record->type != RECORD_WELCOME)
        return ERR_BAD_STATE;
    TRY(endpoint_take(texts[PEER], numbers[PEER_PORT], &w->host.peer));
    TRY(endpoint_take(texts[LOCAL], numbers[LOCAL_PORT], &w->host.local));
    TRY(decode_options(texts[OPTIONS], &w->options));
    take_account(record, w);
    const char *policy = text_store_keep(&w->options.texts, texts[POLICY]);
    TRY(policy_decode(bytes_of(policy, texts[POLICY].len), &w->policy));
    w->host.monitor_fd = w->host.dev_fd = -1;
    const char *proofs = text_store_keep(&w->options.texts, texts[PROOFS]);
    w->host.proofs = bytes_of(proofs, texts[PROOFS].len);
    w->host.options = &w->options;
    w->host.pam_environment = bytes_of(text_store_keep(&w->options.texts, texts[PAM_ENVIRONMENT]),
                                       texts[PAM_ENVIRONMENT].len);
    w->host.login_text = bytes_text(text_store_keep(&w->options.texts, texts[LOGIN_TEXT]));
    w->host.account = &w->account;
    w->host.policy = &w->policy;
    return OK;
}

enum err welcome_decode(struct bytes datagram, struct welcome *welcome)
{
    struct record record;
    TRY(record_decode(datagram, &record));
    enum err err = take(&record, welcome);
    if (err != OK)
        welcome_wipe(welcome);
    return err;
}

void welcome_wipe(struct welcome *welcome)
{
    account_wipe(&welcome->account);
    text_store_wipe(&welcome->options.texts);
    welcome->policy = (struct policy){ 0 };
}
