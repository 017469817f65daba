//! Documents and paper of the made-up clients: small files made on the spot, sent as an adviser would send them.

use casework::documents::Kind;

/// A small file.
pub(crate) struct MadeUpDocument {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its title.
    pub(crate) title: &'static str,
    /// What it is.
    pub(crate) kind: Kind,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

/// The documents of the `turn`th client who has any.
pub(crate) fn documents(turn: usize) -> Vec<MadeUpDocument> {
    let cv = MadeUpDocument { name: "cv.txt", title: "CV", kind: Kind::Cv, bytes: CV.into() };
    let certificate = MadeUpDocument {
        name: "food-safety.pdf",
        title: "Food safety certificate",
        kind: Kind::Certificate,
        bytes: pdf("Food safety, level 2. Made up for a demonstration."),
    };
    let photo =
        MadeUpDocument { name: "payslip.png", title: "First payslip", kind: Kind::Earnings, bytes: png() };
    match turn % 3 {
        0 => vec![cv, certificate],
        1 => vec![photo],
        _ => vec![certificate, photo],
    }
}

/// What stands on paper, and in which folder.
pub(crate) fn paper(turn: usize) -> (&'static str, String) {
    let what = ["Signed agreement", "Signed plan", "Referral form"];
    (what.get(turn % what.len()).copied().unwrap_or("Signed agreement"), (turn % 40 + 1).to_string())
}

const CV: &str = "\
What I can do\n\n  Forklift licence since 2021\n  Stock checks and deliveries\n  Working early shifts\n\n\
Where I worked\n\n  Harbour Cold Store, Northbridge, three years\n";

/// A page with one line, written out as ISO 32000 has it: objects, their places, the trailer.
fn pdf(line: &str) -> Vec<u8> {
    let text = format!("BT /F1 18 Tf 72 740 Td ({line}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(file.len());
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let table = file.len();
    file.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for place in places {
        file.push_str(&format!("{place:010} 00000 n \n"));
    }
    file.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    ));
    file.into_bytes()
}

const SIDE: u32 = 120;

/// A picture of stripes. Its points are stored as they are (RFC 1951, 3.2.4), so that nothing has to be packed.
fn png() -> Vec<u8> {
    let mut points = Vec::new();
    for row in 0..SIDE {
        points.push(0);
        points.extend((0..SIDE).map(|_| if row / 12 % 2 == 0 { 235 } else { 170 }));
    }
    let mut packed = vec![0x78, 0x01];
    let length = u16::try_from(points.len()).unwrap_or(u16::MAX);
    packed.push(1);
    packed.extend(length.to_le_bytes());
    packed.extend((!length).to_le_bytes());
    packed.extend(&points);
    packed.extend(adler(&points).to_be_bytes());
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = [SIDE.to_be_bytes(), SIDE.to_be_bytes()].concat();
    head.extend([8, 0, 0, 0, 0]);
    for (kind, data) in [(b"IHDR", head), (b"IDAT", packed), (b"IEND", Vec::new())] {
        let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
        let body = [kind.as_slice(), &data].concat();
        file.extend(length.to_be_bytes());
        file.extend(&body);
        file.extend(crc(&body).to_be_bytes());
    }
    file
}

/// RFC 1950.
fn adler(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

/// The sum of PNG (W3C, annex D).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(
            sum ^ u32::from(*byte),
            |sum, _| if sum & 1 == 1 { 0xedb8_8320 ^ sum >> 1 } else { sum >> 1 },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_as_the_standards_have_them() {
        assert_eq!(crc(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler(b"Wikipedia"), 0x11e6_0398);
    }
}
