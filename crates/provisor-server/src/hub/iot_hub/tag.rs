//! The owner's tag in the words of an identity.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use provisor::registration::{Fence, OwnerTag};

/// What it begins with; the number is that of the form.
const MARK: &str = "provisor:1:";

/// Whose an identity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Present {
    /// The registration's that asks, written under that lease.
    Own(Fence),
    /// Another one's.
    Other,
    /// It bears no tag.
    None,
}

/// The tag of an owner, as it stands in the `statusReason` of an identity: about 80 characters.
///
/// ```
/// # use provisor::{IdScope, RegistrationId};
/// # use provisor::registration::{Fence, OwnerTag};
/// # let (scope, id) = (IdScope::parse("0ne0A1B2C3D")?, RegistrationId::try_from("line-7")?);
/// let text = provisor_server::hub::iot_hub::tag(&OwnerTag::new(scope, id, Fence::new(7)));
/// assert!(text.starts_with("provisor:1:") && text.ends_with(":7"));
/// # Ok::<(), provisor::Rejection>(())
/// ```
#[must_use]
pub fn tag(owner: &OwnerTag) -> String {
    format!("{MARK}{}:{}", name(owner), owner.fence.number())
}

/// Whose it is. People may write around the tag.
pub(super) fn present(reason: &str, owner: &OwnerTag) -> Present {
    let Some((_, rest)) = reason.split_once(MARK) else {
        return Present::None;
    };
    let rest = rest.split_whitespace().next().unwrap_or_default();
    let Some((found, fence)) = rest.split_once(':') else {
        return Present::Other;
    };
    if found != name(owner) {
        return Present::Other;
    }
    // A tag of ours that cannot be read is nobody's to overwrite.
    let digits = fence.split(':').next().unwrap_or_default();
    match digits.parse() {
        Ok(number) => Present::Own(Fence::new(number)),
        Err(_) => Present::Other,
    }
}

/// The registration: both names disregard case, and a scope has no slash.
fn name(owner: &OwnerTag) -> String {
    let (scope, id) = (
        owner.scope.normal_form(),
        owner.registration_id.normal_form(),
    );
    BASE64URL_NOPAD.encode(digest(&SHA256, format!("{scope}/{id}").as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use provisor::{IdScope, RegistrationId};

    use super::*;

    fn owner(id: &str, fence: u64) -> OwnerTag {
        let scope = IdScope::parse("0ne0A1B2C3D").unwrap();
        OwnerTag::new(
            scope,
            RegistrationId::try_from(id).unwrap(),
            Fence::new(fence),
        )
    }

    #[test]
    fn what_is_written_is_read() {
        let text = tag(&owner("Line-7", 7));
        assert!(text.len() <= 128);
        let own = owner("line-7", 9);
        assert_eq!(present(&text, &own), Present::Own(Fence::new(7)));
        assert_eq!(
            present(&format!("at rest {text} since May"), &own),
            Present::Own(Fence::new(7))
        );
        assert_eq!(present(&text, &owner("line-8", 9)), Present::Other);
        assert_eq!(present("at rest", &own), Present::None);
        assert_eq!(present("", &own), Present::None);
        let longest = tag(&owner(&"a".repeat(128), u64::MAX));
        assert!(longest.len() <= 128, "{}", longest.len());
        for bad in [
            MARK.to_owned(),
            format!("{MARK}x"),
            format!("{MARK}x:7"),
            text.replace(":7", ":x"),
        ] {
            assert_eq!(present(&bad, &own), Present::Other, "{bad}");
        }
    }
}
