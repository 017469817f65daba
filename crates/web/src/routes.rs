//! The table of all routes: the router is made from it, and the tests go through it, so that none is forgotten.

use std::pin::Pin;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::Response;
use axum::routing::{get, post};

use crate::{
    App, access_review, account, api, appointments, assets, breaches, calendar, clients, closures, conflict,
    consents, corrections, cover, details, diary, directory, disclosures, documents, duplicates, entries,
    entry_page, erasures, figures, file, hand_over, holds, imports, joining, journey, looked, merges,
    messages, notices_given, organisations, outcomes, paper, placements, plan, programmes, promises, public,
    redactions, referrals, register, requests, retention, returns, rooms, settings, sign_in, taking_in,
    tasks, team, telling, today, webhooks,
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
    answer: Answer,
}

type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// What answers a route. All are of one type here: the compiler goes through a whole page whenever it asks whether this page
/// is a handler, and the router asks that often.
#[derive(Clone, Copy)]
struct Answer(fn(Request, App) -> Answering);

impl Handler<(), App> for Answer {
    type Future = Answering;

    fn call(self, request: Request, app: App) -> Answering {
        (self.0)(request, app)
    }
}

macro_rules! routes {
    ($($method:ident $path:literal $who:ident $audited:literal $handler:path;)+) => {
        /// Every route of Kept.
        pub static ROUTES: &[Route] = &[$(Route {
            method: Method::$method,
            path: $path,
            who: Who::$who,
            audited: $audited,
            answer: Answer(|request, app| Handler::call($handler, request, app)),
        }),+];
    };
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
    Get  "/account/settings" Staff false settings::show;
    Post "/account/settings" Staff true settings::save;
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
    Post "/clients/register/on-file" Staff true register::on_file;
    Get  "/clients/take-in" Staff false taking_in::show;
    Post "/clients/take-in" Staff false taking_in::look;
    Post "/clients/take-in/register" Staff true taking_in::register;
    Get  "/duplicates" Staff true duplicates::show;
    Post "/duplicates" Staff true duplicates::different;
    Get  "/duplicates/{pair}" Staff true merges::compare;
    Post "/duplicates/{pair}" Staff true merges::merge;
    Post "/duplicates/{pair}/reason" Staff true merges::reason;
    Get  "/import" Staff false imports::begin;
    Post "/import" Staff false imports::take;
    Get  "/import/{held}" Staff false imports::held;
    Post "/import/{held}" Staff false imports::decide;
    Get  "/import/{held}/progress" Staff false imports::progress;
    Post "/import/{held}/stop" Staff false imports::stop;
    Get  "/imports/{import}/undo" Staff false imports::ask_undo;
    Post "/imports/{import}/undo" Staff true imports::undo;
    Get  "/merges/{merge}" Staff true merges::show;
    Post "/merges/{merge}/undo" Staff true merges::undo;
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
    Get  "/promises" Staff true promises::show;
    Post "/promises" Staff true promises::act;
    Get  "/promises/public" Everybody false promises::published;
    Get  "/promises/processing" Staff true promises::processing;
    Get  "/promises/dpia" Staff true promises::dpia;
    Get  "/access-review" Staff true access_review::show;
    Post "/access-review" Staff true access_review::tick;
    Get  "/report-breach" Staff false breaches::reporting::ask;
    Post "/report-breach" Staff true breaches::reporting::report;
    Get  "/breaches" Staff true breaches::list;
    Get  "/breaches/new" Staff false breaches::begin;
    Post "/breaches/new" Staff true breaches::write;
    Get  "/breaches/{breach}" Staff true breaches::show;
    Get  "/breaches/{breach}/change" Staff true breaches::edit;
    Post "/breaches/{breach}/change" Staff true breaches::change;
    Post "/breaches/{breach}/affected" Staff true breaches::affected;
    Post "/breaches/{breach}/letters" Staff true breaches::letters;
    Get  "/breaches/{breach}/report" Staff true breaches::report;
    Get  "/promises/retention" Staff true retention::show;
    Post "/promises/retention/sweep" Staff true retention::sweep;
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
    Post "/clients/{client}/referrals/{entry}" Staff true referrals::step;
    Get  "/clients/{client}/programmes" Staff true placements::show;
    Get  "/clients/{client}/programmes/{programme}" Staff true joining::begin;
    Post "/clients/{client}/programmes/{programme}" Staff true joining::place;
    Get  "/clients/{client}/placements/{placement}" Staff true placements::one;
    Post "/clients/{client}/placements/{placement}" Staff true placements::change;
    Get  "/clients/{client}/looked" Staff true looked::show;
    Get  "/clients/{client}/journey" Staff true journey::show;
    Get  "/clients/{client}/appointments/new" Staff true appointments::begin;
    Post "/clients/{client}/appointments" Staff true appointments::book;
    Get  "/appointments/{appointment}" Staff true appointments::one::show;
    Post "/appointments/{appointment}" Staff true appointments::one::change;
    Get  "/clients/{client}/documents" Staff true documents::show;
    Post "/clients/{client}/documents" Staff true documents::send;
    Get  "/clients/{client}/documents/{document}" Staff true documents::one;
    Post "/clients/{client}/documents/{document}" Staff true documents::replace;
    Post "/clients/{client}/documents/{document}/delete" Staff true documents::delete;
    Post "/clients/{client}/documents/{document}/move" Staff true documents::keep_elsewhere;
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
    Get  "/rooms" Staff false rooms::show;
    Post "/rooms" Staff true rooms::add;
    Post "/rooms/{room}" Staff true rooms::change;
    Get  "/closures/new" Staff false closures::begin;
    Post "/closures/new" Staff false closures::close;
    Get  "/closures/{closure}" Staff false closures::show;
    Post "/closures/{closure}" Staff true closures::change;
    Get  "/closures/{closure}/sheet" Staff true closures::sheet;
    Get  "/messages" Staff true messages::show;
    Post "/messages" Staff false messages::see_to;
    Get  "/messages/wording" Staff false messages::wording;
    Post "/messages/{message}" Staff true messages::act;
    Post "/account/calendar" Staff true calendar::make;
    Post "/account/calendar/end" Staff true calendar::end;
    Get  "/again/{secret}" Everybody false appointments::choosing::show;
    Post "/again/{secret}" Everybody true appointments::choosing::choose;
    Get  "/calendar/{secret}" Everybody false calendar::feed;
    Get  "/clients/{client}/consent" Staff true consents::show;
    Get  "/clients/{client}/consent/ask/{about}" Staff true consents::asking::ask;
    Post "/clients/{client}/consent/ask/{about}" Staff true consents::asking::answer;
    Post "/clients/{client}/consent/withdraw" Staff true consents::withdraw;
    Get  "/clients/{client}/consent/{consent}/{file}" Staff true consents::record;
    Get  "/clients/{client}/share/{organisation}" Staff true disclosures::propose;
    Post "/clients/{client}/share/{organisation}" Staff true disclosures::share;
    Get  "/clients/{client}/disclosures/{disclosure}" Staff true disclosures::show;
    Post "/clients/{client}/disclosures/{disclosure}" Staff true disclosures::decide;
    Post "/clients/{client}/disclosures/{disclosure}/pack" Staff true disclosures::pack;
    Get  "/approvals" Staff true disclosures::approvals;
    Get  "/clients/{client}/erase" Staff true erasures::propose;
    Post "/clients/{client}/erase" Staff true erasures::ask;
    Get  "/clients/{client}/hold" Staff true holds::show;
    Post "/clients/{client}/hold" Staff true holds::set;
    Post "/clients/{client}/hold/{hold}" Staff true holds::lift;
    Get  "/holds" Staff true holds::all;
    Get  "/erasures" Staff true erasures::register;
    Get  "/erasures/{erasure}" Staff true erasures::show;
    Post "/erasures/{erasure}" Staff true erasures::decide;
    Get  "/redactions" Staff true redactions::show;
    Post "/redactions" Staff true redactions::done;
    Get  "/recipients" Staff false organisations::show;
    Post "/recipients" Staff true organisations::add;
    Post "/recipients/{organisation}/key" Staff true organisations::enter_key;
    Post "/recipients/{organisation}/confirm" Staff true organisations::confirm;
    Get  "/programmes" Staff false programmes::list;
    Get  "/programmes/{programme}" Staff true programmes::show;
    Post "/programmes/{programme}" Staff true programmes::change;
    Get  "/programmes/{programme}/returns" Staff true returns::list;
    Post "/programmes/{programme}/returns" Staff true returns::prepare;
    Get  "/programmes/{programme}/returns/preview" Staff true returns::preview;
    Get  "/returns/{return}" Staff true returns::show;
    Post "/returns/{return}" Staff true returns::decide;
    Get  "/returns/{return}/{file}" Staff true returns::file;
    Get  "/clients/{client}/returns/{programme}" Staff true returns::explain;
    Get  "/webhooks" Staff false webhooks::list;
    Post "/webhooks" Staff true webhooks::add;
    Get  "/webhooks/{webhook}" Staff false webhooks::show;
    Post "/webhooks/{webhook}" Staff true webhooks::act;
    Get  "/organisations" Staff false directory::list;
    Post "/organisations" Staff true directory::add;
    Get  "/organisations/{organisation}" Staff false directory::one;
    Post "/organisations/{organisation}" Staff true directory::change;
    Get  "/recipients-to-tell" Staff false telling::show;
    Post "/recipients-to-tell" Staff true telling::step;
    Get  "/recipients-to-tell/{item}/letter" Staff false telling::letter;
    Get  "/clients/{client}/requests" Staff true requests::of_client;
    Post "/clients/{client}/requests" Staff true requests::record;
    Get  "/requests" Staff true requests::queue;
    Get  "/requests/new" Staff true requests::without_file::show;
    Post "/requests/new" Staff true requests::without_file::record;
    Get  "/requests/no-news" Staff true requests::no_news::show;
    Post "/requests/no-news" Staff true requests::no_news::check;
    Post "/requests/no-news/reviewed" Staff true requests::no_news::reviewed;
    Get  "/requests/{request}" Staff true requests::one::show;
    Post "/requests/{request}/step" Staff true requests::one::step;
    Post "/requests/{request}/decide" Staff true requests::one::decide;
    Post "/requests/{request}/restrict" Staff true requests::one::restrict;
    Post "/requests/{request}/call-off" Staff true requests::one::call_off;
    Get  "/requests/{request}/letters/{letter}" Staff true requests::letters::show;
    Get  "/requests/{request}/copy" Staff true requests::copy::read;
    Post "/requests/{request}/copy" Staff true requests::copy::mark;
    Get  "/requests/{request}/review" Staff true requests::copy::review;
    Post "/requests/{request}/review" Staff true requests::copy::reviewed;
    Get  "/requests/{request}/print" Staff true requests::copy::print;
    Get  "/requests/{request}/download" Staff true requests::copy::download;
    Get  "/figures" Staff true figures::show;
    Get  "/figures/download/{file}" Staff true figures::download;
    Post "/figures/views" Staff true figures::views;
    Get  "/figures/equality" Staff true figures::equality::show;
    Post "/figures/equality" Staff true figures::equality::population;
    Get  "/figures/equality/report.pdf" Staff true figures::equality::pdf;
    Get  "/figures/packs" Staff true figures::packs::list;
    Post "/figures/packs" Staff true figures::packs::prepare;
    Get  "/figures/packs/{pack}" Staff true figures::packs::show;
    Post "/figures/packs/{pack}" Staff true figures::packs::decide;
    Get  "/figures/packs/{pack}/{file}" Staff true figures::packs::file;
    Get  "/published" Everybody false figures::published::list;
    Get  "/published/{pack}" Everybody false figures::published::show;
    Get  "/published/{pack}/{file}" Everybody false figures::published::file;
    Get  "/notices/tell-again" Staff true notices_given::show;
    Post "/notices/tell-again" Staff true notices_given::give;
    Post "/notices/tell-again/letters" Staff true notices_given::letters;
    Post "/notices/tell-again/messages" Staff true notices_given::messages;
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
    Get  "/api/v1/clients/{client}/referrals" Program true api::referrals::list;
    Post "/api/v1/clients/{client}/referrals" Program true api::referrals::record;
    Get  "/api/v1/clients/{client}/referrals/{entry}" Program true api::referrals::show;
    Post "/api/v1/clients/{client}/referrals/{entry}/step" Program true api::referrals::step;
    Get  "/api/v1/figures/published" Everybody false api::figures::published;
    Get  "/api/v1/figures/published/{pack}" Everybody false api::figures::pack;
    Post "/api/v1/figures/count" Program true api::figures::count;
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
    let answered = |route: &Route| match route.method {
        Method::Get => get(route.answer),
        Method::Post => post(route.answer),
    };
    ROUTES
        .iter()
        .fold(Router::new(), |router, route| router.route(route.path, answered(route)))
        .fallback(public::not_found)
        .method_not_allowed_fallback(public::wrong_method)
}
