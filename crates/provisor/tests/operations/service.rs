//! The service itself.

use provisor::allocation::{AllocationBasis, AllocationPolicy, Salt};
use provisor::operations::{Caller, IfMatch, Right, Rights, ServiceSettings, service};
use provisor::{Code, IdScope, Rejection};

use crate::store::{Store, hub};

fn put(store: &mut Store, settings: ServiceSettings) -> Result<(), Rejection> {
    store
        .with(|call, store| service::put(call, settings, &IfMatch::Any, store.settings.as_ref()))
        .map(drop)
}

#[test]
fn d1_the_default_policy_changes_and_what_would_move_devices_does_not() {
    let mut store = Store::new();
    let settings = ServiceSettings::new(store.scope.clone(), AllocationBasis::UNSALTED);
    assert_eq!(settings.allocation_policy, AllocationPolicy::Weighted);
    put(&mut store, settings.clone()).unwrap();
    let with = |policy| {
        let mut settings = settings.clone();
        settings.allocation_policy = policy;
        settings
    };
    put(&mut store, with(AllocationPolicy::LowestLatency)).unwrap();
    let read = store
        .with(|call, store| service::read(call, store.settings.as_ref()))
        .unwrap();
    assert_eq!(
        read.value.allocation_policy,
        AllocationPolicy::LowestLatency
    );
    for own in [
        AllocationPolicy::Custom,
        AllocationPolicy::Static(hub("hub-a")),
    ] {
        let refused = put(&mut store, with(own)).unwrap_err();
        assert_eq!(refused.code(), Code::ServiceDefaultPolicy);
    }
    let salted = AllocationBasis::new(Salt::new(&[7; 16]).unwrap());
    let other = IdScope::parse("0ne0000000F").unwrap();
    for changed in [
        ServiceSettings::new(store.scope.clone(), salted),
        ServiceSettings::new(other, AllocationBasis::UNSALTED),
    ] {
        assert_eq!(
            put(&mut store, changed).unwrap_err().code(),
            Code::ServiceImmutable
        );
    }
    store.caller = Caller::new("reader", Rights::NONE.with(Right::EnrollmentRead));
    assert_eq!(
        put(&mut store, settings).unwrap_err().code(),
        Code::ServiceRight
    );
}
