// Holds JSON-LD against the Data Privacy Vocabulary: `... | node check.mjs`. Prints every fault; exit status 1 if there are any.

import { readFileSync, readdirSync } from "node:fs";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import jsonld from "jsonld";

const RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const SKOS = "http://www.w3.org/2004/02/skos/core#";
const KEPT = "https://kept.example.org/ns#";
const NOTICES = "https://kept.example.org/notices/";

/** Namespaces with the kinds of their terms, from the shipped lists. */
export function vocabulary() {
  const folder = new URL("./terms/", import.meta.url);
  const spaces = new Map();
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".txt"))) {
    const [first, ...lines] = readFileSync(new URL(file, folder), "utf8").trim().split("\n");
    const terms = new Map(lines.map((line) => line.split(" ").reverse()));
    spaces.set(first.replace(/^namespace /, ""), terms);
  }
  return spaces;
}

/** Reads JSON-LD into triples without any network. */
export async function triples(document) {
  const refuse = (url) => {
    throw new Error(`the document asks for ${url}: it has to stand by itself`);
  };
  return jsonld.toRDF(document, { documentLoader: refuse, safe: true });
}

/** Every fault of a document, as sentences. */
export async function faults(document) {
  let read;
  try {
    read = await triples(document);
  } catch (error) {
    return [`It cannot be read as JSON-LD: ${error.details?.event?.message ?? error.message}`];
  }
  if (read.length === 0) return ["It says nothing: no triple could be read from it"];
  const found = new Set();
  const spaces = vocabulary();
  const told = new Set(read.filter((triple) => triple.predicate.value === `${RDF}type`).map((triple) => triple.subject.value));
  const narrowed = new Set(
    read
      .filter((triple) => triple.predicate.value === `${SKOS}broader` && termOf(triple.object.value, spaces))
      .map((triple) => triple.subject.value),
  );
  for (const { subject, predicate, object } of read) {
    kind(predicate.value, "property", "a predicate");
    if (subject.termType === "NamedNode") kind(subject.value, "class", "a subject");
    if (object.termType !== "NamedNode") continue;
    kind(object.value, "class", predicate.value === `${RDF}type` ? "a type" : "an object");
    if (object.value.startsWith(KEPT) && !narrowed.has(object.value)) {
      found.add(`${object.value} is a term of our own that narrows no term of the vocabulary`);
    }
    if (object.value.startsWith(NOTICES) && !told.has(object.value)) {
      found.add(`${object.value} is spoken of, but nothing says what it is`);
    }
  }
  return [...found].sort();

  function kind(iri, wanted, as) {
    const place = termOf(iri, spaces);
    if (!place) return;
    if (place.kind === undefined) found.add(`${iri} is ${as}, but not in the vocabulary`);
    else if (place.kind !== wanted) found.add(`${iri} is ${as}, but a ${place.kind} of the vocabulary`);
  }
}

/** The kind of a term: undefined kind if its namespace has no such term, nothing if the namespace is not DPV's. */
function termOf(iri, spaces) {
  const end = iri.indexOf("#") + 1;
  const terms = spaces.get(iri.slice(0, end));
  if (terms) return { kind: terms.get(iri.slice(end)) };
  // Whatever else begins like DPV is misspelt, or a namespace for which no list is shipped.
  return iri.startsWith("https://w3id.org/dpv") ? { kind: undefined } : undefined;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  let document;
  try {
    document = JSON.parse(await text(process.stdin));
  } catch (error) {
    console.error(`It is no JSON: ${error.message}`);
    process.exit(1);
  }
  const all = await faults(document);
  all.forEach((fault) => console.error(fault));
  if (all.length > 0) process.exit(1);
  console.log(`${(await triples(document)).length} triples, every term in the vocabulary`);
}
