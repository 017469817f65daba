//! The pages of Kept: rendered on the server, working without JavaScript.
//!
//! A page is a short function that reads top to bottom: who asks (`Signed`), which sentence of `records`, how it looks, and
//! `release`, the one place where personal data leaves, with the receipt of its audit entry. Every route stands in the
//! table of `routes`, which drives the tests. Components stand in `ui`.
//!
//! To add a page: write it in the file of its topic, and give it its line in the table.

mod access_review;
mod account;
mod api;
mod appointments;
pub mod assets;
mod breaches;
mod calendar;
mod clients;
mod closures;
mod conflict;
mod consents;
mod corrections;
mod cover;
mod details;
mod diary;
mod directory;
mod disclosures;
mod documents;
mod duplicates;
mod entries;
mod entry_page;
mod erasures;
mod fail;
mod fields;
mod figures;
mod file;
mod form;
mod frame;
mod guard;
mod hand_over;
mod holds;
mod imports;
mod joining;
mod journey;
mod layers;
mod letter;
mod looked;
mod merges;
mod messages;
mod notices_given;
mod organisations;
mod outcomes;
mod paging;
mod paper;
mod placements;
mod plan;
mod programmes;
mod promises;
mod public;
mod query;
mod redactions;
mod referrals;
mod register;
mod requests;
mod retention;
mod returns;
mod rooms;
mod routes;
mod settings;
mod shortcuts;
mod sign_in;
mod signed;
mod taking_in;
mod tasks;
mod team;
mod telling;
mod timeline;
mod today;
pub mod ui;
mod upload;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use records::Service;

pub use file::bench_view;
pub use routes::{Method, ROUTES, Route, Who};

/// How the pages are served.
pub struct Options {
    /// The address that browsers use: what an `Origin` header must equal.
    pub origin: String,
    /// The made-up people who can sign in, when this is a demonstration.
    pub demo: Option<Vec<DemoPerson>>,
    /// Whether a proxy in front ends TLS and names the caller in `X-Forwarded-For`.
    pub behind_proxy: bool,
}

/// Somebody who can sign in to a demonstration. Nobody real.
pub struct DemoPerson {
    /// As what.
    pub role: &'static str,
    /// Name.
    pub name: String,
    /// Sign-in address.
    pub email: String,
    /// Password.
    pub password: String,
    /// Secret of the code generator.
    pub totp_secret: [u8; 20],
}

/// What every page has at hand.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) service: Arc<Service>,
    pub(crate) options: Arc<Options>,
    pub(crate) callers: Arc<guard::Callers>,
    pub(crate) published: Arc<promises::Published>,
    pub(crate) imports: Arc<imports::Shelf>,
    pub(crate) rates: Arc<api::Rates>,
}

/// All pages over a service.
pub fn app(service: Arc<Service>, options: Options) -> Router {
    let app = App {
        service,
        options: Arc::new(options),
        callers: Arc::default(),
        published: Arc::default(),
        imports: Arc::default(),
        rates: Arc::default(),
    };
    guard::guarded(routes::router(), &app).with_state(app)
}
