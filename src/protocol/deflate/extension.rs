//! The grammar of Sec-WebSocket-Extensions (RFC 6455 section 9.1).

use super::super::handshake::is_token;

/// One extension that is offered or accepted, with its parameters in order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Extension {
    pub name: String,
    pub parameters: Vec<(String, Option<String>)>,
}

/// Most extensions in one message, and parameters of one of them: far more
/// than exist.
const MOST: usize = 32;

/// Parses the field's value, all fields of that name joined by commas. `None`
/// if it breaks the grammar.
pub(super) fn parse(value: &str) -> Option<Vec<Extension>> {
    let mut rest = Rest(value);
    let mut extensions = Vec::new();
    loop {
        rest.skip_spaces();
        // Empty elements of a list are ignored (RFC 9110 section 5.6.1.2).
        if rest.skip(',') {
            continue;
        }
        if rest.0.is_empty() {
            return Some(extensions);
        }
        extensions.push(rest.extension()?);
        rest.skip_spaces();
        if extensions.len() > MOST || !(rest.0.is_empty() || rest.skip(',')) {
            return None;
        }
    }
}

/// What is not parsed yet.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn extension(&mut self) -> Option<Extension> {
        let name = self.token()?.to_owned();
        let mut parameters = Vec::new();
        loop {
            self.skip_spaces();
            if !self.skip(';') {
                return Some(Extension { name, parameters });
            }
            self.skip_spaces();
            let name = self.token()?.to_owned();
            self.skip_spaces();
            let value = if self.skip('=') {
                self.skip_spaces();
                Some(self.value()?)
            } else {
                None
            };
            parameters.push((name, value));
            if parameters.len() > MOST {
                return None;
            }
        }
    }

    /// A token, or one in quotes.
    fn value(&mut self) -> Option<String> {
        if !self.skip('"') {
            return self.token().map(str::to_owned);
        }
        let mut value = String::new();
        loop {
            match self.next()? {
                '"' => return is_token(&value).then_some(value),
                '\\' => value.push(self.next()?),
                character => value.push(character),
            }
        }
    }

    fn token(&mut self) -> Option<&'a str> {
        let is_end = |character| matches!(character, ' ' | '\t' | ',' | ';' | '=' | '"');
        let end = self.0.find(is_end).unwrap_or(self.0.len());
        let (token, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        is_token(token).then_some(token)
    }

    fn next(&mut self) -> Option<char> {
        let mut characters = self.0.chars();
        let next = characters.next()?;
        self.0 = characters.as_str();
        Some(next)
    }

    fn skip(&mut self, character: char) -> bool {
        let rest = self.0.strip_prefix(character);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn skip_spaces(&mut self) {
        self.0 = self.0.trim_start_matches([' ', '\t']);
    }
}
