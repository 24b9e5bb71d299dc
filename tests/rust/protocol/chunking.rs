//! How a stream arrives makes no difference to what is read.

use proptest::prelude::*;
use wirebird::protocol::{Decoder, Limits};

use super::reading::{Way, read};
use super::streams::*;
use super::support::*;

fn limits() -> impl Strategy<Value = Limits> {
    let limited = (0..70_000_u64, 0..70_000_u64, 0..6_u64).prop_map(
        |(max_message, max_frame, max_fragments)| Limits { max_message, max_frame, max_fragments },
    );
    prop_oneof![2 => Just(UNLIMITED), 1 => limited]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(700))]

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
}
