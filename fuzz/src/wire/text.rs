//! Small texts: times, versions, tags, times to wait, operation IDs, certificates, headers.

use provisor_wire::service::{PageRequest, Select};
use provisor_wire::{
    ApiVersion, EntityTag, IfMatch, OperationId, RetryAfter, Subprotocol, Timestamp,
    certificate_der, sas_token,
};

/// Any text as each of them: what is legal is written so that it is read as itself.
pub fn wire_text(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    if let Ok(time) = Timestamp::parse(text) {
        let written = time.to_string();
        assert_eq!(written.len(), 28);
        assert_eq!(Timestamp::parse(&written), Ok(time));
    }
    if let Ok(version) = text.parse::<ApiVersion>() {
        assert!(version.to_string().eq_ignore_ascii_case(text));
    }
    if let Some(wanted) = IfMatch::parse(text) {
        let header = wanted.to_header();
        assert_eq!(IfMatch::parse(&header), Some(wanted.clone()));
        if let IfMatch::Tag(tag) = &wanted {
            assert!(wanted.allows(tag));
        }
    }
    assert!(IfMatch::Tag(EntityTag::of(text)).allows(&EntityTag::of(text)));
    if let Some(wait) = RetryAfter::parse(text) {
        assert_eq!(RetryAfter::parse(&wait.to_string()), Some(wait));
    }
    if let Ok(id) = OperationId::parse(text) {
        assert_eq!(id.as_str(), text);
    }
    if let Ok(der) = certificate_der(text) {
        assert_eq!(der.first(), Some(&0x30));
    }
    if let Some((_, word)) = Subprotocol::choose(text) {
        assert!(text.contains(word));
    }
    if let Err(refused) = sas_token(Some(text)) {
        assert!(!refused.to_string().contains('\n'));
    }
    if let Err(refused) = Select::parse(text) {
        assert!(
            refused
                .position()
                .is_some_and(|at| text.is_char_boundary(at))
        );
    }
    for name in ["x-ms-continuation", "x-ms-max-item-count"] {
        let _ = PageRequest::from_headers(&[(name, text)]);
    }
}
