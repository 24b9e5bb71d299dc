//! The protocol alone, by section of RFC 6455: no sockets.

mod chunking;
mod close;
mod control;
mod deflate;
mod deflate_negotiation;
mod differential;
mod direct;
mod fragments;
mod frames;
mod handshake_client;
mod handshake_server;
mod limits;
mod masking;
mod origin;
mod pieces;
mod reading;
mod streams;
mod support;
mod utf16;
mod utf8;
