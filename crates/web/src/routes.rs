//! The table of all routes: the router is made from it, and the tests go through it, so that none is forgotten.

use axum::Router;
use axum::routing::{MethodRouter, get, post};

use crate::{
    App, account, api, appointments, assets, calendar, clients, closures, conflict, consents, corrections,
    cover, details, diary, disclosures, documents, entries, entry_page, file, hand_over, looked, messages,
    notices_given, organisations, outcomes, paper, plan, public, register, retention, sign_in, tasks, team,
    telling, today,
};

/// The two methods that pages use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Shows, changes nothing.
    Get,
    /// Acts.
    Post,
}

/// Who may call a route at all; what they may then do is for the access rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anybody.
    Everybody,
    /// Somebody who is signed in.
    Staff,
    /// A program with a token; no cookie opens it.
    Program,
}

/// One route.
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path, with `{client}` and `{category}` for the parts that vary.
    pub path: &'static str,
    /// Who may call it.
    pub who: Who,
    /// Whether an allowed call leaves one entry of the caller in the audit log.
    pub audited: bool,
    handler: fn() -> MethodRouter<App>,
}

macro_rules! routes {
    ($($method:ident $path:literal $who:ident $audited:literal $handler:path;)+) => {
        /// Every route of Kept.
        pub static ROUTES: &[Route] = &[$(Route {
            method: Method::$method,
            path: $path,
            who: Who::$who,
            audited: $audited,
            handler: || routes!(@ $method $handler),
        }),+];
    };
    (@ Get $handler:path) => { get($handler) };
    (@ Post $handler:path) => { post($handler) };
}

routes! {
    Get  "/" Staff true today::show;
    Get  "/sign-in" Everybody false sign_in::show;
    Post "/sign-in" Everybody false sign_in::password;
    Post "/sign-in/code" Everybody false sign_in::code;
    Get  "/welcome" Everybody false sign_in::welcome;
    Post "/welcome" Everybody false sign_in::accept;
    Get  "/welcome/second-factor" Everybody false sign_in::second_factor;
    Post "/welcome/second-factor" Everybody false sign_in::enrol;
    Post "/sign-out" Everybody false sign_in::out;
    Post "/session/stay" Staff false account::stay;
    Get  "/account" Staff false account::show;
    Post "/account/confirm" Staff true account::confirm;
    Post "/account/password" Staff true account::password;
    Post "/account/recovery-codes" Staff true account::recovery_codes;
    Post "/account/sign-out-everywhere" Staff true account::sign_out_everywhere;
    Get  "/clients" Staff true clients::caseload;
    Get  "/clients/find" Staff false clients::find_page;
    Post "/clients/find" Staff true clients::find;
    Post "/clients/suggest" Staff true clients::suggest;
    Get  "/clients/register" Staff false register::show;
    Post "/clients/register" Staff true register::register;
    Get  "/clients/{client}" Staff true file::show;
    Post "/clients/{client}/reason" Staff true file::reason;
    Post "/clients/{client}/meetings" Staff true file::record_meeting;
    Post "/clients/{client}/draft" Staff true file::draft;
    Get  "/clients/{client}/details" Staff true details::show;
    Get  "/clients/{client}/details/{category}" Staff true details::edit;
    Post "/clients/{client}/details/{category}" Staff true details::save;
    Get  "/clients/{client}/details/{category}/history" Staff true details::history;
    Get  "/tasks" Staff true tasks::show;
    Post "/tasks" Staff false tasks::done;
    Get  "/team" Staff true team::show;
    Get  "/promises/retention" Staff true retention::show;
    Get  "/conflict-declared" Staff false conflict::declared;
    Get  "/clients/{client}/conflict" Staff true conflict::ask;
    Post "/clients/{client}/conflict" Staff true conflict::declare;
    Get  "/clients/{client}/outcomes" Staff true outcomes::show;
    Get  "/clients/{client}/plan" Staff true plan::show;
    Post "/clients/{client}/plan" Staff true plan::agree;
    Get  "/clients/{client}/entries/in/{group}" Staff true entries::group;
    Get  "/clients/{client}/entries/new/{form}" Staff true entries::begin;
    Post "/clients/{client}/entries/new/{form}" Staff true entries::write;
    Get  "/clients/{client}/entries/{entry}" Staff true entry_page::show;
    Get  "/clients/{client}/entries/{entry}/change" Staff true entries::edit;
    Post "/clients/{client}/entries/{entry}/change" Staff true entries::change;
    Post "/clients/{client}/entries/{entry}/correct" Staff true corrections::correct;
    Get  "/clients/{client}/looked" Staff true looked::show;
    Get  "/clients/{client}/appointments/new" Staff true appointments::begin;
    Post "/clients/{client}/appointments" Staff true appointments::book;
    Get  "/appointments/{appointment}" Staff true appointments::show;
    Post "/appointments/{appointment}" Staff true appointments::change;
    Get  "/clients/{client}/documents" Staff true documents::show;
    Post "/clients/{client}/documents" Staff true documents::send;
    Get  "/clients/{client}/documents/{document}" Staff true documents::one;
    Post "/clients/{client}/documents/{document}" Staff true documents::replace;
    Post "/clients/{client}/documents/{document}/delete" Staff true documents::delete;
    Get  "/clients/{client}/documents/{document}/{number}/view" Staff true documents::view;
    Get  "/clients/{client}/documents/{document}/{number}/download" Staff true documents::download;
    Post "/clients/{client}/paper" Staff true paper::add;
    Get  "/paper" Staff true paper::register;
    Get  "/paper/{paper}" Staff true paper::show;
    Post "/paper/{paper}" Staff true paper::change;
    Get  "/cover" Staff false cover::show;
    Post "/cover" Staff true cover::arrange;
    Post "/cover/{cover}/end" Staff true cover::end;
    Get  "/team/hand-over" Staff true hand_over::choose;
    Post "/team/hand-over" Staff true hand_over::begin;
    Get  "/team/hand-over/{hand_over}" Staff true hand_over::show;
    Get  "/diary" Staff true diary::show;
    Get  "/closures/new" Staff false closures::begin;
    Post "/closures/new" Staff false closures::close;
    Get  "/closures/{closure}" Staff false closures::show;
    Post "/closures/{closure}" Staff true closures::stop;
    Get  "/closures/{closure}/sheet" Staff true closures::sheet;
    Get  "/messages" Staff true messages::show;
    Post "/messages" Staff false messages::see_to;
    Get  "/messages/wording" Staff false messages::wording;
    Post "/messages/{message}" Staff true messages::act;
    Post "/account/calendar" Staff true calendar::make;
    Post "/account/calendar/end" Staff true calendar::end;
    Get  "/calendar/{secret}" Everybody false calendar::feed;
    Get  "/clients/{client}/consent" Staff true consents::show;
    Get  "/clients/{client}/consent/ask/{about}" Staff true consents::ask;
    Post "/clients/{client}/consent/ask/{about}" Staff true consents::answer;
    Post "/clients/{client}/consent/withdraw" Staff true consents::withdraw;
    Get  "/clients/{client}/consent/{consent}/{file}" Staff true consents::record;
    Get  "/clients/{client}/share/{organisation}" Staff true disclosures::propose;
    Post "/clients/{client}/share/{organisation}" Staff true disclosures::share;
    Get  "/clients/{client}/disclosures/{disclosure}" Staff true disclosures::show;
    Post "/clients/{client}/disclosures/{disclosure}" Staff true disclosures::decide;
    Post "/clients/{client}/disclosures/{disclosure}/pack" Staff true disclosures::pack;
    Get  "/approvals" Staff true disclosures::approvals;
    Get  "/recipients" Staff false organisations::show;
    Post "/recipients" Staff true organisations::add;
    Post "/recipients/{organisation}/key" Staff true organisations::enter_key;
    Post "/recipients/{organisation}/confirm" Staff true organisations::confirm;
    Get  "/recipients-to-tell" Staff false telling::show;
    Post "/recipients-to-tell" Staff true telling::step;
    Get  "/notices/tell-again" Staff true notices_given::show;
    Post "/notices/tell-again" Staff true notices_given::give;
    Post "/notices/tell-again/letters" Staff true notices_given::letters;
    Get  "/notice/text/{digest}" Everybody false notices_given::text;
    Get  "/api/v1/openapi.json" Everybody false api::document::serve;
    Get  "/api/v1/clients" Program true api::clients::list;
    Post "/api/v1/clients" Program true api::clients::register;
    Post "/api/v1/clients/search" Program true api::clients::search;
    Get  "/api/v1/clients/{client}" Program true api::clients::show;
    Post "/api/v1/clients/{client}/reason" Program true api::clients::reason;
    Get  "/api/v1/clients/{client}/entries" Program true api::entries::list;
    Get  "/api/v1/clients/{client}/entries/{entry}" Program true api::entries::show;
    Post "/api/v1/clients/{client}/meetings" Program true api::entries::record_meeting;
    Get  "/api/v1/clients/{client}/appointments" Program true api::appointments::list;
    Post "/api/v1/clients/{client}/appointments" Program true api::appointments::book;
    Get  "/api/v1/appointments/{appointment}" Program true api::appointments::show;
    Post "/api/v1/appointments/{appointment}/move" Program true api::appointments::change_time;
    Post "/api/v1/appointments/{appointment}/end" Program true api::appointments::end;
    Get  "/notice" Everybody false public::notice;
    Get  "/notice/{version}" Everybody false public::version;
    Get  "/accessibility" Everybody false public::accessibility;
    Get  "/help" Everybody false public::help;
    Get  "/health" Everybody false public::health;
    Get  "/favicon.ico" Everybody false public::favicon;
    Get  "/assets/{digest}/{name}" Everybody false assets::serve;
}

/// The router of the table.
pub(crate) fn router() -> Router<App> {
    ROUTES
        .iter()
        .fold(Router::new(), |router, route| router.route(route.path, (route.handler)()))
        .fallback(public::not_found)
        .method_not_allowed_fallback(public::wrong_method)
}
