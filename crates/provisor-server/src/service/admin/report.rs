//! `/admin/quotas`, `/admin/metering`, `/admin/audit`.

use provisor::metering::Day;
use provisor::operations::Caller;
use provisor::{Code, Rejection, Subject, UnixTime};
use provisor_wire::admin::{self, AuditRow, MeteringReport, Quota};
use provisor_wire::http::Answer;
use provisor_wire::service::entity;

use crate::app::App;
use crate::app::service::report;
use crate::store::Result;

pub(super) async fn quotas(app: &App, caller: &Caller) -> Result<Answer> {
    let counts = report::counts(app, caller).await?;
    Ok(admin::list(&Quota::of_counts(&counts, app.desk.quotas())))
}

pub(super) async fn metering(
    app: &App,
    caller: &Caller,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<Answer> {
    let to = match to {
        Some(text) => day("to", text)?,
        None => Day::of(app.clock.now()),
    };
    let from = match from {
        Some(text) => day("from", text)?,
        None => first_of_month(to)?,
    };
    let report = report::metering(app, caller, from, to).await?;
    Ok(entity(&MeteringReport::of_report(&report, from, to)))
}

pub(super) async fn audit(
    app: &App,
    caller: &Caller,
    after: u64,
    most: Option<u64>,
) -> Result<Answer> {
    let entries = report::audit(app, caller, after, most).await?;
    let rows: Vec<_> = entries
        .iter()
        .map(|(number, entry)| AuditRow::of_entry(*number, entry))
        .collect();
    Ok(admin::list(&rows))
}

/// A day as it is in the path, in UTC.
fn day(name: &'static str, text: &str) -> Result<Day> {
    let time = UnixTime::parse_rfc3339(&format!("{text}T00:00:00Z"));
    let refused = || {
        Rejection::new(Code::WireParameter, Subject::field(name))
            .expected("a day, YYYY-MM-DD")
            .found(format!("{text:?}"))
    };
    Ok(Day::of(time.ok_or_else(refused)?))
}

fn first_of_month(of: Day) -> Result<Day> {
    let text = of.to_string();
    let month = text.rsplit_once('-').map_or("", |(month, _)| month);
    day("from", &format!("{month}-01"))
}
