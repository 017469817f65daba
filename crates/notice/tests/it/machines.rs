//! The notice for machines and for the regulator: DPV and the record of processing.

use std::collections::{BTreeMap, BTreeSet};

use notice::render::{self, words};
use notice::{Notice, Period, Purpose};
use serde_json::Value;

use crate::SERVICE;
use crate::markup::spaced;
use crate::texts::{LEAST, changed, changed_after, notice, shipped};

/// The nodes of the export by their names.
fn nodes(notice: &Notice) -> BTreeMap<String, Value> {
    let export = render::dpv(notice);
    assert!(
        export["@context"].as_object().unwrap().values().all(Value::is_string),
        "nothing has to be fetched"
    );
    let nodes = export["@graph"].as_array().unwrap();
    let named = nodes.iter().map(|node| (node["@id"].as_str().unwrap().to_owned(), node.clone()));
    let by_name: BTreeMap<String, Value> = named.collect();
    assert_eq!(by_name.len(), nodes.len(), "each node stands once");
    by_name
}

fn ids(value: &Value) -> BTreeSet<String> {
    let one = |value: &Value| value["@id"].as_str().map(str::to_owned);
    value
        .as_array()
        .map_or_else(|| one(value).into_iter().collect(), |values| values.iter().filter_map(one).collect())
}

fn of<'a>(nodes: &'a BTreeMap<String, Value>, part: &str) -> &'a Value {
    let found = nodes.iter().find(|(id, _)| id.ends_with(&format!("#{part}")));
    found.unwrap_or_else(|| panic!("no node {part:?}")).1
}

// promise: P29
#[test]
fn the_export_holds_every_field_purpose_recipient_and_period() {
    for (name, notice) in shipped() {
        let nodes = nodes(&notice);
        for held in &notice.categories {
            for id in &held.fields {
                let label = &notice.field(id).unwrap().label;
                assert_eq!(
                    of(&nodes, &format!("field-{}", id.as_str().replace('_', "-")))["dct:title"],
                    **label,
                    "{name}"
                );
            }
            for entry in &held.entries {
                let title = words::capital(entry);
                assert_eq!(of(&nodes, &format!("entry-{entry}"))["dct:title"], title, "{name}");
            }
        }
        for given in &notice.purposes {
            let node = of(&nodes, &format!("purpose-{}", given.purpose));
            assert_eq!(ids(&node["dpv:hasLegalBasis"]).is_empty(), given.bases.is_empty());
            let held = notice.categories.iter().filter(|held| given.categories.contains(&held.category));
            let wanted: usize = held.map(|held| held.fields.len() + held.entries.len()).sum();
            assert_eq!(ids(&node["dpv:hasPersonalData"]).len(), wanted, "{name}: {}", given.purpose);
        }
        for recipient in &notice.recipients {
            let node = of(&nodes, &format!("recipient-{}", recipient.id));
            assert_eq!(
                ids(&node["dpv:hasPersonalData"]).len(),
                recipient.fields.len() + recipient.entries.len()
            );
            let consent = ids(&node["dpv:hasLegalBasis"]).contains("eu-gdpr:A6-1-a");
            assert_eq!(consent, recipient.needs_consent, "{name}: {}", recipient.id);
        }
        for rule in &notice.retention {
            let node = of(&nodes, &format!("keep-{}", rule.layer)).to_string();
            if let Period::Months(months) = rule.period {
                assert!(node.contains(&format!("\"P{months}M\"")), "{name}: {node}");
            }
        }
    }
}

#[test]
fn every_reference_leads_to_a_node_and_every_term_of_ours_narrows_one_of_theirs() {
    for (name, notice) in shipped().into_iter().chain([("least", notice(LEAST))]) {
        let nodes = nodes(&notice);
        let mut referred = BTreeSet::new();
        nodes.values().for_each(|node| collect(node, &mut referred));
        for id in referred {
            let ours = id.starts_with("kept:") || id.starts_with("https://kept.example.org/");
            assert!(!ours || nodes.contains_key(&id), "{name}: {id} leads nowhere");
        }
        for (id, node) in nodes.iter().filter(|(id, _)| id.starts_with("kept:")) {
            let broader = ids(&node["skos:broader"]);
            assert!(
                broader.iter().all(|term| !term.starts_with("kept:")) && !broader.is_empty(),
                "{name}: {id}"
            );
        }
    }
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get("@id").and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|value| collect(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}

/// law.md C.5, purpose by purpose.
// promise: P25
// promise: P26
#[test]
fn rights_go_with_the_ground_of_each_purpose() {
    let rights = |article: &str| {
        let to = format!("article = \"{article}\", enactment = \"Localism Act 2011, section 1\"");
        let notice = changed("article = \"6(1)(a)\"", &to);
        ids(&of(&nodes(&notice), &format!("purpose-{}", Purpose::Support))["dpv:hasRight"])
    };
    let table: &[(&str, &[&str], &[&str])] = &[
        ("6(1)(a)", &["A15", "A16", "A17", "A18", "A20", "A7-3"], &["A21"]),
        ("6(1)(b)", &["A15", "A16", "A17", "A18", "A20"], &["A21", "A7-3"]),
        ("6(1)(c)", &["A15", "A16", "A18"], &["A20", "A21", "A7-3"]),
        ("6(1)(d)", &["A15", "A16", "A17", "A18"], &["A20", "A21", "A7-3"]),
        ("6(1)(e)", &["A15", "A16", "A17", "A18", "A21"], &["A20", "A7-3"]),
        ("6(1)(f)", &["A15", "A16", "A17", "A18", "A21"], &["A20", "A7-3"]),
    ];
    for (article, yes, no) in table {
        let rights = rights(article);
        for right in *yes {
            assert!(rights.contains(&format!("eu-gdpr:{right}")), "{article}: {right} is missing");
        }
        for right in *no {
            assert!(!rights.contains(&format!("eu-gdpr:{right}")), "{article}: {right} is too much");
        }
    }
}

// promise: P9
#[test]
fn what_the_vocabulary_lacks_stands_under_our_own_name() {
    let to = "article = \"6(1)(ea)\", enactment = \"UK GDPR, Annex 1\"";
    let nodes = nodes(&changed("article = \"6(1)(a)\"", to));
    assert_eq!(ids(&nodes["kept:A6-1-ea"]["skos:broader"]), BTreeSet::from(["dpv:LegalBasis".to_owned()]));
    assert_eq!(
        ids(&nodes["kept:DPA-Sch1-p8"]["skos:broader"]),
        BTreeSet::from(["dpv:LegalBasis".to_owned()])
    );
    assert_eq!(
        ids(&nodes["kept:ComplaintToController"]["skos:broader"]),
        BTreeSet::from(["dpv:Right".to_owned()])
    );
    assert_eq!(
        ids(&nodes["kept:ComplaintToCommissioner"]["skos:closeMatch"]),
        BTreeSet::from(["eu-gdpr:A77".to_owned()])
    );
}

#[test]
fn the_export_follows_what_is_enforced() {
    let notice = changed_after("layer = \"service\"", "months = 12", "months = 18");
    assert!(of(&nodes(&notice), "keep-service").to_string().contains("\"P18M\""));
    let any = changed("any = false", "any = true");
    let export = render::dpv(&any).to_string();
    assert!(export.contains("dpv:AutomatedDecisionMaking") && !export.contains("dpv:NotAutomated"));
}

/// A field's term comes from a file: whatever stands there, the export stays readable.
#[test]
fn a_term_that_nobody_can_read_becomes_the_widest_one() {
    for term in ["evil term\\\" <x>", "http://example.org/x", "pd:", "owl:Thing"] {
        let text = crate::PROGRAMME.replace("kept:ProgrammeEligibility", term);
        if let Ok(notice) = Notice::parse(&text) {
            assert_eq!(of(&nodes(&notice), "field-eligible-group")["@type"][0], "dpv:PersonalData", "{term}");
        }
    }
}

/// Article 30(1)(a)-(g), and paragraph 41 of Schedule 1.
// promise: P29
#[test]
fn the_record_of_processing_has_everything_that_article_30_asks_for() {
    for (name, notice) in shipped() {
        let text = spaced(&render::ropa(&notice).text());
        let mut wanted = vec![
            notice.controller.name.clone(),
            format!("Clients of {}", notice.service),
            "Security (Article 32(1))".to_owned(),
            "AES-256-GCM".to_owned(),
            "Retention followed".to_owned(),
            "Impact assessment".to_owned(),
            format!("{} {}", notice.id, notice.version),
        ];
        for given in &notice.purposes {
            wanted.extend([
                given.label.clone(),
                given.says.clone(),
                format!("{}/{}", notice.id, given.purpose),
            ]);
            wanted.extend(given.bases.iter().map(words::basis_law));
            wanted.extend(given.conditions.iter().map(words::condition_law));
        }
        wanted.extend(notice.retention.iter().map(|rule| words::kept(rule.period, rule.after)));
        wanted.extend(notice.recipients.iter().flat_map(|one| [one.name.clone(), one.country.clone()]));
        wanted.extend(notice.systems.iter().map(|system| system.name.clone()));
        wanted.extend(notice.controller.joint.iter().map(|joint| joint.name.clone()));
        let missing: Vec<String> = wanted
            .into_iter()
            .map(|fact| spaced(&fact))
            .filter(|fact| !text.contains(fact.as_str()))
            .collect();
        assert_eq!(missing, Vec::<String>::new(), "{name}");
    }
    let officer = spaced(&render::ropa(&notice(SERVICE)).text());
    assert!(officer.contains("Data protection officer: Data Protection Officer Phone: 0151 496 0110"));
}
