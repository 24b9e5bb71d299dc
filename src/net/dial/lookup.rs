//! Name look-up, by the system's resolver on a thread of its own.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;

use tokio::net::lookup_host;

use super::{Deadline, DialError, HostPort};

/// Addresses of one name that are tried.
const MOST_ADDRESSES: usize = 64;

/// The addresses of a host, in the order in which they are tried; at least one.
pub(super) async fn look_up(
    place: &HostPort,
    deadline: &Deadline,
) -> Result<Vec<SocketAddr>, DialError> {
    let name = place.name();
    let not_found = |error| DialError::HostNotFound { host: name.clone(), error };
    let step = || format!("looking up the host name {name}");
    let found = deadline.limit(step, lookup_host((name.as_str(), place.port()))).await?;
    let addresses = interleave(found.map_err(not_found)?.take(MOST_ADDRESSES));
    if addresses.is_empty() {
        return Err(not_found(io::Error::new(io::ErrorKind::NotFound, "it has no address")));
    }
    Ok(addresses)
}

/// Both families in turn, beginning with that of the system's favourite (RFC
/// 8305 section 4).
fn interleave(addresses: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let mut seen = Vec::new();
    let (mut first, mut second) = (VecDeque::new(), VecDeque::new());
    for address in addresses {
        if seen.contains(&address) {
            continue;
        }
        seen.push(address);
        let favourite = seen.first().map(SocketAddr::is_ipv4);
        match favourite == Some(address.is_ipv4()) {
            true => first.push_back(address),
            false => second.push_back(address),
        }
    }
    let mut order = Vec::with_capacity(seen.len());
    while !first.is_empty() || !second.is_empty() {
        order.extend(first.pop_front());
        order.extend(second.pop_front());
    }
    order
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::interleave;

    fn order(addresses: &[&str]) -> Vec<String> {
        let parsed = addresses.iter().map(|address| address.parse::<SocketAddr>().expect("one"));
        interleave(parsed).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_families_take_turns_and_the_favourite_begins() {
        let order_of = ["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1", "2.2.2.2:1", "[::1]:1"];
        assert_eq!(order(&order_of), ["[::1]:1", "1.1.1.1:1", "[::2]:1", "2.2.2.2:1", "[::3]:1"]);
        assert_eq!(order(&["1.1.1.1:1", "[::1]:1"]), ["1.1.1.1:1", "[::1]:1"]);
        assert_eq!(order(&["1.1.1.1:1", "1.1.1.1:1"]), ["1.1.1.1:1"]);
        assert!(order(&[]).is_empty());
    }
}
