// The C++ side of the bridge in lib.rs.
#pragma once

#include <rust/cxx.h>
#include <wirebird/wirebird.h>

rust::String url_of(const wirebird_address_t &address);
int32_t send_back(const wirebird_event_t &event);
int32_t close_normally(wirebird_connection_t connection);
rust::Vec<rust::String> run_client(rust::Str url, rust::Vec<rust::String> messages);
