//! The identities in use, without a server.

use axum::http::HeaderValue;

use super::*;

const LIFE: Duration = Duration::from_mins(5);

fn enforced(name: &str, instance: &str) -> Caller {
    let mut headers = HeaderMap::new();
    headers.insert(IDENTITY, HeaderValue::from_str(name).unwrap());
    headers.insert(INSTANCE, HeaderValue::from_str(instance).unwrap());
    Caller::remote(&headers)
}

fn trusted() -> Caller {
    Caller::remote(&HeaderMap::new())
}

fn resolve(locks: &Locks, caller: &Caller, user: &str, now: Instant) -> Result<(), Failure> {
    let is_known = |name: &str| name != "nobody";
    locks.resolve_identity(caller, Some(user), now, is_known)
}

fn code(result: Result<(), Failure>) -> Code {
    result.unwrap_err().code
}

/// Verifies: REQ-MCP-015
#[test]
fn a_header_and_the_user_must_say_the_same() {
    let (locks, now) = (Locks::new(LIFE), Instant::now());
    assert!(resolve(&locks, &enforced("qa", "a"), "qa", now).is_ok());
    let refused = resolve(&locks, &enforced("qa", "a"), "lead", now).unwrap_err();
    assert_eq!(refused.code, Code::IdentityMismatch);
    assert!(refused.message.contains("authenticated as `qa`"));
    let hint = refused.hint.as_deref().unwrap();
    assert!(hint.contains("use user='qa'") && hint.contains("impersonation"));
    // Byte for byte.
    let other = resolve(&locks, &enforced("qa", "a"), "QA", now);
    assert_eq!(code(other), Code::IdentityMismatch);
}

/// Verifies: REQ-MCP-015
#[test]
fn a_name_that_is_missing_or_blank_is_refused() {
    let (locks, now) = (Locks::new(LIFE), Instant::now());
    for caller in [Caller::Beside, trusted(), enforced("qa", "a")] {
        for user in [None, Some(""), Some(" \t")] {
            let refused = locks.resolve_identity(&caller, user, now, |_| true);
            assert_eq!(code(refused), Code::IdentityMissing);
        }
    }
    let blank = resolve(&locks, &enforced(" ", "a"), "qa", now);
    assert_eq!(code(blank), Code::IdentityMissing);
}

/// Verifies: REQ-MCP-015
#[test]
fn a_header_that_is_sent_twice_or_is_no_text_says_nobody() {
    let (locks, now) = (Locks::new(LIFE), Instant::now());
    let mut twice = HeaderMap::new();
    twice.append(IDENTITY, HeaderValue::from_static("qa"));
    twice.append(IDENTITY, HeaderValue::from_static("qa"));
    let mut bytes = HeaderMap::new();
    bytes.insert(IDENTITY, HeaderValue::from_bytes(b"q\xe4").unwrap());
    let mut tab = HeaderMap::new();
    tab.insert(IDENTITY, HeaderValue::from_static("qa\t"));
    let mut instances = HeaderMap::new();
    instances.insert(IDENTITY, HeaderValue::from_static("qa"));
    instances.append(INSTANCE, HeaderValue::from_static("a"));
    instances.append(INSTANCE, HeaderValue::from_static("b"));
    for headers in [twice, bytes, tab, instances] {
        let refused = resolve(&locks, &Caller::remote(&headers), "qa", now);
        assert_eq!(code(refused), Code::IdentityMismatch);
    }
}

/// Verifies: REQ-MCP-016
#[test]
fn an_identity_in_use_is_nobody_elses() {
    let (locks, now) = (Locks::new(LIFE), Instant::now());
    let one = enforced("qa", "0123456789");
    resolve(&locks, &one, "qa", now).unwrap();
    for other in [trusted(), Caller::Beside] {
        let refused = resolve(&locks, &other, "qa", now).unwrap_err();
        assert_eq!(refused.code, Code::IdentityLocked);
        assert!(!refused.retryable && refused.hint.is_none());
        for words in [
            "IDENTITY LOCKED",
            "active in enforced mode",
            "Trusted-mode request rejected",
            "Do not attempt to troubleshoot",
        ] {
            assert!(refused.message.contains(words), "{}", refused.message);
        }
        assert!(resolve(&locks, &other, "lead", now).is_ok());
    }
    let refused = resolve(&locks, &enforced("qa", "b"), "qa", now).unwrap_err();
    for words in [
        "IDENTITY LOCKED",
        "already registered to container instance 01234567;",
        "duplicate container",
        "Do not attempt to troubleshoot",
    ] {
        assert!(refused.message.contains(words), "{}", refused.message);
    }
    assert!(resolve(&locks, &one, "qa", now).is_ok());
}

/// Verifies: REQ-MCP-016
#[test]
fn a_lock_is_refreshed_by_each_call_and_ends_after_its_life() {
    let (locks, now) = (Locks::new(LIFE), Instant::now());
    let (one, two) = (enforced("qa", "a"), enforced("qa", "b"));
    resolve(&locks, &one, "qa", now).unwrap();
    resolve(&locks, &one, "qa", now + LIFE).unwrap();
    let end = now + LIFE + LIFE;
    assert_eq!(code(resolve(&locks, &two, "qa", end)), Code::IdentityLocked);
    // The refused call refreshed nothing: strictly later it is free.
    let later = end + Duration::from_millis(1);
    assert!(resolve(&locks, &trusted(), "qa", later).is_ok());
    assert!(resolve(&locks, &two, "qa", later).is_ok());
    assert_eq!(
        code(resolve(&locks, &one, "qa", later)),
        Code::IdentityLocked
    );
}

/// Verifies: REQ-MCP-016
#[test]
fn only_people_who_are_known_can_be_held_and_an_empty_instance_is_one() {
    let (locks, now) = (Locks::new(LIFE), Instant::now());
    resolve(&locks, &enforced("nobody", "a"), "nobody", now).unwrap();
    resolve(&locks, &enforced("nobody", "b"), "nobody", now).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert(IDENTITY, HeaderValue::from_static("qa"));
    let unnamed = Caller::remote(&headers);
    resolve(&locks, &unnamed, "qa", now).unwrap();
    resolve(&locks, &enforced("qa", ""), "qa", now).unwrap();
    let refused = resolve(&locks, &enforced("qa", "a"), "qa", now).unwrap_err();
    assert!(refused.message.contains("instance (unnamed);"));
}

/// Verifies: REQ-MCP-016
#[test]
fn of_two_instances_at_once_one_holds_it() {
    let (locks, now) = (Locks::new(LIFE), Instant::now());
    let held = std::sync::atomic::AtomicU32::new(0);
    std::thread::scope(|threads| {
        for instance in ["a", "b", "c", "d"] {
            let (locks, held) = (&locks, &held);
            threads.spawn(move || {
                if resolve(locks, &enforced("qa", instance), "qa", now).is_ok() {
                    held.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                }
            });
        }
    });
    assert_eq!(held.into_inner(), 1);
}

/// A call that waits longer than an identity lives keeps it, for the instance that holds it alone.
///
/// Verifies: REQ-MCP-016
#[test]
fn whoever_waits_stays_in_use() {
    let (locks, begun) = (Locks::new(LIFE), Instant::now());
    let (own, other) = (enforced("qa", "a"), enforced("qa", "b"));
    let later = begun + LIFE / 2;
    assert!(resolve(&locks, &own, "qa", begun).is_ok());
    locks.keep(&own, later);
    let after = begun + LIFE + Duration::from_secs(1);
    assert_eq!(
        code(resolve(&locks, &other, "qa", after)),
        Code::IdentityLocked
    );

    for caller in [&other, &trusted()] {
        locks.keep(caller, later + LIFE);
    }
    let free = later + LIFE + Duration::from_secs(1);
    locks.keep(&own, free);
    assert!(
        resolve(&locks, &other, "qa", free).is_ok(),
        "what lapsed is not held again"
    );
}
