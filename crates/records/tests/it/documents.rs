//! Documents on both engines: taken in, shown, replaced, deleted, erased; and what is no document refused.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use access::{Role, Why};
use casework::documents::{Checked, Kind};
use casework::{ClientId, DocumentId};
use records::documents::{Begun, Document, Goes, Sending, Settings};
use records::erasure::Ground;
use records::{Error, Service, Visit};

use crate::bench::{Bench, NOTICE};

pub(crate) const PDF: &[u8] = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";

pub(crate) fn sending(name: &str, replaces: Option<(DocumentId, i64)>) -> Sending {
    let goes = replaces.map_or(Goes::IntoFile, |(document, seen)| Goes::Replaces { document, seen });
    Sending {
        form: *uuid::Uuid::new_v4().as_bytes(),
        goes,
        name: name.into(),
        title: "Certificate".into(),
        kind: Kind::Certificate,
        note: "Seen by Ada".into(),
    }
}

pub(crate) async fn send(
    service: &Service,
    visit: &Visit,
    client: ClientId,
    sending: Sending,
    bytes: &[u8],
) -> Result<DocumentId, Error> {
    match service.begin_document(visit, client, sending).await? {
        Begun::Made(id) => Ok(id),
        Begun::Upload(mut upload) => {
            for piece in bytes.chunks(10_007) {
                if let Err(error) = upload.push(piece).await {
                    upload.abandon().await;
                    return Err(error);
                }
            }
            upload.finish().await
        }
    }
}

pub(crate) async fn listed(service: &Service, visit: &Visit, client: ClientId) -> Vec<Document> {
    service.documents(visit, client).await.unwrap().release().await.unwrap().documents
}

pub(crate) async fn read(
    service: &Service,
    visit: &Visit,
    client: ClientId,
    id: DocumentId,
    version: i64,
) -> Result<Vec<u8>, Error> {
    let shown = service.open_document(visit, client, id, version, false).await?.release().await?;
    let mut bytes = Vec::new();
    for index in 0..shown.pieces.count() {
        bytes.extend(shown.pieces.piece(index)?);
    }
    Ok(bytes)
}

fn folder(bench: &Bench) -> PathBuf {
    bench.ground.folder().join("documents")
}

/// Every file that stands there.
pub(crate) fn files(bench: &Bench) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for client in fs::read_dir(folder(bench)).into_iter().flatten() {
        all.extend(fs::read_dir(client.unwrap().path()).unwrap().map(|file| file.unwrap().path()));
    }
    all
}

async fn sound(bench: &Bench) {
    for finding in bench.service.examine().await {
        assert!(finding.sound, "{finding:?}");
    }
}

fn message(result: Result<DocumentId, Error>) -> String {
    match result {
        Err(Error::Faults(faults)) => format!("{}: {}", faults[0].field, faults[0].message),
        other => panic!("no fault: {:?}", other.map_err(|error| error.to_string())),
    }
}

// promise: P14
#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_kept_in_versions_and_nothing_of_it_stands_in_the_clear() {
    for bench in Bench::all().await {
        let (service, ada) = (&bench.service, bench.visit("Ada", Role::Adviser).await);
        let client = bench.client(&ada, "Daniel Whitfield").await;
        // Three pieces and a bit; the mark stands in each.
        let first: Vec<u8> = b"Quillfeather was here. ".iter().copied().cycle().take(200_000).collect();
        let form = sending("C:\\Scans\\notes.TXT", None);
        let id = send(service, &ada, client, form.clone(), &first).await.unwrap();
        let again = send(service, &ada, client, form, &first).await.unwrap();
        assert_eq!(again, id, "sent twice, kept once");
        assert_eq!(read(service, &ada, client, id, 1).await.unwrap(), first);

        let second = send(service, &ada, client, sending("scan.pdf", Some((id, 1))), PDF).await.unwrap();
        assert_eq!(second, id);
        let stale = send(service, &ada, client, sending("scan.pdf", Some((id, 1))), PDF).await;
        assert!(matches!(stale, Err(Error::ChangedMeanwhile)));
        let documents = listed(service, &ada, client).await;
        assert_eq!(documents.len(), 1);
        let versions: Vec<(i64, &str, u64, Checked)> = documents[0]
            .versions
            .iter()
            .map(|v| (v.number, v.described.name.as_str(), v.described.size, v.checked))
            .collect();
        let size = PDF.len() as u64;
        assert_eq!(
            versions,
            [(2, "scan.pdf", size, Checked::Unchecked), (1, "notes.txt", 200_000, Checked::Unchecked)]
        );
        assert_eq!(read(service, &ada, client, id, 2).await.unwrap(), PDF);
        assert_eq!(read(service, &ada, client, id, 1).await.unwrap(), first, "the older one is kept");

        let kept = files(&bench);
        assert_eq!(kept.len(), 2);
        for path in kept {
            let bytes = fs::read(&path).unwrap();
            assert!(!bytes.windows(12).any(|found| found == b"Quillfeather" || found == b"%PDF-1.4\n1 0"));
            assert_eq!((bytes.len() - 8) % (64 * 1024 + 28), 0, "sizes tell pieces and nothing more");
        }
        sound(&bench).await;

        service.delete_document(&ada, client, id, 2).await.unwrap();
        assert!(listed(service, &ada, client).await.is_empty() && files(&bench).is_empty());
        assert!(matches!(read(service, &ada, client, id, 1).await, Err(Error::NoSuchFile)));
        sound(&bench).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_is_said_and_leaves_nothing_behind() {
    for bench in Bench::all().await {
        let (service, ada) = (&bench.service, bench.visit("Ada", Role::Adviser).await);
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let large = vec![b'a'; 20 * 1024 * 1024 + 1];
        let cases: [(&str, &[u8], &str); 8] = [
            ("cv.exe", b"MZ", "Choose a PDF"),
            ("cv", PDF, "Choose a PDF"),
            ("cv.pdf", b"MZ\x90\0", "is not a PDF"),
            ("photo.png", b"<svg onload='alert(1)'/>", "is not a PNG picture"),
            ("cv.pdf", b"%PDF-1.4 <script>alert(1)</script> %%EOF", "is not a PDF"),
            ("cv.docx", b"PK\x03\x04 and no more", "is not a Word document"),
            ("cv.txt", b"", "empty"),
            ("cv.txt", &large, "larger than 20 MB"),
        ];
        for (name, bytes, says) in cases {
            let said = message(send(service, &ada, client, sending(name, None), bytes).await);
            assert!(said.starts_with("file: ") && said.contains(says), "{name}: {said}");
        }
        assert!(listed(service, &ada, client).await.is_empty());
        assert!(files(&bench).is_empty(), "{:?}", files(&bench));
        sound(&bench).await;
    }
}

// promise: P4
#[tokio::test(flavor = "multi_thread")]
async fn documents_are_for_those_who_may_read_the_work_and_each_look_is_logged() {
    for bench in Bench::all().await {
        let (service, ada) = (&bench.service, bench.visit("Ada", Role::Adviser).await);
        let bruno = bench.visit("Bruno", Role::Adviser).await;
        let desk = bench.visit("Desk", Role::Receptionist).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let id = send(service, &ada, client, sending("cv.pdf", None), PDF).await.unwrap();
        let page = service.documents(&desk, client).await.unwrap().release().await.unwrap();
        assert!(page.documents.is_empty() && !page.readable && !page.writable);
        assert!(matches!(read(service, &desk, client, id, 1).await, Err(Error::Refused(_))));
        let refused = send(service, &bruno, client, sending("cv.pdf", None), PDF).await;
        assert!(matches!(refused, Err(Error::Refused(refusal)) if refusal.why == Why::NeedsReason));
        let other = bench.client(&ada, "Maria Lopes").await;
        assert!(matches!(read(service, &ada, other, id, 1).await, Err(Error::NoSuchFile)));
        service.open_document(&ada, client, id, 1, true).await.unwrap().release().await.unwrap();
        let looks = service.who_looked(&ada, client).await.unwrap().release().await.unwrap().looks;
        let actions: Vec<(&str, &str)> =
            looks.iter().map(|look| (look.action.as_str(), look.outcome.as_str())).collect();
        for wanted in [("send-document", "done"), ("download-document", "done")] {
            assert!(actions.contains(&wanted), "{wanted:?}: {actions:?}");
        }
        assert!(actions.iter().any(|(a, o)| *a == "view-document" && o.starts_with("refused")));
    }
}

// promise: P1
#[tokio::test(flavor = "multi_thread")]
async fn a_notice_without_documents_takes_none() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let without = NOTICE
            .replace(", \"documents\", \"paper\"]", "]")
            .replace("version = \"1.0\"", "version = \"2.0\"");
        service.publish_notice(&without).await.unwrap();
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let refused = send(service, &ada, client, sending("cv.pdf", None), PDF).await;
        assert!(matches!(refused, Err(Error::NotNamed { .. })));
        let place = casework::paper::Place::read("Office 2", "", "").unwrap();
        let paper = service.add_paper(&ada, client, [7; 16], "Signed agreement", &place).await;
        assert!(matches!(paper, Err(Error::NotNamed { .. })));
        assert!(files(&bench).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_were_swapped_cut_off_or_changed_do_not_open() {
    for bench in Bench::all().await {
        let (service, ada) = (&bench.service, bench.visit("Ada", Role::Adviser).await);
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let long: Vec<u8> = b"long ".iter().copied().cycle().take(150_000).collect();
        let one = send(service, &ada, client, sending("a.txt", None), &long).await.unwrap();
        let two = send(service, &ada, client, sending("b.txt", None), &long).await.unwrap();
        let path = |id: DocumentId| {
            files(&bench)
                .into_iter()
                .find(|path| path.display().to_string().contains(&id.to_string()))
                .unwrap()
        };
        let (first, second) = (path(one), path(two));
        let whole = fs::read(&first).unwrap();
        let piece = 64 * 1024 + 28;
        let reordered =
            [&whole[..8], &whole[8 + piece..8 + 2 * piece], &whole[8..8 + piece], &whole[8 + 2 * piece..]]
                .concat();
        let mut changed = whole.clone();
        changed[8 + piece + 100] ^= 1;
        for spoiled in [
            fs::read(&second).unwrap(),
            whole[..8 + 2 * piece].to_vec(),
            reordered,
            changed,
            whole[..100].to_vec(),
        ] {
            fs::write(&first, spoiled).unwrap();
            assert!(read(service, &ada, client, one, 1).await.is_err());
        }
        fs::write(&first, &whole).unwrap();
        assert_eq!(read(service, &ada, client, one, 1).await.unwrap(), long);
        fs::remove_file(&first).unwrap();
        let missing = bench.service.examine().await.into_iter().find(|f| f.name == "documents").unwrap();
        assert!(!missing.sound && missing.detail.contains("1 without their bytes"), "{missing:?}");
    }
}

// promise: P14
// promise: P23
#[tokio::test(flavor = "multi_thread")]
async fn an_erased_file_takes_its_documents_along_and_leaves_the_paper_to_be_destroyed() {
    for bench in Bench::all().await {
        let (service, ada) = (&bench.service, bench.visit("Ada", Role::Adviser).await);
        let client = bench.client(&ada, "Daniel Whitfield").await;
        send(service, &ada, client, sending("cv.pdf", None), PDF).await.unwrap();
        let place = casework::paper::Place::read("Office 2", "Cabinet B", "14").unwrap();
        let paper = service.add_paper(&ada, client, [7; 16], "Signed agreement", &place).await.unwrap();
        let erased = service.erase_file("NB-10001", Ground::Request).await.unwrap();
        assert_eq!(erased.paper_left, 1, "the erasure is not complete");
        assert!(files(&bench).is_empty());
        let one = service.paper(&ada, paper).await.unwrap().release().await.unwrap();
        assert!(one.contact.is_none() && one.paper.what.is_none() && one.paper.client.is_none());
        assert_eq!(one.paper.place, place, "label and place are left, and no name");
        let register = service.paper_out(&ada).await.unwrap().release().await.unwrap();
        assert_eq!(register.out.len(), 1);
        let destroyed = records::paper::Doing::Destroyed;
        let stale = service.change_paper(&ada, paper, 1, destroyed.clone()).await;
        assert!(matches!(stale, Err(Error::ChangedMeanwhile)));
        service.change_paper(&ada, paper, one.paper.version, destroyed).await.unwrap();
        let erased = service.erased(client).await.unwrap().unwrap();
        assert_eq!(erased.paper_left, 0, "now it is");
        sound(&bench).await;
    }
}

// promise: P14
#[tokio::test(flavor = "multi_thread")]
async fn the_register_knows_where_each_paper_is_and_who_has_it() {
    for bench in Bench::all().await {
        let (service, ada) = (&bench.service, bench.visit("Ada", Role::Adviser).await);
        let desk = bench.visit("Desk", Role::Receptionist).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let place = casework::paper::Place::read("Office 2", "Cabinet B", "14").unwrap();
        let paper = service.add_paper(&ada, client, [7; 16], "Signed agreement", &place).await.unwrap();
        let again = service.add_paper(&ada, client, [7; 16], "Signed agreement", &place).await.unwrap();
        assert_eq!(paper, again, "sent twice, added once");
        let seen = service.paper(&desk, paper).await.unwrap().release().await.unwrap();
        assert_eq!(seen.whose(), Some(("Daniel Whitfield", "NB-10001")));
        assert!(
            seen.paper.what.is_none() && seen.writable,
            "reception lends it and does not read what it is"
        );
        assert_eq!(service.paper_by_label(seen.paper.label).await.unwrap(), Some(paper));
        assert_eq!(service.paper_by_label(1).await.unwrap(), None);

        let today = service.surroundings().today();
        let lend = |due_back| records::paper::Doing::Lend { to: ada.staff, due_back };
        let past = service.change_paper(&desk, paper, 1, lend(today.yesterday().unwrap())).await;
        assert!(matches!(past, Err(Error::Faults(_))));
        service.change_paper(&desk, paper, 1, lend(today)).await.unwrap();
        assert!(matches!(service.change_paper(&desk, paper, 2, lend(today)).await, Err(Error::Faults(_))));
        bench.later(2 * 24 * 3600);
        let register = service.paper_out(&desk).await.unwrap().release().await.unwrap();
        let out = &register.out[0];
        assert_eq!((out.paper.lent_to, out.paper.due_back), (Some(ada.staff), Some(today)));
        assert!(casework::paper::is_overdue(out.paper.due_back, service.surroundings().today()));
        assert_eq!(out.who.as_ref().unwrap().name, "Daniel Whitfield");
        service.change_paper(&desk, paper, 2, records::paper::Doing::Return).await.unwrap();
        let elsewhere = casework::paper::Place::read("Store", "", "").unwrap();
        service.change_paper(&desk, paper, 3, records::paper::Doing::Move(elsewhere.clone())).await.unwrap();
        let page = service.documents(&ada, client).await.unwrap().release().await.unwrap();
        assert_eq!(page.papers[0].what.as_deref(), Some("Signed agreement"));
        assert_eq!(page.papers[0].place, elsewhere);
        let bruno = bench.visit("Bruno", Role::Adviser).await;
        assert!(matches!(service.paper(&bruno, paper).await, Err(Error::Refused(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_upload_left_over_opens_for_nobody_and_is_swept() {
    for bench in Bench::all().await {
        let (service, ada) = (&bench.service, bench.visit("Ada", Role::Adviser).await);
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let kept = send(service, &ada, client, sending("cv.pdf", None), PDF).await.unwrap();
        let Begun::Upload(mut upload) =
            service.begin_document(&ada, client, sending("b.txt", None)).await.unwrap()
        else {
            panic!("a new form")
        };
        upload.push(&vec![b'a'; 150_000]).await.unwrap();
        // The browser is gone: nobody finishes it, nobody gives it up.
        drop(upload);
        assert_eq!(files(&bench).len(), 2);
        let finding =
            |found: Vec<records::doctor::Finding>| found.into_iter().find(|f| f.name == "documents").unwrap();
        let found = finding(service.examine().await);
        assert!(found.sound && found.detail.contains("1 left over"), "{found:?}");
        assert_eq!(
            service.sweep_documents(Duration::from_secs(3600)).await.unwrap(),
            0,
            "it may be going on"
        );
        assert_eq!(service.sweep_documents(Duration::ZERO).await.unwrap(), 1);
        assert_eq!(files(&bench).len(), 1);
        assert_eq!(read(service, &ada, client, kept, 1).await.unwrap(), PDF);
        sound(&bench).await;
    }
}

/// A small server that answers as clamd does by its INSTREAM command: infected if the word VIRUS is in it. 0: it hangs up,
/// 1: it looks.
pub(crate) fn stand_in_for_clamd() -> (String, Arc<AtomicU8>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp:{}", listener.local_addr().unwrap());
    let mood = Arc::new(AtomicU8::new(1));
    let shared = Arc::clone(&mood);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            if shared.load(Ordering::SeqCst) == 0 {
                continue;
            }
            let mut word = [0; 10];
            stream.read_exact(&mut word).unwrap();
            assert_eq!(&word, b"zINSTREAM\0");
            let mut whole = Vec::new();
            loop {
                let mut length = [0; 4];
                stream.read_exact(&mut length).unwrap();
                let length = u32::from_be_bytes(length) as usize;
                if length == 0 {
                    break;
                }
                let begin = whole.len();
                whole.resize(begin + length, 0);
                stream.read_exact(&mut whole[begin..]).unwrap();
            }
            let bad = whole.windows(5).any(|found| found == b"VIRUS");
            let answer: &[u8] = if bad { b"stream: Made.Up FOUND\0" } else { b"stream: OK\0" };
            stream.write_all(answer).unwrap();
        }
    });
    (address, mood)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scanner_lets_through_refuses_or_makes_wait() {
    for bench in Bench::all().await {
        let (address, mood) = stand_in_for_clamd();
        let settings = Settings { scanner: Some(address.parse().unwrap()), ..Settings::default() };
        let bench = bench.reopened_with(settings).await;
        let (service, ada) = (&bench.service, bench.visit("Ada", Role::Adviser).await);
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let state = |documents: Vec<Document>| documents[0].versions[0].checked;
        let clean = send(service, &ada, client, sending("a.txt", None), b"harmless").await.unwrap();
        assert_eq!(state(listed(service, &ada, client).await), Checked::Clean);
        service.delete_document(&ada, client, clean, 1).await.unwrap();

        let said = message(send(service, &ada, client, sending("a.txt", None), b"a VIRUS").await);
        assert!(said.contains("virus scanner found something"), "{said}");
        assert!(listed(service, &ada, client).await.is_empty() && files(&bench).is_empty());

        mood.store(0, Ordering::SeqCst);
        let good = send(service, &ada, client, sending("a.txt", None), b"harmless").await.unwrap();
        let bad = send(service, &ada, client, sending("b.txt", None), b"a VIRUS").await.unwrap();
        for id in [good, bad] {
            let shown = read(service, &ada, client, id, 1).await;
            assert!(matches!(shown, Err(Error::Faults(_))), "what waits is shown to nobody");
        }
        assert_eq!(service.check_waiting_documents().await.unwrap(), 0, "it still does not answer");
        mood.store(1, Ordering::SeqCst);
        assert_eq!(service.check_waiting_documents().await.unwrap(), 2);
        assert_eq!(read(service, &ada, client, good, 1).await.unwrap(), b"harmless");
        assert!(read(service, &ada, client, bad, 1).await.is_err());
        assert_eq!(files(&bench).len(), 1, "what was found infected is destroyed");
        sound(&bench).await;
    }
}

/// Debian's clamd with one signature of our own, over a socket of its own: `MD5:size:name` of the text that is infected.
struct Clamd {
    child: std::process::Child,
    _folder: tempfile::TempDir,
}

impl Drop for Clamd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const INFECTED: &[u8] = b"a made-up VIRUS";
const SIGNATURE: &str = "2ef3daeb5006a22a2c3113980d267f67:15:Made.Up.Signature\n";

fn clamd() -> Option<(Clamd, String)> {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    fs::create_dir(at("signatures")).unwrap();
    fs::write(at("signatures/own.hdb"), SIGNATURE).unwrap();
    let config = format!(
        "LocalSocket {}\nDatabaseDirectory {}\nForeground yes\nStreamMaxLength 25M\nMaxThreads 2\n",
        at("socket"),
        at("signatures")
    );
    fs::write(at("clamd.conf"), config).unwrap();
    let mut command = std::process::Command::new("clamd");
    command.args(["--config-file", &at("clamd.conf")]).stdout(std::process::Stdio::null());
    let Ok(child) = command.stderr(std::process::Stdio::null()).spawn() else {
        eprintln!("clamd is not installed (apt-get install clamav-daemon): the stand-in alone was tried");
        return None;
    };
    let address = format!("unix:{}", at("socket"));
    let clamd = Clamd { child, _folder: folder };
    for _ in 0..600 {
        if std::os::unix::net::UnixStream::connect(&address["unix:".len()..]).is_ok() {
            return Some((clamd, address));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("clamd does not come up");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_clamd_finds_what_it_knows_and_passes_the_rest() {
    let Some((_clamd, address)) = clamd() else { return };
    for bench in Bench::all().await {
        let settings = Settings { scanner: Some(address.parse().unwrap()), ..Settings::default() };
        let bench = bench.reopened_with(settings).await;
        let (service, ada) = (&bench.service, bench.visit("Ada", Role::Adviser).await);
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let said = message(send(service, &ada, client, sending("a.txt", None), INFECTED).await);
        assert!(said.contains("virus scanner found something"), "{said}");
        // Larger than a piece, and than what the socket takes at once.
        let long: Vec<u8> = b"harmless ".iter().copied().cycle().take(3_000_000).collect();
        send(service, &ada, client, sending("a.txt", None), &long).await.unwrap();
        let documents = listed(service, &ada, client).await;
        assert_eq!(documents.len(), 1);
        assert_eq!(documents[0].versions[0].checked, Checked::Clean);
        assert_eq!(files(&bench).len(), 1);
    }
}
