//! The hosts that a server is asked for: any, or those of a list. A page of
//! another site that has its name resolve to this server's address still names
//! its own host (DNS rebinding).

/// A list of hosts; empty, every host is taken.
#[derive(Clone, Debug, Default)]
pub struct Hosts(Vec<String>);

impl Hosts {
    /// Hosts as in a Host field: those without a port are taken with any.
    pub fn new(names: &[&str]) -> Self {
        Self(names.iter().map(|name| normal(name)).collect())
    }

    /// Whether a Host field's value is taken.
    pub fn has(&self, host: &str) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let (host, name) = (normal(host), normal(without_port(host)));
        self.0.iter().any(|known| *known == host || *known == name)
    }
}

/// `example.org` of `example.org:80`; the brackets of an IPv6 address stay.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => {
            let is_whole = !name.starts_with('[') || name.ends_with(']');
            if is_whole { name } else { host }
        }
        _ => host,
    }
}

/// Names are the same in any case, and with the dot at their end.
fn normal(host: &str) -> String {
    let name = without_port(host);
    let port = host.get(name.len()..).unwrap_or_default();
    let name = name.strip_suffix('.').unwrap_or(name);
    format!("{name}{port}").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::Hosts;

    #[test]
    fn an_empty_list_takes_every_host() {
        assert!(Hosts::default().has("evil.example") && Hosts::default().has(""));
    }

    #[test]
    fn a_name_is_taken_with_any_port_and_in_any_case() {
        let hosts = Hosts::new(&["Example.org", "localhost", "127.0.0.1", "[::1]"]);
        for taken in [
            "example.org",
            "EXAMPLE.ORG:8080",
            "example.org.",
            "example.org.:80",
            "localhost:1",
            "127.0.0.1:80",
            "[::1]",
            "[::1]:443",
        ] {
            assert!(hosts.has(taken), "{taken:?}");
        }
        for refused in
            ["", "evil.example", "example.org.evil", "xexample.org", "127.0.0.2", "[::2]"]
        {
            assert!(!hosts.has(refused), "{refused:?}");
        }
    }

    #[test]
    fn a_name_with_a_port_is_taken_with_that_one() {
        let hosts = Hosts::new(&["example.org:8080"]);
        assert!(hosts.has("example.org:8080") && hosts.has("Example.org.:8080"));
        assert!(!hosts.has("example.org") && !hosts.has("example.org:80"));
    }
}
