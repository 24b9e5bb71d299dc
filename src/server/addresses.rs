//! Handshakes by the address that they come from: a few of each are under way,
//! the others wait for their turn, so that a slow crowd at one address does not
//! keep others out.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex};

use crate::sync::lock;

/// Whose handshakes are counted together: an IPv4 address, or the /64 of an
/// IPv6 address, of which one host may have all.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 => v4,
    }
}

/// Handshakes of all addresses; each brings a `T`.
pub(super) struct Addresses<T>(Mutex<Table<T>>);

struct Table<T> {
    entries: HashMap<IpAddr, Entry<T>>,
    waiting: usize,
}

struct Entry<T> {
    under_way: usize,
    waiting: VecDeque<T>,
}

/// The turn of one handshake of an address; over once dropped.
pub(super) struct Turn<T> {
    addresses: Arc<Addresses<T>>,
    network: IpAddr,
    is_over: bool,
}

/// What becomes of a handshake that arrives.
pub(super) enum Arrived<T> {
    /// It, or one that came before it, has its turn.
    Turn(Turn<T>, T),
    /// It waits.
    Waits,
    /// More than may wait: this one has to go.
    Surplus(T),
}

impl<T> Addresses<T> {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Table { entries: HashMap::new(), waiting: 0 })))
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        lock(&self.0).waiting
    }

    /// A handshake from `network`, of which `most` may be under way. Of all,
    /// `most_waiting` may wait: the last one of the address with the most of
    /// them has to go.
    pub fn arrive(
        self: &Arc<Self>,
        network: IpAddr,
        item: T,
        most: usize,
        most_waiting: usize,
    ) -> Arrived<T> {
        let mut table = lock(&self.0);
        let new = || Entry { under_way: 0, waiting: VecDeque::new() };
        table.entries.entry(network).or_insert_with(new).waiting.push_back(item);
        table.waiting = table.waiting.saturating_add(1);
        drop(table);
        if let Some((turn, item)) = self.one_more(network, most) {
            return Arrived::Turn(turn, item);
        }
        let mut table = lock(&self.0);
        match table.waiting > most_waiting {
            true => table.surplus().map_or(Arrived::Waits, Arrived::Surplus),
            false => Arrived::Waits,
        }
    }

    /// A turn for one more of the address that waits, if fewer than `most` are
    /// under way: the limit was raised.
    pub fn one_more(self: &Arc<Self>, network: IpAddr, most: usize) -> Option<(Turn<T>, T)> {
        let mut table = lock(&self.0);
        if table.entries.get(&network)?.under_way >= most {
            return None;
        }
        let item = table.next(network)?;
        if let Some(entry) = table.entries.get_mut(&network) {
            entry.under_way = entry.under_way.saturating_add(1);
        }
        Some((Turn { addresses: self.clone(), network, is_over: false }, item))
    }

    /// Forgets those that wait.
    pub fn clear(&self) {
        let mut table = lock(&self.0);
        table.waiting = 0;
        let waiting: Vec<_> =
            table.entries.values_mut().map(|entry| std::mem::take(&mut entry.waiting)).collect();
        table.entries.retain(|_, entry| entry.under_way > 0);
        drop(table);
        drop(waiting);
    }
}

impl<T> Table<T> {
    fn next(&mut self, network: IpAddr) -> Option<T> {
        let item = self.entries.get_mut(&network)?.waiting.pop_front()?;
        self.waiting = self.waiting.saturating_sub(1);
        Some(item)
    }

    fn leave(&mut self, network: IpAddr) {
        let Some(entry) = self.entries.get_mut(&network) else { return };
        entry.under_way = entry.under_way.saturating_sub(1);
        if entry.under_way == 0 && entry.waiting.is_empty() {
            self.entries.remove(&network);
        }
    }

    fn surplus(&mut self) -> Option<T> {
        let crowd = self.entries.values_mut().max_by_key(|entry| entry.waiting.len())?;
        let item = crowd.waiting.pop_back()?;
        self.waiting = self.waiting.saturating_sub(1);
        Some(item)
    }
}

impl<T> Turn<T> {
    /// The address, and the table that it is in.
    pub fn place(&self) -> (Arc<Addresses<T>>, IpAddr) {
        (self.addresses.clone(), self.network)
    }

    /// Gives the turn to the next one of the address that waits, unless more
    /// than `most` are under way.
    pub fn pass_on(mut self, most: usize) -> Option<(Self, T)> {
        // In one step: whoever arrives finds the turn taken or free.
        let mut table = lock(&self.addresses.0);
        let under_way = table.entries.get(&self.network).map_or(0, |entry| entry.under_way);
        let next = if under_way > most { None } else { table.next(self.network) };
        if next.is_none() {
            table.leave(self.network);
            self.is_over = true;
        }
        drop(table);
        next.map(|item| (self, item))
    }
}

impl<T> Drop for Turn<T> {
    fn drop(&mut self) {
        if !self.is_over {
            lock(&self.addresses.0).leave(self.network);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::Arc;

    use super::{Addresses, Arrived, Turn, network};

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    /// Two under way of each address, three waiting of all.
    fn arrive(addresses: &Arc<Addresses<u32>>, from: &str, item: u32) -> Arrived<u32> {
        addresses.arrive(ip(from), item, 2, 3)
    }

    #[track_caller]
    fn turn(arrived: Arrived<u32>, expected: u32) -> Turn<u32> {
        match arrived {
            Arrived::Turn(turn, item) if item == expected => turn,
            Arrived::Turn(_, item) => panic!("{item} has its turn"),
            Arrived::Waits => panic!("{expected} waits"),
            Arrived::Surplus(item) => panic!("{item} has to go"),
        }
    }

    #[track_caller]
    fn passed(turn: Turn<u32>, expected: u32) -> Turn<u32> {
        match turn.pass_on(2) {
            Some((turn, item)) if item == expected => turn,
            other => panic!("not {expected} but {:?}", other.map(|(_, item)| item)),
        }
    }

    #[track_caller]
    fn waits(arrived: Arrived<u32>) {
        assert!(matches!(arrived, Arrived::Waits));
    }

    #[track_caller]
    fn surplus(arrived: Arrived<u32>, expected: u32) {
        assert!(matches!(arrived, Arrived::Surplus(item) if item == expected), "{expected}");
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        assert_eq!(network(ip("2001:db8:1:2:3:4:5:6")), ip("2001:db8:1:2::"));
        assert_ne!(network(ip("2001:db8:1:3::1")), network(ip("2001:db8:1:2::1")));
        assert_eq!(network(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
        assert_eq!(network(ip("192.0.2.1")), ip("192.0.2.1"));
    }

    #[test]
    fn more_of_one_address_wait_in_order_and_others_do_not() {
        let addresses = Addresses::new();
        let first = turn(arrive(&addresses, "10.0.0.1", 1), 1);
        let second = turn(arrive(&addresses, "10.0.0.1", 2), 2);
        waits(arrive(&addresses, "10.0.0.1", 3));
        waits(arrive(&addresses, "10.0.0.1", 4));
        let other = turn(arrive(&addresses, "10.0.0.2", 5), 5);
        assert!(other.pass_on(2).is_none(), "those that wait are of another address");
        let first = passed(first, 3);
        let _second = passed(second, 4);
        assert!(first.pass_on(2).is_none());
        drop(turn(arrive(&addresses, "10.0.0.1", 6), 6));
    }

    #[test]
    fn the_last_of_the_largest_crowd_has_to_go() {
        let addresses = Addresses::new();
        let _turns: Vec<_> = ["10.0.0.1", "10.0.0.2"]
            .iter()
            .flat_map(|from| [1, 2].map(|item| turn(arrive(&addresses, from, item), item)))
            .collect();
        for item in [3, 4, 5] {
            waits(arrive(&addresses, "10.0.0.1", item));
        }
        surplus(arrive(&addresses, "10.0.0.1", 6), 6);
        surplus(arrive(&addresses, "10.0.0.2", 7), 5);
        assert_eq!(addresses.waiting(), 3);
        addresses.clear();
        assert_eq!(addresses.waiting(), 0);
    }

    #[test]
    fn a_changed_limit_holds_for_the_next_turn() {
        let addresses = Addresses::new();
        let first = turn(arrive(&addresses, "10.0.0.1", 1), 1);
        let second = turn(arrive(&addresses, "10.0.0.1", 2), 2);
        waits(arrive(&addresses, "10.0.0.1", 3));
        assert!(first.pass_on(1).is_none(), "two are more than one");
        let _second = match second.pass_on(1) {
            Some((turn, 3)) => turn,
            _ => panic!("it is the turn of 3"),
        };
        waits(addresses.arrive(ip("10.0.0.1"), 4, 1, 3));
        // Raised: the one that came first has its turn first.
        drop(turn(addresses.arrive(ip("10.0.0.1"), 5, 3, 3), 4));
    }

    #[test]
    fn a_raised_limit_starts_all_those_that_wait() {
        let addresses = Addresses::new();
        let first = turn(arrive(&addresses, "10.0.0.1", 1), 1);
        let _second = turn(arrive(&addresses, "10.0.0.1", 2), 2);
        for item in [3, 4, 5] {
            waits(arrive(&addresses, "10.0.0.1", item));
        }
        assert!(addresses.one_more(ip("10.0.0.1"), 2).is_none());
        let _first = passed(first, 3);
        let mut begun = Vec::new();
        while let Some((turn, item)) = addresses.one_more(ip("10.0.0.1"), 100) {
            begun.push((item, turn));
        }
        assert_eq!(begun.iter().map(|(item, _)| *item).collect::<Vec<_>>(), [4, 5]);
        assert_eq!(addresses.waiting(), 0);
    }
}
