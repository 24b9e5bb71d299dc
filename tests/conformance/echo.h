/* What the echo server and the echo client for Autobahn|Testsuite share. */
#ifndef WIREBIRD_TESTS_CONFORMANCE_ECHO_H
#define WIREBIRD_TESTS_CONFORMANCE_ECHO_H

#include <wirebird/wirebird.h>

/* Ends the program with the library's last error. */
void fail(const char *what);

/* Sends the message of a TEXT or BINARY event back; other events do nothing. */
void echo(const wirebird_event_t *event);

#endif
