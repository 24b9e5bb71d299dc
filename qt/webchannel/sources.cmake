# Files of Wirebird::WebChannel, relative to the root of the repository.
set(WIREBIRD_WEBCHANNEL_SOURCES
    qt/webchannel/websocketchanneltransport.cpp)
set(WIREBIRD_WEBCHANNEL_HEADERS
    include/wirebird/websocketchanneltransport.h)
