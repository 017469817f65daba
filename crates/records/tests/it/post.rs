//! A mail server and a GOV.UK Notify to send to, as small as they can be. The sending itself is the real one; the real servers
//! are in the tests of `messages` and of the whole program.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use casework::formats::Email;
use messages::notify::{self, ApiKey, Notify};
use messages::smtp::{self, Security, Smtp};
use messages::{House, Post, Templates, Wordings};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

/// What a server does with what comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Behaviour {
    /// Takes it.
    Takes,
    /// Takes it and does not answer.
    Hangs,
    /// Says at once that it is out of order.
    Out,
    /// Says that there is no such address.
    Unknown,
}

/// Both servers, and what each took: to whom, and all that was said.
pub(crate) struct Servers {
    mail_port: u16,
    notify_port: u16,
    behaviour: Arc<Mutex<Behaviour>>,
    mails: Arc<Mutex<Vec<(String, String)>>>,
    texts: Arc<Mutex<Vec<serde_json::Value>>>,
    statuses: Arc<Mutex<&'static str>>,
}

impl Servers {
    pub(crate) async fn start() -> Servers {
        let (mail, asked) = (
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
        );
        let servers = Servers {
            mail_port: mail.local_addr().unwrap().port(),
            notify_port: asked.local_addr().unwrap().port(),
            behaviour: Arc::new(Mutex::new(Behaviour::Takes)),
            mails: Arc::default(),
            texts: Arc::default(),
            statuses: Arc::new(Mutex::new("sending")),
        };
        let (behaviour, mails) = (Arc::clone(&servers.behaviour), Arc::clone(&servers.mails));
        tokio::spawn(async move {
            while let Ok((stream, _)) = mail.accept().await {
                let (behaviour, mails) = (*behaviour.lock().unwrap(), Arc::clone(&mails));
                tokio::spawn(async move { mail_server(stream, behaviour, &mails).await });
            }
        });
        let (behaviour, texts, statuses) =
            (Arc::clone(&servers.behaviour), Arc::clone(&servers.texts), Arc::clone(&servers.statuses));
        tokio::spawn(async move {
            while let Ok((stream, _)) = asked.accept().await {
                let (behaviour, texts) = (*behaviour.lock().unwrap(), Arc::clone(&texts));
                let statuses = Arc::clone(&statuses);
                tokio::spawn(async move { notify_server(stream, behaviour, &texts, &statuses).await });
            }
        });
        servers
    }

    pub(crate) fn set(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }

    /// What Notify says of what it took.
    pub(crate) fn status(&self, status: &'static str) {
        *self.statuses.lock().unwrap() = status;
    }

    /// To whom e-mails went, each with all of its words.
    pub(crate) fn mails(&self) -> Vec<(String, String)> {
        self.mails.lock().unwrap().clone()
    }

    /// What Notify took.
    pub(crate) fn texts(&self) -> Vec<serde_json::Value> {
        self.texts.lock().unwrap().clone()
    }

    /// A service that sends by both.
    pub(crate) fn post(&self) -> Post {
        self.post_of(House::default())
    }

    /// The same, where those whose appointment is called off may choose another time at this address.
    pub(crate) fn post_choosing_at(&self, address: &str) -> Post {
        self.post_of(House { choose_at: Some(address.to_owned()), ..House::default() })
    }

    /// The same, where clients are told of a changed notice, which is read at this address.
    pub(crate) fn post_telling_of_notices(&self, address: &str) -> Post {
        self.post_of(House { notice: Some(address.to_owned()), ..House::default() })
    }

    fn post_of(&self, house: House) -> Post {
        let smtp = Smtp::new(smtp::Settings {
            host: "127.0.0.1".into(),
            port: self.mail_port,
            security: Security::NoneOnThisMachine,
            sign_in: None,
            from: Email::parse("hello@example.org").unwrap(),
            from_name: "Northbridge".into(),
            authority: None,
            patience: PATIENCE,
        });
        let key = "test-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0";
        let notify = Notify::new(notify::Settings {
            address: format!("http://127.0.0.1:{}", self.notify_port),
            key: ApiKey::parse(key).unwrap(),
            patience: PATIENCE,
            authority: None,
        });
        let templates = Templates { text: Some(Uuid::from_u128(1)), email: None };
        let (phone, place) = ("0151 496 0100".into(), "12 Market Street".into());
        let house = House { phone, place, ..house };
        let wordings = Wordings::new(&house, &BTreeMap::new()).unwrap();
        Post::new(Some(smtp.unwrap()), Some((notify.unwrap(), templates)), house, wordings, PATIENCE)
    }
}

/// How long a server may take; nobody is sending any more after ten times that.
const PATIENCE: Duration = Duration::from_millis(700);
pub(crate) const LEASE_SECONDS: i64 = 8;

async fn mail_server(stream: TcpStream, behaviour: Behaviour, mails: &Mutex<Vec<(String, String)>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    if behaviour == Behaviour::Out {
        let _ = write.write_all(b"421 4.3.2 not now\r\n").await;
        return;
    }
    let _ = write.write_all(b"220 mail.test ESMTP\r\n").await;
    let (mut to, mut words, mut in_words) = (String::new(), String::new(), false);
    while let Ok(Some(line)) = lines.next_line().await {
        if in_words {
            if line == "." {
                in_words = false;
                mails.lock().unwrap().push((std::mem::take(&mut to), std::mem::take(&mut words)));
                if behaviour == Behaviour::Hangs {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                }
                let _ = write.write_all(b"250 2.0.0 taken\r\n").await;
            } else {
                // Quoted-printable breaks long lines: they are read as one again.
                match line.strip_suffix('=') {
                    Some(begun) => words.push_str(begun),
                    None => words.extend([line.as_str(), "\n"]),
                }
            }
            continue;
        }
        let answer: &[u8] = match line.split([' ', ':']).next().unwrap_or_default() {
            "RCPT" if behaviour == Behaviour::Unknown => b"550 5.1.1 no such user\r\n",
            "RCPT" => {
                to = line.trim_start_matches("RCPT TO:<").trim_end_matches('>').to_owned();
                b"250 2.1.5 fine\r\n"
            }
            "DATA" => {
                in_words = true;
                b"354 go on\r\n"
            }
            "QUIT" => b"221 bye\r\n",
            _ => b"250 fine\r\n",
        };
        if write.write_all(answer).await.is_err() {
            return;
        }
    }
}

async fn notify_server(
    mut stream: TcpStream,
    behaviour: Behaviour,
    texts: &Mutex<Vec<serde_json::Value>>,
    statuses: &Mutex<&'static str>,
) {
    let mut read = Vec::new();
    let (head, body) = loop {
        if let Some(end) = read.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&read[..end]).to_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
            let length = length.map_or(0, |length| length.trim().parse::<usize>().unwrap());
            if read.len() >= end + 4 + length {
                break (String::from_utf8_lossy(&read[..end]).into_owned(), read[end + 4..].to_vec());
            }
        }
        if stream.read_buf(&mut read).await.unwrap_or(0) == 0 {
            return;
        }
    };
    let status = *statuses.lock().unwrap();
    let (code, answer) = if behaviour == Behaviour::Out {
        (503, serde_json::json!({"errors": []}))
    } else if head.starts_with("POST") {
        let asked: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let id = asked["reference"].as_str().unwrap().to_owned();
        texts.lock().unwrap().push(asked);
        if behaviour == Behaviour::Hangs {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        (201, serde_json::json!({"id": id, "reference": id}))
    } else if let Some(reference) = head.split("?reference=").nth(1) {
        let reference = reference.split(' ').next().unwrap_or_default();
        let texts = texts.lock().unwrap();
        let found = texts.iter().filter(|text| text["reference"] == reference);
        let listed: Vec<_> = found
            .map(|_| serde_json::json!({"id": reference, "reference": reference, "status": status}))
            .collect();
        (200, serde_json::json!({"notifications": listed}))
    } else {
        (200, serde_json::json!({"status": status}))
    };
    let answer = answer.to_string();
    let head = format!("HTTP/1.1 {code} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", answer.len());
    let _ = stream.write_all(format!("{head}{answer}").as_bytes()).await;
}
