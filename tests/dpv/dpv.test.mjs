// The export of every shipped notice, read by a foreign reader; and documents that have to fail.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { faults, triples, vocabulary } from "./check.mjs";

const project = fileURLToPath(new URL("../../", import.meta.url));
const shipped = [...notices("notices"), ...notices("notices/programmes")];

function notices(folder) {
  return readdirSync(join(project, folder)).filter((name) => name.endsWith(".toml")).map((name) => join(folder, name));
}

const made = new Map();

/** The export of a notice, made once by the program itself. */
function exported(path) {
  if (!made.has(path)) {
    const args = ["run", "--quiet", "--package", "notice", "--example", "dpv", "--", path];
    made.set(path, execFileSync("cargo", args, { cwd: project, encoding: "utf8", maxBuffer: 1 << 26 }));
  }
  return JSON.parse(made.get(path));
}

test("there are notices to check, and lists to check them against", () => {
  assert.ok(shipped.includes(join("notices", "employment-service.toml")));
  const sizes = [...vocabulary().values()].map((terms) => terms.size);
  assert.ok(sizes.length === 7 && sizes.every((size) => size > 0));
});

for (const path of shipped) {
  // promise: P29
  test(`${path} says nothing that the vocabulary does not know`, async () => {
    assert.deepEqual(await faults(exported(path)), []);
  });

  // promise: P27
  test(`${path} keeps its controller, grounds, data, times, recipients and rights as triples`, async () => {
    const read = await triples(exported(path));
    const objects = (name) => read.filter((triple) => triple.predicate.value === `https://w3id.org/dpv#${name}`);
    const wanted = [
      "hasDataController", "hasProcess", "hasPurpose", "hasLegalBasis", "hasPersonalData", "hasStorageCondition",
      "hasDuration", "hasRecipient", "hasRight", "hasTechnicalMeasure", "hasJurisdiction", "hasApplicableLaw",
    ];
    assert.deepEqual(wanted.filter((name) => objects(name).length === 0), []);
  });
}

const service = join("notices", "employment-service.toml");

/** The export after a change of its text. */
function changed(from, to) {
  const text = JSON.stringify(exported(service));
  assert.ok(text.includes(from), `${from} stands in the export`);
  return JSON.parse(text.replace(from, to));
}

// Negative controls: each has to be noticed, so that the check is worth something.
for (const [what, from, to, said] of [
  ["a misspelt type", '"dpv:PrivacyNotice"', '"dpv:PrivacyNotise"', /#PrivacyNotise is a type, but not in the vocabulary/],
  ["a misspelt property", '"dpv:hasLegalBasis"', '"dpv:hasLegalBase"', /#hasLegalBase is a predicate, but not in/],
  ["a misspelt personal data term", '"pd:BirthDate"', '"pd:DateOfBirth"', /pd#DateOfBirth is a type, but not in/],
  ["a ground that does not exist", '"eu-gdpr:A6-1-a"', '"eu-gdpr:A6-1-z"', /gdpr#A6-1-z is an object, but not in/],
  ["a class used as a property", '"dpv:hasPurpose"', '"dpv:Purpose"', /dpv#Purpose is a predicate, but a class/],
  ["a property used as a type", '"dpv:StorageDuration"', '"dpv:hasDuration"', /dpv#hasDuration is a type, but a property/],
  ["a namespace that does not exist", '"https://w3id.org/dpv/pd#"', '"https://w3id.org/dpv/personal#"', /personal#Name/],
  ["a term of our own without a broader one", '"kept:DPA-Sch1-p8"}', '"kept:DPA-Sch1-p8x"}', /p8x is a term of our own/],
  ["a reference that leads nowhere", '1.0#recipient-adult-learning"', '1.0#recipient-nobody"', /nothing says what it is/],
]) {
  test(`${what} is noticed`, async () => {
    assert.match((await faults(changed(from, to))).join("\n"), said);
  });
}

/** A made-up consent under the service's notice. */
function consented(form) {
  const args = ["run", "--quiet", "--package", "notice", "--example", "consent", "--", service, form];
  return JSON.parse(execFileSync("cargo", args, { cwd: project, encoding: "utf8", maxBuffer: 1 << 26 }));
}

// What ISO/IEC TS 27560 makes mandatory, and what the GDPR adds to that (DPV guide "consent-27560", section 7.2).
for (const [form, type, profiles] of [
  ["record", "ConsentRecord", ["record", "record-eu-gdpr"]],
  ["receipt", "ConsentReceipt", ["receipt", "receipt-eu-gdpr"]],
]) {
  // promise: P8
  test(`a consent ${form} is whole, and says nothing that the vocabulary does not know`, async () => {
    const document = consented(form);
    assert.deepEqual(await faults(document), []);
    const read = await triples(document);
    const dpv = (name) => `https://w3id.org/dpv#${name}`;
    const dct = (name) => `http://purl.org/dc/terms/${name}`;
    const objects = (predicate) => read.filter((triple) => triple.predicate.value === predicate).map((triple) => triple.object.value);
    const wanted = [
      dct("conformsTo"), dct("identifier"), dct("language"), dct("date"),
      ...[
        "hasDataSubject", "hasNotice", "hasPurpose", "hasLegalBasis", "hasPersonalData", "hasNecessity",
        "hasDataController", "hasDataSource", "hasProcessing", "hasStorageCondition", "hasDuration", "hasLocation",
        "hasService", "hasJurisdiction", "hasRecipient", "hasConsentControl", "hasRight", "hasAuthority",
        "isIndicatedAtTime", "isIndicatedBy", "hasConsentStatus", "hasIndicationMethod", "hasName", "hasAddress", "hasContact",
      ].map(dpv),
    ];
    assert.deepEqual(wanted.filter((predicate) => objects(predicate).length === 0), []);
    assert.ok(objects("http://www.w3.org/1999/02/22-rdf-syntax-ns#type").includes(dpv(type)));
    const conforms = objects(dct("conformsTo")).filter((iri) => iri.includes("27560"));
    assert.deepEqual(conforms.sort(), profiles.map((name) => `https://w3id.org/dpv/schema/dpv-27560#${name}`).sort());
    const states = objects(dpv("hasConsentStatus"));
    assert.ok(states.includes(dpv("ConsentGiven")) && states.includes(dpv("ConsentWithdrawn")));
  });
}

test("a consent state that does not exist is noticed", async () => {
  const text = JSON.stringify(consented("record")).replaceAll('"dpv:ConsentWithdrawn"', '"dpv:ConsentTakenBack"');
  assert.match((await faults(JSON.parse(text))).join("\n"), /ConsentTakenBack is an object, but not in/);
});

test("a context that has to be fetched is refused", async () => {
  const document = { ...exported(service), "@context": "https://example.org/context" };
  assert.match((await faults(document)).join("\n"), /cannot be read as JSON-LD/);
});

test("the command says what is wrong and ends with status 1", () => {
  const run = (input) => spawnSync("node", [join(import.meta.dirname, "check.mjs")], { input, encoding: "utf8" });
  const good = run(JSON.stringify(exported(service)));
  assert.equal(good.status, 0, good.stderr);
  assert.match(good.stdout, /^\d+ triples/);
  const bad = run(JSON.stringify(changed('"dpv:Client"', '"dpv:Klient"')));
  assert.equal(bad.status, 1);
  assert.match(bad.stderr, /Klient/);
  assert.equal(run("no JSON").status, 1);
  assert.equal(run("{}").status, 1);
});
