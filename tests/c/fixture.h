/* A server and clients on 127.0.0.1, and queues that are waited for with an end. */
#ifndef WIREBIRD_TESTS_FIXTURE_H
#define WIREBIRD_TESTS_FIXTURE_H

#include "check.h"

/* Longer than anything takes on a busy machine under valgrind. */
#define PATIENCE_MS 60000

wirebird_text_t text(const char *string);

wirebird_queue_t new_queue(void);

/* Waits for the next event; fails if none comes. */
wirebird_event_t next_event(wirebird_queue_t queue);

/* The next event, which has to be of this kind. */
wirebird_event_t expect_event(wirebird_queue_t queue, uint32_t kind);

/* A server on a free port; `url` has room for 64 characters. */
wirebird_server_t listen_at(wirebird_queue_t queue, uint16_t accept, char *url);

wirebird_connection_t open_client(wirebird_queue_t queue, const char *url);

/* One open connection, seen from both ends. */
typedef struct {
    wirebird_queue_t server_queue;
    wirebird_queue_t client_queue;
    wirebird_server_t server;
    wirebird_connection_t server_end;
    wirebird_connection_t client_end;
    char url[64];
} pair_t;

pair_t open_pair(void);
pair_t open_pair_on(wirebird_queue_t server_queue, wirebird_queue_t client_queue);
void release_pair(pair_t *pair);

/* A counter that other threads raise and a test waits for. */
typedef struct counter counter_t;
counter_t *counter_new(void);
void counter_add(void *counter);
int counter_value(counter_t *counter);
/* Waits until the value is reached; fails if it is not, or is passed. */
void counter_wait(counter_t *counter, int value);
void counter_free(counter_t *counter);

#endif
