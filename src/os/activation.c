/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/activation.h"

#include "base/bytes.h"

#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static bool number_of(const char *variable, uint64_t max, uint64_t *number)
{
    const char *text = getenv(variable);
    return text && bytes_to_number(bytes_text(text), max, number);
}

int activation_count(void)
{
    uint64_t id, count;
    bool is_ours = number_of("LISTEN_PID", INT_MAX, &id) && (pid_t)id == getpid();
    return is_ours && number_of("LISTEN_FDS", ACTIVATION_MAX, &count) ? (int)count : 0;
}

void activation_tell(const char *state)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const char *path = getenv("NOTIFY_SOCKET");
    size_t len = path ? strlen(path) : 0;
    if (len < 2 || len >= sizeof(address.sun_path))
        return;
    memcpy(address.sun_path, path, len);
    if (path[0] == '@') /* an abstract name */
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address,
                 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
    (void)close(fd);
}
