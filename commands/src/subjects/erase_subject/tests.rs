//! Cases of erasing: who is left how, and who must not be.

use domain::{
    ActorKind, Authority, ClientNotificationEmailsSet, ClientRegistered, ContactEmail,
    NotificationEmails, Personal, RecordContent, RecordCreated, RecordId, Registration,
    SubjectHeld, TokenId, TokenIssued, UserDeleted, UserPasswordSet,
};
use eventlog::TenantKeys;

use super::*;
use crate::clients::sample::{ada, created, id, tenant};
use crate::mint::sample::{kept_and_dropped, keys, mint};

const RECORD: &str = "00000000-0000-0000-0000-000000000007";

/// Ada, who has a password, a mail, and a token; client 2, which acts for her, with addresses of
/// hers and of its own; and record 7: all events, sealed under `keys`.
fn events(keys: &TenantKeys) -> Vec<Event> {
    let (user, organization) = (ada(), domain::OrganizationId("5".to_owned()));
    let profile = domain::Profile { email_lookup: "e".to_owned(), ..Default::default() };
    let profile = keys.seal_new("A-B-1", &profile).unwrap().0;
    let grants = domain::Grants::default();
    let made = domain::UserCreated {
        user: user.clone(),
        organization: organization.clone(),
        profile,
        grants,
    };
    let set = UserPasswordSet {
        user,
        organization,
        one_time: true,
        expires_at: None,
        mail: Some(uuid::Uuid::nil()),
    };
    let token = TokenIssued {
        token: TokenId("a".to_owned()),
        name: "a".to_owned(),
        holder: ActorKind::User,
        holder_id: "A-B-1".to_owned(),
        rights: [].into(),
        organization: None,
        expires_at: None,
    };
    let client = created(2, "robot", &[]);
    let address = "ops@acme.example".to_owned();
    let email = ContactEmail { address: address.clone(), email_lookup: "c".to_owned() };
    let email = Some(keys.seal_new(&id(2).to_string(), &email).unwrap().0);
    let registration = Registration { email, ..Registration::default() };
    let emails = NotificationEmails { emails: vec![address], email_lookup: "n".to_owned() };
    let emails = keys.seal_more("A-B-1", &emails).unwrap();
    let content = RecordContent { email_lookup: Some("r".to_owned()), ..Default::default() };
    let content: Personal<_> = keys.seal_new(RECORD, &content).unwrap().0;
    let (uuid, entity_type) = (RECORD.parse().unwrap(), "user".to_owned());
    vec![
        made.into(),
        set.into(),
        token.into(),
        client.into(),
        ClientRegistered { client: id(2), registration }.into(),
        ClientNotificationEmailsSet { client: id(2), emails }.into(),
        RecordCreated { record: RecordId(7), uuid, entity_type, content }.into(),
    ]
}

fn folded(keys: &TenantKeys, events: &[Event]) -> Tenant {
    let mut folded = Tenant::unborn(tenant().id);
    for event in events {
        folded.apply(&keys.opened(event.clone()));
    }
    folded
}

type Outcome = Result<Vec<Event>, EraseSubjectRejection>;

fn erase(keys: &TenantKeys, tenant: &Tenant, subject: &str) -> (Outcome, Vec<VaultWrite>) {
    let mut command = EraseSubject { subject: subject.to_owned() };
    let fresh = command.draw(&mut mint(&tenant.id, keys, 0)).unwrap();
    let context = Context::sample(fresh);
    (command.decide(tenant, &context), command.vault(tenant, &context))
}

fn names(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(Event::name).collect()
}

#[test]
fn a_user_keeps_an_id_and_nothing_to_sign_in_with() {
    let keys = keys(&tenant().id);
    let told = events(&keys);
    let before = folded(&keys, &told);
    let (decided, writes) = erase(&keys, &before, "A-B-1");
    let decided = decided.unwrap();
    assert_eq!(names(&decided), ["token.revoked", "user.locked", "subject.erased"]);
    let Some(Event::SubjectErased(fact)) = decided.last() else { panic!("{decided:?}") };
    assert_eq!((fact.passwords, fact.mails, fact.tokens), (1, 1, 1));
    assert_eq!(decided.last().unwrap().resource_owner(&before.id), "5");
    assert_eq!(fact.about, Aggregate::user(&ada()));
    let mail = format!("acme/{}", uuid::Uuid::nil());
    let dropped = ["acme/A-B-1", "a", "acme/A-B-1.1", &mail];
    assert_eq!(kept_and_dropped(&writes), [vec![], dropped.to_vec()]);

    let mut after = before.clone();
    for event in &decided {
        after.apply(event);
    }
    let user = after.users.get(&ada()).unwrap();
    assert!(user.person.is_none() && after.users.with_email("e").is_none());
    assert!(after.clients.get(id(2)).unwrap().notified.is_none());
    assert_eq!(erase(&keys, &after, "A-B-1").0, Ok(vec![]), "once is enough");
}

#[test]
fn a_fold_without_the_key_comes_to_the_same() {
    for subject in ["A-B-1", &id(2).to_string(), RECORD] {
        let keys = keys(&tenant().id);
        let mut told = events(&keys);
        let mut live = folded(&keys, &told);
        let decided = erase(&keys, &live, subject).0.unwrap();
        for event in &decided {
            live.apply(event);
        }
        told.extend(decided);
        assert_ne!(live, folded(&keys, &told[..7]), "something goes");
        keys.forget_subject(subject);
        assert_eq!(live, folded(&keys, &told), "{subject}");
    }
}

#[test]
fn a_client_is_locked_and_whoever_is_gone_can_be_erased_too() {
    let keys = keys(&tenant().id);
    let mut state = folded(&keys, &events(&keys));
    let client = id(2).to_string();
    assert_eq!(
        names(&erase(&keys, &state, &client).0.unwrap()),
        ["client.locked", "subject.erased"]
    );
    state.clients.lock(id(2), true);
    assert_eq!(names(&erase(&keys, &state, &client).0.unwrap()), ["subject.erased"]);
    assert_eq!(names(&erase(&keys, &state, RECORD).0.unwrap()), ["subject.erased"]);
    let (user, organization) = (ada(), domain::OrganizationId("5".to_owned()));
    let (profile, grants) = (Personal::Erased, domain::Grants::default());
    state.apply(&UserDeleted { user, organization, profile, grants }.into());
    let names = names(&erase(&keys, &state, "A-B-1").0.unwrap());
    assert_eq!(names, ["token.revoked", "subject.erased"]);
}

#[test]
fn refuses_whom_it_must() {
    use EraseSubjectRejection as No;
    let keys = keys(&tenant().id);
    let mut state = folded(&keys, &events(&keys));
    let unknown = SubjectFault::Unknown("A-B-9".to_owned());
    assert_eq!(erase(&keys, &state, "A-B-9").0, Err(unknown.into()));
    let hold = |subject: Option<&str>| SubjectHeld {
        subject: subject.map(str::to_owned),
        about: None,
        organization: None,
        reason: "case 7".to_owned(),
    };
    let mut all = state.clone();
    all.apply(&hold(None).into());
    assert_eq!(erase(&keys, &all, RECORD).0, Err(No::AllHeld("case 7".to_owned())));
    state.apply(&hold(Some("A-B-1")).into());
    let (subject, reason) = ("A-B-1".to_owned(), "case 7".to_owned());
    assert_eq!(erase(&keys, &state, "A-B-1").0, Err(No::Held { subject, reason }));
    assert!(erase(&keys, &state, RECORD).0.is_ok(), "others may be");

    let mut command = EraseSubject { subject: "A-B-1".to_owned() };
    let fresh = command.draw(&mut mint(&state.id, &keys, 0)).unwrap();
    let context = Context { authority: Authority::On(Vec::new()), ..Context::sample(fresh) };
    let free = folded(&keys, &events(&keys));
    assert!(matches!(command.decide(&free, &context), Err(No::Lacking(_))));
}
