//! How a stream arrives makes no difference to what is read.

use proptest::collection::vec;
use proptest::prelude::*;
use wirebird::protocol::{Decoder, Deflate, Limits, Role};

use super::reading::{Way, blocks, merged, read};
use super::streams::*;
use super::support::*;

fn limits() -> impl Strategy<Value = Limits> {
    let limited = (0..70_000_u64, 0..70_000_u64, 0..6_u64).prop_map(
        |(max_message, max_frame, max_fragments)| Limits { max_message, max_frame, max_fragments },
    );
    prop_oneof![2 => Just(UNLIMITED), 1 => limited]
}

fn broken_deflated() -> impl Strategy<Value = (Role, Deflate, Vec<u8>)> {
    let sent = (role(), agreed(), 1..=9_u8, vec(planned(), 1..4));
    sent.prop_flat_map(|(role, agreed, level, messages)| {
        let stream = deflated_stream(role, &agreed, level, &messages);
        (Just(role), Just(agreed), changed(Just(stream)))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_blocks_and_both_ways_give_the_same(
        (role, stream) in role().prop_flat_map(|role| (Just(role), hostile_stream(role))),
        limits in limits(),
        sizes in block_sizes(),
    ) {
        let decoder = || Decoder::new(role, limits);
        let whole = read(decoder(), &stream, &[usize::MAX], Way::Next);
        let blocks = read(decoder(), &stream, &sizes, Way::Next);
        prop_assert_eq!(&blocks, &whole);
        let direct = read(decoder(), &stream, &sizes, Way::Direct);
        prop_assert_eq!(&direct, &whole);
    }

    #[test]
    fn compressed_messages_arrive_in_any_blocks(
        (role, agreed, level) in (role(), agreed(), 1..=9_u8),
        messages in vec(planned(), 0..6),
        sizes in block_sizes(),
    ) {
        let stream = deflated_stream(role, &agreed, level, &messages);
        let mut reader = Reader::new(Decoder::new(role, UNLIMITED).with_deflate(&agreed));
        let error = blocks(&stream, &sizes).find_map(|block| reader.feed(block).err());
        let sent: Vec<Seen> = messages.iter().flat_map(Planned::seen).collect();
        prop_assert_eq!((reader.seen, error), (sent, None));
    }

    #[test]
    fn any_blocks_of_broken_compressed_messages_give_the_same(
        (role, agreed, stream) in broken_deflated(),
        limits in limits(),
        sizes in block_sizes(),
    ) {
        let decoder = || Decoder::new(role, limits).with_deflate(&agreed);
        let whole = merged(read(decoder(), &stream, &[usize::MAX], Way::Next));
        let blocks = merged(read(decoder(), &stream, &sizes, Way::Direct));
        prop_assert_eq!(blocks, whole);
    }
}
