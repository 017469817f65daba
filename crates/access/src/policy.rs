//! The policy that decides: loaded whole and valid, or not at all.

use std::collections::HashMap;
use std::str::FromStr;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityId, EntityTypeName, EntityUid, PolicySet,
    Request as CedarRequest, RestrictedExpression, Schema, ValidationMode, Validator,
};
use notice::{Categories, Category};
use sha2::{Digest, Sha256};

use crate::cache::{Cache, Decided};
use crate::generate::{SCHEMA, cedar};
use crate::table::{TableFault, lines};
use crate::{Act, ActorId, Circumstances, Permit, Refusal, Request, Role, Subject, Why};

/// Why a policy cannot be used. Kept does not start then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The table cannot be read.
    #[error(transparent)]
    Table(#[from] TableFault),
    /// The Cedar text is not the one that the table makes.
    #[error(
        "the access policy differs from its table policies/access.csv: make it anew with `cargo run -p access --example policy`"
    )]
    Drift,
    /// The Cedar text does not fit its schema.
    #[error("the access policy is not valid: {0}")]
    Invalid(String),
}

/// The rules, ready to decide.
pub struct Policy {
    policies: PolicySet,
    schema: Schema,
    authorizer: Authorizer,
    entities: Entities,
    roles: HashMap<Role, EntityUid>,
    acts: HashMap<Act, EntityUid>,
    resources: HashMap<Category, EntityUid>,
    digest: [u8; 32],
    cache: Cache,
}

impl Policy {
    /// The policy that this program ships with.
    ///
    /// # Errors
    /// Its table and its Cedar text differ, or are not valid.
    pub fn shipped() -> Result<Policy, Error> {
        Policy::load(
            include_str!("../../../policies/access.csv"),
            include_str!("../../../policies/kept.cedar"),
        )
    }

    /// A policy from its table and the Cedar text that must have been made from it.
    ///
    /// # Errors
    /// They differ, or are not valid.
    pub fn load(csv: &str, text: &str) -> Result<Policy, Error> {
        if cedar(&lines(csv)?) != text {
            return Err(Error::Drift);
        }
        Policy::of(text)
    }

    fn of(text: &str) -> Result<Policy, Error> {
        let invalid = |e: &dyn std::fmt::Display| Error::Invalid(e.to_string());
        let (schema, _) = Schema::from_cedarschema_str(SCHEMA).map_err(|e| invalid(&e))?;
        let policies = PolicySet::from_str(text).map_err(|e| invalid(&e))?;
        let checked = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        if let Some(error) = checked.validation_errors().next() {
            return Err(invalid(error));
        }
        let uid = |kind: &str, id: &str| {
            let kind = EntityTypeName::from_str(kind).map_err(|e| invalid(&e))?;
            Ok::<_, Error>(EntityUid::from_type_name_and_id(kind, EntityId::new(id)))
        };
        let mut policy = Policy {
            policies,
            schema,
            authorizer: Authorizer::new(),
            entities: Entities::empty(),
            roles: HashMap::new(),
            acts: HashMap::new(),
            resources: HashMap::new(),
            digest: Sha256::digest(text).into(),
            cache: Cache::new(),
        };
        for role in Role::ALL {
            policy.roles.insert(*role, uid("Role", role.code())?);
        }
        for act in Act::ALL {
            policy.acts.insert(*act, uid("Action", act.code())?);
        }
        for category in Category::ALL {
            policy.resources.insert(*category, uid("Category", category.code())?);
        }
        Ok(policy)
    }

    /// The digest of the policy text.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Decides: every category that is asked for is allowed, or nothing is.
    ///
    /// # Errors
    /// The refusal, with why.
    pub fn decide(&self, request: Request) -> Result<Permit, Refusal> {
        let refused = |category, why| Err(Refusal { request, category, why });
        if request.categories.is_empty() {
            return refused(None, Why::NotAllowed);
        }
        for category in request.categories.iter() {
            match self.decided(&request, category) {
                Decided::Allow => {}
                Decided::Broken => return refused(Some(category), Why::PolicyBroken),
                Decided::Deny => return refused(Some(category), self.why(&request, category)),
            }
        }
        let [a, b, c, d, e, f, g, h, ..] = self.digest;
        Ok(Permit::new(request, [a, b, c, d, e, f, g, h]))
    }

    /// Which of the asked categories would be allowed, for drawing a page. It opens nothing.
    #[must_use]
    pub fn allowed(&self, request: &Request) -> Categories {
        request.categories.iter().filter(|c| self.decided(request, *c) == Decided::Allow).collect()
    }

    fn decided(&self, request: &Request, category: Category) -> Decided {
        if !makes_sense(request) {
            return Decided::Deny;
        }
        self.cache.decided(request, category, || self.evaluate(request, category))
    }

    /// Why a denied request is denied, so that the page can say what to do.
    fn why(&self, request: &Request, category: Category) -> Why {
        if request.circumstances.conflict {
            return Why::Conflict;
        }
        let mut other = *request;
        if request.circumstances.withdrawn {
            other.circumstances = Circumstances { withdrawn: false, reason: true, ..other.circumstances };
            if self.decided(&other, category) == Decided::Allow {
                return Why::Withdrawn;
            }
            other = *request;
        }
        if request.circumstances.restricted {
            other.circumstances.reason = true;
            if self.decided(&other, category) == Decided::Allow {
                // Whoever answers the client may open it, and only has not said why yet.
                return Why::NeedsReason;
            }
            other.circumstances.restricted = false;
            if self.decided(&other, category) == Decided::Allow {
                return Why::Restricted;
            }
        }
        other.circumstances.reason = true;
        if self.decided(&other, category) == Decided::Allow { Why::NeedsReason } else { Why::NotAllowed }
    }

    /// Asks Cedar. It skips a policy that errs, so an answer with errors is no answer.
    fn evaluate(&self, request: &Request, category: Category) -> Decided {
        let Some(request) = self.cedar_request(request, category) else { return Decided::Broken };
        let answer = self.authorizer.is_authorized(&request, &self.policies, &self.entities);
        if answer.diagnostics().errors().next().is_some() {
            return Decided::Broken;
        }
        match answer.decision() {
            Decision::Allow => Decided::Allow,
            Decision::Deny => Decided::Deny,
        }
    }

    fn cedar_request(&self, request: &Request, category: Category) -> Option<CedarRequest> {
        let c = &request.circumstances;
        let flag = |name: &str, value: bool| (name.to_owned(), RestrictedExpression::new_bool(value));
        let context = Context::from_pairs([
            ("purpose".to_owned(), RestrictedExpression::new_string(request.purpose.code().to_owned())),
            flag("everyone", request.subject == Subject::Everyone),
            flag("ownCaseload", c.own_caseload),
            flag("ownFile", c.own_file),
            flag("restricted", c.restricted),
            flag("conflict", c.conflict),
            flag("reason", c.reason),
            flag("withdrawn", c.withdrawn),
        ])
        .ok()?;
        let principal = self.roles.get(&request.actor.role)?.clone();
        let action = self.acts.get(&request.act)?.clone();
        let resource = self.resources.get(&category)?.clone();
        CedarRequest::new(principal, action, resource, context, Some(&self.schema)).ok()
    }
}

/// Whether who asks and whose data it is about go together. The categories are clients' data, so the service has none;
/// and whoever acts as a client is the client whose file it is, whatever the request claims.
fn makes_sense(request: &Request) -> bool {
    match request.subject {
        Subject::Service => false,
        Subject::Everyone => true,
        Subject::Client(client) => {
            request.actor.role != Role::Client || request.actor.id == ActorId::from(client)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Actor;
    use notice::Purpose;

    fn request() -> Request {
        Request {
            actor: Actor { id: crate::ActorId::from_bytes([1; 16]), role: Role::Adviser },
            purpose: Purpose::Support,
            act: Act::Read,
            subject: Subject::Client(casework::ClientId::from_bytes([2; 16])),
            categories: Category::Contact.into(),
            circumstances: Circumstances { own_caseload: true, ..Circumstances::default() },
        }
    }

    #[test]
    fn a_policy_that_errs_allows_nothing() {
        let overflow = "permit (principal, action, resource); forbid (principal, action, resource) when { 9223372036854775807 + 1 == 0 };";
        let policy = Policy::of(overflow).unwrap();
        assert_eq!(policy.decide(request()).err().map(|r| r.why), Some(Why::PolicyBroken));
        assert!(policy.allowed(&request()).is_empty());
    }

    #[test]
    fn a_broken_or_drifted_policy_does_not_load() {
        assert!(matches!(Policy::of("permit ("), Err(Error::Invalid(_))));
        assert!(matches!(
            Policy::of("permit (principal, action, resource) when { context.moon };"),
            Err(Error::Invalid(_))
        ));
        let csv = include_str!("../../../policies/access.csv");
        let text = cedar(&lines(csv).unwrap());
        assert!(Policy::load(csv, &text).is_ok());
        assert!(matches!(Policy::load(csv, &format!("{text} ")), Err(Error::Drift)));
        let wider = csv.replace("contact,read write,always", "contact,read write erase,always");
        assert_ne!(csv, wider);
        assert!(matches!(Policy::load(&wider, &text), Err(Error::Drift)));
        assert!(matches!(Policy::load("", ""), Err(Error::Table(_))));
    }

    #[test]
    fn the_refusal_says_what_to_do() {
        let policy = Policy::shipped().unwrap();
        let mut asked = request();
        asked.circumstances.own_caseload = false;
        let why = |asked| policy.decide(asked).err().map(|r| r.why);
        assert_eq!(why(asked), Some(Why::NeedsReason));
        asked.circumstances.reason = true;
        assert_eq!(why(asked), None);
        asked.circumstances.withdrawn = true;
        assert_eq!(why(asked), Some(Why::Withdrawn));
        asked.circumstances.withdrawn = false;
        asked.circumstances.restricted = true;
        assert_eq!(why(asked), Some(Why::Restricted));
        let mut lead = Request { purpose: Purpose::Rights, ..asked };
        lead.actor.role = Role::Governance;
        lead.circumstances.reason = false;
        assert_eq!(why(lead), Some(Why::NeedsReason), "the lead is not sent to the lead");
        asked.circumstances.conflict = true;
        assert_eq!(why(asked), Some(Why::Conflict));
        asked = Request { categories: Category::Equality.into(), ..request() };
        let refusal = policy.decide(asked).err().unwrap();
        assert_eq!(refusal.why, Why::NotAllowed);
        assert_eq!(
            refusal.to_string(),
            "Your role (adviser) does not let you see equality answers. If you need it for your work, ask your manager."
        );
        asked.categories = Categories::NONE;
        assert_eq!(why(asked), Some(Why::NotAllowed));
    }
}
