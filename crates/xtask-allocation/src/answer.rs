//! What the library says to a row.

use provisor::allocation::{
    AllocationBasis, AllocationPolicy, Allocator, Latency, LinkedHubs, Salt, Standing, TraceRow,
    Weight,
};
use provisor::{HubName, IdScope, RegistrationId, Rejection};

use crate::rows::{Answer, Policy, Row};

/// What the library says, by every way there is: once, prepared, and explained.
#[must_use]
pub fn answer(row: &Row) -> Answer {
    allocate(row).unwrap_or_else(|rejection| Answer::Code(rejection.code().name().to_owned()))
}

fn allocate(row: &Row) -> Result<Answer, Rejection> {
    let basis = AllocationBasis::new(Salt::new(&row.salt)?);
    let hubs = row.hubs.iter().map(|(name, weight)| {
        let weight = u16::try_from(*weight).unwrap_or(u16::MAX);
        Ok((HubName::parse(name)?, Weight::new(weight)?))
    });
    let hubs = hubs.collect::<Result<Vec<_>, Rejection>>()?;
    let hubs = LinkedHubs::with_basis(&IdScope::parse(&row.scope)?, &basis, hubs)?;
    let policy = match &row.policy {
        Policy::Weighted => AllocationPolicy::Weighted,
        Policy::EvenlyWeighted => AllocationPolicy::EvenlyWeighted,
        Policy::LowestLatency => AllocationPolicy::LowestLatency,
        Policy::Static(hub) => AllocationPolicy::Static(HubName::parse(hub)?),
    };
    let parsed = |names: &Vec<String>| names.iter().map(|name| HubName::parse(name)).collect();
    let subset: Option<Result<Vec<HubName>, Rejection>> = row.subset.as_ref().map(parsed);
    let subset = subset.transpose()?;
    let latencies = row
        .latencies
        .iter()
        .map(|(name, number)| Ok(Latency::new(HubName::parse(name)?, *number)))
        .collect::<Result<Vec<_>, Rejection>>()?;
    let mut allocator = Allocator::new(&hubs, &policy).latencies(&latencies);
    if let Some(subset) = &subset {
        allocator = allocator.among(subset);
    }
    let id = RegistrationId::try_from(row.id.as_str())?;
    let trace = allocator.explain(&id)?;
    let prepared = allocator.prepare()?.choose(&id);
    let mut ranks = trace.rows().iter();
    let mut next = || {
        ranks
            .next()
            .filter(|row| row.standing() == Standing::Candidate)
    };
    let (first, second) = (next(), next());
    let score = |row: &TraceRow<'_>| (row.cost(), row.weight());
    Ok(Answer::Hub {
        // Two ways that do not agree are no hub.
        hub: if prepared == trace.chosen() && first.is_some_and(|row| row.hub() == prepared) {
            prepared.normal_form().to_owned()
        } else {
            format!("{prepared} and {}", trace.chosen())
        },
        score: first.map(score).unwrap_or_default(),
        second: second.map(|row| (row.hub().normal_form().to_owned(), score(row))),
        device_digest: trace.device_digest(),
        hub_digest: first.map(TraceRow::digest).unwrap_or_default(),
    })
}
