//! Opening a connection: the way to its server, whom to tell what there, and
//! where to go instead.

mod answers;
mod cookies;
mod http2;
mod journey;
mod open;
mod redirect;
mod route;
mod tls;
mod tunnel;

pub use cookies::{CookieError, CookieJar};
pub use open::{HttpVersion, Opening, open};
pub use redirect::Redirects;
pub use route::Route;
