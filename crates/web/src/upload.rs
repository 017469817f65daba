//! A document as a browser sends it (RFC 7578): read while it arrives, never whole in memory, never in a file.

use axum::extract::Request;
use axum::http::header;
use casework::documents::{self, FILE, Typed};
use casework::{ClientId, DocumentId, Fault};
use multer::{Field, Multipart};
use records::documents::{Begun, Goes, Sending};
use records::written::PROGRAMME;
use records::{Error, Visit};

use crate::App;
use crate::fail::Fail;

/// The largest field beside the file.
const LARGEST_FIELD: usize = 64 * 1024;
/// So many times the largest document is read and thrown away, so that the browser listens to the answer.
const PATIENCE: u64 = 8;

/// What came of it.
pub(crate) enum Sent {
    /// It is in the file.
    Kept(DocumentId),
    /// It is not, and this is what was typed and what is wrong.
    Faults(Typed, String, Vec<Fault>),
}

/// The fields before the file.
#[derive(Default)]
struct Fields {
    form: String,
    seen: String,
    typed: Typed,
}

fn broken() -> Fail {
    Fail::bad_form("It broke off or was not sent by a page of this service.")
}

/// Takes in a new document, or a new version of `of`.
pub(crate) async fn receive(
    app: &App,
    visit: &Visit,
    client: ClientId,
    of: Option<DocumentId>,
    request: Request,
) -> Result<Sent, Fail> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let boundary = kind.and_then(|kind| multer::parse_boundary(kind).ok()).ok_or_else(broken)?;
    let mut parts = Multipart::new(request.into_body().into_data_stream(), boundary);
    let mut fields = Fields::default();
    let mut seen: Vec<String> = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|_| broken())? {
        let name = part.name().unwrap_or_default().to_owned();
        if seen.contains(&name) {
            return Err(Fail::bad_form("It has the same field twice."));
        }
        if name == FILE {
            let sent = file(app, visit, client, of, fields, part).await?;
            // What stands behind the file is none of ours.
            return Ok(sent);
        }
        let into = match name.as_str() {
            "form" => &mut fields.form,
            "seen" => &mut fields.seen,
            "title" => &mut fields.typed.title,
            "kind" => &mut fields.typed.kind,
            "note" => &mut fields.typed.note,
            // A new version lies where the document lies.
            PROGRAMME if of.is_none() => &mut fields.typed.programme,
            _ => return Err(Fail::bad_form("It has a field that this page does not ask for.")),
        };
        *into = text(part).await?;
        seen.push(name);
    }
    Ok(Sent::Faults(fields.typed, fields.form, vec![Fault::new(FILE, "Choose a file")]))
}

async fn text(mut part: Field<'_>) -> Result<String, Fail> {
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(|_| broken())? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > LARGEST_FIELD {
            return Err(Fail::bad_form("A field of it is longer than any that this page asks for."));
        }
    }
    String::from_utf8(bytes).map_err(|_| Fail::bad_form("It is not text."))
}

async fn file(
    app: &App,
    visit: &Visit,
    client: ClientId,
    of: Option<DocumentId>,
    fields: Fields,
    mut part: Field<'_>,
) -> Result<Sent, Fail> {
    let mut form = [0; 16];
    hex::decode_to_slice(&fields.form, &mut form).map_err(|_| Fail::bad_form("Its number is missing."))?;
    let goes = match (of, fields.typed.programme.as_str()) {
        (None, "") => Goes::IntoFile,
        (None, id) => {
            Goes::With(id.parse().map_err(|_| Fail::bad_form("It names a programme that is none."))?)
        }
        (Some(document), _) => {
            let seen = fields.seen.parse().map_err(|_| Fail::bad_form("Its version is missing."))?;
            Goes::Replaces { document, seen }
        }
    };
    let name = part.file_name().unwrap_or_default().to_owned();
    let mut faults = Vec::new();
    let read = fields.typed.read().map_err(|wrong| faults.extend(wrong));
    // A browser sends a file without a name when none was chosen.
    let named = if name.is_empty() {
        Err(Fault::new(FILE, "Choose a file"))
    } else {
        documents::file_name(&name).map(drop)
    };
    faults.extend(named.err());
    let Ok((title, kind, note)) = read else {
        drain(app, &mut part).await?;
        return Ok(Sent::Faults(fields.typed, fields.form, faults));
    };
    if !faults.is_empty() {
        drain(app, &mut part).await?;
        return Ok(Sent::Faults(fields.typed, fields.form, faults));
    }
    let sending = Sending { form, goes, name, title, kind, note };
    let mut upload = match app.service.begin_document(visit, client, sending).await {
        Ok(Begun::Upload(upload)) => upload,
        Ok(Begun::Made(id)) => {
            drain(app, &mut part).await?;
            return Ok(Sent::Kept(id));
        }
        Err(error) => {
            drain(app, &mut part).await?;
            return not_kept(fields, error);
        }
    };
    loop {
        let pushed = match part.chunk().await {
            Ok(Some(piece)) => upload.push(&piece).await,
            Ok(None) => break,
            Err(_) => {
                upload.abandon().await;
                return Err(broken());
            }
        };
        if let Err(error) = pushed {
            upload.abandon().await;
            drain(app, &mut part).await?;
            return not_kept(fields, error);
        }
    }
    match upload.finish().await {
        Ok(id) => Ok(Sent::Kept(id)),
        Err(error) => not_kept(fields, error),
    }
}

/// Why a document was not kept. Where the page can be shown again, what was typed stays on it.
fn not_kept(fields: Fields, error: Error) -> Result<Sent, Fail> {
    let faults = match error {
        Error::Faults(faults) => faults,
        Error::Bucket(fault) => {
            tracing::error!(%fault, "a document could not be kept");
            vec![Fault::new(
                FILE,
                "The store of the documents does not do its part just now, so nothing was saved. What you typed is still here: wait a few minutes and choose the file again",
            )]
        }
        error => return Err(error.into()),
    };
    Ok(Sent::Faults(fields.typed, fields.form, faults))
}

/// Reads on and throws away: a browser that is still sending does not read an answer.
async fn drain(app: &App, part: &mut Field<'_>) -> Result<(), Fail> {
    let most = app.service.documents_kept().largest().saturating_mul(PATIENCE);
    let mut thrown = 0_u64;
    while let Some(piece) = part.chunk().await.map_err(|_| broken())? {
        thrown += piece.len() as u64;
        if thrown > most {
            return Err(Fail::page(
                axum::http::StatusCode::PAYLOAD_TOO_LARGE,
                "This is too much at once",
                "What you sent is far larger than a document may be, so nothing was saved.",
            ));
        }
    }
    Ok(())
}
