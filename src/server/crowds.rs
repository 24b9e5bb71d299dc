//! How many of something each address has.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use crate::sync::lock;

/// Those of all addresses.
#[derive(Default)]
pub(super) struct Crowds(Mutex<HashMap<IpAddr, usize>>);

/// One of an address; counts until it is dropped.
pub(super) struct Member {
    crowds: Arc<Crowds>,
    network: IpAddr,
}

impl Crowds {
    /// One more of `network`, unless it has `most`.
    pub fn join(self: &Arc<Self>, network: IpAddr, most: usize) -> Option<Member> {
        let mut counts = lock(&self.0);
        let count = counts.get(&network).copied().unwrap_or_default();
        if count >= most {
            return None;
        }
        counts.insert(network, count.saturating_add(1));
        Some(Member { crowds: self.clone(), network })
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let mut counts = lock(&self.crowds.0);
        match counts.get(&self.network) {
            Some(&count) if count > 1 => {
                counts.insert(self.network, count.saturating_sub(1));
            }
            _ => drop(counts.remove(&self.network)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Crowds, lock};

    #[test]
    fn each_address_has_its_own_and_an_empty_one_is_forgotten() {
        let crowds: Arc<Crowds> = Arc::default();
        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|ip| ip.parse().expect("an address"));
        let members = [crowds.join(one, 2), crowds.join(one, 2), crowds.join(other, 2)];
        assert!(members.iter().all(Option::is_some));
        assert!(crowds.join(one, 2).is_none());
        drop(members);
        assert!(crowds.join(one, 1).is_some());
        assert!(lock(&crowds.0).is_empty());
    }
}
