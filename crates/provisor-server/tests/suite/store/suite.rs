//! What every store does, beside the contract: written once, for whatever store there is.

mod audit;
mod conditions;
mod documents;
mod enrollments;
mod leases;
mod pages;
mod records;
mod shared;
mod sums;

use std::sync::Arc;

use provisor::IdScope;
use provisor_server::store::Store;

use super::desk::Desk;

/// Makes empty stores.
pub(crate) trait Fresh {
    /// One with nothing in it, for that scope.
    async fn fresh(&mut self, scope: &IdScope) -> Arc<dyn Store>;
}

/// Runs all of it, each test on a store of its own.
pub(crate) async fn run(makes: &mut impl Fresh) {
    let mut number = 0;
    macro_rules! tests {
        ($( $room:ident :: $test:ident, )*) => { $(
            number += 1;
            let scope = IdScope::parse(&format!("0ne{number:08}")).unwrap();
            let desk = Desk::new(makes.fresh(&scope).await, &scope);
            println!("{} :: {}", stringify!($room), stringify!($test));
            $room::$test(desk).await;
        )* };
    }
    tests! {
        audit::entries_are_numbered_and_paged,
        audit::old_entries_are_forgotten,
        conditions::each_one_that_does_not_hold_stops_all_of_it,
        conditions::a_ca_in_use_is_not_deleted,
        conditions::of_two_that_may_not_both_be_one_is,
        documents::are_compared_and_put,
        documents::all_of_them_or_none,
        documents::are_listed_by_prefix_in_both_orders,
        documents::a_hundred_writers_lose_nothing,
        enrollments::are_stored_by_version,
        enrollments::come_back_with_their_keys,
        enrollments::go_with_their_record,
        leases::are_handed_over,
        leases::a_late_holder_writes_nothing,
        pages::of_individuals_in_both_orders,
        pages::of_records_of_a_group,
        records::removals_are_due_in_order,
        records::many_at_once_are_all_there,
        records::a_deletion_is_decided_again_after_a_registration,
        shared::changes_come_once_and_deletions_too,
        shared::of_two_writers_of_one_version_one_wins,
        sums::counts_follow_what_is_stored,
        sums::metering_adds_up,
    }
    assert!(number > 20);
}
